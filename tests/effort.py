"""How hard the random tests try. `make test` tries the same examples every time; `make explore` others, and more."""

import os

from hypothesis import settings

TIMES = int(os.environ.get("EXPLORE_TIMES", "0"))  # so many times as hard, at random; 0: as told, always the same
WHOLE = bool(os.environ.get("WHOLE_TABLE"))  # read the whole table of situations, not a part of it (.ci/run)


def tries(count):
    """How many examples a test tries that is content with `count`."""
    return count * max(TIMES, 1)


settings.register_profile(
    "project", max_examples=tries(100), deadline=None, derandomize=not TIMES, database=None, print_blob=True
)
settings.load_profile("project")
