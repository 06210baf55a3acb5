"""Bringing the tables of an older book up to the present ones."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(conn: Connection, revision: str = "head") -> None:
    """Run the missing migrations inside the connection's transaction: all or none."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = conn
    command.upgrade(config, revision)
