"""Numbers that count as one person's, by an officer's decision."""

from alembic import op

from ledger.migrations import run_statements

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table."""
    run_statements(op.get_bind(), revision)
