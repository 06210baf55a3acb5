"""What a list of households prints of each line: group, head, telephone."""

from alembic import op

from ledger.migrations import run_statements

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns; a line of before has none of them."""
    run_statements(op.get_bind(), revision)
