"""Who acts."""

from __future__ import annotations

import getpass
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """An officer, by the name of the settings, and the operating system's user he acts as: logged side by side."""

    officer: str
    system_user: str

    @classmethod
    def here(cls, officer: str) -> Actor:
        """The officer, at this process's system user."""
        return cls(officer, system_user())


def system_user() -> str:
    """The operating system's user of this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
