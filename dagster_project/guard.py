"""What stands around every step: progress for whoever watches, and failures that carry no person's data.

Dagster keeps exceptions with their texts in its event log, and libraries quote the offending values in theirs (an
identity number in a database error, a name in a validation report). So a step fails with an officer's message, which
holds no personal data, or with the bare name of the exception; the full trace goes to a file only the service may read.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import dagster as dg

from contracts.errors import OfficerError
from contracts.files import write_whole
from contracts.settings import Home


@dataclass
class Watcher:
    """Whoever started the run in this process: told of each step, and keeps the officer's error for its exit code."""

    on_step: Callable[[str], None] = lambda step: None
    error: OfficerError | None = None
    unexpected: list[str] = field(default_factory=list)


WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def guarded(step: str, home: Home) -> Iterator[None]:
    """Run one step's body: announce it, and turn what goes wrong into a failure without personal data."""
    watcher = WATCHER.get() or Watcher()
    watcher.on_step(step)
    try:
        yield
    except OfficerError as told:
        watcher.error = told
        raise dg.Failure(str(told), allow_retries=False) from None
    except Exception as unexpected:
        trace = home.path / "logs" / f"{step}.trace"
        write_whole(trace, traceback.format_exc().encode())
        kind = type(unexpected).__name__
        watcher.unexpected.append(f"{step}: {kind}")
        raise dg.Failure(f"{step} 出现程序错误 {kind},详情见 logs/{trace.name}", allow_retries=False) from None
