"""Which program this is: its release, and a digest of the rooms that decide what is owed and what is written."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOMS = ("contracts", "rulebook", "intake", "calculators", "ledger", "payments", "month")
SHOWN = 12  # of the digest


@cache
def code_version() -> str:
    """The release and the digest of the program's text, such as 0.1.0+3f9c01d2ab44."""
    try:
        release = version("disburse")
    except PackageNotFoundError:
        release = "0"
    return f"{release}+{digest_of_rooms(*ROOMS)[:SHOWN]}"


@cache
def digest_of_rooms(*rooms: str) -> str:
    """SHA-256 of the program's text in some of its rooms, in hex."""
    house = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for room in rooms:
        for file in sorted((house / room).rglob("*.py")):
            digest.update(f"{file.relative_to(house).as_posix()}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
