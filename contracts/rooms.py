"""The rooms of this program, and whether Python finds them here: another distribution may have a room's name."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

ROOMS = (
    "rulebook",
    "intake",
    "calculators",
    "ledger",
    "payments",
    "reports",
    "audit",
    "generator",
    "month",
    "cluster",
    "dagster_project",
)
HOUSE = Path(__file__).parents[1]


def taken() -> dict[str, str]:
    """Room → where Python finds another package of that name first; empty where every room is ours. Imports nothing."""
    found = {room: find_spec(room) for room in ROOMS}
    origins = {room: Path(spec.origin or "") if spec else Path() for room, spec in found.items()}
    return {room: str(origin.parent) for room, origin in origins.items() if origin.parent != HOUSE / room}
