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
from payments.file_forms import Profile

SIDECAR = ".sha256"
UNCONFIRMED = "# 未经银行确认:银行没有认可过这种格式 No bank has agreed to this layout"


def folder_of(home: Home, county: str, pay_month: date, state: str) -> Path:
    """The folder of a county's pay month for the files of batches in a state."""
    return home.of_county(home.outbox if state == BatchState.RELEASED else home.review, county) / month_text(pay_month)


def with_sidecar(name: str) -> tuple[str, str]:
    """The names of a file and of its sidecar."""
    return name, f"{name}{SIDECAR}"


def sidecar_text(name: str, digest: str, profile: Profile) -> str:
    """What stands beside a file: its SHA-256 as `sha256sum -c` takes it, and that no bank has agreed to its layout."""
    return "".join(f"{line}\n" for line in (f"{digest}  {name}", *([] if profile.confirmed else [UNCONFIRMED])))
