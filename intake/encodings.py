"""The bytes of a text file as text: UTF-8, UTF-16 with its BOM, else GB18030 as the standard of 2022 reads it.

The library's table is the older one: it reads fourteen characters, since given places of their own, as private-use
ones. They are put right here, or a name with one of them would differ from the same name in another file.
"""

from __future__ import annotations

import codecs

from intake.raw import UnreadableError

STANDARD_2022 = str.maketrans(
    {
        0xE81E: 0x9FB4,
        0xE826: 0x9FB5,
        0xE82B: 0x9FB6,
        0xE82C: 0x9FB7,
        0xE832: 0x9FB8,
        0xE843: 0x9FB9,
        0xE854: 0x9FBA,
        0xE864: 0x9FBB,
        0xE816: 0x20087,
        0xE817: 0x20089,
        0xE818: 0x200CC,
        0xE831: 0x215D7,
        0xE83B: 0x2298F,
        0xE855: 0x241FE,
    }
)


def decoded(content: bytes) -> str:
    """The text, without BOM; UnreadableError where the bytes are in none of the encodings. Nothing is replaced."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # Excel's "Unicode text"
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030").translate(STANDARD_2022)
    except UnicodeDecodeError:
        raise UnreadableError(
            "文件编码既不是 UTF-8 也不是 GB18030", "请另存为“CSV UTF-8(逗号分隔)”或 .xlsx 后重新报送"
        ) from None
