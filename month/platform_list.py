"""Who should be paid now beside the list a platform keeps (一卡通在册), both ways, by identity and account.

The list is read with a county's layout, as registers are. Nothing is taken from it: what differs is told, by benefit on
a control slip and by person in a list, and an officer mends the register or the platform.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

import intake
from contracts.codes import Benefit, Outcome, PlatformDifference
from contracts.errors import InputError
from contracts.settings import Home
from ledger import identity, people, reconciled
from ledger.book import Transaction
from month.store import Tables
from payments.answer_comparing import same_number
from reports.lists import where_they_live

PLATFORM = "platform"
KEY = ["person_no", "benefit"]
LISTED = {
    "difference": "不符",
    "benefit": "项目",
    "person_id": "身份证号",
    "name": "姓名",
    "township": "乡镇",
    "village": "村社区",
    "account_no": "应付账号",
    "listed_account": "在册账号",
    "decided": "本月核定",
}


@dataclass(frozen=True)
class Platform:
    """A platform's list as read. `rows`: accepted("platform"), every benefit filled in; strangers have no person_no."""

    digest: str
    rows: pl.DataFrame
    refused: int


def read_list(home: Home, store: Path, county: str, path: Path, benefit: str, known_on: date) -> Platform:
    """Read the list; its bytes are kept in `store`. `benefit`: of rows that name none.

    InputError where it cannot be used at all, or a row's benefit is not known.
    """
    received = intake.receive(path, PLATFORM, store, intake.find_layout(home.layouts_of(county), PLATFORM))
    if problem := received.problem():
        raise problem
    numbers = (
        intake.ids_in([received]).with_row_index("person_no").select(pl.col("person_no").cast(pl.Int64), "person_id")
    )
    taken = intake.accept(received, numbers, known_on)
    named = taken.rows.join(numbers, on="person_no").drop("person_no")
    rows = named.with_columns(pl.col("benefit").fill_null(pl.lit(benefit or None, Benefit.dtype())))
    if rows.is_empty() or rows["benefit"].has_nulls():
        what = "一卡通在册名单没有数据行" if rows.is_empty() else "一卡通在册名单没有写是哪个项目"
        raise InputError(what, "请核对文件;整份是一个项目的,用 --benefit 说明", path.name)
    return Platform(received.digest, rows, taken.rows_refused)


@dataclass(frozen=True)
class Enrolled:
    """One benefit: people who should be paid now, rows of the list, and people of whom nothing differs."""

    benefit: str
    entitled: int
    listed: int
    agreed: int


def compared(
    conn: Transaction, county: str, pay_month: date, tables: Tables, platform: Platform
) -> tuple[list[Enrolled], pl.DataFrame]:
    """The figures of each benefit that the list names, and who differs in what (LISTED), in order of township."""
    decided = reconciled.decided_now(conn, county, pay_month)
    decided = decided.filter(pl.col("benefit").is_in(platform.rows["benefit"].unique().implode()))
    owed = decided.filter(pl.col("outcome") == Outcome.ENTITLED.value)
    listed = _with_numbers(conn, county, platform.rows)
    known = owed.join(tables.read("accepted_account").select("person_no", "account_no"), on="person_no", how="left")
    to_person = known.filter(~pl.col("is_to_institution"))
    found = {
        PlatformDifference.NOT_LISTED: known.join(listed, on=KEY, how="anti"),
        PlatformDifference.NOT_ENTITLED: _listed_only(listed, owed),
        PlatformDifference.OTHER_ACCOUNT: _other_accounts(listed, to_person),
        PlatformDifference.LISTED_TWICE: listed.filter(pl.struct("person_id", "benefit").is_duplicated()),
    }
    told = _told(conn, tables, decided, found)
    differ = told.select(KEY).drop_nulls().unique()
    figures = [
        Enrolled(
            benefit,
            owed.filter(benefit=benefit).height,
            listed.filter(benefit=benefit).height,
            owed.filter(benefit=benefit).join(differ, on=KEY, how="anti").height,
        )
        for benefit in platform.rows["benefit"].unique().cast(pl.String).sort()
    ]
    labels = {one.value: one.label for one in Benefit}
    return figures, told.select(LISTED.keys()).with_columns(pl.col("benefit").cast(pl.String).replace(labels))


def slip_lines(platform: Platform, figures: list[Enrolled], differing: pl.DataFrame) -> Iterator[tuple[str, bool]]:
    """The lines of a control slip, each with whether it tells a difference."""
    yield f"名单 {platform.digest[:12]}:{platform.rows.height} 行,不能读的 {platform.refused} 行", False
    if platform.refused:
        yield f"  不符:有 {platform.refused} 行不能读,没有比", True
    counts = {
        (benefit, what): count for benefit, what, count in differing.group_by("benefit", "difference").len().rows()
    }
    for one in figures:
        label = Benefit.label_of(one.benefit)
        yield f"{label}:应发 {one.entitled} 人,在册 {one.listed} 行,相符 {one.agreed} 人", False
        for what in PlatformDifference:
            if count := counts.get((label, what.label)):
                yield f"  不符:{what.label} {count} 人", True


def _with_numbers(conn: Transaction, county: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The list's rows with the number each person counts as; null for whom the book does not know."""
    numbers = identity.of_county(conn, county).of(people.numbers_of(conn, rows["person_id"]))
    return rows.join(numbers, on="person_id", how="left").rename(
        {"account_no": "listed_account", "name": "listed_name"}
    )


def _listed_only(listed: pl.DataFrame, owed: pl.DataFrame) -> pl.DataFrame:
    return listed.join(owed.select(KEY), on=KEY, how="anti").unique(
        ["person_id", "benefit"], keep="first", maintain_order=True
    )


def _other_accounts(listed: pl.DataFrame, owed: pl.DataFrame) -> pl.DataFrame:
    both = listed.join(owed, on=KEY).drop_nulls(["listed_account", "account_no"])
    pairs = zip(both["listed_account"], both["account_no"], strict=True)
    differs = pl.Series([not same_number(theirs, ours) for theirs, ours in pairs], dtype=pl.Boolean)
    return both.filter(differs)


def _told(
    conn: Transaction, tables: Tables, decided: pl.DataFrame, found: dict[PlatformDifference, pl.DataFrame]
) -> pl.DataFrame:
    """One row for each person, benefit and difference: LISTED and person_no, in words."""
    columns = pl.Schema(
        {
            "person_no": pl.Int64(),
            "benefit": Benefit.dtype(),
            **dict.fromkeys(("person_id", "account_no", "listed_account", "listed_name"), pl.String()),
        }
    )
    parts = [
        rows.select(
            pl.lit(what.label).alias("difference"),
            *(
                pl.col(name) if name in rows.columns else pl.lit(None, dtype).alias(name)
                for name, dtype in columns.items()
            ),
        ).unique(["person_no", "person_id", "benefit"], keep="first", maintain_order=True)
        for what, rows in found.items()
    ]
    every = pl.concat(parts)
    numbers = people.identities(conn, every.select("person_no").drop_nulls()).rename({"person_id": "own_id"})
    labels = {outcome.value: outcome.label for outcome in Outcome}
    lives = where_they_live(tables.read("accepted_population")).drop("phone")
    told = every.join(numbers, on="person_no", how="left").join(lives, on="person_no", how="left")
    told = told.join(decided.select(*KEY, "outcome"), on=KEY, how="left")
    not_known = pl.when(pl.col("person_no").is_null()).then(pl.lit("总账中没有此人")).otherwise(pl.lit("本月没有核定"))
    return told.with_columns(
        pl.coalesce("person_id", "own_id").alias("person_id"),
        pl.coalesce("name", "listed_name").alias("name"),
        decided=pl.coalesce(pl.col("outcome").cast(pl.String).replace(labels), not_known),
    ).sort("township", "village", "person_id", "benefit", "difference", nulls_last=True)
