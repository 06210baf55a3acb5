"""Sealed cycles, receipts of registers, who accepted a stopped one; grounds of corrections, approved write-offs."""

from alembic import op

from ledger.migrations import run_statements

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns and tables."""
    run_statements(op.get_bind(), revision)
