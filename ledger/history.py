"""History: what was paid before the first run, as obligations that are settled by definition.

It takes part in every subtraction, so the first run pays only what is still owed. It is never instructed, withdrawn or
set off; money that was paid too much becomes a receivable like any other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Connection, exists, insert, select

from contracts.actor import Actor
from contracts.codes import Kind, RefusalCode
from contracts.errors import BookError
from ledger import audit, cycles
from ledger.book import Book, insert_frame, next_id, now, read_frame
from ledger.tables import history_row, obligation, run
from ledger.versions import KEY


@dataclass(frozen=True)
class Source:
    """The file that history comes from."""

    file_name: str
    file_digest: str  # SHA-256 of its bytes
    known_on: date


@dataclass(frozen=True)
class LeftOut:
    """Rows of the file that an officer chose to go without."""

    rows: int
    reason: str


def is_imported(conn: Connection, source: Source) -> bool:
    """Whether this very file is in the book."""
    return bool(conn.execute(select(exists().where(run.c.manifest_digest == source.file_digest))).scalar())


def has_history(conn: Connection, county: str) -> bool:
    """Whether the county imported what was paid before its first run."""
    of_county = exists().where(obligation.c.county == county, obligation.c.kind == Kind.HISTORY.value)
    return bool(conn.execute(select(of_county)).scalar())


def import_history(
    book: Book,
    county: str,
    rows: pl.DataFrame,
    source: Source,
    go_live_month: date,
    by: Actor,
    left_out: LeftOut | None = None,
) -> int:
    """Book one file of payments made elsewhere, all or none; how many (the same file again: 0).

    `rows`: person_no, benefit, benefit_month, amount_fen, source_row; `left_out` goes into the audit log. BookError
    where any of `misfits` is among them, for amounts that are not positive, and for keys that come twice.
    """
    with book.writing() as conn:
        if is_imported(conn, source):
            return 0
        _require_sound(conn, county, rows, source, go_live_month)
        run_id = _add_run(conn, source, by)
        first = next_id(conn, obligation)
        paid = rows.sort("benefit_month", "person_no", "benefit").with_columns(
            obligation_id=pl.int_range(first, first + pl.len()),
            run_id=pl.lit(run_id),
            county=pl.lit(county),
            kind=pl.lit(Kind.HISTORY.value),
            version_no=pl.lit(0),
            is_to_institution=pl.lit(value=False),
        )
        insert_frame(conn, obligation, paid.drop("source_row"))
        insert_frame(conn, history_row, paid.select("obligation_id", "source_row"))
        detail = {"file": source.file_digest, "rows": rows.height, "fen": int(rows["amount_fen"].sum())}
        gone_without = {"left_out": left_out.rows, "reason": left_out.reason} if left_out else {}
        audit.append(conn, county, by, "import history", f"run {run_id}", {**detail, **gone_without})
    return rows.height


def misfits(conn: Connection, county: str, rows: pl.DataFrame, go_live_month: date) -> pl.Series:
    """Why history cannot have a row, for each of `rows` in their order: a RefusalCode, null where it can.

    Months before go-live are not computed, later ones than the first pay month are the program's own to pay, and a key
    is imported once.
    """
    month, first = pl.col("benefit_month"), cycles.first_pay_month(conn, county)
    imported = select(*(obligation.c[name] for name in KEY)).where(
        obligation.c.county == county, obligation.c.kind == Kind.HISTORY.value
    )
    known = read_frame(conn, imported).with_columns(is_imported=pl.lit(value=True))
    code = (
        pl.when(month < go_live_month)
        .then(pl.lit(RefusalCode.BEFORE_GO_LIVE.value))
        .when(month > pl.lit(first, pl.Date))
        .then(pl.lit(RefusalCode.AFTER_FIRST_PAY_MONTH.value))
        .when("is_imported")
        .then(pl.lit(RefusalCode.ALREADY_IMPORTED.value))
    )
    told = rows.join(known, on=KEY, how="left", maintain_order="left")
    return told.select(code.cast(RefusalCode.dtype()).alias("code")).to_series()


def _require_sound(conn: Connection, county: str, rows: pl.DataFrame, source: Source, go_live_month: date) -> None:
    codes = misfits(conn, county, rows, go_live_month)
    wrong = {code.label: codes.eq(code.value).sum() for code in map(RefusalCode, codes.drop_nulls().unique().sort())}
    wrong["金额不是正数"] = rows.filter(pl.col("amount_fen") <= 0).height
    wrong["同一人同一项目同一月重复"] = rows.filter(pl.struct(KEY).is_duplicated()).height
    told = ";".join(f"{what}:{count} 行" for what, count in wrong.items() if count)
    if told:
        raise BookError(f"发放历史不能导入({told})", "请更正后整份重新导入", source.file_name)


def _add_run(conn: Connection, source: Source, by: Actor) -> int:
    run_id = next_id(conn, run)
    conn.execute(
        insert(run).values(
            run_id=run_id,
            manifest_json=json.dumps({"file_name": source.file_name, "file_digest": source.file_digest}),
            manifest_digest=source.file_digest,
            known_on=source.known_on.isoformat(),
            maker=by.officer,
            system_user=by.system_user,
            posted_at=now(),
        )
    )
    return run_id
