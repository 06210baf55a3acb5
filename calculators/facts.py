"""The facts of a month: one row per person and benefit month, read from the accepted registers.

In     accepted registers (contracts.registers), the county's rules, the scope
Out    contracts.tables.Facts, in no particular order

How rows of one person that overlap are read is stated per register in contracts/registers.py. Each register becomes
spells of whole months, and of the spells that run in a month the first in the register's order counts. A losing event
keeps its month: who dies, moves out or expires in M still counts in M. Who has no population row has no facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from calculators.conditions import candidates, in_register, words_of
from calculators.scope import KEY, MONTH, PERSON, Registers, Scope, rows_of
from calculators.segments import changes_of_law, changes_of_spells, segments, unfolded
from calculators.spells import Order, strongest
from contracts.codes import Hukou, LowIncomeCategory
from contracts.columns import polars_schema
from contracts.policy import Rules
from contracts.tables import Facts

BOOKED = "is_booked"  # the book knows the person
STATUS_REGISTERS = ("low_income", "disability", "ability", "family_planning")
SEVERE_GRADE = 2  # 重度: grades 1 and 2 (GB/T 26341)
LIMITED_LEVEL = 2  # 失能: 中度 and above, on both scales (GB/T 42195, MZ/T 039)


def facts(registers: Registers, rules: Rules, scope: Scope, also_people: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """One row per benefit month and person who can have an entitlement or is among `also_people` (person_no).

    `also_people` are those the book knows: what they were paid may have to be taken back. Nobody has a row before the
    month of birth. ValueError where the rules are another county's or lack a month.
    """
    people, spells = _read(registers, rules, scope, also_people)
    runs = segments(people, _changes_of_status(spells), scope).collect().lazy()
    return unfolded(_statuses(people, spells, runs), scope).pipe(_of_months)


def facts_of_segments(
    registers: Registers, rules: Rules, scope: Scope, changes: Iterable[pl.LazyFrame]
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The same rows, but of the first months of segments only; and the segments. Both are worked out already.

    They are cut where the law, a status, an age or whether somebody is alive changes, and at the `changes`. The month
    of birth is none of them unless the law asks for it.
    """
    people, spells = _read(registers, rules, scope, None)
    asked = any("birthday_month" in words_of(of_benefit) for of_benefit in rules.benefits.values())
    own = [*_changes_of_status(spells), *_changes_of_age(people, scope, asked), *changes_of_law(people, rules)]
    runs = segments(people, [*own, *(rows.join(people, on=PERSON, how="semi") for rows in changes)], scope)
    kept = runs.collect().lazy()
    return _statuses(people, spells, kept).pipe(_of_months).collect().lazy(), kept


def _read(
    registers: Registers, rules: Rules, scope: Scope, also_people: pl.LazyFrame | None
) -> tuple[pl.LazyFrame, Mapping[str, pl.LazyFrame]]:
    """The people who have facts, and their spells by the name of their ORDER; read at once, looked at often."""
    scope.check(rules)
    marks = _marks(registers, also_people).collect().lazy()
    rows = _who_may(rows_of(registers, "population"), marks, rules, scope)
    population = _residence_spells(rows, scope).collect().lazy()
    people = _people(population, marks, rules, scope).collect().lazy()
    spells = {
        "residence": _spells_of_movers(population, people),
        "low_income": low_income_spells(rows_of(registers, "low_income")),
        "disability": disability_spells(rows_of(registers, "disability")),
        "ability": ability_spells(rows_of(registers, "ability")),
        "unable": unable_spells(rows_of(registers, "ability")),
        "family_planning": family_planning_spells(rows_of(registers, "family_planning")),
    }
    return people, {
        name: of_all.join(people, on=PERSON, how="semi").collect().lazy() for name, of_all in spells.items()
    }


def _changes_of_status(spells: Mapping[str, pl.LazyFrame]) -> list[pl.LazyFrame]:
    return [change for rows in spells.values() for change in changes_of_spells(rows)]


def _changes_of_age(people: pl.LazyFrame, scope: Scope, is_birthday_asked: bool) -> list[pl.LazyFrame]:
    """The month of birth in every year, the month after it where the law asks for birthdays, and that after death."""
    years = pl.LazyFrame({"year": range(scope.months[0].year - 1, scope.months[-1].year + 1)})
    birthday = pl.date(pl.col("year"), pl.col("birth_date").dt.month(), 1).alias(MONTH)
    birthdays = people.join(years, how="cross").select(PERSON, birthday)
    after = [birthdays.with_columns(pl.col(MONTH).dt.offset_by("1mo"))] if is_birthday_asked else []
    return [birthdays, *after, people.select(PERSON, pl.col("death_month").dt.offset_by("1mo").alias(MONTH))]


def _statuses(people: pl.LazyFrame, spells: Mapping[str, pl.LazyFrame], runs: pl.LazyFrame) -> pl.LazyFrame:
    """What the registers say of the first month of each segment, beside it."""
    table = runs.join(people, on=PERSON, how="left", validate="m:1")
    for name, rows in spells.items():
        table = table.join(strongest(rows, runs, ORDER[name]), on=KEY, how="left", validate="m:1")
    return table


def _of_months(table: pl.LazyFrame) -> pl.LazyFrame:
    """Statuses and the month itself as contracts.tables.Facts."""
    return (
        table.with_columns(age_years=age_years(pl.col(MONTH)))
        .filter(pl.col("age_years") >= 0)
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


def _who_may(population: pl.LazyFrame, marks: pl.LazyFrame, rules: Rules, scope: Scope) -> pl.LazyFrame:
    """The rows of everybody who may be a candidate by his age and by whether he is in a register; most are neither."""
    rows = population.select(PERSON, "birth_date", is_ever_alive=pl.lit(True), is_ever_registered=pl.lit(True))
    who = rows.pipe(_candidates, marks, rules, scope).select(PERSON).collect().lazy()
    return population.join(who, on=PERSON, how="semi")


def _people(population: pl.LazyFrame, marks: pl.LazyFrame, rules: Rules, scope: Scope) -> pl.LazyFrame:
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
    is_ever_alive = pl.col("death_month").is_null() | (pl.col("death_month") >= first)
    described = people.with_columns(is_ever_alive=is_ever_alive).pipe(_candidates, marks, rules, scope)
    return described.select(people.collect_schema().names())


def _candidates(rows: pl.LazyFrame, marks: pl.LazyFrame, rules: Rules, scope: Scope) -> pl.LazyFrame:
    """The rows (birth_date, is_ever_alive, is_ever_registered) of whoever may have an entitlement, or is booked."""
    yes_no = [*(in_register(name) for name in STATUS_REGISTERS), BOOKED]
    described = rows.join(marks, on=PERSON, how="left", validate="m:1").with_columns(
        pl.col(yes_no).fill_null(False),
        greatest_age_years=age_years(pl.lit(scope.months[-1])),
        least_age_years=age_years(pl.lit(scope.months[0])),
    )
    return described.filter(candidates(rules) | pl.col(BOOKED))


def _hukou(population: pl.LazyFrame, rules: Rules) -> pl.LazyFrame:
    """One row per person: hukou_code, of the rows here that say it the one begun last; nobody where no law asks."""
    asked = any("hukou" in words_of(of_benefit) for of_benefit in rules.benefits.values())
    said = population.filter("is_here", pl.col("hukou_code").is_not_null()) if asked else population.head(0)
    return said.sort("first_month", "hukou_code").group_by(PERSON).agg(pl.col("hukou_code").last())


def _marks(registers: Registers, also_people: pl.LazyFrame | None) -> pl.LazyFrame:
    """One row per person of a status register or of `also_people`: in_<register> for each, is_booked."""
    marked = {in_register(name): rows_of(registers, name) for name in STATUS_REGISTERS}
    marked[BOOKED] = pl.LazyFrame(schema={PERSON: pl.Int64}) if also_people is None else also_people
    rows = [of_mark.select(PERSON, pl.lit(True).alias(mark)) for mark, of_mark in marked.items()]
    return pl.concat(rows, how="diagonal").group_by(PERSON).agg(pl.col(list(marked)).any())


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
