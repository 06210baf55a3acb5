"""The same name written in two ways is the same name, and two names stay two."""

import polars as pl
import pytest

from intake.names import canonical_name


def canonical(name):
    return pl.DataFrame({"name": [name]}).select(canonical_name(pl.col("name"))).item()


@pytest.mark.parametrize(
    "written",
    [
        "阿里\u00b7买买提",
        "阿里\u2022买买提",
        "阿里\u30fb买买提",
        "阿里\uff65买买提",
        "阿里.买买提",
        "阿里\uff0e买买提",
        " 阿里 \u00b7 买买提\u3000",
        "阿里\u200b\u2027买买提",
    ],
)
def test_a_name_of_two_parts_is_the_same_whatever_dot_is_between_them(written):
    assert canonical(written) == "阿里\u00b7买买提"


@pytest.mark.parametrize("written", ["李 明", "李\u3000明", "李\u00a0明"])
def test_blanks_are_no_part_of_a_name(written):
    assert canonical(written) == "李明"


def test_other_characters_are_other_names():
    assert len({canonical(name) for name in ("样本", "样夲", "样本甲", "阿里买买提", "阿里\u00b7买买提")}) == 5
