"""A benefit above the bank's limits goes into several files, townships whole where they fit."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from payments import profiles, splitting
from payments.file_forms import Limits
from payments.instructions import lines_of
from payments.misfits import misfits
from payments.splitting import split
from tests.payments.rows import payable_rows

PIPE = profiles.load()["generic_pipe"]


def limited(**limits):
    """A profile of a bank with these limits."""
    return PIPE.model_copy(update={"limits": Limits(**limits)})


def rows_of(*townships, fen=5000):
    return payable_rows(*({"n": n, "township": name, "pays_fen": fen} for n, name in enumerate(townships, 1)))


def townships(parts):
    return [part["township"].to_list() for part in parts]


def test_what_fits_stays_one():
    rows = rows_of("乙镇", "甲镇", "乙镇")
    assert [part.equals(rows) for part in split(rows, limited(lines=3, yuan=150))] == [True]


def test_townships_stay_whole_where_they_fit():
    parts = split(rows_of("丙镇", "乙镇", "丙镇", "甲镇", "乙镇", "甲镇"), limited(lines=4))
    assert sorted(len(set(part)) for part in townships(parts)) == [1, 2]
    assert sorted(len(part) for part in townships(parts)) == [2, 4]


def test_a_township_above_the_limit_is_cut():
    assert [len(part) for part in townships(split(rows_of(*["甲镇"] * 5), limited(lines=2)))] == [2, 2, 1]


def test_the_sum_of_a_file_is_limited_to_the_fen():
    rows = rows_of(*["甲镇"] * 4)
    assert len(split(rows, limited(yuan=200))) == 1
    assert [part["pays_fen"].sum() for part in split(rows, limited(yuan=199))] == [15000, 5000]


def test_a_line_above_the_limit_by_itself_waits_for_an_officer():
    rows = payable_rows({"n": 1, "pays_fen": 10001}, {"n": 2, "pays_fen": 10000})
    held = misfits(rows, {str(rows["benefit"][0]): limited(yuan=100)})
    assert held.select("obligation_id", "ground").rows() == [(1, "above_limit")]


def test_more_lines_than_can_be_numbered_are_several_files(monkeypatch):
    monkeypatch.setattr(splitting, "MOST_LINES", 2)
    assert [part.height for part in split(rows_of(*["甲镇"] * 3), limited())] == [2, 1]


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(1, 300)), min_size=1, max_size=12),
    st.integers(1, 5),
    st.integers(3, 9),
    st.randoms(),
)
def test_every_row_is_in_one_file_and_every_file_within_the_limits(given_rows, lines, yuan, random):
    rows = payable_rows(*({"n": n, "township": t, "pays_fen": fen} for n, (t, fen) in enumerate(given_rows, 1)))
    profile = limited(lines=lines, yuan=yuan)
    parts = split(rows, profile)
    assert pl.concat(parts).sort("obligation_id").equals(rows.sort("obligation_id"))
    assert all(lines_of(part).height <= lines and part["pays_fen"].sum() <= yuan * 100 for part in parts)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    again = [part["obligation_id"].sort().to_list() for part in split(shuffled, profile)]
    assert again == [part["obligation_id"].sort().to_list() for part in parts]
