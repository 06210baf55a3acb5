"""Why money came back, answers that fit nothing, orders refused whole."""

from alembic import op

from ledger.migrations import run_statements

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and tables."""
    run_statements(op.get_bind(), revision)
