"""The law kept by content: `store/packs/<digest>/<root>/…`, so that a replay finds what a run was made with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import rulebook
from contracts.errors import PolicyError
from contracts.files import have_bytes
from rulebook.heads import yaml_files

if TYPE_CHECKING:
    from rulebook.lawbook import LawBook

PACKS = "packs"


@dataclass(frozen=True)
class PackFile:
    """One YAML file: which root it lies in, where below it, what problems call it, its bytes.

    Kept by content it is the same file as in its folder: law that was read there is not read again.
    """

    root: int
    path: Path
    name: str = field(compare=False)
    content: bytes


def pack_files(folders: Iterable[Path]) -> Iterator[PackFile]:
    """Every YAML file of the folders, in order."""
    for root, folder in enumerate(folders):
        for path in yaml_files(folder):
            below = path.relative_to(folder)
            name = Path(folder.name) / below if folder == rulebook.POLICIES else path
            yield PackFile(root, below, str(name), path.read_bytes())


def digest_of_pack(files: Iterable[PackFile]) -> str:
    """SHA-256 over which root, the path below it, and the bytes of every file."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.root}\0{file.path.as_posix()}\0{len(file.content)}\0".encode())
        digest.update(file.content)
    return digest.hexdigest()


def keep(folders: Sequence[Path], store: Path) -> str:
    """Check the law, copy its files and return their digest."""
    law = rulebook.load(*folders)
    target = store / PACKS / law.digest
    for file in pack_files(folders):
        have_bytes(target / str(file.root) / file.path, file.content)
    return law.digest


def load_kept(store: Path, digest: str) -> LawBook:
    """The law of that digest; PolicyError where it was never kept or has been touched since."""
    target = store / PACKS / digest
    law = rulebook.load(*sorted(root for root in target.iterdir())) if target.is_dir() else None
    if law is None or law.digest != digest:
        raise PolicyError("找不到这次运行所用的政策,或已被改动", "请从备份恢复 store/packs", f"packs/{digest[:12]}")
    return law
