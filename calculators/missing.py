"""Empty cells that decide: a register row is there and lacks the value a benefit's conditions or figures ask for.

In     accepted registers, the county's rules, the scope
Out    MISSING_SCHEMA: one row per person, benefit and month that would come out otherwise, were the cells filled in

Calculation reads an empty cell as no. That may be right, and may cost somebody money: it is told, never silent.
Somebody without any row in the register is simply not in it; nothing is missing then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from calculators.benefits import CALCULATORS
from calculators.conditions import compiled, may_hold, words_of, words_of_keys
from calculators.coordination import coordinate
from calculators.entitled import attach
from calculators.facts import HUKOU, LIMITED_LEVEL, facts
from calculators.scope import KEY, MONTH, PERSON, Registers, Scope, rows_of
from calculators.spells import running
from contracts.codes import Benefit, Outcome
from contracts.columns import empty, polars_schema
from contracts.policy import AllOf, BenefitRules, Rules
from contracts.tables import Entitled, Facts

MISSING_SCHEMA = pl.Schema(
    {
        "person_no": pl.Int64(),
        "benefit": Benefit.dtype(),
        "benefit_month": pl.Date(),
        "words": pl.List(pl.String()),  # of the vocabulary: whose cells are empty
        "is_met": pl.Boolean(),  # the conditions are met with the empty cells read as no
        "outcome": Outcome.dtype(),  # what would become of it were they met
        "would_be_fen": pl.Int64(),  # fen/person/month; null where the standard is not set or differs by the empty cell
    }
)
HAS_ROW, HAS_EMPTY_UNABLE = "has_ability_row", "has_empty_unable"
IN_LOW_INCOME = pl.col("low_income_code").is_not_null()
UNASSESSED = pl.col("ability_level").is_null() & pl.col(HAS_ROW)
# Word → where the row that tells it leaves it empty. 生活不能自理 is left open by an assessment of 中度 and above, or
# by none; who was found 完好 or 轻度 is read as able.
OPEN: Mapping[str, pl.Expr] = {
    "hukou": pl.col("hukou_code").is_null(),
    "area": IN_LOW_INCOME & pl.col("area_code").is_null(),
    "support_mode": IN_LOW_INCOME & pl.col("support_mode_code").is_null(),
    "self_care": IN_LOW_INCOME & pl.col("self_care_code").is_null(),
    "level": UNASSESSED,
    "scale": pl.col("ability_scale_code").is_null() & pl.col(HAS_ROW),
    "limited": UNASSESSED & ~pl.col("is_limited"),
    "unable": pl.col(HAS_EMPTY_UNABLE)
    & ~pl.col("is_unable")
    & (pl.col("ability_level") >= LIMITED_LEVEL).fill_null(True),
}
# Register → what its rows must say, and the words behind it.
CELLS: Mapping[str, tuple[tuple[pl.Expr, tuple[str, ...]], ...]] = {
    "population": ((HUKOU, ("hukou",)),),
    "low_income": tuple((pl.col(name), (name,)) for name in ("area", "support_mode", "self_care")),
    "ability": (
        (pl.col("level"), ("level", "limited")),
        (pl.col("scale"), ("scale",)),
        (pl.col("is_unable"), ("unable",)),
    ),
}
FACTS = polars_schema(Facts).names()
ROW = [PERSON, "benefit", MONTH]


def missing_that_decide(registers: Registers, rules: Rules, scope: Scope) -> pl.DataFrame:
    """Whose benefit hangs on an empty cell (MISSING_SCHEMA), by person, benefit and month."""
    known = with_open_words(registers, rules, scope)
    found = [_of_benefit(known, of_benefit) for of_benefit in rules.benefits.values() if open_words(of_benefit)]
    told = pl.concat([pl.DataFrame(schema=_TOLD), *(row for row, _ in found)])
    if told.is_empty():
        return pl.DataFrame(schema=MISSING_SCHEMA)
    assumed = pl.concat([rows for _, rows in found])
    outcomes = _coordinated(known, assumed, registers, rules, scope)
    return (
        told.join(outcomes, on=ROW, how="left", validate="1:1")
        .select(pl.col(name).cast(dtype) for name, dtype in MISSING_SCHEMA.items())
        .sort(ROW)
    )


def with_open_words(registers: Registers, rules: Rules, scope: Scope) -> pl.DataFrame:
    """Facts of the people with an empty cell that the county's law looks at, and open_<word> for each word of OPEN."""
    asked = frozenset[str]().union(*(open_words(of_benefit) for of_benefit in rules.benefits.values()))
    people = pl.concat([pl.LazyFrame(schema={PERSON: pl.Int64}), *_people_with_empty_cells(registers, asked)]).unique()
    theirs = {
        name: rows.join(people, on=PERSON, how="semi") if PERSON in rows.collect_schema() else rows
        for name, rows in registers.items()
    }
    ability = rows_of(theirs, "ability").select(
        PERSON,
        is_empty=pl.col("is_unable").is_null(),
        first_month=pl.coalesce(pl.col("assessed_on").dt.month_start(), "unable_from_month"),
        last_month=pl.coalesce(pl.col("valid_until").dt.month_start(), "unable_to_month"),
    )
    marks = (
        running(ability, scope.month_frame())
        .group_by(KEY)
        .agg(pl.lit(True).alias(HAS_ROW), pl.col("is_empty").any().alias(HAS_EMPTY_UNABLE))
    )
    return (
        facts(theirs, rules, scope)
        .join(marks, on=KEY, how="left", validate="m:1")
        .with_columns(pl.col(HAS_ROW, HAS_EMPTY_UNABLE).fill_null(False))
        .with_columns(is_open.alias(open_column(word)) for word, is_open in OPEN.items())
        .collect()
    )


def open_words(rules: BenefitRules) -> frozenset[str]:
    """The words of OPEN that a benefit's conditions or the keys of its figures look at."""
    return words_of(rules) & OPEN.keys()


def open_column(word: str) -> str:
    """The column that says where a word's cell is empty."""
    return f"open_{word}"


def _people_with_empty_cells(registers: Registers, asked: frozenset[str]) -> Iterator[pl.LazyFrame]:
    for register, cells in CELLS.items():
        empty_cells = [said.is_null() for said, words in cells if asked.intersection(words)]
        if empty_cells:
            yield rows_of(registers, register).filter(pl.any_horizontal(empty_cells)).select(PERSON)


_TOLD = {name: MISSING_SCHEMA[name] for name in (*ROW, "words", "is_met")}


def _of_benefit(known: pl.DataFrame, rules: BenefitRules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of one benefit that hang on an empty cell, and the same as if the conditions were met (Entitled)."""
    asked = sorted(open_words(rules))
    where_open = {word: pl.col(open_column(word)) for word in asked}
    hangs = may_hold(rules.when, where_open) & ~may_hold(rules.when, where_open, certainly=True)
    keys = [where_open[word] for word in sorted(words_of_keys(rules).intersection(asked))]
    met = compiled(rules.when)
    words = pl.concat_list(pl.when(is_open).then(pl.lit(word)) for word, is_open in where_open.items())
    found = (
        attach(known.lazy(), rules)
        .filter(~pl.col("p_is_abolished").fill_null(False))
        .filter(hangs | (met & pl.any_horizontal(pl.lit(False), *keys)))
        .with_columns(is_met=met, words=words.list.drop_nulls())
        .select(*FACTS, "is_met", "words")
        .collect()
    )
    assumed = CALCULATORS[rules.benefit](found.select(FACTS).lazy(), replace(rules, when=AllOf(()))).collect()
    told = found.select(pl.lit(rules.benefit.value, Benefit.dtype()).alias("benefit"), *KEY, "words", "is_met")
    return told.select(_TOLD.keys()), assumed


def _coordinated(
    known: pl.DataFrame, assumed: pl.DataFrame, registers: Registers, rules: Rules, scope: Scope
) -> pl.DataFrame:
    """What would become of the assumed rows beside everything else the same people have."""
    facts_of = known.select(FACTS).lazy()
    each = [CALCULATORS[benefit](facts_of, of_benefit) for benefit, of_benefit in rules.benefits.items()]
    others = pl.concat([empty(Entitled).lazy(), *each]).join(assumed.lazy(), on=ROW, how="anti")
    rows = coordinate(pl.concat([others, assumed.lazy()]), registers, scope)
    return rows.select(*ROW, "outcome", "would_be_fen").collect()
