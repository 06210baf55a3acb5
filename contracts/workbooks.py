"""How every workbook of ours is opened: texts stay texts, bounded memory, and the same cells give the same bytes.

The writing library is loaded only where a workbook is written.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.files import own_folder

if TYPE_CHECKING:
    import xlsxwriter

MAX_SHEET_ROWS = 1_048_576
A4 = 9  # the number of the paper in a sheet's settings
CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook carries its day of creation, without a zone; ours is fixed
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@contextmanager
def new_workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """A workbook that is written to `path` on leaving; what it needs meanwhile lies in a hidden folder beside it."""
    import xlsxwriter

    with (
        own_folder(path.parent) as meanwhile,
        xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(meanwhile)}) as book,
    ):
        book.set_properties({"created": CREATED})
        yield book


def uncompress(path: Path) -> None:
    """Pack a workbook anew without compressing: of what machines do not make alike, nothing is left."""
    with zipfile.ZipFile(path) as packed:
        parts = [(info, packed.read(info)) for info in packed.infolist()]
    with zipfile.ZipFile(path, "w") as stored:
        for info, content in parts:
            info.compress_type = zipfile.ZIP_STORED
            stored.writestr(info, content)
