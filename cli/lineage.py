"""The lineage beside the book: told of each act, and asked whether it was told anything else."""

from __future__ import annotations

import click

from contracts.files import remembered
from contracts.settings import Home


def tell_lineage(home: Home, county: str) -> None:
    """Report the county's acts to Dagster; what is in the book is done, and a failure is one line on stderr."""
    from dagster_project.reporting import tell

    if warning := tell(home, county):
        click.echo(warning, err=True)


def foreign_lineage(home: Home) -> str:
    """What the lineage was told that is not of the book, in one line; empty where there is nothing.

    Dagster is asked only where its storage has changed since it last was: it takes longer than all the rest.
    """
    stores = [*home.dagster.glob("history/**/*.db"), *home.dagster.glob("history/**/*.db-wal")]
    if not stores:
        return ""
    looks = str(max(path.stat().st_mtime_ns for path in stores))
    return remembered(home.dagster / "compared", looks, lambda: _compared(home))


def _compared(home: Home) -> str:
    from dagster_project.comparing import warning_of

    return warning_of(home)
