"""Where money goes: people's accounts, somebody else's for some, and the institutions'."""

from __future__ import annotations

import polars as pl

from contracts.codes import Relationship
from generator.draws import ALL, chance, draw, mixed, pick
from generator.names import BANKS, TOWNSHIPS, home_name
from generator.numbers import account_number
from generator.people import Populace
from generator.rows import ALWAYS, rows

ACCOUNT_FROM_AGE = 78
NO_ACCOUNT, ACCOUNT_LATER = 200, 300
OTHER_PAYEE = 8_000
PAYEE_AGES = (20, 75)
BANK_SHARES = tuple(zip((name for name, _ in BANKS), (60_000, 30_000, 10_000), strict=True))
BANK_CODES = dict(BANKS)


def account(people: pl.DataFrame, lists: list[pl.DataFrame], populace: Populace) -> pl.DataFrame:
    """An account for nearly everybody who may be paid (old enough, or in one of the registers `lists`).

    Somebody else's where a grown-up of the household receives for the person.
    """
    listed = pl.concat([frame.select("position") for frame in lists])["position"].unique()
    payable = people.filter(
        (pl.col("age_years") >= ACCOUNT_FROM_AGE) | pl.col("position").is_in(listed.implode())
    ).with_columns(without=draw("no account", ALL))
    with_account = payable.filter(pl.col("without") >= NO_ACCOUNT).with_columns(
        seen_from=pl.when(pl.col("without") < NO_ACCOUNT + ACCOUNT_LATER)
        .then(populace.first + 1 + draw("account in", 6))
        .otherwise(ALWAYS)
        .cast(pl.Int32)
    )
    return rows(
        "account",
        _with_payee(with_account, people)
        .with_columns(payee_key=mixed(pl.col("payee_rank"), populace.seed))
        .with_columns(
            account_no=account_number(populace.county, pl.col("payee_rank")),
            bank_name=pick("bank", BANK_SHARES, "payee_key"),
        )
        .with_columns(bank_code=pl.col("bank_name").replace_strict(BANK_CODES)),
    )


def _with_payee(payable: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add payee_name, payee_id, payee_rank and relationship."""
    grown_up = people.filter(pl.col("age_years").is_between(*PAYEE_AGES) & pl.col("died_on").is_null())
    helpers = grown_up.unique("household", keep="first", maintain_order=True).select(
        "household", helper_name="name", helper_id="person_id", helper_rank="rank", helper_age="age_years"
    )
    is_self = (
        ~chance("other payee", OTHER_PAYEE)
        | pl.col("helper_id").is_null()
        | (pl.col("helper_id") == pl.col("person_id"))
    )
    return (
        payable.join(helpers, on="household", how="left", maintain_order="left")
        .with_columns(is_self=is_self)
        .with_columns(
            payee_name=pl.when("is_self").then("name").otherwise("helper_name"),
            payee_id=pl.when("is_self").then("person_id").otherwise("helper_id"),
            payee_rank=pl.when("is_self").then("rank").otherwise("helper_rank"),
            relationship=pl.when("is_self").then(pl.lit(Relationship.SELF.label)).otherwise(_relationship()),
        )
    )


def _relationship() -> pl.Expr:
    years_younger = pl.col("age_years") - pl.col("helper_age")
    return (
        pl.when(years_younger >= 18)
        .then(pl.lit(Relationship.CHILD.label))
        .when(years_younger.abs() <= 8)
        .then(pl.lit(Relationship.SPOUSE.label))
        .otherwise(pl.lit(Relationship.GUARDIAN.label))
    )


def institutions(populace: Populace) -> pl.DataFrame:
    """The 敬老院, one to a township."""
    columns = {
        "institution_id": [institution_id(index) for index in range(len(TOWNSHIPS))],
        "name": [home_name(township) for township in TOWNSHIPS],
        "bank_name": [BANKS[0][0]] * len(TOWNSHIPS),
        "bank_code": [BANKS[0][1]] * len(TOWNSHIPS),
        "serial": [10**9 - 1_000 - index for index in range(len(TOWNSHIPS))],
    }
    return rows(
        "institution",
        pl.DataFrame(columns).with_columns(
            account_name="name", account_no=account_number(populace.county, pl.col("serial")), position=pl.col("serial")
        ),
    )


def institution_id(township_index: int) -> str:
    """The number of a township's 敬老院."""
    return f"YL{township_index + 1:02d}"
