"""Guards against REPLACE by a program of somebody else's. `upgrade()` makes the guards anew; the tables stay."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing of the tables."""
