"""Work that is shared out over the processors, where there is enough of it to be worth starting them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Done = TypeVar("Done")
ALONE_THROUGH = 150_000  # lines in all: that many are written before two further processes have started


def side_by_side(work: Callable[..., Done], given: Sequence[tuple[object, ...]], lines: Sequence[int]) -> list[Done]:
    """Do the same with each of these, in their order: in this process, or in one for each processor where it is much.

    `lines`: how much each is; the largest begin first, and no process holds more than one at a time. `work` and what it
    is given must be picklable.
    """
    workers = min(os.cpu_count() or 1, len(given))
    if workers < 2 or sum(lines) <= ALONE_THROUGH:
        return [work(*one) for one in given]
    order = sorted(range(len(given)), key=lambda place: -lines[place])
    # spawned: a forked child would inherit the locks of polars' and the database's threads
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        begun = {place: pool.submit(work, *given[place]) for place in order}
        return [begun[place].result() for place in range(len(given))]
