"""Bank profiles: how one bank or platform wants its file, as data. `profiles/<name>.yaml`, one file each.

A profile decides everything about a file but its money: kind, encoding, columns, totals, what a cell may hold, the
file's name. A county's own folder is read after the shipped ones; the same name there replaces the shipped profile.

What a batch is claimed with is kept by content, `store/profiles/<digest>.txt`, so that its file can be read and written
again whatever becomes of the profile. Such a file holds the very text that was digested: the profile as JSON, then what
wrote the bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import xlsxwriter
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, field_validator, model_validator

from contracts.codes import Benefit
from contracts.errors import InputError
from contracts.files import have_bytes
from contracts.settings import Home
from contracts.strict_yaml import Day, Problem, Whole, check, read
from payments.answer_forms import AnswerForm
from payments.templates import known_words

SHIPPED = Path(__file__).parent / "profiles"
KEPT = "profiles"


class Printed(StrEnum):
    """What a column may print."""

    LINE_NO = "line_no"
    ITEM_CODE = "item_code"
    BENEFIT = "benefit"
    PAY_MONTH = "pay_month"
    PERIOD_FROM = "period_from"
    PERIOD_TO = "period_to"
    KIND = "kind"
    NAME = "name"
    PERSON_ID = "person_id"
    RELATIONSHIP = "relationship"
    PAYEE_NAME = "payee_name"
    PAYEE_ID = "payee_id"
    ACCOUNT_NO = "account_no"
    BANK_NAME = "bank_name"
    BANK_CODE = "bank_code"
    AMOUNT = "amount"
    TOWNSHIP = "township"
    VILLAGE = "village"
    PEOPLE_COUNT = "people_count"
    REMARK = "remark"
    INSTRUCTION_ID = "instruction_id"


ALWAYS_PRINTED = (Printed.PAYEE_NAME, Printed.ACCOUNT_NO, Printed.AMOUNT)  # without these nobody can pay or match
FILE_WORDS = frozenset({"county", "pay_month", "batch_id", "benefit"})
TOTAL_WORDS = FILE_WORDS | {"count", "total"}
REMARK_WORDS = frozenset({"benefit", "months", "kind", "people"})


class Strict(BaseModel):
    """A part of a profile that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Confirmed(Strict):
    """Who at the bank agreed to the layout, when, and on which sample."""

    by: str = Field(min_length=1)
    confirmed_on: Day
    sample: str = Field(min_length=1)


class Column(Strict):
    """One column: a header, and either what it prints or a constant; `max_bytes` in the profile's encoding."""

    header: str = Field(min_length=1)
    field: Printed | None = None
    constant: str = ""
    max_bytes: Whole | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _prints_one_thing(self) -> Column:
        if self.field is not None and self.constant:
            raise ValueError("field 与 constant 只能有一个")
        return self


class Remark(Strict):
    """Templates of 备注 for a person's line and for an institution's."""

    person: str = ""
    institution: str = ""

    @field_validator("person", "institution")
    @classmethod
    def _known(cls, template: str) -> str:
        return known_words(template, REMARK_WORDS)


class Layout(Strict):
    """What every kind of profile says."""

    profile: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(min_length=1)
    confirmed: Confirmed | None = None  # None: 未经银行确认
    encoding: Literal["gb18030", "gbk", "utf-8"] = "gb18030"
    amount: Literal["yuan2", "fen"] = "yuan2"
    remark: Remark = Remark()
    forbidden: str = ""
    file_name: str
    item_codes: dict[Benefit, str] = Field(default_factory=dict)
    columns: tuple[Column, ...]
    answer: AnswerForm = AnswerForm()

    @field_validator("file_name")
    @classmethod
    def _plain_file_name(cls, template: str) -> str:
        if not template.isascii() or "/" in template or "{batch_id}" not in template:
            raise ValueError("文件名只用 ASCII 字符,不含 /,并须含 {batch_id}")
        return known_words(template, FILE_WORDS)

    @field_validator("columns")
    @classmethod
    def _pays_somebody(cls, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        missing = [field.value for field in ALWAYS_PRINTED if field not in [column.field for column in columns]]
        if missing:
            raise ValueError(f"缺少必需的列 {'、'.join(missing)}")
        return columns

    @property
    def writer(self) -> str:
        """What, beside this profile, decides the bytes of a file."""
        return ""

    @property
    def digested(self) -> bytes:
        """Everything above as JSON, and the writer's version where that decides bytes.

        Not the answer's form: another reading of what comes back changes nothing of what is sent.
        """
        return f"{self.model_dump_json(exclude={'answer'})}{self.writer}".encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of it."""
        return hashlib.sha256(self.digested).hexdigest()


class Delimited(Layout):
    """Text, one line a payee, with lines of totals before or after."""

    kind: Literal["delimited"]
    newline: Literal["CRLF", "LF"] = "CRLF"
    delimiter: str = Field(min_length=1, max_length=1)
    header: tuple[str, ...] = ()
    trailer: tuple[str, ...] = ()

    @field_validator("header", "trailer")
    @classmethod
    def _known(cls, templates: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(known_words(template, TOTAL_WORDS) for template in templates)


class Xlsx(Layout):
    """A spreadsheet: a line of headers, then one row a payee."""

    kind: Literal["xlsx"]
    sheet: str = Field("Sheet1", min_length=1, max_length=31)

    @property
    def writer(self) -> str:
        """Another version of the library may pack the same cells into other bytes."""
        return f"xlsxwriter {xlsxwriter.__version__}"


Profile = Delimited | Xlsx


class _AnyProfile(RootModel[Annotated[Profile, Field(discriminator="kind")]]):
    """A profile file."""


def load(*folders: Path) -> Mapping[str, Profile]:
    """Every profile of the shipped folder and then of `folders`, by name; InputError with all problems at once."""
    found: dict[str, Profile] = {}
    problems: list[Problem] = []
    for path in (path for folder in (SHIPPED, *folders) for path in sorted(folder.glob("*.yaml"))):
        document = read(path.read_text("utf-8"), path.name)
        loaded, wrong = check(_AnyProfile, document)
        problems += wrong
        if loaded is not None:
            if loaded.root.profile != path.stem:
                problems.append(document.problem(("profile",), f"profile 应与文件名相同:{path.stem}"))
            found[path.stem] = loaded.root
    if problems:
        raise InputError("银行格式有误:\n" + "\n".join(map(str, problems)), "请改正后重试", "profiles")
    return found


def of(profiles: Mapping[str, Profile], name: str) -> Profile:
    """The profile of that name; InputError where there is none."""
    if name not in profiles:
        raise InputError(f"没有名为 {name} 的银行格式", f"现有:{'、'.join(sorted(profiles))}", "disburse.toml")
    return profiles[name]


@dataclass(frozen=True)
class BatchProfile:
    """The profile a batch was claimed with. `writer`: of that day; the profile's own is that of today's program."""

    profile: Profile
    writer: str


def keep(profile: Profile, store: Path) -> None:
    """Keep a profile by content; nothing where it is kept already."""
    have_bytes(_kept_at(store, profile.digest), profile.digested)


def kept(store: Path, digest: str) -> BatchProfile:
    """The kept profile of that digest; InputError where it was never kept, was touched since, or cannot be read now."""
    place = _kept_at(store, digest)
    where = f"{KEPT}/{digest[:12]}"
    if not place.is_file():
        raise InputError("存档中没有编批所用的银行格式", "请从备份恢复 store/profiles", where)
    content = place.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise InputError("存档的银行格式已被改动", "请从备份恢复 store/profiles", where)
    text = content.decode()
    _, end = json.JSONDecoder().raw_decode(text)
    try:
        return BatchProfile(_AnyProfile.model_validate_json(text[:end]).root, text[end:])
    except ValidationError:
        raise InputError("现在的程序读不懂存档的银行格式", "请用编批当时的程序版本", where) from None


def of_batch(home: Home, name: str, digest: str) -> BatchProfile:
    """The profile of a batch: as kept; for a batch of before profiles were kept, today's where it is still the same."""
    if _kept_at(home.store, digest).exists():
        return kept(home.store, digest)
    today = load(home.profiles).get(name)
    if today is None or today.digest != digest:
        what = f"编批所用的银行格式 {name} 没有存档,现有的已不在、已改动或写出表格的程序库换过版本"
        raise InputError(what, "请从备份恢复 store/profiles,或恢复当时的格式", "profiles")
    return BatchProfile(today, today.writer)


def kept_text(home: Home, name: str, digest: str) -> bytes:
    """The text whose SHA-256 a batch has of its profile; InputError as `of_batch`."""
    place = _kept_at(home.store, digest)
    profile = of_batch(home, name, digest).profile
    return place.read_bytes() if place.exists() else profile.digested


def unconfirmed(home: Home, rows: pl.DataFrame) -> tuple[str, ...]:
    """The labels of the profiles of these batches (ledger.batches.batches_of) to which no bank has agreed, each once.

    A profile that cannot be read any more is told by its name: nobody can say that it was agreed to.
    """
    used = rows.select("profile", "profile_digest").unique().sort("profile", "profile_digest").iter_rows()
    return tuple(dict.fromkeys(label for name, digest in used for label in _unconfirmed(home, name, digest)))


def _unconfirmed(home: Home, name: str, digest: str) -> list[str]:
    try:
        profile = of_batch(home, name, digest).profile
    except InputError:
        return [name]
    return [] if profile.confirmed else [profile.label]


def _kept_at(store: Path, digest: str) -> Path:
    return store / KEPT / f"{digest}.txt"
