"""Which files are taken for each register: those of the newest inbox month not after the pay month."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.errors import InputError
from contracts.months import MONTH_TEXT, month_text, parse_month
from contracts.registers import INBOX_FILES, label_of

SUFFIXES = (".csv", ".tsv", ".xlsx", ".xls", ".xlsm", ".parquet")
REGISTER_OF_STEM = {name: name for name in INBOX_FILES} | {label_of(name): name for name in INBOX_FILES}

WHOLE = ""  # the part that a file is which is the register


@dataclass(frozen=True)
class FoundFile:
    """A register's or match list's file and the month it was handed in for; `part`: which of several it is."""

    register: str
    path: Path
    inbox_month: date
    part: str = ""


def find_inputs(county_inbox: Path, pay_month: date) -> dict[str, tuple[FoundFile, ...]]:
    """Find the newest files of each register handed in for `pay_month` or earlier; one never handed in is absent.

    Files are `<inbox>/<YYYY-MM>/<register>.<csv|tsv|xlsx|xls|parquet>`, the register by its English or Chinese name; a
    register in several files says which part each is, `<register>-<part>`. A part that no later month hands in again
    stands as it was, until the register comes as a whole. InputError where a file's name is no register's, or a month
    holds one part twice, or a whole beside parts.
    """
    found: dict[str, dict[str, FoundFile]] = {}
    for folder in _month_folders(county_inbox):
        month = parse_month(folder.name)
        if month <= pay_month:
            for register, parts in _files_of(folder, month).items():
                is_whole = WHOLE in parts or WHOLE in found.get(register, {})
                found[register] = parts if is_whole else found.get(register, {}) | parts
    return {register: tuple(parts[part] for part in sorted(parts)) for register, parts in found.items()}


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


def _files_of(folder: Path, month: date) -> dict[str, dict[str, FoundFile]]:
    """Register → part → file, of one month."""
    files: dict[str, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~$")):
            files[_register_of(path)][part_named(path.name)].append(path)
    for register, parts in files.items():
        _require_clear(register, parts, month)
    return {
        register: {part: FoundFile(register, paths[0], month, part) for part, paths in parts.items()}
        for register, parts in files.items()
    }


def _require_clear(register: str, parts: Mapping[str, list[Path]], month: date) -> None:
    """One whole file, or parts that are each there once."""
    paths = [path for found in parts.values() for path in found]
    if len(paths) == 1 or (WHOLE not in parts and len(paths) == len(parts)):
        return
    raise InputError(
        f"“{label_of(register)}”名册有 {len(paths)} 个文件,分不清要用哪个:{'、'.join(path.name for path in paths)}",
        f"只留一个;确是分几份报送的,每份都写明是哪一份,如 {label_of(register)}-农村.xls、{label_of(register)}-城镇.xls",
        month_text(month),
    )


def _register_of(path: Path) -> str:
    register = register_named(path)
    if register is None:
        known = "、".join(f"{name}({label_of(name)})" for name in INBOX_FILES)
        raise InputError(
            f"看不出文件“{path.name}”是哪个名册", f"文件名请用以下之一:{known};或移出该目录", path.parent.name
        )
    return register
