"""A line of an answer beside its instruction: which one it is, and whether it says the same."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import polars_schema
from contracts.money import yuan_text
from contracts.tables import RefusedRow
from intake import ADVICE
from payments.answer_forms import ANSWERED, RESULTS

MASKS = "*＊×"
HIDDEN = re.compile(f"[{MASKS}]+")
LEAST_SEEN = 4  # places of a masked number that tell it from others
TAIL = 4  # places of a number that a list shows
DOTS = str.maketrans(dict.fromkeys("•．・‧", "·"))
SAID = "said_"
# What an answer may say of its instruction, and what it is called where it says something else.
COMPARED = {
    "amount_fen": RefusalCode.ANSWER_AMOUNT,
    "account_no": RefusalCode.ANSWER_ACCOUNT,
    "payee_name": RefusalCode.ANSWER_PAYEE,
    "payee_id": RefusalCode.ANSWER_PAYEE,
}
WHERE = {
    RefusalCode.ANSWER_AMOUNT: "amount_fen",
    RefusalCode.ANSWER_ACCOUNT: "account_no",
    RefusalCode.ANSWER_PAYEE: "payee_name",
    RefusalCode.ANSWER_CONTRADICTS: "event",
}


def compared(rows: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of an answer with the instruction they are about, and what they say otherwise: misfit, said.

    `rows`: accepted("results"). `lines`: ledger.results.sent_lines. `misfit` is the first RefusalCode in order of
    COMPARED, null where the row says nothing else; `said` has both figures of everything that differs.
    """
    found = _with_instruction(rows, lines)
    beside = lines.select("instruction_id", pl.col(*COMPARED).name.prefix(SAID))
    both = found.join(beside, on="instruction_id", how="left", maintain_order="left")
    differs = {name: _differs(both, name) for name in COMPARED}
    told = [
        pl.when(differs[name]).then(pl.lit(code.value)).otherwise(None).alias(name) for name, code in COMPARED.items()
    ]
    words = [pl.when(differs[name]).then(_both(name)).otherwise(None).alias(name) for name in COMPARED]
    return found.with_columns(
        both.select(misfit=pl.coalesce(told)).to_series(),
        both.select(said=pl.concat_str(words, separator=";", ignore_nulls=True)).to_series(),
    )


def listed_misfits(rows: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """What was not noted as refused rows: RefusedRow. `refused`: source_row, code. The rows name nobody in it."""
    schema = polars_schema(RefusedRow)
    labels = {code.value: code.label for code in RefusalCode}
    advice = {code.value: ADVICE[code] for code in RefusalCode if code in ADVICE}
    headers = {code.value: ANSWERED[WHERE.get(code, "instruction_id")].header for code in RefusalCode}
    both = rows.select("source_file", "source_sheet", "source_row", "instruction_id", "batch_id", "said").join(
        refused, on="source_row", maintain_order="left"
    )
    code = pl.col("code").cast(pl.String)
    label = code.replace_strict(labels, return_dtype=pl.String)
    told = {
        "register": pl.lit(RESULTS),
        "source_column": code.replace_strict(headers, return_dtype=pl.String),
        "reason": pl.when(pl.col("said") != "").then(pl.format("{}:{}", label, "said")).otherwise(label),
        "advice": code.replace_strict(advice, return_dtype=pl.String),
        "value_masked": pl.coalesce("instruction_id", "batch_id"),
        "person_no": pl.lit(None, pl.Int64),
    }
    return both.with_columns(**told).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _with_instruction(rows: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The instruction of each row: its number, or that of the line at its place in its batch."""
    by_place = lines.select("batch_id", "line_no", there="instruction_id")
    placed = rows.join(by_place, on=["batch_id", "line_no"], how="left", maintain_order="left")
    return placed.with_columns(instruction_id=pl.coalesce("instruction_id", "there")).drop("there")


def _differs(both: pl.DataFrame, name: str) -> pl.Series:
    """Where both say something of a column, and not the same."""
    ours, theirs = both[SAID + name], both[name]
    if name == "amount_fen":
        return (ours != theirs).fill_null(False)
    say_same = _SAME[name]
    told = [
        one is not None and two is not None and not say_same(two, one) for one, two in zip(ours, theirs, strict=True)
    ]
    return pl.Series(told, dtype=pl.Boolean)


def same_number(theirs: str, ours: str) -> bool:
    """Whether two numbers are the same; places that theirs hides are not compared, and at least four must be seen."""
    plain = re.sub(r"[\s'-]", "", theirs).upper()
    parts = HIDDEN.split(plain)
    if len(parts) == 1:
        return plain == ours.upper()
    seen = sum(map(len, parts))
    return not seen or (seen >= LEAST_SEEN and _fits(parts, ours.upper()))


def _same_name(theirs: str, ours: str) -> bool:
    plain, own = (re.sub(r"\s", "", text.translate(DOTS)) for text in (theirs, ours))
    parts = HIDDEN.split(plain)
    return plain == own if len(parts) == 1 else _fits(parts, own)


def _fits(parts: list[str], whole: str) -> bool:
    """What is left of a masked text stands in the whole one, in order."""
    return re.fullmatch(".*".join(map(re.escape, parts)), whole) is not None


_SAME: dict[str, Callable[[str, str], bool]] = {
    "account_no": same_number,
    "payee_name": _same_name,
    "payee_id": same_number,
}


def _both(name: str) -> pl.Expr:
    """Both figures, as an officer may see them."""
    label = ANSWERED[name].header
    if name == "amount_fen":
        figures = [pl.col(column).map_elements(yuan_text, return_dtype=pl.String) for column in (name, SAID + name)]
        return pl.format("{}回盘为 {} 元,指令为 {} 元", pl.lit(label), *figures)
    if name == "payee_name":
        return pl.format("{}回盘为 {},指令为 {}", pl.lit(label), name, SAID + name)
    tails = [pl.col(column).str.tail(TAIL) for column in (name, SAID + name)]
    return pl.format("{}回盘尾号 {},指令尾号 {}", pl.lit(label), *tails)
