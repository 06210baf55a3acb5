"""Workbooks that need not be made again: they would show what they show already."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from contracts.files import digest_of, write_whole

_NOTED = TypeAdapter(dict[str, tuple[str, str]])  # below the folder: what it was made from, and its bytes


class Made:
    """What the workbooks of a folder were made from, noted beside it from run to run.

    A workbook counts as made only where its content is the same by digest (reports.tables.content_of) and its file lies
    there byte for byte as it was made: one that is gone, cut short, edited, or of another run is made again. So a note
    that is old or lost costs the work again, and nothing else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._notes = folder.with_name(f".{folder.name}.made.json")
        self._before = self._noted()
        self._now: dict[str, tuple[str, str]] = {}

    def has(self, path: Path, content: str) -> bool:
        """Whether the file of this content lies at `path` whole; if so it is noted on."""
        below = path.relative_to(self.folder).as_posix()
        noted = self._before.get(below)
        if noted is None or noted[0] != content or not path.is_file() or digest_of(path) != noted[1]:
            return False
        self._now[below] = noted
        return True

    def note(self, path: Path, content: str) -> None:
        """Note that `path` was just made from this content."""
        self._now[path.relative_to(self.folder).as_posix()] = (content, digest_of(path))

    def keep(self) -> None:
        """Keep what was made or left in this run for the next; other notes go."""
        write_whole(self._notes, _NOTED.dump_json(dict(sorted(self._now.items()))))

    def _noted(self) -> dict[str, tuple[str, str]]:
        try:
            return _NOTED.validate_json(self._notes.read_bytes())
        except (FileNotFoundError, ValidationError):
            return {}
