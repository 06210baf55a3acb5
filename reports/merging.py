"""Rows that say the same in fewer rows: boxes over what makes no difference.

Points are combinations of one value per axis, every combination there; a box is a set of values per axis. Boxes of one
answer may overlap, boxes of different answers never do, so a table of boxes can be read from any row.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, permutations, product

Point = tuple[int, ...]
Box = tuple[frozenset[int], ...]
MOST_TRIED = 50_000  # covers tried beyond what is needed anyway; past it, the largest boxes first


def fewest(points: Mapping[Point, Hashable]) -> list[tuple[Box, Hashable]]:
    """The fewest boxes found that hold every point with an answer (None is none) and no other, in the points' order."""
    if not points:
        return []
    groups = [_alike(points, axis) for axis in range(len(next(iter(points))))]
    leading = [{value: group[0] for group in of_axis for value in group} for of_axis in groups]
    small = {
        point: answer
        for point, answer in points.items()
        if all(lead[v] == v for lead, v in zip(leading, point, strict=True))
    }
    told = []
    for answer in dict.fromkeys(answer for answer in small.values() if answer is not None):
        held = [point for point, found in small.items() if found == answer]
        told += [(box, answer) for box in _cover(held, [[group[0] for group in of_axis] for of_axis in groups])]
    whole = [{group[0]: frozenset(group) for group in of_axis} for of_axis in groups]
    return [
        (
            tuple(
                frozenset[int]().union(*(members[value] for value in values))
                for members, values in zip(whole, box, strict=True)
            ),
            answer,
        )
        for box, answer in told
    ]


def _alike(points: Mapping[Point, Hashable], axis: int) -> list[list[int]]:
    """Values of an axis by what follows from them, whatever else is so."""
    follows: dict[int, dict[Point, Hashable]] = {}
    for point, answer in points.items():
        follows.setdefault(point[axis], {})[point[:axis] + point[axis + 1 :]] = answer
    groups: dict[frozenset[tuple[Point, Hashable]], list[int]] = {}
    for value, answers in follows.items():
        groups.setdefault(frozenset(answers.items()), []).append(value)
    return list(groups.values())


def _cover(held: Sequence[Point], values: Sequence[Sequence[int]]) -> list[Box]:
    """As few of the largest boxes as are needed to hold the points."""
    wanted = set(held)
    boxes = list(dict.fromkeys(box for point in held for box in _largest(point, wanted, values)))
    inside = {box: set(product(*box)) for box in boxes}
    needed = [box for box in boxes if any(sum(point in inside[other] for other in boxes) == 1 for point in inside[box])]
    left = wanted.difference(*(inside[box] for box in needed))
    return sorted(
        [*needed, *_chosen(left, [box for box in boxes if box not in needed], inside)],
        key=lambda box: held.index(min(inside[box], key=held.index)),
    )


def _largest(point: Point, wanted: set[Point], values: Sequence[Sequence[int]]) -> Iterator[Box]:
    """The boxes about a point that cannot grow, one for each order of axes to grow along."""
    free = [axis for axis in range(len(point)) if len({other[axis] for other in wanted}) > 1]
    for order in permutations(free):
        box: list[frozenset[int]] = [frozenset([value]) for value in point]
        for axis in order:
            others = [sorted(part) for part in (*box[:axis], *box[axis + 1 :])]
            box[axis] = frozenset(
                value
                for value in values[axis]
                if all((*rest[:axis], value, *rest[axis:]) in wanted for rest in product(*others))
            )
        yield tuple(box)


def _chosen(left: set[Point], boxes: Sequence[Box], inside: Mapping[Box, set[Point]]) -> Iterable[Box]:
    """The fewest boxes that hold what is left, as far as trying goes; then the largest first."""
    tried = 0
    for count in range(len(boxes) + 1):
        for some in combinations(boxes, count):
            if left <= set().union(*(inside[box] for box in some)):
                return some
            tried += 1
            if tried > MOST_TRIED:
                return _largest_first(left, boxes, inside)
    return ()


def _largest_first(left: set[Point], boxes: Sequence[Box], inside: Mapping[Box, set[Point]]) -> list[Box]:
    told, open_points = [], set(left)
    while open_points:
        best = max(boxes, key=lambda box: len(inside[box] & open_points))
        told.append(best)
        open_points -= inside[best]
    return told
