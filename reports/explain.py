"""The proof of one person's benefit month: facts and the register rows they rest on, each benefit's reasoning to the
clause, and what the book says of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

import calculators
from calculators.missing import OPEN, open_column, with_open_words
from contracts.codes import (
    Benefit,
    LeafOutcome,
    Outcome,
    Role,
    UnsetReason,
    ValueStatus,
)
from contracts.columns import CellKind, ColumnFacts, columns_of
from contracts.money import yuan_label
from contracts.months import month_text
from contracts.policy import Rules
from contracts.registers import FILES, PROVENANCE, label_of
from contracts.tables import Facts
from ledger.book import Book
from ledger.story import story
from reports.masking import masked
from reports.missing import missing_told
from reports.person import months_of
from reports.person_course import course
from reports.reasons import LeafTold, first_unmet, leaves_told
from rulebook.telling import InForce

HIDDEN = ("account_no", "payee_id", "head_id", "phone", "certificate_no")  # a disability certificate begins with the id


@dataclass(frozen=True)
class RegisterRow:
    """One register row of the person: where it stands and what it says, by Chinese header."""

    register: str
    label: str
    source: str
    cells: dict[str, str]


@dataclass(frozen=True)
class RateValue:
    """One value of the law an amount rests on."""

    parameter: str
    value: str
    role: str
    status: str
    level_name: str
    source: str
    quote: str
    effective_from: str


@dataclass(frozen=True)
class BenefitProof:
    """One benefit: what became of it and why. Amounts in yuan as text, empty where unknown."""

    benefit: str
    label: str
    outcome: str
    outcome_label: str
    reason: str
    amount: str
    would_be: str
    conditions_source: str
    values: tuple[RateValue, ...]
    booked: tuple[str, ...]
    left_open: tuple[str, ...] = ()  # where no standard is set: the texts that leave it open
    conditions: tuple[LeafTold, ...] = ()  # each with clause, what was found, and 满足, 不满足 or 登记缺项
    missing: str = ""  # where an empty register cell decides: which, and what would be drawn


@dataclass(frozen=True)
class Proof:
    """Everything about one person and benefit month, as now known."""

    county: str
    benefit_month: str
    known_on: str
    name: str
    facts: dict[str, str]
    rows: tuple[RegisterRow, ...]
    benefits: tuple[BenefitProof, ...]
    notes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def explain(
    book: Book,
    person_no: int,
    benefit_month: date,
    rules: Rules,
    scope: calculators.Scope,
    registers: Mapping[str, pl.LazyFrame],
    in_force: Sequence[InForce] = (),
) -> Proof:
    """The proof, recomputed for this person from the accepted registers of one run and the law it used.

    `registers`: accepted registers by name; `scope` and `rules`: those of the run, which must cover `benefit_month`.
    `in_force`: what that law says of the month (rulebook.telling), for what nobody has set.
    """
    own = {name: _of_person(rows, name, person_no) for name, rows in registers.items()}
    lazy = {name: rows.lazy() for name, rows in own.items()}
    is_asked = pl.col("benefit_month") == benefit_month
    person = pl.LazyFrame({"person_no": [person_no]})
    facts = calculators.facts(lazy, rules, scope, person).filter(is_asked).collect()
    decided = calculators.entitlements(lazy, rules, scope).filter(is_asked).collect()
    of_month = calculators.Scope(scope.county, (benefit_month,), scope.pay_month)
    open_cells = with_open_words(lazy, rules, of_month)
    missing = calculators.missing_that_decide(lazy, rules, of_month)
    with book.reading() as conn:
        told = story(conn, person_no, rules.county, benefit_month)
    courses = {month.benefit: tuple(course(month)) for _, month in months_of(told)}
    notes = [] if facts.height else ["人口名册中没有此人当月的行,无法判断任何待遇"]
    names = own["population"]["name"] if "population" in own else pl.Series([], dtype=pl.String)
    return Proof(
        county=f"{rules.county} {rules.county_name}",
        benefit_month=month_text(benefit_month),
        known_on=rules.known_on.isoformat(),
        name=names[0] if len(names) else "",
        facts=_facts_told(facts),
        rows=tuple(rows_told({name: rows for name, rows in own.items() if name != "institution"})),
        benefits=tuple(
            _with_conditions(
                _proof(benefit, rules, facts, decided, courses.get(benefit, ()), in_force),
                leaves_told(facts, rules.benefits[benefit], rules.catalogue, _open_words(open_cells)),
                missing.filter(pl.col("benefit") == benefit.value),
            )
            for benefit in rules.benefits
            if facts.height
        ),
        notes=tuple(notes),
    )


def _of_person(rows: pl.LazyFrame, register: str, person_no: int) -> pl.DataFrame:
    return rows.collect() if register == "institution" else rows.filter(pl.col("person_no") == person_no).collect()


def _facts_told(facts: pl.DataFrame) -> dict[str, str]:
    if facts.is_empty():
        return {}
    row = facts.row(0, named=True)
    told = {}
    for column in columns_of(Facts):
        value = row[column.name]
        if column.name in ("person_no", "benefit_month") or value is None or value is False:
            continue
        told[column.header] = _cell(value, column)
    return told


def _cell(value: object, column: ColumnFacts) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date) and column.kind is CellKind.MONTH:
        return month_text(value)
    return column.code.label_of(str(value)) if column.code else str(value)


def rows_told(own: Mapping[str, pl.DataFrame]) -> Iterator[RegisterRow]:
    """Rows by register as an officer reads them, accounts and telephones in part."""
    for register, rows in own.items():
        columns = [column for column in columns_of(FILES[register]) if column.name in rows.columns]
        for row in rows.iter_rows(named=True):
            cells = {
                column.header: _shown(_cell(row[column.name], column), column)
                for column in columns
                if row[column.name] is not None
            }
            cells |= _brought_forward(row, columns)
            file, sheet, number = (row[name] for name in PROVENANCE)
            source = f"{file}{f' [{sheet}]' if sheet else ''} 第 {number} 行"
            yield RegisterRow(register, label_of(register), source, cells)


def _brought_forward(row: Mapping[str, Any], columns: Sequence[ColumnFacts]) -> dict[str, str]:
    """Days of the population row that another office's list gave: with the list's name."""
    whence = {column: row.get(f"{column.name}_from") for column in columns}
    return {
        column.header: f"{_cell(row[column.name], column)}(据{label_of(name)}名单)"
        for column, name in whence.items()
        if name not in (None, "population")
    }


def _shown(text: str, column: ColumnFacts) -> str:
    return masked(text) if column.name in HIDDEN else text


def _proof(
    benefit: Benefit,
    rules: Rules,
    facts: pl.DataFrame,
    decided: pl.DataFrame,
    course: tuple[str, ...],
    in_force: Sequence[InForce],
) -> BenefitProof:
    of_benefit = rules.benefits[benefit]
    rows = decided.filter(pl.col("benefit") == benefit.value)
    if rows.is_empty():
        return BenefitProof(
            benefit.value,
            benefit.label,
            "",
            "不符合条件",
            f"第一个不具备的条件:{first_unmet(facts, of_benefit)}",
            "",
            "",
            of_benefit.when_source,
            (),
            course,
        )
    row = rows.row(0, named=True)
    outcome = Outcome(row["outcome"])
    return BenefitProof(
        benefit=benefit.value,
        label=benefit.label,
        outcome=outcome.value,
        outcome_label=outcome.label,
        reason=_reason(outcome, row, decided),
        amount=_yuan(row["amount_fen"]),
        would_be=_yuan(row["would_be_fen"]),
        conditions_source=of_benefit.when_source,
        values=tuple(_values(row["rate_id"], rules)),
        booked=course,
        left_open=tuple(_left_open(benefit, in_force)) if outcome is Outcome.STANDARD_NOT_SET else (),
    )


def _with_conditions(proof: BenefitProof, conditions: tuple[LeafTold, ...], missing: pl.DataFrame) -> BenefitProof:
    """The proof with every condition, and what hangs on an empty cell (`missing`: rows of this benefit and month)."""
    said = missing_told(missing.row(0, named=True)) if missing.height else ""
    failed = next((leaf for leaf in conditions if leaf.outcome == LeafOutcome.NOT_MET and not leaf.within), None)
    why = f"{proof.reason}({failed.note})" if failed and failed.note and not proof.outcome else proof.reason
    return replace(proof, reason=why, conditions=conditions, missing=said)


def _open_words(open_cells: pl.DataFrame) -> list[str]:
    if open_cells.is_empty():
        return []
    row = open_cells.row(0, named=True)
    return [word for word in OPEN if row[open_column(word)]]


def _left_open(benefit: Benefit, in_force: Sequence[InForce]) -> Iterator[str]:
    """What of a benefit nobody has set, or is set outside its bounds, and the text that leaves it so."""
    for one in in_force:
        if one.benefit is benefit and one.why_unset:
            key = f" {one.key}" if one.key else ""
            said = f"“{one.quote}”" if one.quote else one.note
            where = f";{one.source}{said}" if one.source else ""
            yield f"{one.label}{key}:{one.why_unset.label}{where}"


def _reason(outcome: Outcome, row: Mapping[str, Any], decided: pl.DataFrame) -> str:
    match outcome:
        case Outcome.ENTITLED:
            rivals = decided.filter(
                pl.col("winner") == row["benefit"], pl.col("outcome") == Outcome.LOST_TO_HIGHER.value
            )
            names = "、".join(Benefit.label_of(rival) for rival in rivals["benefit"])
            if rivals.filter(pl.col("would_be_fen") > row["would_be_fen"]).height:  # only a choice outdoes the higher
                return f"条件具备;按本人的选择领本项,不领{names}"
            return f"条件具备;择高后高于或优先于{names}" if names else "条件具备"
        case Outcome.LOST_TO_HIGHER:
            winner = decided.filter(pl.col("benefit") == row["winner"]).row(0, named=True)
            how = "本人选择" if winner["would_be_fen"] < row["would_be_fen"] else "同组择高"
            return (
                f"{how}:{Benefit.label_of(row['winner'])}当月 {_yuan(winner['would_be_fen'])} 元,"
                f"本项 {_yuan(row['would_be_fen'])} 元,只领一项"
            )
        case Outcome.EXCLUDED:
            return "条件具备,但因另一身份(如特困)不得兼领"
        case Outcome.NOT_CLAIMED:
            return "条件具备,但当月没有已审批的申请"
        case Outcome.SUSPENDED:
            return "条件具备,但当月处于暂停"
        case _:
            return f"条件具备,但{UnsetReason.label_of(row['unset_code'])}:金额未知,不付"


def _yuan(fen: int | None) -> str:
    return "" if fen is None else yuan_label(fen)


def _values(rate_id: str, rules: Rules) -> Iterator[RateValue]:
    found = rules.catalogue.filter(pl.col("rate_id") == rate_id)
    for value in json.loads(found["values_json"].item()) if found.height else []:
        key = f" {value['key']}" if value.get("key") else ""
        number = f"{value['number']} " if value.get("number") else ""
        yield RateValue(
            parameter=f"{value['label']}{key}",
            value=value["text"],
            role=Role.label_of(value["role"]),
            status=ValueStatus.label_of(value["status"]),
            level_name=value["level_name"],
            source=f"《{value['title']}》{number}{value['clause']}",
            quote=value.get("quote") or "",
            effective_from=value["effective_from"],
        )
