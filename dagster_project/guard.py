"""What stands around every op: progress for whoever watches, and failures in an officer's words.

Dagster keeps exceptions with their texts in its event log, so an op fails with an officer's message, which holds no
personal data (month.running.guarded), and with nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import dagster as dg

from contracts.errors import OfficerError
from contracts.settings import Home
from month import running


@dataclass
class Watcher:
    """Whoever started the run in this process: told of each stage, and keeps the officer's error for its exit code."""

    on_stage: Callable[[str], None] = lambda name: None
    error: OfficerError | None = None


WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def guarded(stage: str, home: Home, stop: Callable[[], None]) -> Iterator[None]:
    """Run one op's body: announce it, and turn what stops it into a failure without personal data, after `stop`."""
    watcher = WATCHER.get() or Watcher()
    watcher.on_stage(stage)
    try:
        with running.guarded(stage, home):
            yield
    except OfficerError as told:
        watcher.error = told
        stop()
        raise dg.Failure(str(told), allow_retries=False) from None
