"""What a profile cannot print: never cut, never replaced; the line waits until the register or the profile changes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import polars as pl

from contracts.codes import HoldCode
from payments import grounds
from payments.instructions import BatchIdentity, instructions
from payments.printing import printed
from payments.profiles import Column, Delimited, Profile

MISFIT = pl.Schema({"person_no": pl.Int64(), "obligation_id": pl.Int64(), "code": pl.String(), "ground": pl.String()})
NEVER_PRINTED = {"Cc": "control", "Cf": "control", "Zl": "control", "Zp": "control", "Co": "private_use"}
NOWHERE = BatchIdentity("000000", date(2000, 1, 1), 1, 1)  # a name of the right length; no batch is made


def misfits(payable: pl.DataFrame, profile_of: Mapping[str, Profile]) -> pl.DataFrame:
    """Holds (person_no, obligation_id, code UNDER_REVIEW, ground) for the obligations whose line cannot be printed.

    `payable`: Payable. `profile_of`: benefit → profile. A line with several misfits gives one hold for each.
    """
    found = [pl.DataFrame(schema=MISFIT)]
    for (benefit,), rows in payable.group_by("benefit"):
        profile = profile_of[str(benefit)]
        content = instructions(rows, NOWHERE, profile)
        cells = printed(content.lines, profile)
        owners = content.items.join(rows.select("obligation_id", "person_no"), on="obligation_id")
        for place, column in enumerate(profile.columns):
            wrong = _wrong_values(cells[str(place)].unique().to_list(), column, profile)
            if wrong:
                lines = content.lines.select("instruction_id", value=cells[str(place)])
                reasons = lines.with_columns(
                    code=pl.lit(HoldCode.UNDER_REVIEW.value),
                    ground=pl.col("value").replace_strict(wrong, default=None, return_dtype=pl.String),
                ).drop_nulls("ground")
                found.append(owners.join(reasons, on="instruction_id").select(MISFIT.names()))
    return pl.concat(found)


def _wrong_values(values: Iterable[str], column: Column, profile: Profile) -> dict[str, str]:
    """Each value that cannot be printed in a column, and the ground."""
    wrong = {}
    for value in values:
        reason = next(reasons(value, column, profile), None)
        if reason:
            wrong[value] = grounds.misfit(profile.profile, column.header, reason)
    return wrong


def reasons(value: str, column: Column, profile: Profile) -> Iterator[str]:
    """Why a text cannot stand in a column, as words of `grounds.MISFITS`."""
    forbidden = profile.forbidden + (profile.delimiter if isinstance(profile, Delimited) else "")
    for letter in value:
        if unicodedata.category(letter) in NEVER_PRINTED:
            yield NEVER_PRINTED[unicodedata.category(letter)]
        elif letter in forbidden:
            yield "forbidden"
    try:
        encoded = value.encode(profile.encoding)
    except UnicodeEncodeError:
        yield "unencodable"
    else:
        if column.max_bytes is not None and len(encoded) > column.max_bytes:
            yield "too_long"
