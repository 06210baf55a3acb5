"""The month's papers behind the lineage page's door: read as they lie in reports/, and nothing else of the home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.responses import FileResponse, Response

from dagster_project.page.addresses import PAPERS
from dagster_project.page.refused import RefusedError

PARTS = 3  # county, month, name below the month's folder
SHOWN_IN_PLACE = {".html": "text/html; charset=utf-8", ".pdf": "application/pdf"}
# A page of ours needs its own style and nothing else: whatever a register's text might smuggle in stays text.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
Papers = Callable[[str, str, str], Path | None]


def served(path: str, papers: Papers) -> Response:
    """The paper of an address, pages to be looked at, the rest to be kept; RefusedError where there is none."""
    parts = path.removeprefix(PAPERS).split("/", PARTS - 1)
    found = papers(*parts) if len(parts) == PARTS else None
    if found is None:
        raise RefusedError("没有这份表册,或本月已重新运行", 404)
    shown = SHOWN_IN_PLACE.get(found.suffix)
    return FileResponse(
        found,
        media_type=shown,
        filename=found.name,
        content_disposition_type="inline" if shown else "attachment",
        headers=HEADERS,
    )
