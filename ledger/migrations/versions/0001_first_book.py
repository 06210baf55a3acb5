"""The first book."""

from alembic import op

from ledger.migrations import run_statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    run_statements(op.get_bind(), revision)
