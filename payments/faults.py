"""What is wrong with a profile though every key of it is right by itself; each fault with the key where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.strict_yaml import Key
from payments.bank_codes import is_bank_code
from payments.file_forms import Delimited, FixedWidth, Layout, Pain001, Printed, Profile, SplitBy
from payments.instructions import INSTRUCTION_ID_LENGTH
from payments.misfits import reasons
from payments.templates import words_of


def faults(profile: Profile) -> Iterator[tuple[Key, str]]:
    """The key of each fault and what is wrong: what would hold every line, or stop every file."""
    for place, column in enumerate(profile.columns):
        key: Key = ("columns", place)
        for misfit in dict.fromkeys(reasons(column.constant, column, profile)) if column.constant else ():
            yield (*key, "constant"), f"每一行都印的“{column.constant}”{misfit.label}"
        room = profile.room_in(column)
        if column.field == Printed.INSTRUCTION_ID and room is not None and room < INSTRUCTION_ID_LENGTH:
            yield key, f"指令号有 {INSTRUCTION_ID_LENGTH} 位,这一栏只有 {room} 位"
        if column.field == Printed.OTHER_BANK and not _tells_banks_apart(profile):
            yield key, "有跨行标识(other_bank)一列的,须写 own_bank:哪些是本行,本行、他行各写什么"
    if SplitBy.OTHER_BANK in profile.split_by and profile.own_bank is None:
        yield ("split_by",), "本行、他行分开成文件的,须写 own_bank:哪些是本行"
    if isinstance(profile, Pain001) and profile.payer and not is_bank_code(profile.payer.payer_bank_code):
        yield ("payer",), "报文要写付款行的联行号(payer_bank_code):12 位,校验位相符"
    for key, template in _templates(profile):
        fixed = "".join(text for text, _ in words_of(template))
        if not _is_encodable(fixed, profile):
            yield key, f"汇总行里有 {profile.encoding} 编码没有的字"


def _tells_banks_apart(profile: Layout) -> bool:
    return profile.own_bank is not None and profile.own_bank.own != profile.own_bank.other


def _is_encodable(text: str, profile: Layout) -> bool:
    try:
        text.encode(profile.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _templates(profile: Profile) -> Iterator[tuple[Key, str]]:
    """Every part of a line of totals, and its key."""
    if isinstance(profile, Delimited):
        for name, told in (("header", profile.header), ("trailer", profile.trailer)):
            yield from (((name, number), line) for number, line in enumerate(told))
    if isinstance(profile, FixedWidth):
        for name, lines in (("header", profile.header), ("trailer", profile.trailer)):
            for number, pieces in enumerate(lines):
                yield from (((name, number, place), piece.text) for place, piece in enumerate(pieces))
