"""Rows that say the same in fewer rows."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from reports.merging import fewest

SHAPE = (3, 2, 4)


def everything(answer):
    return {point: answer(*point) for point in product(*map(range, SHAPE))}


def test_what_makes_no_difference_is_left_out():
    boxes = fewest(everything(lambda a, b, c: "yes" if a == 1 else None))
    assert boxes == [((frozenset({1}), frozenset({0, 1}), frozenset(range(4))), "yes")]


def test_either_of_two_grounds_takes_two_rows_not_three():
    boxes = fewest(everything(lambda a, b, c: "yes" if a == 2 or b == 1 else None))
    assert len(boxes) == 2
    assert all(answer == "yes" for _, answer in boxes)


def test_nothing_takes_no_row():
    assert fewest({}) == []
    assert fewest(everything(lambda *_: None)) == []


@given(st.lists(st.sampled_from([None, "a", "b"]), min_size=24, max_size=24))
def test_the_rows_say_what_every_point_says_and_no_more(answers):
    points = dict(zip(product(*map(range, SHAPE)), answers, strict=True))
    boxes = fewest(points)
    for point, answer in points.items():
        said = {told for box, told in boxes if all(value in part for value, part in zip(point, box, strict=True))}
        assert said == ({answer} if answer else set())
