"""How hard the random tests try.

`make test` tries the same examples every time, and only so many. With LONG=1 `.ci/run` reads the whole table of
situations, walks the protocol and the book's stories further, and kills and races whole runs of the graph. `make
explore` tries others each time, and more.
"""

import os

import pytest
from hypothesis import settings

TIMES = int(os.environ.get("EXPLORE_TIMES", "0"))  # so many times as hard, at random; 0: as told, always the same
LONG = bool(os.environ.get("LONG") or TIMES)
long_walk = pytest.mark.skipif(not LONG, reason="a long walk: .ci/run and make explore take it")
SHORT_PART = 0.25  # of what a test tries when it may take its time


def tries(count):
    """How many examples a test tries that is content with `count`."""
    return count * max(TIMES, 1) if LONG else max(round(count * SHORT_PART), 1)


settings.register_profile(
    "project", max_examples=tries(100), deadline=None, derandomize=not TIMES, database=None, print_blob=True
)
settings.load_profile("project")
