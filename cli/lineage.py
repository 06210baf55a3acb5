"""Telling the lineage of an officer's act: what is in the book is done, whether or not Dagster can be told."""

from __future__ import annotations

import click

from contracts.settings import Home


def tell_lineage(home: Home, county: str) -> None:
    """Report the county's acts to Dagster; a failure is one line on stderr."""
    from dagster_project.reporting import tell

    if warning := tell(home, county):
        click.echo(warning, err=True)
