"""The rows of a month's papers (reports.forms.COLUMNS), from the payments in its files and the month explained.

Every sum of every paper is a sum of the roster's lines or of the explained month's; `ties` says where two differ.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from contracts.codes import Benefit, Coming
from contracts.money import yuan_label
from payments.instructions import kind_words
from reports import funds
from reports.cover import PAID
from reports.forms import capital
from reports.masking import masked_id
from reports.month_explained import MonthExplained, cause_labels

_BENEFITS = {benefit.value: benefit.label for benefit in Benefit}
_WHERE = ["township", "village", "person_id"]
ELSEWHERE = "(人口名册无乡镇)"


def rows_of(
    issued: pl.DataFrame,
    origins: pl.DataFrame,
    told: MonthExplained,
    who: pl.DataFrame,
    dead: pl.Series,
    orders: pl.DataFrame,
) -> Mapping[str, pl.DataFrame]:
    """The rows of every kind of paper.

    `issued`: ledger.figures.issued. `origins`: ledger.returns.sent_again. `who`: person_no, person_id, name, township,
    village, phone of everybody in either. `dead`: person_no, who are left out of what is published. `orders`: the
    month's, as funds.of_orders.
    """
    known = issued.join(who, on="person_no", how="left").with_columns(
        pl.col("township").fill_null(ELSEWHERE), is_own=pl.col("benefit_month").dt.strftime("%Y-%m") == told.pay_month
    )
    totals = known.group_by("township", "benefit").agg(**_sums()).sort("township", "benefit")
    return {
        "roster": _roster(known),
        "arrears": _arrears(known),
        "sent_again": _sent_again(known, origins),
        "totals": _labelled(totals),
        "borne": _labelled(funds.by_place(totals, funds.by_benefit(orders))),
        "movements": _movements(told),
        "movers": _movers(told, who),
        "public": _public(known, dead),
        "application": _application(known, orders),
    }


def ties(rows: Mapping[str, pl.DataFrame], filed_fen: int, told: MonthExplained) -> dict[str, str]:
    """What is not equal that must be, under a Chinese label: nothing.

    `filed_fen`: the sum of the month's batches in the book.
    """
    sums = {
        "批次": filed_fen,
        "花名册": _fen(rows["roster"], "amount_fen"),
        "汇总表": _fen(rows["totals"], "amount_fen"),
        "申请表": _fen(rows["application"], "amount_fen"),
        "发放封面": _fen(rows["cover"].filter(section=PAID), "amount_fen"),
        "本月说明": told.total.fen_in_files,
    }
    found = {f"{name}合计(元)": yuan_label(fen) for name, fen in sums.items()} if len(set(sums.values())) > 1 else {}
    broken = {one.label: str(one.difference) for one in (*told.benefits, told.total) if one.difference != (0, 0, 0)}
    unbalanced = rows["movements"].filter(pl.col("check_fen") != 0).height
    parted = rows["application"].filter(pl.sum_horizontal(*funds.PARTS) != pl.col("amount_fen")).height
    differ = [name for name in funds.PARTS if rows["borne"].height and _differs(rows, name)]
    counted = {"增减变动表校验差额不为零的项目": unbalanced, "资金分担合计不等于申请金额的项目": parted}
    counted["资金分担汇总表与申请表不等的级次"] = len(differ)
    return {**found, **broken, **{label: str(count) for label, count in counted.items() if count}}


def _differs(rows: Mapping[str, pl.DataFrame], part: str) -> bool:
    return _fen(rows["borne"], part) != _fen(rows["application"], part)


def _fen(rows: pl.DataFrame, column: str) -> int:
    return int(rows[column].sum() or 0)


def _labelled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col("benefit").cast(pl.String).replace(_BENEFITS))


def _roster(known: pl.DataFrame) -> pl.DataFrame:
    told = known.with_columns(pl.col("benefit_month").dt.strftime("%Y-%m"), kind=kind_words())
    return _labelled(told.sort("township", "village", "person_id", "benefit", "benefit_month", nulls_last=True))


def _arrears(known: pl.DataFrame) -> pl.DataFrame:
    """One line for each run of months of equal standard; what is sent again after a return is no arrears."""
    by = ["person_no", "benefit", "standard_fen"]
    rows = known.filter(~pl.col("is_own"), pl.col("attempt") == 1).sort(*by, "benefit_month")
    month_no = pl.col("benefit_month").dt.year().cast(pl.Int64) * 12 + pl.col("benefit_month").dt.month()
    stretches = rows.with_columns(stretch=month_no - month_no.rank("dense").over(by).cast(pl.Int64))
    first = {name: pl.col(name).first() for name in (*_WHERE, "name")}
    told = stretches.group_by(*by, "stretch", maintain_order=True).agg(
        **first,
        from_month=pl.col("benefit_month").min().dt.strftime("%Y-%m"),
        to_month=pl.col("benefit_month").max().dt.strftime("%Y-%m"),
        months=pl.col("benefit_month").n_unique().cast(pl.Int64),
        amount_fen=pl.col("amount_fen").sum(),
    )
    return _labelled(told.sort(*_WHERE, "benefit", "from_month", nulls_last=True))


def _sent_again(known: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """What came back and goes out once more (更正发放), beside the line that came back; never more than came back."""
    came_from = origins.rename({"again_id": "instruction_id"})
    told = known.join(came_from, on=["obligation_id", "instruction_id"]).with_columns(
        pl.col("benefit_month").dt.strftime("%Y-%m")
    )
    return _labelled(told.sort(*_WHERE, "benefit", "benefit_month", nulls_last=True))


def _sums() -> dict[str, pl.Expr]:
    return {
        "people": pl.col("person_no").n_unique().cast(pl.Int64),
        "lines": pl.len().cast(pl.Int64),
        "regular_fen": pl.col("amount_fen").filter("is_own").sum(),
        "arrears_lines": (~pl.col("is_own")).sum().cast(pl.Int64),
        "arrears_fen": pl.col("amount_fen").filter(~pl.col("is_own")).sum(),
        "amount_fen": pl.col("amount_fen").sum(),
    }


def _application(known: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    parts = funds.by_benefit(orders).with_columns(pl.col("benefit").cast(known.schema["benefit"]))
    rows = _labelled(known.group_by("benefit").agg(**_sums()).join(parts, on="benefit", how="left").sort("benefit"))
    return rows.with_columns(capital=pl.Series([capital(fen) for fen in rows["amount_fen"]], dtype=pl.String))


def _public(known: pl.DataFrame, dead: pl.Series) -> pl.DataFrame:
    """Who draws this month, built from the columns that may be published and no other."""
    drawing = known.filter(~pl.col("person_no").is_in(dead.implode()))
    told = drawing.group_by("person_no", "benefit").agg(
        pl.col(*_WHERE, "name").first(),
        amount_fen=pl.col("amount_fen").filter("is_own").sum(),
        arrears_fen=pl.col("amount_fen").filter(~pl.col("is_own")).sum(),
    )
    of_month = told.filter(pl.col("amount_fen") > 0).sort(*_WHERE, "benefit", nulls_last=True)
    return _labelled(of_month).select(
        "township", "village", "name", "benefit", "amount_fen", "arrears_fen", masked_id=masked_id("person_id")
    )


def _movements(told: MonthExplained) -> pl.DataFrame:
    lines = []
    for one in told.benefits:
        rows = told.people.filter(pl.col("benefit") == one.benefit)
        delta = pl.col("after_fen") - pl.col("before_fen")
        is_new, is_gone = pl.col("before_fen") == 0, pl.col("after_fen") == 0
        parts = {
            "new": rows.filter(is_new),
            "gone": rows.filter(is_gone),
            "raised": rows.filter(~is_new, delta > 0),
            "lowered": rows.filter(~is_gone, delta < 0),
        }
        fen = {name: part.select(delta.abs().sum()).item() for name, part in parts.items()}
        rest = one.fen_before + fen["new"] - fen["gone"] + fen["raised"] - fen["lowered"] - one.fen_now
        lines.append(
            {
                "benefit": one.label,
                "people_before": one.people_before,
                "before_fen": one.fen_before,
                **{f"people_{name}": part.height for name, part in parts.items()},
                **{f"{name}_fen": value for name, value in fen.items()},
                "people_now": one.people_now,
                "now_fen": one.fen_now,
                "check_fen": rest,
            }
        )
    return pl.DataFrame(lines, schema=_MOVEMENTS)


_PARTS = ("new", "gone", "raised", "lowered")
_MOVEMENTS = {
    "benefit": pl.String(),
    **dict.fromkeys(("people_before", "before_fen"), pl.Int64()),
    **dict.fromkeys((f"people_{name}" for name in _PARTS), pl.Int64()),
    **dict.fromkeys((f"{name}_fen" for name in _PARTS), pl.Int64()),
    **dict.fromkeys(("people_now", "now_fen", "check_fen"), pl.Int64()),
}


def _movers(told: MonthExplained, who: pl.DataFrame) -> pl.DataFrame:
    kind = (
        pl.when(pl.col("before_fen") == 0)
        .then(pl.lit("新增"))
        .when(pl.col("after_fen") == 0)
        .then(pl.lit("停发"))
        .when(pl.col("after_fen") > pl.col("before_fen"))
        .then(pl.lit("增加"))
        .otherwise(pl.lit("减少"))
    )
    rows = told.people.join(who, on="person_no", how="left").with_columns(
        movement=kind,
        cause=cause_labels(),
        delta_fen=pl.col("after_fen") - pl.col("before_fen"),
    )
    return _labelled(rows.sort(*_WHERE, "benefit", "is_late", descending=[False] * 4 + [True], nulls_last=True))


def coming_rows(rows: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    """The rows of 到龄与到期预告, from reports.coming and who its people are."""
    told = rows.join(who, on="person_no", how="left").with_columns(
        pl.col("cause").cast(pl.String).replace({cause.value: cause.label for cause in Coming}),
        from_month=pl.col("benefit_month").dt.strftime("%Y-%m"),
        delta_fen=pl.col("after_fen") - pl.col("before_fen"),
        remark=pl.when("needs_claim").then(pl.lit("须本人申请")),
    )
    return _labelled(told.sort("benefit_month", *_WHERE, "benefit", nulls_last=True))
