"""Which files are taken for each register: those of the newest inbox month not after the pay month; and which not."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from contracts.errors import InputError
from contracts.months import MONTH_TEXT, month_text, parse_month
from contracts.registers import INBOX_FILES, label_of
from intake.kinds import READABLE, ending_of, what_it_is

NOTES = (".txt",)  # under no register's name a note, where another file is one with a wrong name
OPENED = "~$"  # what a spreadsheet program lays beside a file that it has open
SYSTEM_FILES = ("thumbs.db", "desktop.ini")
REGISTER_OF_STEM = {name: name for name in INBOX_FILES} | {label_of(name): name for name in INBOX_FILES}

WHOLE = ""  # the part that a file is which is the register


@dataclass(frozen=True)
class FoundFile:
    """A register's or match list's file and the month it was handed in for; `part`: which of several it is."""

    register: str
    path: Path
    inbox_month: date
    part: str = ""


@dataclass(frozen=True)
class NotTaken:
    """A file or folder of the inbox that no register is read from: why, and what to do."""

    path: Path
    reason: str
    advice: str


def find_inputs(
    county_inbox: Path, pay_month: date, parts: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> dict[str, tuple[FoundFile, ...]]:
    """Find the newest file of each register handed in for `pay_month` or earlier; one never handed in is absent.

    Files are `<inbox>/<YYYY-MM>/<register>.<csv|tsv|txt|xlsx|xls|parquet>`, a register by its name in either language.
    One that the county hands in as `parts` (register → their names) is `<register>-<part>`, and the newest file of each
    is taken. InputError where a file's name is no register's, a month holds two files of one, or a file of the pay
    month is a part where there are none, or a whole where there are.
    """
    found: dict[str, dict[str, FoundFile]] = defaultdict(dict)
    for folder in _month_folders(county_inbox):
        month = parse_month(folder.name)
        for file in _files_of(folder, month) if month <= pay_month else ():
            if file.part in parts.get(file.register, (WHOLE,)):
                found[file.register][file.part] = file
            elif month == pay_month:  # an earlier month may have had other ways
                raise _unusual(file, parts.get(file.register, ()))
    return {
        register: tuple(files[part] for part in parts.get(register, (WHOLE,)) if part in files)
        for register, files in found.items()
    }


def _unusual(file: FoundFile, parts: Sequence[str]) -> InputError:
    label = label_of(file.register)
    if parts:
        told = "、".join(f"{label}-{part}{file.path.suffix}" for part in parts)
        what = f"“{label}”名册本县分 {'、'.join(parts)} 报送,文件“{file.path.name}”不是其中一份"
        return InputError(
            what, f"文件名请用:{told};改成整份报送的,删去 disburse.toml 的 parts", month_text(file.inbox_month)
        )
    what = f"文件“{file.path.name}”像是“{label}”名册的一份,而本县没有写明分几份报送"
    advice = (
        f"整份报送的,文件名请用 {label}{file.path.suffix};"
        f'确是分几份的,请在 disburse.toml 写明,如 [county.代码.parts] {file.register} = ["农村", "城镇"]'
    )
    return InputError(what, advice, month_text(file.inbox_month))


def not_taken(county_inbox: Path, pay_month: date) -> tuple[NotTaken, ...]:
    """What lies in the month's folder of the inbox, or loose beside the folders, and is read as no register. Read-only.

    Files that the system itself lays down are not told. Nothing raises: a file that find_inputs() refuses is told too.
    """
    if not county_inbox.is_dir():
        return ()
    month = county_inbox / month_text(pay_month)
    inside = sorted(month.iterdir()) if month.is_dir() else []
    beside = [path for path in sorted(county_inbox.iterdir()) if not (path.is_dir() and MONTH_TEXT.match(path.name))]
    told = [*((path, _why_not(path)) for path in inside), *((path, _why_not_beside(path)) for path in beside)]
    return tuple(NotTaken(path, *why) for path, why in told if why and not is_the_systems(path))


def is_the_systems(path: Path) -> bool:
    """Whether a file was laid down by the system itself, not by anybody who hands something in."""
    return path.name.startswith(".") or path.name.lower() in SYSTEM_FILES


def _why_not(path: Path) -> tuple[str, str] | None:
    """Why a file of a month is not read and what to do; None for one that is."""
    register, part = register_named(path), part_named(path.name)
    names = f"请把要报送的文件放在这个目录里,文件名用名册的名称,如 {label_of('population')}.xlsx"
    if path.name.startswith(OPENED):
        return f"“{path.name.removeprefix(OPENED)}”正被打开着,可能还没有存盘", "请存盘并关闭后再运行"
    if path.is_dir():
        return "是目录,里面的文件不读取", names
    called, advice = what_it_is(path)
    if register is None:
        unread = "" if ending_of(path) in READABLE else f",也不读取{called}"
        return f"看不出是哪个名册{unread}", f"是名册的,{names};不是的可移走"
    if ending_of(path) not in READABLE:
        label = f"{label_of(register)}-{part}" if part else label_of(register)
        return f"像是“{label}”名册,但不读取{called}", f"{advice},文件名用 {label}.xlsx"
    return None


def _why_not_beside(path: Path) -> tuple[str, str]:
    if path.is_dir():
        return "目录名不是年月,里面的文件不读取", "目录名请写成 2024-07 这样的年月"
    return "没有放在年月的目录里,不读取", "请放进所属年月的目录,如 2024-07"


def newest_month(county_inbox: Path) -> date | None:
    """The latest month for which anything has been put into the inbox; None where nothing has."""
    months = [parse_month(folder.name) for folder in _month_folders(county_inbox) if any(folder.iterdir())]
    return max(months, default=None)


def register_named(path: Path) -> str | None:
    """The register that a file's name says; None where it says none."""
    stem, _ = _register_and_part(path.stem)
    return REGISTER_OF_STEM.get(stem)


def part_named(file_name: str) -> str:
    """Which part of its register a file says it is: 低收入-农村.xls is 农村; empty for a whole one or no register."""
    register, part = _register_and_part(Path(file_name).stem)
    return part if register in REGISTER_OF_STEM else WHOLE


def _register_and_part(stem: str) -> tuple[str, str]:
    register, _, part = unicodedata.normalize("NFKC", stem).partition("-")
    return register.strip(), part.strip()


def _month_folders(county_inbox: Path) -> list[Path]:
    if not county_inbox.is_dir():
        return []
    return sorted(path for path in county_inbox.iterdir() if path.is_dir() and MONTH_TEXT.match(path.name))


def _files_of(folder: Path, month: date) -> Iterator[FoundFile]:
    """The registers' files of a month, each register or part once."""
    files: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if path.is_file() and ending_of(path) in READABLE and not _is_passed_over(path):
            files[_register_of(path), part_named(path.name)].append(path)
    for (register, part), paths in files.items():
        if len(paths) > 1:
            names = "、".join(path.name for path in paths)
            what = f"“{label_of(register)}”名册有 {len(paths)} 个文件:{names}"
            raise InputError(what, "请只留一个", month_text(month))
        yield FoundFile(register, paths[0], month, part)


def _is_passed_over(path: Path) -> bool:
    is_note = ending_of(path) in NOTES and register_named(path) is None
    return path.name.startswith((".", OPENED)) or is_note


def _register_of(path: Path) -> str:
    register = register_named(path)
    if register is None:
        known = "、".join(f"{name}({label_of(name)})" for name in INBOX_FILES)
        raise InputError(
            f"看不出文件“{path.name}”是哪个名册", f"文件名请用以下之一:{known};或移出该目录", path.parent.name
        )
    return register
