"""Grounds of holds in columns of their own."""

from alembic import op

from ledger.migrations import run_statements

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; rows of before keep their ground as one text."""
    run_statements(op.get_bind(), revision)
