"""What runs leave in the store, by digest; and nothing joins a run that the log has told of."""

from alembic import op

from ledger.migrations import run_statements

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table, and the index by which the guards find a run's entry."""
    run_statements(op.get_bind(), revision)
