"""Files that are either whole or not there."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OTHERS = 0o077  # what nobody but the home's own user may do


def keep_private() -> None:
    """From here on this process makes files and folders for its own user alone. Every door calls it first."""
    os.umask(OTHERS)


HALF = ".half"  # how the name of what is not yet whole ends; it begins with a point
SETTLED_SECONDS = 30  # a file younger than that may still be being copied
SCRATCH = "disburse-"  # how folders of this program in the system's temporary folder begin


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`; on leaving it is synced and renamed onto it, on an error removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _held(lambda: _new_file(target.parent)) as temporary:
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


@contextmanager
def own_folder(beside: Path | None = None) -> Iterator[Path]:
    """A folder for what is needed meanwhile, gone on leaving: a hidden one in `beside`, else a temporary one."""
    with _held(lambda: _new_folder(beside)) as folder:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def half_written(*folders: Path) -> Iterator[Path]:
    """What a killed process left half-written under these folders, and its temporary folders; never a living one's."""
    for path in _unfinished(folders):
        with _abandoned(path) as is_abandoned:
            if is_abandoned:
                yield path


def sweep(*folders: Path) -> None:
    """Remove what `half_written` finds; idempotent."""
    for path in _unfinished(folders):
        with _abandoned(path) as is_abandoned:
            if is_abandoned and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif is_abandoned:
                path.unlink(missing_ok=True)


def _unfinished(folders: Iterable[Path]) -> list[Path]:
    found = [path for folder in folders for path in folder.rglob(f".*{HALF}")]
    return sorted([*found, *Path(tempfile.gettempdir()).glob(f"{SCRATCH}*{HALF}")])


def _new_file(folder: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=".", suffix=HALF, dir=folder)
    os.close(handle)
    return Path(name)


def _new_folder(beside: Path | None) -> Path:
    return Path(tempfile.mkdtemp(prefix="." if beside else SCRATCH, suffix=HALF, dir=beside))


@contextmanager
def _held(make: Callable[[], Path]) -> Iterator[Path]:
    """Make a path and hold it, so that a sweep leaves it; the system lets go of it when the process dies."""
    while True:
        made = make()
        with suppress(FileNotFoundError):
            handle = os.open(made, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_SH)
            if made.exists():
                break
            os.close(handle)  # swept between the two
    try:
        yield made
    finally:
        os.close(handle)


@contextmanager
def _abandoned(path: Path) -> Iterator[bool]:
    """Whether this user made it and no living process holds it; while it is looked at, nobody begins to hold it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield os.fstat(handle).st_uid == os.getuid()
    finally:
        os.close(handle)


def write_whole(target: Path, content: bytes) -> None:
    """Write bytes so that the file is never seen half-written."""
    with whole_file(target) as temporary:
        temporary.write_bytes(content)


def move_whole(path: Path, target: Path) -> None:
    """Move a file onto `target`, also to another disk: `target` is never seen half-written."""
    with whole_file(target) as temporary:
        shutil.copyfile(path, temporary)
    path.unlink()


def may_be_copying(path: Path) -> bool:
    """Whether a file was changed a moment ago, so that more of it may come."""
    return time.time() - path.stat().st_mtime < SETTLED_SECONDS


def looks_of(files: Iterable[Path]) -> str:
    """Names, sizes and times, as one text: another wherever a content may be, without reading any."""
    told = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


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
