"""The bytes of a text file as text: UTF-8, UTF-16 with its BOM, else GB18030 as the standard of 2022 reads it.

The library's table is the older one: it reads fourteen characters, since given places of their own, as private-use
ones. They are put right here, or a name with one of them would differ from the same name in another file.
"""

from __future__ import annotations

import codecs
import re

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

PIECE = 4 * 1024**2
END_MARK = re.compile(r"\x1a[\x00\x1a\s]*\Z")  # what old systems write after the last line


def decoded(content: bytes) -> str:
    """The text, without BOM and end mark; UnreadableError where the bytes are in none of the encodings, or no text.

    Nothing is replaced.
    """
    text = END_MARK.sub("", _text_of(content))
    if "\x00" in text:
        raise UnreadableError("文件里是程序数据,不是文字", "请从原系统重新导出为 .xlsx 或 .csv")
    return text


def as_utf8(content: bytes) -> bytes:
    """The same text in UTF-8; bytes that are that already, as most files', are looked through and given back."""
    if b"\x1a" in content or b"\x00" in content or not _is_utf8(content):
        return decoded(content).encode()
    return content.removeprefix(codecs.BOM_UTF8)


def _is_utf8(content: bytes) -> bool:
    """Told piece by piece: the text of a whole file would take twice its room."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), PIECE):
            decoder.decode(memoryview(content)[start : start + PIECE], final=start + PIECE >= len(content))
    except UnicodeDecodeError:
        return False
    return True


def _text_of(content: bytes) -> str:
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
