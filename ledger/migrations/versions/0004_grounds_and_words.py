"""Grounds of holds in columns of their own; lists that law or practice extends as word tables instead of CHECKs.

And an index of what came back.
"""

from alembic import op

from ledger.migrations import run_statements

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns and word tables. No row is written anew: those of before keep their ground as one text.

    Every word that stands in a row is in its word table: the CHECK that goes let no other in.
    """
    run_statements(op.get_bind(), revision)
    if op.get_bind().dialect.name == "sqlite":
        _declare_references()


def _declare_references() -> None:
    """Put a reference where a CHECK of words stands, in the text of the declarations.

    SQLite cannot alter a constraint; its own way for a change that leaves the rows as they are is this one
    (https://sqlite.org/lang_altertable.html, section 7), and a book of millions of rows is not copied.
    """
    conn = op.get_bind()
    schema = conn.exec_driver_sql("PRAGMA schema_version").scalar_one()
    conn.exec_driver_sql("PRAGMA writable_schema = ON")
    run_statements(conn, f"{revision}_references")
    conn.exec_driver_sql(f"PRAGMA schema_version = {schema + 1}")
    conn.exec_driver_sql("PRAGMA writable_schema = RESET")
