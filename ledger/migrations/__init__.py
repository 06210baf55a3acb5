"""Bringing the tables of an older book up to the present ones.

The statements of a migration stand beside it as each engine reads them, so that a later change of ledger/tables.py does
not change what an old book was.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from ledger.tables import create_guards

FOLDER = Path(__file__).parent


def upgrade(conn: Connection, revision: str = "head") -> None:
    """Run the missing migrations, then make the guards of the present tables, in the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = conn
    command.upgrade(config, revision)
    if revision == "head":
        create_guards(conn)


def run_statements(conn: Connection, revision: str) -> None:
    """Run the statements of one migration, as the connection's engine reads them."""
    text = (FOLDER / "versions" / f"{revision}_{conn.dialect.name}.sql").read_text("utf-8")
    for statement in text.split(";\n"):
        if statement.strip():
            conn.exec_driver_sql(statement)
