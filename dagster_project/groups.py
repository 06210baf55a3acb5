"""The groups of the catalogue: their order is that of a month, their Chinese names are told with each asset.

Dagster sorts groups by name and takes ASCII for it alone, so a name begins with its place.
"""

from contracts.codes import Act, Code
from month.stages import StageGroup

GROUPS: tuple[Code, ...] = (*StageGroup, *Act)


def group_of(group: Code) -> str:
    """The name of a group in Dagster, such as m03_facts."""
    return f"m{GROUPS.index(group) + 1:02}_{group.value}"


def told_of_group(group: Code) -> dict[str, str]:
    """Metadata of an asset: which step of the month it is, in Chinese."""
    return {"环节": f"{GROUPS.index(group) + 1} {group.label}"}
