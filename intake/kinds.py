"""Which kinds of file are read, by how a name ends; and the guarded opening of a file that an officer names."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from contracts.errors import InputError
from intake.encodings import decoded
from intake.limits import FILE_BYTES, require_lines
from intake.raw import UnreadableError

TEXT = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xls", ".xlsm")
COLUMNAR = (".parquet",)
READABLE = (*TEXT, *WORKBOOKS, *COLUMNAR)
START_BYTES = 512
ZIP, OLE, PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
# What a file is that is not read, and what to do with it.
SAVE_AS = "请用 Excel 或 WPS 打开,另存为 .xlsx"
OTHERS: dict[str, tuple[str, str]] = {
    **dict.fromkeys((".et", ".ett"), ("WPS 表格", SAVE_AS)),
    **dict.fromkeys((".ods", ".xlsb", ".xlt", ".xltx", ".dif", ".slk", ".numbers"), ("另一种表格", SAVE_AS)),
    **dict.fromkeys((".doc", ".docx", ".wps", ".rtf"), ("文字文稿", "请把其中的表格另存为 .xlsx")),
    **dict.fromkeys(
        (".pdf", ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".ofd"), ("版式文件或图片", "请向报送人要电子表格")
    ),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar"), ("压缩包", "请解压后把其中的表格单独放好")),
    **dict.fromkeys((".dbf", ".mdb", ".accdb", ".db", ".sqlite"), ("数据库文件", "请导出为 .xlsx 或 .csv")),
    **dict.fromkeys((".htm", ".html", ".mht", ".xml"), ("网页", SAVE_AS)),
    **dict.fromkeys((".json", ".ini", ".log", ".yaml", ".toml"), ("别的程序的文件", "请从原系统导出为 .xlsx 或 .csv")),
}


def ending_of(path: Path) -> str:
    """How a file's name ends, in small letters."""
    return path.suffix.lower()


def what_it_is(path: Path) -> tuple[str, str]:
    """What an officer calls a file of a kind that is not read, and what he should do with it."""
    ending = ending_of(path)
    kind, advice = OTHERS.get(ending, ("", "请从原系统导出为 .xlsx 或 .csv"))
    called = f"“{ending}”文件({kind})" if kind else f"“{ending}”文件" if ending else "没有扩展名的文件"
    return called, advice


def require_kind(path: Path) -> None:
    """UnreadableError where a file's name ends in none of READABLE."""
    if ending_of(path) not in READABLE:
        raise UnreadableError(*_told(path, READABLE))


def _told(path: Path, endings: Collection[str]) -> tuple[str, str]:
    """What a file is that is not read, and what is read."""
    called, advice = what_it_is(path)
    return f"不读取{called}", f"可读取:{'、'.join(endings)};{advice}"


def content_of(path: Path) -> bytes:
    """The bytes of a file; InputError where it is not there, is a folder, or may not be opened."""
    try:
        about = path.stat()
        if S_ISREG(about.st_mode) and about.st_size <= FILE_BYTES:
            return path.read_bytes()
        what, advice = _not_read(about.st_mode)
    except FileNotFoundError:
        what, advice = "没有这个文件", "请核对文件名和所在目录"
    except PermissionError:
        what, advice = "没有权限打开这个文件", "请核对文件的权限,或另存一份"
    except (OSError, ValueError):
        what, advice = "这个文件打不开", "请核对磁盘、U 盘或网络盘是否正常,另存一份再试"
    raise InputError(what, advice, path.name)


def _not_read(mode: int) -> tuple[str, str]:
    """Why a file of a mode is not read that is there: a folder, a device, a pipe, or too large."""
    if S_ISDIR(mode):
        return "这是一个目录,不是文件", "请写明目录里的哪一个文件"
    if S_ISREG(mode):
        return f"文件大于 {FILE_BYTES >> 30} GiB", "请分成几份报送"
    return "这不是一个普通的文件", "请另存为一个文件再报送"


def open_given(path: Path, endings: Collection[str] = READABLE) -> bytes:
    """The bytes of a file that an officer named to a command.

    InputError, and nothing else, where it cannot be opened, its name ends in none of `endings`, it is empty, or it is
    of a kind that intake reads and holds neither a table nor text. Its cells are not looked at.
    """
    content = content_of(path)
    if ending_of(path) not in endings:
        raise InputError(*_told(path, endings), path.name)
    if not content:
        raise InputError("文件是空的", "请核对导出是否成功,重新导出", path.name)
    try:
        if ending_of(path) in READABLE:
            require_table(content)
        else:
            require_lines(content)
    except UnreadableError as broken:
        raise InputError(broken.reason, broken.advice, path.name) from None
    return content


def require_table(content: bytes) -> None:
    """UnreadableError where bytes begin like no workbook and no Parquet, and are no text either."""
    if not content.startswith((ZIP, OLE, PARQUET)):
        require_lines(content)
        decoded(content)
