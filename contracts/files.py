"""Files that are either whole or not there."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OTHERS = 0o077  # what nobody but the home's own user may do


def keep_private() -> None:
    """From here on this process makes files and folders for its own user alone. Every door calls it first."""
    os.umask(OTHERS)


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`; on leaving it is synced and renamed onto it, on an error removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o600)
        temporary.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(target: Path, content: bytes) -> None:
    """Write bytes so that the file is never seen half-written."""
    with whole_file(target) as temporary:
        temporary.write_bytes(content)


def remembered(target: Path, stamp: str, work_out: Callable[[], str]) -> str:
    """The text that was worked out for this stamp, kept in `target`; worked out anew where the stamp is another.

    A disk that takes no file costs the next one the work again, and nothing else.
    """
    then, _, told = target.read_text("utf-8").partition("\n") if target.is_file() else ("", "", "")
    if then == stamp:
        return told
    told = work_out()
    with suppress(OSError):
        write_whole(target, f"{stamp}\n{told}".encode())
    return told


def have_bytes(target: Path, content: bytes) -> None:
    """Have exactly these bytes under a name that their digest gave them, whatever lies there."""
    if not target.is_file() or digest_of(target) != hashlib.sha256(content).hexdigest():
        write_whole(target, content)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
