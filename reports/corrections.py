"""What a month corrected, on which ground, and what no run may carry and an officer has to settle: 更正, 须人工处理."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.codes import Benefit, Cause, CorrectionGround, Kind
from ledger import corrected as posted
from ledger import people
from ledger.book import Book

WHO = {"person_id": "身份证号", "name": "姓名", "township": "乡镇", "village": "村社区"}
CORRECTIONS = {
    **WHO,
    "benefit": "项目",
    "benefit_month": "所属月",
    "what": "类别",
    "cause": "原因",
    "correction": "更正理由",
    "amount_fen": "金额",
    "old_fen": "原金额",
    "new_fen": "新金额",
}
ACTIONS = {
    **WHO,
    "phone": "联系电话",
    "benefit": "项目",
    "benefit_month": "所属月",
    "booked_fen": "已入账金额",
    "entitled_fen": "应发金额",
    "reason": "为何须人工处理",
    "advice": "怎么办",
}
TOO_OLD = "所属月已在补发追回期限(lookback_months)之外,系统只列出,不入账"
OWED_MORE = "少发:请核实后研究是否补发;须由本系统补发的,经批准调长 lookback_months 后重新运行"
OWED_LESS = "多发:请核实后研究是否追回,并留存处理依据"
MOVED = "户籍已迁出本县,迁出后各月已经付出"
WITH_THE_OTHER = "请与迁入地核对从哪个月起接续发放,并办理追回"
NO_GROUND = "首次运行与导入历史之差"


@dataclass(frozen=True)
class GroundLine:
    """What a pay month corrected on one ground: people, and fen owed more, withdrawn and owed back."""

    ground: str
    label: str
    people: int
    owed_fen: int
    withdrawn_fen: int
    owed_back_fen: int


@dataclass(frozen=True)
class ActionLine:
    """What no run may carry: lines, and fen owed too little and too much."""

    lines: int
    owed_more_fen: int
    owed_less_fen: int


def by_ground(book: Book, county: str, pay_month: date) -> tuple[GroundLine, ...]:
    """The corrections posted in the pay month, summed by ground."""
    with book.reading() as conn:
        rows = posted.corrected(conn, county, pay_month)
    fen = {
        f"{what}_fen": pl.col("amount_fen").filter(pl.col("what") == what).sum()
        for what in (posted.OWED, posted.WITHDRAWN, posted.OWED_BACK)
    }
    sums = rows.group_by("correction").agg(people=pl.col("person_no").n_unique().cast(pl.Int64), **fen)
    return tuple(
        GroundLine(
            row["correction"] or "", _ground_label(row["correction"]), row["people"], *(row[name] for name in fen)
        )
        for row in sums.sort("correction").iter_rows(named=True)
    )


def _ground_label(correction: str | None) -> str:
    return CorrectionGround.label_of(correction) if correction else NO_GROUND


def beyond(beyond_window: pl.DataFrame) -> ActionLine:
    """The differences too old to be booked (the run's stage), summed."""
    delta = beyond_window["entitled_fen"] - beyond_window["booked_fen"]
    return ActionLine(beyond_window.height, int(delta.clip(lower_bound=0).sum()), -int(delta.clip(upper_bound=0).sum()))


def corrections(book: Book, county: str, pay_month: date, lives: pl.DataFrame) -> pl.DataFrame:
    """Every correction of the pay month in Chinese words, columns of CORRECTIONS, by benefit month and township.

    `lives`: person_no, name, township, village.
    """
    with book.reading() as conn:
        rows = posted.corrected(conn, county, pay_month)
        identities = people.identities(conn, rows)
    words = {posted.WITHDRAWN: "撤回(未付出)", posted.OWED_BACK: "应追回(已付出)"}
    kinds = {kind.value: f"{kind.label}应付" for kind in Kind}
    told = rows.with_columns(
        what=pl.coalesce(pl.col("kind").cast(pl.String).replace(kinds), pl.col("what").replace(words)),
        cause=pl.col("cause").cast(pl.String).replace({cause.value: cause.label for cause in Cause}),
        correction=pl.col("correction")
        .cast(pl.String)
        .replace({ground.value: ground.label for ground in CorrectionGround})
        .fill_null(NO_GROUND),
    )
    return _told(told, identities, lives, CORRECTIONS)


def action_required(
    book: Book, county: str, pay_month: date, beyond_window: pl.DataFrame, lives: pl.DataFrame
) -> pl.DataFrame:
    """What an officer has to settle by hand, columns of ACTIONS: differences too old for any run, and people who moved
    away and were paid for months after.

    `beyond_window`: person_no, benefit, benefit_month, booked_fen, entitled_fen. `lives`: also phone.
    """
    with book.reading() as conn:
        rows = posted.corrected(conn, county, pay_month)
        moved = rows.filter(pl.col("what") == posted.OWED_BACK, pl.col("cause") == Cause.MOVED_OUT.value)
        identities = people.identities(conn, pl.concat([one.select("person_no") for one in (beyond_window, moved)]))
    is_more = pl.col("entitled_fen") > pl.col("booked_fen")
    columns = ("person_no", "benefit", "benefit_month", "booked_fen", "entitled_fen", "reason", "advice")
    too_old = beyond_window.with_columns(
        reason=pl.lit(TOO_OLD), advice=pl.when(is_more).then(pl.lit(OWED_MORE)).otherwise(pl.lit(OWED_LESS))
    )
    moved = moved.rename({"old_fen": "booked_fen", "new_fen": "entitled_fen"}).with_columns(
        reason=pl.lit(MOVED), advice=pl.lit(WITH_THE_OTHER)
    )
    return _told(pl.concat([too_old.select(columns), moved.select(columns)]), identities, lives, ACTIONS)


def _told(rows: pl.DataFrame, identities: pl.DataFrame, lives: pl.DataFrame, shown: Mapping[str, str]) -> pl.DataFrame:
    """The rows with who they are about, benefits in Chinese and months as text."""
    labels = {benefit.value: benefit.label for benefit in Benefit}
    return (
        rows.join(identities, on="person_no")
        .join(lives, on="person_no", how="left")
        .sort("benefit_month", "township", "village", "person_id", "benefit", nulls_last=True, maintain_order=True)
        .with_columns(pl.col("benefit").cast(pl.String).replace(labels), pl.col("benefit_month").dt.strftime("%Y-%m"))
        .select(shown.keys())
    )
