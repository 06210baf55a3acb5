"""Where payment files lie: `outbox/<county>/<YYYY-MM>/`, each with its SHA-256 beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from contracts.months import month_text

SIDECAR = ".sha256"
VOIDED = "voided"  # files of voided batches, out of the officer's sight but not gone


def folder_of(outbox: Path, county: str, pay_month: date) -> Path:
    """The folder of a county's pay month."""
    return outbox / county / month_text(pay_month)
