"""What a profile cannot print: never cut, never replaced; the line waits until the register or the profile changes."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import date

import polars as pl

from contracts.codes import HoldCode, Misfit
from payments import grounds
from payments.bank_codes import is_bank_code
from payments.file_forms import NUMBERS, Delimited, FixedColumn, Profile, Shown
from payments.instructions import BatchIdentity, instructions
from payments.orders import Order
from payments.printing import printed
from payments.splitting import split

TEXTS = ("code", "ground", "subject", "detail")
HELD = pl.Schema({"person_no": pl.Int64(), "obligation_id": pl.Int64(), **dict.fromkeys(TEXTS, pl.String())})
NEVER_PRINTED = {**dict.fromkeys(("Cc", "Cf", "Zl", "Zp"), Misfit.CONTROL), "Co": Misfit.PRIVATE_USE}
NO_CHARACTERS = "\ufffe\uffff"  # which no XML may hold
NOWHERE = BatchIdentity("000000", date(2000, 1, 1), 1, 1)  # a name of the right length; no batch is made


def misfits(payable: pl.DataFrame, profile_of: Mapping[str, Profile]) -> pl.DataFrame:
    """Holds (as DesiredHold, code UNDER_REVIEW) for the obligations whose line cannot be printed.

    `payable`: Payable. `profile_of`: benefit → profile. A line with several misfits gives one hold for each.
    """
    found = [pl.DataFrame(schema=HELD)]
    for (benefit,), of_benefit in payable.group_by("benefit"):
        profile = profile_of[str(benefit)]
        for _, rows in split(of_benefit, profile):
            content = instructions(rows, NOWHERE, profile)
            owners = content.items.join(rows.select("obligation_id", "person_no"), on="obligation_id")
            for header, unfit in _unfit_lines(content.lines, profile):
                ground = grounds.misfit("misfit", profile.profile, header)
                held = unfit.with_columns(*ground, code=pl.lit(HoldCode.UNDER_REVIEW.value))
                found.append(owners.join(held, on="instruction_id").select(HELD.names()))
    return pl.concat(found)


def _unfit_lines(lines: pl.DataFrame, profile: Profile) -> Iterator[tuple[str, pl.DataFrame]]:
    """For each column of the file the lines it cannot print (instruction_id, misfit), and those above the limit."""
    cells = printed(Order(lines, NOWHERE.county, NOWHERE.pay_month), profile)
    for place, column in enumerate(profile.columns):
        wrong = _wrong_values(cells[str(place)].unique().to_list(), column, profile)
        if wrong:
            misfit = cells[str(place)].replace_strict(wrong, default=None, return_dtype=pl.String).alias("misfit")
            yield column.header, lines.select("instruction_id", misfit).drop_nulls("misfit")
    if profile.limits.yuan is not None:
        above = lines.filter(pl.col("amount_fen") > profile.limits.yuan * 100)
        yield "金额", above.select("instruction_id", misfit=pl.lit(Misfit.ABOVE_LIMIT.value))


def _wrong_values(values: Collection[str], column: Shown, profile: Profile) -> dict[str, str]:
    """Each value that cannot be printed in a column, and why (Misfit)."""
    wrong: dict[str, str] = {}
    if _are_fit(values, column, profile):
        return wrong
    for value in values:
        reason = next(reasons(value, column, profile), None)
        if reason:
            wrong[value] = reason.value
    return wrong


def _are_fit(values: Collection[str], column: Shown, profile: Profile) -> bool:
    """Whether no value can be wrong, by the letters that occur and the longest text; False: each is to be looked at.

    A text is no longer than its letters by themselves, and can be encoded where they can.
    """
    if column.checked or isinstance(column, FixedColumn) or (column.required and "" in values):
        return False
    letters = set[str]().union(*values)
    if any(any(reasons(letter, column, profile)) for letter in letters):
        return False
    room = profile.room_in(column)
    widest = max(map(profile.length_of, letters), default=0)
    return room is None or max(map(len, values), default=0) * widest <= room


def reasons(value: str, column: Shown, profile: Profile) -> Iterator[Misfit]:
    """Why a text cannot stand in a column."""
    if not value:
        if column.required:
            yield Misfit.MISSING
        return
    forbidden = profile.forbidden + (profile.delimiter if isinstance(profile, Delimited) else "")
    for letter in value:
        if unicodedata.category(letter) in NEVER_PRINTED:
            yield NEVER_PRINTED[unicodedata.category(letter)]
        elif letter in NO_CHARACTERS:
            yield Misfit.CONTROL
        elif letter in forbidden:
            yield Misfit.FORBIDDEN
    if column.checked and not is_bank_code(value):
        yield Misfit.WRONG_BANK_CODE
    if isinstance(column, FixedColumn) and column.field not in NUMBERS and column.is_filling(value):
        yield Misfit.FORBIDDEN
    try:
        length = profile.length_of(value)
        value.encode(profile.encoding)
    except UnicodeEncodeError:
        yield Misfit.UNENCODABLE
        return
    room = profile.room_in(column)
    if room is not None and length > room:
        yield Misfit.TOO_LONG
