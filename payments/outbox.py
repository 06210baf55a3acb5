"""Where payment files lie, each with its SHA-256 beside it.

`outbox/<county>/<YYYY-MM>/` holds only what officers have released; a file that still waits for a signature lies in
`review/<county>/<YYYY-MM>/`, and one that was rejected or voided nowhere: the book can write it again.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from contracts.codes import BatchState
from contracts.files import digest_of, write_whole
from contracts.months import month_text
from contracts.settings import Home
from payments.file_forms import Profile
from payments.payees import counted
from payments.rosters import ROSTER

SIDECAR = ".sha256"
HEAD = "# 审计链尾 Head of the audit chain: "  # as it was when the file was released
NOT_FOR_BANKS = "# 供养人员名单(不交银行) Roster, not for the bank: "
UNCONFIRMED = "# 未经银行确认:银行没有认可过这种格式 No bank has agreed to this layout"


def folder_of(home: Home, county: str, pay_month: date, state: str) -> Path:
    """The folder of a county's pay month for the files of batches in a state."""
    return home.of_county(home.outbox if state == BatchState.RELEASED else home.review, county) / month_text(pay_month)


def beside(name: str) -> tuple[str, str]:
    """The names of what may stand beside a file: its roster and the sidecar of both."""
    return f"{name}{ROSTER}", f"{name}{SIDECAR}"


def with_what_is_beside(name: str) -> tuple[str, ...]:
    """The name of a file, and of what may stand beside it."""
    return name, *beside(name)


def sidecar_text(file: Path, roster: Path | None, lines: pl.DataFrame, profile: Profile) -> str:
    """What stands beside a file: its SHA-256 as `sha256sum -c` takes it, that of its roster behind `#`, for a bank has
    the one and not the other; what its lines (InstructionLine) are, and that no bank has agreed to its layout.
    """
    told = [f"# {one}" for one in counted(lines)]
    if roster:
        told.insert(0, f"{NOT_FOR_BANKS}{digest_of(roster)}  {roster.name}")
    unconfirmed = [] if profile.confirmed else [UNCONFIRMED]
    return "".join(f"{line}\n" for line in (f"{digest_of(file)}  {file.name}", *told, *unconfirmed))


def note_head(file: Path, head: str) -> None:
    """Write where the audit chain ended with a file's release into its sidecar, where that still lies there.

    Whoever has the file the bank took has a witness of the book.
    """
    sidecar = file.with_name(file.name + SIDECAR)
    if sidecar.is_file():
        lines = [line for line in sidecar.read_text("utf-8").splitlines() if not line.startswith(HEAD)]
        write_whole(sidecar, "".join(f"{line}\n" for line in (*lines, f"{HEAD}{head}")).encode())


def heads_beside(home: Home) -> dict[str, Path]:
    """The heads that stand beside the files of the outbox, and in which sidecar each does."""
    found = sorted(home.outbox.rglob(f"*{SIDECAR}"))
    lines = ((path, line) for path in found for line in path.read_text("utf-8", "replace").splitlines())
    return {line.removeprefix(HEAD).strip(): path for path, line in lines if line.startswith(HEAD)}
