"""What an officer is told when something cannot go on: what is wrong, where, and what to do. Never a person's data."""

from __future__ import annotations

import traceback
from collections.abc import Mapping


def trace_of(error: BaseException) -> str:
    """Where an error arose and what it arose from, the first cause first, for whoever maintains the program.

    Places and the errors' types alone: what an error says of itself may quote a person.
    """
    told: list[str] = []
    seen: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in seen:
        seen.append(at)
        told.append("".join(traceback.format_tb(at.__traceback__)) + f"{type(at).__module__}.{type(at).__qualname__}\n")
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\n".join(reversed(told))


class OfficerError(Exception):
    """A message for an officer. `exit_code` is the command's (docs/guides/commands.md).

    `found`: what a program that gave the command needs beside the words, by name.
    """

    exit_code = 1

    def __init__(self, what: str, advice: str = "", where: str = "", found: Mapping[str, object] | None = None) -> None:
        super().__init__(" · ".join(part for part in (where, what, advice) if part))
        self.what = what
        self.advice = advice
        self.where = where
        self.found = found or {}


class InputError(OfficerError):
    """A file, register or setting cannot be used."""

    exit_code = 3


class PolicyError(OfficerError):
    """The law as data is broken, or has nothing for this county."""

    exit_code = 4


class StoppedError(OfficerError):
    """A control stopped the month; an officer's name and reason are needed to go on."""

    exit_code = 5


class NotAllowedError(OfficerError):
    """The officer may not do this, or not now."""

    exit_code = 6


class BookError(OfficerError):
    """The book refuses: an order of steps, a constraint, a broken chain."""

    exit_code = 7


class SameOfficerError(BookError):
    """The book refuses: one person was to do what takes two."""
