"""What registers together leave in doubt: rows that were accepted, count as the rules say, and should be looked at."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from contracts.codes import Doubt, LowIncomeCategory
from contracts.columns import polars_schema
from contracts.tables import DoubtfulRow

WITHOUT_PERSONS = ("population", "institution")  # registers whose rows cannot be strangers to the population
ALWAYS = pl.date(9999, 12, 1)


def doubts(registers: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every doubtful row (DoubtfulRow), by register, file and row. `registers`: every accepted register by name."""
    found = [
        *(
            _told(register, orphans(rows, registers["population"]), Doubt.NOT_IN_POPULATION)
            for register, rows in registers.items()
            if register not in WITHOUT_PERSONS
        ),
        _told("low_income", dibao_beside_tekun(registers["low_income"]), Doubt.DIBAO_BESIDE_TEKUN),
    ]
    return pl.concat(found).sort("register", "source_file", "source_row", "doubt")


def orphans(rows: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """The accepted rows of a register whose person has no row in the accepted population."""
    return rows.join(population.select("person_no"), on="person_no", how="anti", maintain_order="left")


def dibao_beside_tekun(low_income: pl.DataFrame) -> pl.DataFrame:
    """The 低保 rows that run in a month in which their person is 特困 as well: 特困 counts, 低保 should have ended."""
    begun = pl.coalesce("from_month", pl.col("confirmed_on").dt.month_start().dt.offset_by("1mo"))
    spells = low_income.with_columns(first=begun, last=pl.col("to_month").fill_null(ALWAYS))
    tekun = spells.filter(pl.col("category") == LowIncomeCategory.TEKUN.value).select(
        "person_no", tekun_first="first", tekun_last="last"
    )
    both = spells.filter(pl.col("category") == LowIncomeCategory.DIBAO.value).join(tekun, on="person_no")
    overlaps = (pl.col("first") <= pl.col("tekun_last")) & (pl.col("tekun_first") <= pl.col("last"))
    return both.filter(overlaps).select(low_income.columns).unique(maintain_order=True)


def _told(register: str, rows: pl.DataFrame, doubt: Doubt) -> pl.DataFrame:
    told = rows.with_columns(register=pl.lit(register), doubt=pl.lit(doubt.value))
    return told.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(DoubtfulRow).items())
