"""Who acts."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from unicodedata import category, normalize

from contracts.codes import HowKnown

LOOK_ALIKES = str.maketrans("i1|0〇", "llloo")


def plain_name(name: str) -> str:
    """A name as it is compared and kept: NFKC, one blank where there are blanks, no mark that nobody sees."""
    shown = (" " if char.isspace() else char for char in normalize("NFKC", name))
    return " ".join("".join(char for char in shown if category(char)[0] not in "CM").split())


def looks(name: str) -> str:
    """What a reader sees of a name in a hurry; two people may not look the same.

    Case, accents, blanks and points do not count, nor which of i, l and 1, or of O, 0 and 〇, it is.
    """
    letters = (char for char in normalize("NFKD", plain_name(name)).casefold() if char.isalnum())
    return "".join(letters).translate(LOOK_ALIKES)


@dataclass(frozen=True)
class Actor:
    """An officer, by the name of the settings, the operating system's user he acts as, and how he was known.

    However the name was typed, it is kept as `plain_name`: one person is one name in the book. A door has its actors
    from `month.officers`, which knows people; one that is made of a name alone is a bare name.
    """

    officer: str
    system_user: str
    known_by: HowKnown = HowKnown.BARE

    def __post_init__(self) -> None:
        object.__setattr__(self, "officer", plain_name(self.officer))


def system_user() -> str:
    """The operating system's user of this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
