"""What the rules read of a month, and the shape of what they give back.

A rule takes what it reads as parameters of these names, and gives evidence rows (ROW): whom, for which benefit and
month and how much money, and `detail`, the fact that makes it doubtful, in an officer's words. The detail names what
the registers say and nothing that moves with the pay month or with the rows of a file: it is by benefit and detail that
a finding is known again (audit/finding.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.codes import Benefit

ROW = pl.Schema(
    {
        "person_no": pl.Int64(),
        "benefit": Benefit.dtype(),
        "benefit_month": pl.Date(),
        "amount_fen": pl.Int64(),
        "detail": pl.String(),
    }
)


@dataclass(frozen=True)
class Evidence:
    """The frames and figures that rules may read.

    lines         what stands in the book for the months of the window, key by key: person_no, benefit, benefit_month,
                  amount_fen, rate_id (what was decided; that the book says the same is a check of `posted`)
    due           contracts.tables.Payable: what is paid next
    coordinated   contracts.tables.Coordinated of the window
    rates         rate_id, published_fen (per month, as the law prints it), round_up_fen, least_age, below_age, tier
                  (SelfCare label): null where the rate has none of that kind
    receivables   person_no, benefit, benefit_month, cause, left_fen, since_month of what is still owed back
    returned      person_no, benefit, benefit_month, pays_fen, returned_on of what came back and was not sent again
    published     pay_month, days: lists of beneficiaries put up, and on how many working days they had hung by known_on
    elsewhere     person_no, benefit, from_month, to_month, paid_by: what other counties say they pay
    doubts        contracts.tables.DoubtfulRow, beyond_window and same_people as the stages before leave them
    others        as accepted: population (with evidenced deaths), low_income, disability, ability, family_planning,
                  claim, suspension, certification, custody

    by_low_income, by_claim: benefits whose law looks at the low-income register; that need an approved claim.
    """

    county: str
    month: date
    known_on: date
    by_low_income: tuple[str, ...]
    by_claim: tuple[str, ...]
    lines: pl.LazyFrame
    due: pl.LazyFrame
    coordinated: pl.LazyFrame
    rates: pl.LazyFrame
    receivables: pl.LazyFrame
    returned: pl.LazyFrame
    published: pl.LazyFrame
    elsewhere: pl.LazyFrame
    doubts: pl.LazyFrame
    beyond_window: pl.LazyFrame
    same_people: pl.LazyFrame
    population: pl.LazyFrame
    low_income: pl.LazyFrame
    disability: pl.LazyFrame
    ability: pl.LazyFrame
    family_planning: pl.LazyFrame
    claim: pl.LazyFrame
    suspension: pl.LazyFrame
    certification: pl.LazyFrame
    custody: pl.LazyFrame


LINE = ("person_no", "benefit", "benefit_month", "amount_fen")


def of_lines(lines: pl.LazyFrame, detail: pl.Expr) -> pl.LazyFrame:
    """Evidence rows of lines; `detail` over the columns they have."""
    return lines.select(*(pl.col(name).cast(ROW[name]) for name in LINE), detail=detail.cast(pl.String))


def of_people(people: pl.LazyFrame, detail: pl.Expr) -> pl.LazyFrame:
    """Evidence rows that are about a person and no line of his."""
    nothing = (pl.lit(None, ROW[name]).alias(name) for name in LINE[1:])
    return people.select(pl.col("person_no"), *nothing, detail=detail.cast(pl.String))


def running(lines: pl.LazyFrame, spells: pl.LazyFrame) -> pl.LazyFrame:
    """The lines in whose month a spell of their person runs, once for each, with its columns.

    `spells`: person_no, first_month, last_month, both included, null being open.
    """
    begun = pl.col("first_month").is_null() | (pl.col("first_month") <= pl.col("benefit_month"))
    ended = pl.col("last_month") < pl.col("benefit_month")
    return lines.join(spells, on="person_no").filter(begun, ~ended.fill_null(value=False))


def not_running(lines: pl.LazyFrame, spells: pl.LazyFrame) -> pl.LazyFrame:
    """The lines in whose month no spell of their person runs."""
    keys = ["person_no", "benefit", "benefit_month"]
    return lines.join(running(lines, spells).select(keys), on=keys, how="anti")


def of(lines: pl.LazyFrame, *benefits: str) -> pl.LazyFrame:
    """The lines of some benefits."""
    return lines.filter(pl.col("benefit").is_in(list(benefits)))


def in_month(lines: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """The lines of one benefit month."""
    return lines.filter(pl.col("benefit_month") == month)


def low_income_spells(low_income: pl.LazyFrame, categories: Iterable[str] = ()) -> pl.LazyFrame:
    """The register as spells, by its own months or from the month after it was confirmed; all categories by default."""
    wanted = pl.col("category").is_in(list(categories)) if categories else pl.lit(value=True)
    confirmed = pl.col("confirmed_on").dt.month_start().dt.offset_by("1mo")
    return low_income.filter(wanted).select(
        "person_no",
        "support_mode",
        "self_care",
        first_month=pl.coalesce("from_month", confirmed),
        last_month="to_month",
    )


def month_told(name: str) -> pl.Expr:
    """A month as officers write it."""
    return pl.col(name).dt.strftime("%Y-%m")
