"""Months that were run by mistake and taken back."""

from alembic import op

from ledger.migrations import run_statements

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table."""
    run_statements(op.get_bind(), revision)
