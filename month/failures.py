"""What ran unattended and failed: one note a county and matter, for whoever comes in the morning.

A note stands until the same is begun again, and holds an officer's words, never a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from contracts.files import write_whole
from contracts.months import BEIJING, month_text
from contracts.settings import Home

ANSWERS = "answers"  # what is no month's


@dataclass(frozen=True)
class Failed:
    """What failed: a month ("YYYY-MM") or ANSWERS, when (an instant in UTC, ISO), at which step, and why."""

    about: str
    at: str
    step: str
    what: str

    @property
    def told(self) -> str:
        """In one line."""
        what = "自动读入回盘" if self.about == ANSWERS else f"{self.about} 的自动运行"
        at = datetime.fromisoformat(self.at).astimezone(BEIJING)
        return f"{what}没有办成({at:%Y-%m-%d %H:%M}{f',停在 {self.step}' if self.step else ''}):{self.what}"


def note(home: Home, county: str, failed: Failed) -> None:
    """Keep a failure until the same is begun again."""
    write_whole(_file_of(home, county, failed.about), json.dumps(asdict(failed), ensure_ascii=False).encode())


def noted(home: Home, county: str) -> Iterator[Failed]:
    """The failures of a county that stand, in order."""
    for path in sorted(home.failures_of(county).glob("*.json")):
        yield Failed(**json.loads(path.read_text("utf-8")))


def forget(home: Home, county: str, about: date | str) -> None:
    """The same is begun again: what it came to before is no matter any more."""
    _file_of(home, county, about if isinstance(about, str) else month_text(about)).unlink(missing_ok=True)


def _file_of(home: Home, county: str, about: str) -> Path:
    return home.failures_of(county) / f"{about}.json"
