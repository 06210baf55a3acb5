"""Several files of one register in one month become one input: a list of them, kept by its digest as a file is.

So everything that knows a register by one file's name and digest (manifest, receipts, acceptance) knows these too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from contracts.errors import InputError
from contracts.registers import label_of
from intake.inbox import part_named

SUFFIX = ".parts"


class FilePart(BaseModel):
    """One file as received: its name, its SHA-256, and that of the layout it is read with (empty: none)."""

    model_config = ConfigDict(frozen=True)

    file_name: str
    file_digest: str
    layout_digest: str = ""


_LISTING = TypeAdapter(tuple[FilePart, ...])


def is_bundle(file_name: str) -> bool:
    """Whether an input is a list of files."""
    return file_name.endswith(SUFFIX)


def bundle_name(register: str, parts: Sequence[FilePart]) -> str:
    """What an officer reads in place of a file's name: 低收入(农村、城镇).parts."""
    return f"{label_of(register)}({'、'.join(part_named(part.file_name) for part in parts)}){SUFFIX}"


def listing(parts: Sequence[FilePart]) -> bytes:
    """The content of a list."""
    return _LISTING.dump_json(tuple(parts))


def parts_listed(path: Path) -> tuple[FilePart, ...]:
    """The files of a list; InputError where the store does not hold it."""
    if not path.is_file():
        raise InputError("存档中没有该名册各份文件的清单", "请检查存档目录是否完整", path.name)
    return _LISTING.validate_json(path.read_bytes())


def digest_of_list(parts: Sequence[FilePart]) -> str:
    """SHA-256 of a list's content."""
    return hashlib.sha256(listing(parts)).hexdigest()
