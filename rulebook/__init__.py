"""The law as data, read, checked and resolved: what applies in a county, this month, as known on a day.

Importing this room reads nothing: YAML, pydantic and polars come with the first call.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rulebook.lawbook import LawBook

POLICIES = Path(__file__).resolve().parent.parent / "policies"


def folders(overlay: Path) -> list[Path]:
    """Where the law of a home lies: what is shipped, then the home's own, if it has any."""
    return [POLICIES, *([overlay] if overlay.is_dir() else [])]


def county_names(overlay: Path) -> dict[str, str]:
    """Code → name of the counties that pay, without reading the rest of the law."""
    from rulebook.heads import names_of_counties

    return names_of_counties(folders(overlay))


def load(*folders: Path) -> LawBook:
    """Read and check the law of these folders, later ones on top; PolicyError with every problem at once."""
    from rulebook.lawbook import load as loaded

    return loaded(folders)


def keep(folders: list[Path], store: Path) -> str:
    """Copy the law by content to store/packs/<digest>/ and return the digest; PolicyError where it is broken."""
    from rulebook.keeping import keep as kept

    return kept(folders, store)


def load_kept(store: Path, digest: str) -> LawBook:
    """The law a run was made with; PolicyError where it is not in the store."""
    from rulebook.keeping import load_kept as loaded

    return loaded(store, digest)


__all__ = ["POLICIES", "county_names", "folders", "keep", "load", "load_kept"]
