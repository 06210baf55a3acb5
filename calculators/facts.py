"""The facts of a month: one row per person and benefit month, read from the accepted registers.

In     accepted registers (contracts.registers), the county's rules, the scope
Out    contracts.tables.Facts, in no particular order

How rows of one person that overlap are read is stated per register in contracts/registers.py. Each register becomes
spells of whole months, and of the spells that run in a month the first in the register's order counts. A losing event
keeps its month: who dies, moves out or expires in M still counts in M. Who has no population row has no facts.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from calculators.conditions import candidates, in_register, words_of
from calculators.scope import KEY, MONTH, PERSON, Registers, Scope, rows_of
from calculators.spells import Order, strongest
from contracts.codes import Hukou, LowIncomeCategory
from contracts.columns import polars_schema
from contracts.policy import Rules
from contracts.tables import Facts

STATUS_REGISTERS = ("low_income", "disability", "ability", "family_planning")
SEVERE_GRADE = 2  # 重度: grades 1 and 2 (GB/T 26341)
LIMITED_LEVEL = 2  # 失能: 中度 and above, on both scales (GB/T 42195, MZ/T 039)


def facts(registers: Registers, rules: Rules, scope: Scope, also_people: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """One row per benefit month and person who can have an entitlement or is among `also_people` (person_no).

    `also_people` are those the book knows: what they were paid may have to be taken back. Nobody has a row before the
    month of birth. ValueError where the rules are another county's or lack a month.
    """
    scope.check(rules)
    population = _residence_spells(rows_of(registers, "population"), scope)
    people = _people(population, registers, rules, scope, also_people).cache()  # every register's spells look at it
    spells = {
        "residence": _spells_of_movers(population, people),
        "low_income": low_income_spells(rows_of(registers, "low_income")),
        "disability": disability_spells(rows_of(registers, "disability")),
        "ability": ability_spells(rows_of(registers, "ability")),
        "unable": unable_spells(rows_of(registers, "ability")),
        "family_planning": family_planning_spells(rows_of(registers, "family_planning")),
    }
    table = people.join(scope.month_frame(), how="cross").with_columns(age_years=age_years(pl.col(MONTH)))
    for name, rows in spells.items():
        of_people = rows.join(people, on=PERSON, how="semi")
        table = table.join(strongest(of_people, scope, ORDER[name]), on=KEY, how="left", validate="m:1")
    return (
        table.filter(pl.col("age_years") >= 0)
        .with_columns(**{name: held.fill_null(False) for name, held in YES_NO.items()})
        .select(pl.col(name).cast(dtype) for name, dtype in polars_schema(Facts).items())
    )


def age_years(month: pl.Expr) -> pl.Expr:
    """Completed years in a month, from birth_date: a birthday on any day counts, so 29 February is no special case."""
    birth = pl.col("birth_date").dt
    is_before_birthday = month.dt.month() < birth.month()
    return (month.dt.year() - birth.year()).cast(pl.Int64) - is_before_birthday.cast(pl.Int64)


# What counts where several rows of one person run in a month (docs/decisions/0031).
ORDER: Mapping[str, Order] = {
    "residence": Order(),
    "low_income": Order(
        by=("low_income_code", "first_month", "self_care_code", "area_code", "institution_id", "support_mode_code"),
        descending=("first_month", "self_care_code"),
        any_of="is_recipient",
    ),
    "disability": Order(
        by=("disability_grade", "issued_on", "disability_category_code"),
        descending=("issued_on",),
        any_of="needs_long_term_care",
    ),
    "ability": Order(
        by=("assessed_on", "ability_level", "ability_scale_code"), descending=("assessed_on", "ability_level")
    ),
    "unable": Order(),
    "family_planning": Order(by=("family_planning_code",)),
}
CATEGORY = pl.col("low_income_code")
YES_NO: Mapping[str, pl.Expr] = {
    "has_birthday": pl.col("birth_date").dt.month() == pl.col(MONTH).dt.month(),
    "is_alive": pl.col("death_month").is_null() | (pl.col(MONTH) <= pl.col("death_month")),
    "is_registered": pl.col("is_resident_throughout") | pl.col("is_resident").fill_null(False),
    "is_dibao_person": (CATEGORY == LowIncomeCategory.DIBAO) & pl.col("is_recipient"),
    "is_dibao_household": CATEGORY == LowIncomeCategory.DIBAO,
    "is_margin": CATEGORY == LowIncomeCategory.MARGIN,
    "is_expense_hardship": CATEGORY == LowIncomeCategory.EXPENSE_HARDSHIP,
    "is_tekun": CATEGORY == LowIncomeCategory.TEKUN,
    "is_special_family": pl.col("family_planning_code").is_not_null(),
    "is_disabled": pl.col("disability_grade").is_not_null(),
    "is_severe": pl.col("disability_grade") <= SEVERE_GRADE,
    "needs_long_term_care": pl.col("needs_long_term_care"),
    "is_unable": pl.col("is_unable"),
    "is_limited": pl.col("is_unable").fill_null(False) | (pl.col("ability_level") >= LIMITED_LEVEL),
}


# Who has facts.


def _people(
    population: pl.LazyFrame, registers: Registers, rules: Rules, scope: Scope, also_people: pl.LazyFrame | None
) -> pl.LazyFrame:
    """One row per person: birth_date, death_month (the earliest), is_resident_throughout, is_ever_registered."""
    first, last = pl.lit(scope.months[0]), pl.lit(scope.months[-1])
    people = population.group_by(PERSON).agg(
        pl.col("birth_date").min(),
        pl.col("death_month").min(),
        is_ever_registered=(
            pl.col("is_here") & (pl.col("first_month") <= last) & (pl.col("last_month") >= first)
        ).any(),
        is_resident_throughout=(
            pl.col("is_here") & (pl.col("first_month") <= first) & (pl.col("last_month") >= last)
        ).any(),
    )
    people = people.join(_hukou(population, rules), on=PERSON, how="left", validate="1:1")
    described = people.join(_marks(registers), on=PERSON, how="left", validate="m:1").with_columns(
        *(pl.col(in_register(name)).fill_null(False) for name in STATUS_REGISTERS),
        is_ever_alive=pl.col("death_month").is_null() | (pl.col("death_month") >= first),
        greatest_age_years=age_years(last),
        least_age_years=age_years(first),
        is_booked=pl.lit(False),
    )
    if also_people is not None:
        booked = also_people.select(PERSON).unique().with_columns(is_known=pl.lit(True))
        described = described.join(booked, on=PERSON, how="left", validate="m:1").with_columns(
            is_booked=pl.col("is_known").fill_null(False)
        )
    return described.filter(candidates(rules) | pl.col("is_booked")).select(people.collect_schema().names())


def _hukou(population: pl.LazyFrame, rules: Rules) -> pl.LazyFrame:
    """One row per person: hukou_code, of the rows here that say it the one begun last; nobody where no law asks."""
    asked = any("hukou" in words_of(of_benefit) for of_benefit in rules.benefits.values())
    said = population.filter("is_here", pl.col("hukou_code").is_not_null()) if asked else population.head(0)
    return said.sort("first_month", "hukou_code").group_by(PERSON).agg(pl.col("hukou_code").last())


def _marks(registers: Registers) -> pl.LazyFrame:
    """One row per person of a status register: in_<register> for each."""
    marks = {name: in_register(name) for name in STATUS_REGISTERS}
    rows = [rows_of(registers, name).select(PERSON, pl.lit(True).alias(mark)) for name, mark in marks.items()]
    return pl.concat(rows, how="diagonal").group_by(PERSON).agg(pl.col(list(marks.values())).any())


# Registers as spells of whole months: first_month … last_month, both included; null is open.


def _residence_spells(rows: pl.LazyFrame, scope: Scope) -> pl.LazyFrame:
    """Months of 户籍: from the month after moving in, through the month of moving out; never null within the scope.

    Moved out before moved in on one row: left and came back, which is two spells.
    """
    came_back = (pl.col("moved_out_on") < pl.col("moved_in_on")).fill_null(False)
    arrived, left = _month("moved_in_on").dt.offset_by("1mo"), _month("moved_out_on")
    told = rows.select(
        PERSON,
        "birth_date",
        death_month=_month("died_on"),
        hukou_code=HUKOU,
        is_here=pl.col("division_code").str.slice(0, 6) == scope.county,
        came_back=came_back,
        arrived=arrived,
        left=left,
    )
    returned = told.filter("came_back").with_columns(first_month="arrived", last_month=None)
    stayed = told.with_columns(first_month=pl.when(~pl.col("came_back")).then("arrived"), last_month="left")
    return pl.concat([stayed, returned], how="vertical_relaxed").with_columns(
        pl.col("first_month").fill_null(scope.months[0]), pl.col("last_month").fill_null(scope.months[-1])
    )


def _spells_of_movers(population: pl.LazyFrame, people: pl.LazyFrame) -> pl.LazyFrame:
    """Spells of those who are not registered here in every month of the scope; nearly everybody is."""
    movers = people.filter(~pl.col("is_resident_throughout"))
    return (
        population.filter("is_here")
        .join(movers, on=PERSON, how="semi")
        .select(PERSON, "first_month", "last_month", is_resident=pl.lit(True))
    )


def low_income_spells(rows: pl.LazyFrame) -> pl.LazyFrame:
    """低收入: as the row says, or from the month after the confirmation day."""
    return rows.select(
        PERSON,
        "is_recipient",
        "institution_id",
        low_income_code="category",
        area_code="area",
        support_mode_code="support_mode",
        self_care_code="self_care",
        first_month=pl.coalesce("from_month", _month("confirmed_on").dt.offset_by("1mo")),
        last_month="to_month",
    )


def disability_spells(rows: pl.LazyFrame) -> pl.LazyFrame:
    """残疾: from the month of issue through the month of expiry or cancellation, whichever is earlier."""
    return rows.select(
        PERSON,
        "needs_long_term_care",
        "issued_on",
        disability_grade="grade",
        disability_category_code="category",
        first_month=_month("issued_on"),
        last_month=pl.min_horizontal(_month("expires_on"), _month("cancelled_on")),
    )


def ability_spells(rows: pl.LazyFrame) -> pl.LazyFrame:
    """能力评估: from the month of assessment while it is valid; a determination without a level is none."""
    return rows.filter(pl.col("level").is_not_null()).select(
        PERSON,
        "assessed_on",
        ability_level="level",
        ability_scale_code="scale",
        first_month=_month("assessed_on"),
        last_month=_month("valid_until"),
    )


def unable_spells(rows: pl.LazyFrame) -> pl.LazyFrame:
    """生活不能自理: by its own months, whatever became of the assessment; without a first month from its month."""
    return rows.filter("is_unable").select(
        PERSON,
        "is_unable",
        first_month=pl.coalesce("unable_from_month", _month("assessed_on")),
        last_month="unable_to_month",
    )


def family_planning_spells(rows: pl.LazyFrame) -> pl.LazyFrame:
    """计生特殊家庭: as the row says."""
    return rows.select(PERSON, family_planning_code="kind", first_month="from_month", last_month="to_month")


HUKOU = (
    pl.col("hukou_type")
    .str.normalize("NFKC")
    .str.replace_all(r"\s", "")
    .replace_strict({word: code.value for word, code in Hukou.spellings().items()}, default=None)
    .cast(Hukou.dtype())
)


def _month(day: str) -> pl.Expr:
    return pl.col(day).dt.month_start()
