"""Instructions: one attempt to pay one payee, with every field as it will be printed.

A person's line pays one obligation or, where the profile says so, everything of one kind that goes out at the same
time; an institution's line pays everyone on its roster. Order, and so line numbers: township, village, person_id (an
institution: its id), first benefit month, kind.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from contracts.codes import Benefit, Kind
from contracts.columns import polars_schema
from contracts.errors import BookError
from contracts.money import yuan_expr
from contracts.months import month_text
from contracts.tables import InstructionLine
from payments.file_forms import Layout
from payments.templates import words_of

HOUSEHOLD = ("village_group", "head_name", "head_id", "phone")  # kept of a line only where its profile prints them
ORIGIN = ("origin_id", "origin_batch", "origin_line", "origin_account", "origin_amount", "origin_reason")  # likewise
ASKED_FOR = (*HOUSEHOLD, *ORIGIN)
REISSUE = "重发"  # a second attempt, which is never 补发
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ON_ROSTER = ("name", "person_id")  # kept of an item where its line is an institution's
ITEMS = pl.Schema(
    {
        "instruction_id": pl.String(),
        "obligation_id": pl.Int64(),
        "attempt": pl.Int64(),
        "amount_fen": pl.Int64(),
        **dict.fromkeys(ON_ROSTER, pl.String()),
    }
)
LINE_PLACES = 6
INSTRUCTION_ID_LENGTH = 20
MOST_LINES = 10**LINE_PLACES - 1


@dataclass(frozen=True)
class BatchIdentity:
    """What a batch is called: county, pay month, the cycle's sequence, and its number within the cycle."""

    county: str
    pay_month: date
    sequence: int
    ordinal: int

    @property
    def batch_id(self) -> str:
        """For people: 410721-2024-07-01-03."""
        return f"{self.county}-{month_text(self.pay_month)}-{self.sequence:02d}-{self.ordinal:02d}"

    @property
    def line_prefix(self) -> str:
        """The first fourteen places of an instruction id; six digits of line number follow, twenty in all."""
        if self.sequence > 99 or self.ordinal >= len(DIGITS) ** 2:
            raise BookError("本期批次过多,编号已用尽", "请先发放已编批次", self.batch_id)
        high, low = divmod(self.ordinal, len(DIGITS))
        return f"{self.county}{self.pay_month:%y%m}{self.sequence:02d}{DIGITS[high]}{DIGITS[low]}"


class Instructions(NamedTuple):
    """A batch's lines (InstructionLine) and items (ITEMS): which obligations each line pays, and how much of each.

    Of an institution's line also whom its roster names.
    """

    lines: pl.DataFrame
    items: pl.DataFrame


def instructions(payable: pl.DataFrame, identity: BatchIdentity, profile: Layout) -> Instructions:
    """The lines that pay these obligations (Payable, all of one benefit). The order of the rows does not matter."""
    numbered = (
        lines_of(payable, profile)
        .with_row_index("line_no", offset=1)
        .with_columns(
            instruction_id=identity.line_prefix + pl.col("line_no").cast(pl.String).str.zfill(LINE_PLACES),
            batch_id=pl.lit(identity.batch_id),
            pay_month=pl.lit(month_text(identity.pay_month)),
            period_from=pl.col("from_month").dt.strftime("%Y-%m"),
            period_to=pl.col("to_month").dt.strftime("%Y-%m"),
        )
    )
    if numbered.height > MOST_LINES:
        raise BookError(f"一个批次超过 {MOST_LINES:,} 行", "请报告:编批时应已拆分", identity.batch_id)
    keyed = payable.with_columns(line_key=line_key(profile))
    told = numbered.join(_origins(keyed, profile), on="line_key", how="left", maintain_order="left")
    asked = {column.field for column in profile.columns}
    unasked = [pl.lit(None).alias(name) for name in ASKED_FOR if name not in asked]
    lines = told.with_columns(remark=_remark(profile)).with_columns(unasked)
    is_on_roster = pl.col("institution_id").is_not_null()
    items = keyed.join(numbered.select("line_key", "instruction_id"), on="line_key").with_columns(
        *(pl.when(is_on_roster).then(name) for name in ON_ROSTER), amount_fen="pays_fen"
    )
    return Instructions(
        lines.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(InstructionLine).items()),
        items.select(ITEMS.names()).sort("obligation_id"),
    )


def lines_of(payable: pl.DataFrame, profile: Layout) -> pl.DataFrame:
    """What is paid together in one line, as `instructions`, in the order of the file: line_key, and what is printed."""
    lines = payable.group_by(line_key(profile).alias("line_key")).agg(**_LINE)
    return lines.sort("township", "village", "who", "from_month", "kind", "first_obligation")


def line_key(profile: Layout) -> pl.Expr:
    """What goes into one line, of Payable of one benefit: text that is the same for what does.

    What is sent again never goes with what is not, nor a person's arrears with what is regular: each prints its word.
    """
    to_person = pl.format("obligation {}", "obligation_id")
    if profile.lines == "per_payee":
        to_person = pl.format("person {} {} {}", "person_no", pl.col("kind").cast(pl.String), _IS_AGAIN)
    return (
        pl.when(pl.col("institution_id").is_null())
        .then(to_person)
        .otherwise(pl.format("institution {} {}", "institution_id", _IS_AGAIN))
    )


def content_digest(content: Instructions, profile_digest: str, law_digest: str | None) -> str:
    """SHA-256 over every printed field, every paid obligation, the profile and the law with its statuses.

    Not over the batch's own name. `law_digest`: of the policies; None for a batch of before it was signed too.
    So a batch voided and claimed again without a change would have the same digest, and an unchanged one is kept.
    What of a household and of what came back no line prints is no part of it, nor a roster without a name, so that
    batches of before keep theirs.
    """
    unprinted = [name for name in ASKED_FOR if content.lines[name].is_null().all()]
    lines = content.lines.drop("batch_id", "instruction_id", *unprinted)
    named = [] if content.items["person_id"].is_null().all() else ON_ROSTER
    items = content.items.select(pl.col("instruction_id").str.tail(LINE_PLACES), "obligation_id", "amount_fen", *named)
    parts = (lines.write_csv(), items.write_csv(), profile_digest, *([law_digest] if law_digest else []))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def kind_words() -> pl.Expr:
    """正常, 补发 or 重发, of lines."""
    labels = pl.col("kind").cast(pl.String).replace({kind.value: kind.label for kind in Kind})
    return pl.when(_IS_AGAIN).then(pl.lit(REISSUE)).otherwise(labels)


def benefit_words() -> pl.Expr:
    """The benefit's Chinese name."""
    return pl.col("benefit").cast(pl.String).replace({benefit.value: benefit.label for benefit in Benefit})


_IS_AGAIN = pl.col("attempt") > 1
_IS_TO_PERSON = pl.col("institution_id").is_null().first()


def _of_person(column: str) -> pl.Expr:
    """Printed on a person's line only."""
    return pl.when(_IS_TO_PERSON).then(pl.col(column).first())


_MONTH_NO = pl.col("benefit_month").dt.year().cast(pl.Int64) * 12 + pl.col("benefit_month").dt.month()
_MONTHS_BETWEEN = _MONTH_NO.max() - _MONTH_NO.min() + 1
_LINE = {
    "benefit": pl.col("benefit").first(),
    "from_month": pl.col("benefit_month").min(),
    "to_month": pl.col("benefit_month").max(),
    "kind": pl.when((pl.col("kind") == Kind.REGULAR.value).any())
    .then(pl.lit(Kind.REGULAR.value, Kind.dtype()))
    .otherwise(pl.col("kind").first()),
    "attempt": pl.col("attempt").max(),
    "who": pl.coalesce("institution_id", "person_id").first(),
    "name": pl.coalesce("institution_name", "name").first(),
    "person_id": _of_person("person_id"),
    "relationship": _of_person("relationship"),
    **{column: pl.col(column).first() for column in ("payee_name", "payee_id", "account_no", "bank_name", "bank_code")},
    "amount_fen": pl.col("pays_fen").sum(),
    "township": _of_person("township").fill_null(""),
    "village": _of_person("village").fill_null(""),
    **{column: _of_person(column) for column in HOUSEHOLD},
    "people_count": pl.col("person_no").n_unique(),
    "months_left_out": _IS_TO_PERSON & pl.col("benefit_month").n_unique().lt(_MONTHS_BETWEEN),
    "month_count": pl.col("benefit_month").n_unique(),
    "first_obligation": pl.col("obligation_id").min(),
}


def _origins(keyed: pl.DataFrame, profile: Layout) -> pl.DataFrame:
    """Where the lines that are sent again come from: line_key, ORIGIN as printed, and `origin` of 备注.

    A line may send again what came back in several: the n-th word of each column is of the same one.
    """
    lines = (
        keyed.drop_nulls("origin_id").unique(["line_key", "origin_id"]).sort("line_key", "origin_batch", "origin_line")
    )
    told = lines.with_columns(
        pl.col("origin_line").cast(pl.String),
        origin_amount=amount_expr("origin_fen", profile),
        origin=pl.format("原批次{}第{}行", "origin_batch", "origin_line"),
    )
    return told.group_by("line_key", maintain_order=True).agg(pl.col(*ORIGIN, "origin").str.join("、"))


def amount_expr(fen: str, profile: Layout) -> pl.Expr:
    """A column of fen as text in the profile's style."""
    match profile.amount:
        case "fen":
            return pl.col(fen).cast(pl.String)
        case "yuan3":
            return yuan_expr(fen) + "0"
        case _:
            return yuan_expr(fen)


def _remark(profile: Layout) -> pl.Expr:
    """备注 by the profile's templates; null where it says nothing."""
    first, last = (pl.col(column).str.replace("-", "") for column in ("period_from", "period_to"))
    words = {
        "benefit": benefit_words(),
        "months": pl.when(first == last)
        .then(first)
        .when("months_left_out")
        .then(pl.format("{}-{}共{}个月", first, last, "month_count"))
        .otherwise(pl.format("{}-{}", first, last)),
        "kind": kind_words(),
        "people": pl.col("people_count").cast(pl.String),
        "instruction_id": pl.col("instruction_id"),
        "origin": pl.col("origin").fill_null(""),
    }
    text = (
        pl.when(pl.col("person_id").is_not_null())
        .then(_filled(profile.remark.person, words))
        .otherwise(_filled(profile.remark.institution, words))
    )
    return pl.when(text != "").then(text)


def _filled(template: str, words: dict[str, pl.Expr]) -> pl.Expr:
    parts = [pl.lit("")]
    for text, word in words_of(template):
        parts += [pl.lit(text), *([words[word]] if word else [])]
    return pl.concat_str(parts)
