"""Controls that stop a run until an officer lets it go on, by name and reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contracts.codes import Control
from contracts.errors import StoppedError
from ledger import overrides
from month.month import Month


@contextmanager
def goes_on(month: Month, control: Control) -> Iterator[None]:
    """Where a control stops: go on, noted in the book, if an officer lets this run; a month only compared goes on."""
    try:
        yield
    except StoppedError as stopped:
        if month.is_replay:
            return
        if month.choices.override is None:
            raise
        agrees, reason = month.choices.override
        manifest = month.manifest
        why = overrides.Override(control.value, stopped.what, reason, manifest.digest())
        with month.book.writing() as conn:
            overrides.note(conn, manifest.county, manifest.pay_month, agrees, why)
