"""What a pack's files may say, one pydantic model per kind of file; policies/README.md shows them filled in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.codes import AuditRule, Benefit, ChoiceGroup, FundLevel, Role, ValueStatus
from contracts.policy import AUDIT_LIMITS, MAY_LACK_LIMIT
from contracts.situations import FindingKind
from contracts.strict_yaml import Day, Whole, YesNo

Text = Annotated[str, Field(min_length=1)]
Division = Annotated[str, Field(pattern=r"^\d{6}$")]


class Strict(BaseModel):
    """A part of a pack that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paper(Strict):
    """A document: its title as printed and its number (发文字号)."""

    title: Text
    number: Text


class Citation(Strict):
    """Where something stands: a document of the folder, the clause, its words; a note where they are not in hand."""

    document: Text
    clause: Text
    quote: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Citation:
        if not self.quote and not self.note:
            raise ValueError("quote(原文)与 note(说明)至少写一项")
        return self


class Level(StrEnum):
    """Whose law a folder holds."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class JurisdictionForm(Strict):
    """`jurisdiction.yaml`."""

    code: Division
    name: Text
    level: Level
    parent: Division | None = None
    is_paying: YesNo = False
    documents: dict[str, Paper] = Field(default_factory=dict)


class Entry(Strict):
    """What one document says of one parameter from a month on: one value, or one per key."""

    effective_from: Day
    issued_on: Day
    role: Role
    status: ValueStatus
    source: Citation
    value: str | None = None
    values: dict[str, str | None] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_form(self) -> Entry:
        if ("value" in self.model_fields_set) == bool(self.values):
            raise ValueError("value 与 values 必须且只能写一个")
        return self


class NotSet(Strict):
    """Keys for which a document sets nothing: said, so that it is no oversight."""

    keys: tuple[Text, ...] = ()
    source: Citation


class ParameterForm(Strict):
    """One parameter: its unit, what it is keyed by, its entries in any order."""

    unit: Text
    label: str = ""
    by: tuple[Text, ...] | None = None
    entries: tuple[Entry, ...] = ()
    not_set: tuple[NotSet, ...] = ()


class ConditionsForm(Strict):
    """Who qualifies. A level below may name its own source and keep the tree above."""

    source: Citation
    begins_on: Day | None = None
    when: Any = None


class ProvisionsForm(Strict):
    """Any other file of a folder: values, and the conditions of the benefit the file is named after."""

    benefit: Benefit | None = None
    conditions: ConditionsForm | None = None
    documents: dict[str, Paper] = Field(default_factory=dict)
    parameters: dict[str, ParameterForm] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _conditions_of_something(self) -> ProvisionsForm:
        if self.conditions is not None and self.benefit is None:
            raise ValueError("写了 conditions 就要写 benefit")
        return self


class PairForm(Strict):
    """What the law says of one benefit together with each of some others."""

    benefit: Benefit
    with_: tuple[Benefit, ...] = Field(alias="with", min_length=1)
    relation: Literal["stack", "exclude", "choose_higher"]
    excluded_by: str = ""  # exclude: the status that shuts the others out
    group: ChoiceGroup | None = None  # choose_higher
    tie: Benefit | None = None  # choose_higher: who wins at equal amounts
    until_set: dict[str, tuple[Text, ...]] = Field(default_factory=dict)  # once these are set, decide the pair again
    effective_from: Day | None = None  # None: ever since
    issued_on: Day | None = None
    source: Citation

    @model_validator(mode="after")
    def _complete(self) -> PairForm:
        wanted = {
            "stack": set(),
            "exclude": {"excluded_by"},
            "choose_higher": {"group", "tie"},
        }[self.relation]
        said = {name for name in ("excluded_by", "group", "tie") if getattr(self, name)}
        if said != wanted:
            raise ValueError(f"relation 为 {self.relation} 时应写 {'、'.join(sorted(wanted)) or '(无)'},不写其他")
        if self.tie is not None and self.tie not in (self.benefit, *self.with_):
            raise ValueError("tie 必须是本组中的项目")
        if self.benefit in self.with_:
            raise ValueError(f"{self.benefit} 不能与自己成对")
        if (self.effective_from is None) != (self.issued_on is None):
            raise ValueError("effective_from 与 issued_on 要么都写,要么都不写")
        return self


class InteractionsForm(Strict):
    """`interactions.yaml`."""

    documents: dict[str, Paper] = Field(default_factory=dict)
    pairs: tuple[PairForm, ...]


class ItemClass(StrEnum):
    """What kind of thing an item of a 清单 is."""

    MONTHLY_CASH = "monthly_cash"  # computed here
    MONTHLY_CASH_ELSEWHERE = "monthly_cash_elsewhere"  # computed by another system, a fact here
    OTHER_CASH = "other_cash"
    SERVICE = "service"
    INSURANCE = "insurance"


class ItemForm(Strict):
    """One item of a 清单: `when` as far as registers decide who may have it, and the facts that are `missing`."""

    no: Text
    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    name: Text
    kind: ItemClass
    who: Text
    standard: Text
    period: Text
    funding: str = ""
    lead: tuple[Text, ...] = ()
    source: Citation
    benefits: tuple[Benefit, ...] = ()
    when: Any = None
    missing: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _decided_or_missing(self) -> ItemForm:
        is_cash = self.kind is ItemClass.MONTHLY_CASH
        if is_cash != bool(self.benefits):
            raise ValueError("benefits 写且只写在 kind: monthly_cash 的条目")
        if not is_cash and self.when is None and not self.missing:
            raise ValueError("when(名册可判断的)与 missing(名册中没有的事实)至少写一项")
        if is_cash and (self.when is not None or self.missing):
            raise ValueError("monthly_cash 的条件写在项目自己的文件里,不写 when 与 missing")
        return self


class ListForm(Strict):
    """`list.yaml`: the whole 清单 of a jurisdiction."""

    title: Text
    status: ValueStatus
    documents: dict[str, Paper] = Field(default_factory=dict)
    items: tuple[ItemForm, ...]


class KnownForm(Strict):
    """Findings of a proof that are intended: what they are about, or which people they concern, and why."""

    finding: FindingKind
    about: tuple[Text, ...] = ()
    when: Any = None
    source: Citation

    @model_validator(mode="after")
    def _says_which(self) -> KnownForm:
        of_people = self.finding is FindingKind.DRAWS_NOTHING
        if of_people != (self.when is not None) or of_people == bool(self.about):
            raise ValueError("draws_nothing 写 when(哪些人),其余写 about(哪些项目、标准);两者不并写")
        return self


class KnownFindingsForm(Strict):
    """`known.yaml`."""

    documents: dict[str, Paper] = Field(default_factory=dict)
    known: tuple[KnownForm, ...]


class AuditRuleForm(Strict):
    """One audit rule: whether its findings stop the batch, its limit where it has one; a source of its own, if any."""

    blocks: YesNo
    limit: Whole | None = None
    source: Citation | None = None


class AuditForm(Strict):
    """`audit.yaml`: the rules that a level decides, on one source unless a rule names its own."""

    documents: dict[str, Paper] = Field(default_factory=dict)
    source: Citation
    rules: dict[AuditRule, AuditRuleForm] = Field(min_length=1)

    @model_validator(mode="after")
    def _limits(self) -> AuditForm:
        for rule, said in self.rules.items():
            if said.limit is None and rule in MAY_LACK_LIMIT:
                continue
            if (said.limit is not None) != (rule in AUDIT_LIMITS):
                unit = AUDIT_LIMITS.get(rule)
                raise ValueError(f"{rule} {'须' if unit else '不'}写 limit{f'(单位:{unit})' if unit else ''}")
        return self


class FundingForm(Strict):
    """Who bears some benefits from a day on: each level's share, as a fraction; the shares add up to one."""

    benefits: tuple[Benefit, ...] = Field(min_length=1)
    effective_from: Day
    issued_on: Day
    status: ValueStatus
    source: Citation
    shares: dict[FundLevel, Text] = Field(min_length=1)


class FundingSharesForm(Strict):
    """`funding.yaml`: who bears which benefit."""

    documents: dict[str, Paper] = Field(default_factory=dict)
    funding: tuple[FundingForm, ...]
