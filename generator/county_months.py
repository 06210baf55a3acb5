"""Whole county-months: every register of a synthetic county for consecutive pay months, written in chunks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from contracts.errors import InputError
from contracts.months import month_text, months_between
from contracts.registers import REGISTER_LABELS, REGISTERS
from generator.accounts import institutions
from generator.cast import Story, cast
from generator.files import Append, cells_of, register_file
from generator.people import HOUSEHOLD, Populace, month_number
from generator.registers import registers
from generator.stage import Stage

CHUNK = HOUSEHOLD * 60_000  # people; whole households
USUAL_XLSX = ("disability", "account")


@dataclass(frozen=True)
class Summary:
    """What was written: rows per month ("YYYY-MM") and register."""

    county: str
    people: int
    seed: int
    folder: str
    rows: dict[str, dict[str, int]]

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)

    def text(self) -> str:
        """For an officer: one line a month."""
        months = (
            f"{month}:" + "、".join(f"{REGISTER_LABELS[register]} {rows:,} 行" for register, rows in counts.items())
            for month, counts in self.rows.items()
        )
        return "\n".join((f"已生成 {self.county} {self.people:,} 人的仿真名册:{self.folder}", *months))


def generate(
    target: Path,
    county: str = "410721",
    people: int = 2_000,
    months: Sequence[date] = (),
    seed: int = 1,
    xlsx: bool | Collection[str] = USUAL_XLSX,
) -> Summary:
    """Write `target/<county>/<YYYY-MM>/<register>.csv|xlsx` for consecutive pay months.

    The same (people, seed, county, first month) gives the same bytes; a month's files do not depend on how many months
    follow. `people` are in the population register, the cast among them. `xlsx`: which registers are workbooks (True:
    all).
    InputError where the months do not follow one another or there are too many people.
    """
    _require_consecutive(months)
    workbooks = set(REGISTERS) if xlsx is True else set(xlsx or ())
    stories = cast(Stage(county, months[0]))
    populace = Populace(county, max(people - _registered(stories), 0), months[0], seed)
    counts = {month_text(month): dict.fromkeys(REGISTERS, 0) for month in months}
    with ExitStack() as stack:
        files: dict[tuple[date, str], Append] = {
            (month, register): stack.enter_context(
                register_file(target / county / month_text(month), register, xlsx=register in workbooks)
            )
            for month in months
            for register in REGISTERS
        }

        def write(month: date, register: str, cells: pl.DataFrame) -> None:
            files[month, register](cells)
            counts[month_text(month)][register] += cells.height

        for number, month in enumerate(months, start=1):
            for register in REGISTERS:
                write(month, register, _staged(stories, register, number))
            write(month, "institution", cells_of("institution", institutions(populace)))
        for start in range(0, populace.size, CHUNK):
            made = registers(populace, populace.people(start, min(start + CHUNK, populace.size)))
            for month in months:
                for register, rows in made.items():
                    is_seen = pl.lit(month_number(month)).is_between("seen_from", "seen_until")
                    write(month, register, cells_of(register, rows.filter(is_seen)))
    return Summary(county, people, seed, str(target / county), counts)


def _require_consecutive(months: Sequence[date]) -> None:
    if not months or list(months) != months_between(months[0], months[-1]):
        raise InputError("月份须连续,且至少一个月", "请给出首月与月数")


def _registered(stories: Sequence[Story]) -> int:
    """How many people of the cast are in the population register."""
    return len({row.cells["person_id"] for story in stories for row in story.rows if row.register == "population"})


def _staged(stories: Sequence[Story], register: str, number: int) -> pl.DataFrame:
    """The cast's rows in the file of pay month `number`, as texts."""
    names = list(REGISTERS[register].to_schema().columns)
    rows = [row.cells for story in stories for row in story.rows if row.register == register and row.stands_in(number)]
    return pl.DataFrame(
        {name: [cells.get(name) or None for cells in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
