"""Where the lineage page serves a month's papers; told in a run, which needs no web server for it."""

from __future__ import annotations

from urllib.parse import quote

PAPERS = "/papers/"


def address_of(county: str, pay_month: str, name: str) -> str:
    """A paper's address below the page's own, whatever its port. `pay_month`: YYYY-MM."""
    return f"{PAPERS}{county}/{pay_month}/{quote(name)}"
