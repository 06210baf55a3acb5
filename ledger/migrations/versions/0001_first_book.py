"""The first book.

The statements stand beside this file as each engine reads them, so that a later change of ledger/tables.py does not
change what an old book was.
"""

from pathlib import Path

from alembic import op

from ledger.tables import create_guards

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables, then the guards."""
    conn = op.get_bind()
    statements = Path(__file__).with_name(f"0001_{conn.dialect.name}.sql").read_text("utf-8")
    for statement in statements.split(";\n"):
        if statement.strip():
            conn.exec_driver_sql(statement)
    create_guards(conn)
