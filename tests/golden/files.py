"""What each shipped profile makes of the made-up people of payments/trial.py: bytes, or a spreadsheet's cells.

After a change that is meant: `python -m tests.golden.files` writes the expected files anew; read the diff.
"""

import tempfile
from pathlib import Path

from python_calamine import CalamineWorkbook

from payments import profiles, trial

EXPECTED = Path(__file__).parent / "files"


def name_of(profile):
    return f"{profile.profile}.cells" if profile.kind == "xlsx" else f"{profile.profile}.bytes"


def content(profile, folder):
    """What is compared: another version of the library may pack the same cells into other bytes."""
    target = Path(folder) / "file"
    trial.try_out(profile).write(target)
    if profile.kind != "xlsx":
        return target.read_bytes()
    rows = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    return "".join("\t".join(map(repr, row)) + "\n" for row in rows).encode()


if __name__ == "__main__":
    for shipped in profiles.load().values():
        with tempfile.TemporaryDirectory() as place:
            (EXPECTED / name_of(shipped)).write_bytes(content(shipped, place))
