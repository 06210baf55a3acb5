"""Rules over several columns of one register row. An expression is true where the row breaks the rule."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from contracts.codes import GROUP_MEMBERS, LowIncomeCategory, RefusalCode


@dataclass(frozen=True)
class RowRule:
    """One rule: what is violated, on which column the message points, and what the sender should do."""

    code: RefusalCode
    column: str
    violated: pl.Expr
    advice: str


def reversed_period(first: str, last: str) -> RowRule:
    """The end lies before the beginning."""
    return RowRule(RefusalCode.PERIOD_REVERSED, last, pl.col(last) < pl.col(first), "请核对起止时间")


def _outside_group() -> pl.Expr:
    """The chosen benefit is none of its group's: such a choice could never count."""
    return pl.any_horizontal(
        (pl.col("group") == group.value) & ~pl.col("benefit").is_in([benefit.value for benefit in members])
        for group, members in GROUP_MEMBERS.items()
    )


# An answer without our number is found again by where the line stood, with its account and amount; by nothing less.
_PLACE = ("line_no", "account_no", "amount_fen")
NAMES_NO_INSTRUCTION = pl.col("instruction_id").is_null() & pl.any_horizontal(pl.col("batch_id", *_PLACE).is_null())
# One line that speaks of a whole batch.
NAMES_AN_ORDER = pl.col("batch_id").is_not_null() & pl.all_horizontal(pl.col("instruction_id", *_PLACE).is_null())
IS_TEKUN = pl.col("category") == LowIncomeCategory.TEKUN

ROW_RULES: dict[str, tuple[RowRule, ...]] = {
    "population": (
        RowRule(
            RefusalCode.PERIOD_REVERSED,
            "died_on",
            pl.col("died_on") < pl.col("birth_date"),
            "死亡日期早于出生日期,请核对",
        ),
    ),
    "low_income": (
        RowRule(
            RefusalCode.VALUE_MISSING,
            "from_month",
            pl.col("from_month").is_null() & pl.col("confirmed_on").is_null(),
            "起始年月与确认日期至少填一项",
        ),
        RowRule(
            RefusalCode.VALUE_MISSING, "self_care", IS_TEKUN & pl.col("self_care").is_null(), "特困人员须填自理能力"
        ),
        RowRule(
            RefusalCode.VALUE_MISSING,
            "support_mode",
            IS_TEKUN & pl.col("support_mode").is_null(),
            "特困人员须填供养方式",
        ),
        RowRule(
            RefusalCode.VALUE_MISSING,
            "is_recipient",
            (pl.col("category") == LowIncomeCategory.DIBAO) & pl.col("is_recipient").is_null(),
            "低保须填本人是否保障对象",
        ),
        reversed_period("from_month", "to_month"),
    ),
    "disability": (reversed_period("issued_on", "expires_on"), reversed_period("issued_on", "cancelled_on")),
    "ability": (
        RowRule(
            RefusalCode.VALUE_MISSING,
            "level",
            pl.col("level").is_null() & pl.col("is_unable").is_null(),
            "评估等级与生活不能自理至少填一项",
        ),
        *(
            RowRule(
                RefusalCode.VALUE_MISSING,
                column,
                pl.col("level").is_not_null() & pl.col(column).is_null(),
                f"有评估等级的须填{header}",
            )
            for column, header in (("scale", "评估标准"), ("assessed_on", "评估日期"))
        ),
        RowRule(
            RefusalCode.VALUE_MISSING,
            "unable_from_month",
            pl.col("is_unable") & pl.col("unable_from_month").is_null() & pl.col("assessed_on").is_null(),
            "没有评估日期的认定须填认定起始年月",
        ),
        reversed_period("assessed_on", "valid_until"),
        reversed_period("unable_from_month", "unable_to_month"),
    ),
    "family_planning": (reversed_period("from_month", "to_month"),),
    "claim": (reversed_period("claimed_on", "approved_on"),),
    "choice": (
        RowRule(RefusalCode.OUTSIDE_GROUP, "benefit", _outside_group(), "请核对组与项目:该项目不参加这一组的择高"),
    ),
    "suspension": (reversed_period("from_month", "to_month"),),
    "cremation": (
        RowRule(
            RefusalCode.VALUE_MISSING,
            "died_on",
            pl.col("died_on").is_null() & pl.col("cremated_on").is_null(),
            "死亡日期与火化日期至少填一项",
        ),
        reversed_period("died_on", "cremated_on"),
    ),
    "custody": (reversed_period("taken_in_on", "released_on"),),
    "elsewhere": (reversed_period("from_month", "to_month"),),
    "results": (
        RowRule(
            RefusalCode.VALUE_MISSING,
            "instruction_id",
            NAMES_NO_INSTRUCTION & ~NAMES_AN_ORDER,
            "没有指令号的,须同时有批次号、序号、账号和金额",
        ),
        RowRule(RefusalCode.ANSWER_ORDER, "event", NAMES_AN_ORDER & (pl.col("event") != "returned"), "请逐笔报送结果"),
    ),
}
