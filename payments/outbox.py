"""Where payment files lie, each with its SHA-256 beside it.

`outbox/<county>/<YYYY-MM>/` holds only what officers have released; a file that still waits for a signature lies in
`review/<county>/<YYYY-MM>/`, and one that was rejected or voided nowhere: the book can write it again.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from contracts.codes import BatchState
from contracts.months import month_text
from contracts.settings import Home

SIDECAR = ".sha256"


def folder_of(home: Home, county: str, pay_month: date, state: str) -> Path:
    """The folder of a county's pay month for the files of batches in a state."""
    return (home.outbox if state == BatchState.RELEASED else home.review) / county / month_text(pay_month)


def with_sidecar(name: str) -> tuple[str, str]:
    """The names of a file and of its sidecar."""
    return name, f"{name}{SIDECAR}"
