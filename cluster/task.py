"""`python -m cluster.task HOME FOLDER NUMBER`: decide one bucket. Idempotent; the same bytes on any machine."""

from __future__ import annotations

import sys
from pathlib import Path

from contracts.errors import OfficerError
from contracts.files import keep_private
from contracts.settings import Home
from month.buckets import decide


def main(home: str, folder: str, number: str) -> None:
    """Decide it; exit code 1 where it cannot be done, with an officer's words, which hold no personal data."""
    keep_private()
    try:
        decide(Home(Path(home)), Path(folder), int(number))
    except OfficerError as stopped:
        sys.exit(str(stopped))


if __name__ == "__main__":
    main(*sys.argv[1:])
