"""Where a line that is sent again comes from, as its profile prints it, and whom a line to an institution pays for."""

from alembic import op

from ledger.migrations import run_statements

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the columns; a line of before has none of them."""
    run_statements(op.get_bind(), revision)
