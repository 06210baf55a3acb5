"""A benefit above the bank's limits goes into several files, townships whole where they fit."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from payments import profiles, splitting
from payments.faults import faults
from payments.file_forms import Limits, OwnBank, SplitBy
from payments.instructions import lines_of
from payments.misfits import misfits
from payments.splitting import split
from tests.payments.rows import in_institution, payable_rows

JUNE = date(2024, 6, 1)
PIPE = profiles.load()["generic_pipe"]


def limited(*split_by, **limits):
    """A profile of a bank with these limits, and what it wants apart."""
    own = OwnBank(bank_codes=("999",))
    return PIPE.model_copy(update={"limits": Limits(**limits), "split_by": split_by, "own_bank": own})


def rows_of(*townships, fen=5000):
    return payable_rows(*({"n": n, "township": name, "pays_fen": fen} for n, name in enumerate(townships, 1)))


def townships(parts):
    return [part.rows["township"].to_list() for part in parts]


def test_what_fits_stays_one():
    rows = rows_of("乙镇", "甲镇", "乙镇")
    assert [part.rows.equals(rows) for part in split(rows, limited(lines=3, yuan=150))] == [True]


def test_townships_stay_whole_where_they_fit():
    parts = split(rows_of("丙镇", "乙镇", "丙镇", "甲镇", "乙镇", "甲镇"), limited(lines=4))
    assert sorted(len(set(part)) for part in townships(parts)) == [1, 2]
    assert sorted(len(part) for part in townships(parts)) == [2, 4]


def test_a_township_above_the_limit_is_cut():
    assert [len(part) for part in townships(split(rows_of(*["甲镇"] * 5), limited(lines=2)))] == [2, 2, 1]


def test_the_sum_of_a_file_is_limited_to_the_fen():
    rows = rows_of(*["甲镇"] * 4)
    assert len(split(rows, limited(yuan=200))) == 1
    assert [part.rows["pays_fen"].sum() for part in split(rows, limited(yuan=199))] == [15000, 5000]


def test_townships_kinds_and_banks_that_are_wanted_apart_are_files_of_their_own():
    rows = payable_rows(
        {"n": 1, "township": "甲镇"},
        {"n": 2, "township": "甲镇", "bank_code": "105100000017"},
        {"n": 3, "township": "甲镇", "kind": "arrears", "benefit_month": JUNE},
        {"n": 4, "township": "乙镇", "attempt": 2},
        {"n": 5, "township": None},
        in_institution(6, benefit="old_age_allowance", township=None),
    )
    apart = split(rows, limited(SplitBy.TOWNSHIP, SplitBy.OTHER_BANK, SplitBy.KIND))
    assert {part.name: part.rows["obligation_id"].to_list() for part in apart} == {
        "乙镇 本行 重发": [4],
        "乡镇不详 本行 正常": [5],
        "供养机构 本行 正常": [6],
        "甲镇 他行 正常": [2],
        "甲镇 本行 正常": [1],
        "甲镇 本行 补发": [3],
    }
    assert [part.name for part in split(rows, limited(SplitBy.KIND))] == ["正常", "补发", "重发"]


def test_limits_hold_within_what_is_wanted_apart():
    parts = split(rows_of(*["甲镇"] * 3, "乙镇"), limited(SplitBy.TOWNSHIP, lines=2))
    assert [(part.name, part.rows.height) for part in parts] == [("乙镇", 1), ("甲镇", 2), ("甲镇", 1)]


def test_who_wants_banks_apart_says_which_is_its_own():
    unsure = PIPE.model_copy(update={"split_by": (SplitBy.OTHER_BANK,)})
    assert [key for key, _ in faults(unsure)] == [("split_by",)]


def test_what_goes_into_which_file_is_no_part_of_what_was_signed():
    assert limited(SplitBy.TOWNSHIP, lines=1).digest == limited().digest


def test_a_line_above_the_limit_by_itself_waits_for_an_officer():
    rows = payable_rows({"n": 1, "pays_fen": 10001}, {"n": 2, "pays_fen": 10000})
    held = misfits(rows, {str(rows["benefit"][0]): limited(yuan=100)})
    assert held.select("obligation_id", "ground").rows() == [(1, "above_limit")]


def test_more_lines_than_can_be_numbered_are_several_files(monkeypatch):
    monkeypatch.setattr(splitting, "MOST_LINES", 2)
    assert [part.rows.height for part in split(rows_of(*["甲镇"] * 3), limited())] == [2, 1]


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(1, 300)), min_size=1, max_size=12),
    st.integers(1, 5),
    st.integers(3, 9),
    st.lists(st.sampled_from(SplitBy), unique=True),
    st.randoms(),
)
def test_every_row_is_in_one_file_and_every_file_within_the_limits(given_rows, lines, yuan, split_by, random):
    rows = payable_rows(*({"n": n, "township": t, "pays_fen": fen} for n, (t, fen) in enumerate(given_rows, 1)))
    profile = limited(*split_by, lines=lines, yuan=yuan)
    parts = [part.rows for part in split(rows, profile)]
    assert pl.concat(parts).sort("obligation_id").equals(rows.sort("obligation_id"))
    assert all(lines_of(part, PIPE).height <= lines and part["pays_fen"].sum() <= yuan * 100 for part in parts)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    again = [part.rows["obligation_id"].sort().to_list() for part in split(shuffled, profile)]
    assert again == [part["obligation_id"].sort().to_list() for part in parts]
