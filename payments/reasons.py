"""Which of our reasons a bank's words mean: `reasons.yaml`, and before it the map of a profile's answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, RootModel

from contracts.codes import ReturnReason
from contracts.errors import InputError
from contracts.strict_yaml import check, read

SHIPPED = Path(__file__).parent / "reasons.yaml"
NOTHING: Mapping[str, ReturnReason] = {}


class Words(BaseModel):
    """What means one reason: words looked for inside a text, and whole codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class _Reasons(RootModel[dict[ReturnReason, Words]]):
    """The file."""


@cache
def shipped() -> Mapping[ReturnReason, Words]:
    """The reasons every bank's words are read by."""
    loaded, problems = check(_Reasons, read(SHIPPED.read_text("utf-8"), SHIPPED.name))
    if loaded is None:
        raise InputError("退票原因表有误:" + ";".join(map(str, problems)), "请恢复原文件", SHIPPED.name)
    return loaded.root


def with_reasons(rows: pl.DataFrame, own: Mapping[str, ReturnReason] = NOTHING) -> pl.DataFrame:
    """`rows` (reason_code, reason) with return_reason: what each pair of code and words means; text of ReturnReason."""
    pairs = rows.select("reason_code", "reason").unique()
    meant = [reason_of(code or "", words or "", own).value for code, words in pairs.iter_rows()]
    told = pairs.with_columns(return_reason=pl.Series(meant, dtype=pl.String))
    return rows.join(told, on=["reason_code", "reason"], how="left", nulls_equal=True, maintain_order="left")


def reason_of(code: str, words: str, own: Mapping[str, ReturnReason] = NOTHING) -> ReturnReason:
    """What a bank's code and words mean.

    The profile's own map comes first: a whole code, then the longest of its words inside the text; then the shipped
    words, then the shipped codes. A death among the words outweighs whatever else is said.
    """
    if any(word in words for word in shipped()[ReturnReason.DECEASED].words):
        return ReturnReason.DECEASED
    if code in own:
        return own[code]
    ours = {word: reason for reason, told in shipped().items() for word in told.words}
    of_codes = {one: reason for reason, told in shipped().items() for one in told.codes}
    found = _inside(words, own) or _inside(words, ours) or of_codes.get(code) or of_codes.get(words.strip())
    return found or ReturnReason.OTHER


def _inside(words: str, meanings: Mapping[str, ReturnReason]) -> ReturnReason | None:
    """What the longest word inside a text means; nothing where two as long mean different things."""
    inside = [word for word in meanings if word in words]
    longest = {meanings[word] for word in inside if len(word) == max(map(len, inside))}
    return longest.pop() if len(longest) == 1 else None
