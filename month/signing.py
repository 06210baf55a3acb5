"""Acts of officers after the run, told to Dagster as runless materialisations: lineage goes on beyond the files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import dagster as dg
import polars as pl

from contracts.errors import BookError
from contracts.money import yuan_label
from contracts.settings import Home
from dagster_project.instance import open_instance
from dagster_project.partitions import partition_key
from ledger import batches, signing
from ledger.book import Book, opened
from month.month import system_user
from month.officers import require_limit, two_officers
from payments.verify import verify_batches

Signed = tuple[str, ...]  # batch ids


def approve_month(home: Home, county: str, pay_month: date, officer: str) -> Signed:
    """Approve the month's unreleased batches whose files agree with the book; the batches newly signed."""

    def approve(book: Book) -> Signed:
        _require_limit(home, book, county, pay_month, officer)
        _require_true_files(home, book, county, pay_month)
        return signing.approve(book, county, pay_month, officer, system_user()).signed

    with two_officers(home, officer, county, "approve"):
        return _acted(home, county, pay_month, "approved", approve)


def reject_month(home: Home, county: str, pay_month: date, officer: str, reason: str) -> Signed:
    """Reject the month's unreleased batches; the batches newly signed."""

    def reject(book: Book) -> Signed:
        return signing.reject(book, county, pay_month, officer, system_user(), reason).signed

    return _acted(home, county, pay_month, "", reject)


def release_month(home: Home, county: str, pay_month: date, officer: str) -> Signed:
    """Release the month's approved batches whose files agree with the book; the batches newly released."""

    def release(book: Book) -> Signed:
        _require_true_files(home, book, county, pay_month)
        return signing.release(book, county, pay_month, officer, system_user()).signed

    with two_officers(home, officer, county, "release"):
        return _acted(home, county, pay_month, "released", release)


def _require_limit(home: Home, book: Book, county: str, pay_month: date, name: str) -> None:
    officer = next((one for one in home.settings().officer if one.name == name), None)
    if officer is None or officer.limit_yuan is None:
        return
    with book.reading() as conn:
        waiting = signing.waiting(conn, county, pay_month)
    require_limit(home, officer, county, "approve", waiting)


def _require_true_files(home: Home, book: Book, county: str, pay_month: date) -> None:
    with book.reading() as conn:
        waiting = signing.waiting(conn, county, pay_month)
    findings = verify_batches(book, home, county, waiting)
    if findings:
        first = findings[0]
        raise BookError(
            f"发放文件与总账不符({len(findings)} 处),首处:{first.what}",
            "请重新运行 disburse run 生成文件,再用 disburse verify 核对",
            first.batch_id,
        )


def _acted(home: Home, county: str, pay_month: date, asset: str, act: Callable[[Book], Signed]) -> Signed:
    """Let an officer act, then tell Dagster with the counts of what was signed."""
    with opened(home.database_url) as book:
        signed = act(book)
        with book.reading() as conn:
            of_month = batches.batches_of(conn, county, None)
    if signed and asset:
        rows = of_month.filter(pl.col("batch_id").is_in(signed))
        report(home, asset, county, pay_month, {"批次": len(signed), **_money(rows)})
    return signed


def _money(rows: pl.DataFrame) -> dict[str, int | str]:
    return {"笔数": int(rows["line_count"].sum()), "金额": f"{yuan_label(int(rows['total_fen'].sum()))} 元"}


def report(home: Home, asset: str, county: str, pay_month: date, metadata: dict[str, int | str]) -> None:
    """Tell Dagster of an act on a month, with counts and digests, never a person."""
    instance = open_instance(home)
    instance.report_runless_asset_event(
        dg.AssetMaterialization(asset_key=asset, partition=partition_key(county, pay_month), metadata=dict(metadata))
    )
