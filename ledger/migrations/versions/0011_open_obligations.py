"""What is unpaid is kept beside the rows that say so, so that asking for it costs what is unpaid and not the book."""

from alembic import op

from ledger.migrations import run_statements

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table, and fill it from the rows; from then on the keepers of ledger/tables.py hold it."""
    run_statements(op.get_bind(), revision)
