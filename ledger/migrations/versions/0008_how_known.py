"""How whoever signed or acted was known; what was written before says nothing of it."""

from alembic import op

from ledger.migrations import run_statements

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns; the chain of older entries stays as it was hashed."""
    run_statements(op.get_bind(), revision)
