"""Names that become part of a path: of counties, months, registers, parts, layouts, profiles, officers.

They come from commands, settings, the home's YAML and Dagster's partition keys; here alone it is decided which of them
may be made into a path, and `Home` asks before it makes one.
"""

from __future__ import annotations

from unicodedata import category

LONGEST = 80  # bytes: with an ending and what a file of its kind adds, still a name that every disk takes
SEPARATORS = '/\\:*?"<>|'
RESERVED = {"con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10))}


def plain_part(name: str) -> str:
    """The name itself; ValueError, in an officer's words, where it may not become part of a path."""
    if not name or name != name.strip() or name.startswith((".", "~", "-")) or name.endswith("."):
        raise ValueError("名称不能为空,不以空格、点、~、- 开头,不以空格、点结尾")
    if any(char in SEPARATORS or category(char)[0] == "C" for char in name):
        raise ValueError(f"名称里不能有 {' '.join(SEPARATORS)} 和看不见的字符")
    if len(name.encode()) > LONGEST:
        raise ValueError(f"名称太长:至多 {LONGEST} 个字节(约 {LONGEST // 3} 个汉字)")
    if name.partition(".")[0].casefold() in RESERVED:
        raise ValueError("这个名称是 Windows 的设备名,不能作文件名")
    return name


def is_plain_part(name: str) -> bool:
    """Whether a name may become part of a path."""
    try:
        plain_part(name)
    except ValueError:
        return False
    return True
