"""What officers decide of findings."""

from alembic import op

from ledger.migrations import run_statements

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table, and the words of the rules."""
    run_statements(op.get_bind(), revision)
