"""Which file is taken for each register: the newest inbox month not after the pay month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.errors import InputError
from contracts.months import MONTH_TEXT, month_text, parse_month
from contracts.registers import INBOX_FILES, label_of

SUFFIXES = (".csv", ".tsv", ".xlsx", ".xls", ".xlsm", ".parquet")
REGISTER_OF_STEM = {name: name for name in INBOX_FILES} | {label_of(name): name for name in INBOX_FILES}


@dataclass(frozen=True)
class FoundFile:
    """A register's or match list's file and the month it was handed in for."""

    register: str
    path: Path
    inbox_month: date


def find_inputs(county_inbox: Path, pay_month: date) -> dict[str, FoundFile]:
    """Find the newest file of each register handed in for `pay_month` or earlier; a register never handed in is absent.

    Files are `<inbox>/<YYYY-MM>/<register>.<csv|tsv|xlsx|xls|parquet>`, the register by its English or Chinese name.
    InputError where a file's name is no register's, or a month holds two files of one register.
    """
    found: dict[str, FoundFile] = {}
    for folder in _month_folders(county_inbox):
        month = parse_month(folder.name)
        if month <= pay_month:
            found |= {name: FoundFile(name, path, month) for name, path in _files_of(folder).items()}
    return found


def newest_month(county_inbox: Path) -> date | None:
    """The latest month for which anything has been put into the inbox; None where nothing has."""
    months = [parse_month(folder.name) for folder in _month_folders(county_inbox) if any(folder.iterdir())]
    return max(months, default=None)


def register_named(path: Path) -> str | None:
    """The register that a file's name says; None where it says none."""
    return REGISTER_OF_STEM.get(path.stem)


def _month_folders(county_inbox: Path) -> list[Path]:
    if not county_inbox.is_dir():
        return []
    return sorted(path for path in county_inbox.iterdir() if path.is_dir() and MONTH_TEXT.match(path.name))


def _files_of(folder: Path) -> dict[str, Path]:
    files: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~$")):
            files[_register_of(path)].append(path)
    for register, paths in files.items():
        if len(paths) > 1:
            names = "、".join(path.name for path in paths)
            raise InputError(
                f"“{label_of(register)}”名册有 {len(paths)} 个文件:{names}",
                "请只留一个",
                month_text(parse_month(folder.name)),
            )
    return {register: paths[0] for register, paths in files.items()}


def _register_of(path: Path) -> str:
    register = register_named(path)
    if register is None:
        known = "、".join(f"{name}({label_of(name)})" for name in INBOX_FILES)
        raise InputError(
            f"看不出文件“{path.name}”是哪个名册", f"文件名请用以下之一:{known};或移出该目录", path.parent.name
        )
    return register
