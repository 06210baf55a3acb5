"""What a month corrected and what only an officer can settle, as the lists and the run tell it."""

import polars as pl
import pytest

from contracts.months import parse_month
from ledger import people, posting
from month import booking
from month.month import opened_month
from reports import corrections
from reports.lists import write_lists
from reports.preview import by_benefit
from tests import homes

GONE, MOVED, LATE = (homes.resident_id(born, 2) for born in ("1940-03-05", "1941-04-18", "1942-02-11"))


def hand_in(home, month, late=True, **events):
    rows = [homes.person(GONE, **events.get("gone", {})), homes.person(MOVED, **events.get("moved", {}))]
    homes.hand_in(
        home,
        month,
        population=[*rows, *([homes.person(LATE)] if late else [])],
        account=[homes.account(one) for one in (GONE, MOVED, LATE)],
    )


LEFT = {"gone": {"died_on": "2024-06-20"}, "moved": {"moved_out_on": "2024-06-30"}}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """July went out; then one had died, one had moved away, and one had been forgotten."""
    home = homes.make_home(tmp_path_factory.mktemp("corrections") / "home")
    hand_in(home, "2024-07", late=False)
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    hand_in(home, "2024-08", **LEFT)
    begun = homes.begin(home, "2024-08")
    homes.decide(begun)
    with begun.book.reading() as conn:
        meant = booking.decided(begun)
        preview = by_benefit(conn, meant, posting.work_out(conn, meant))
    booking.post(begun)
    begun.close()
    month = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    yield month, preview
    month.close()


@pytest.fixture
def august(ran):
    return ran[0]


def lives(month):
    return month.tables.read("accepted_population").select("person_no", "name", "township", "village", "phone")


def test_a_preview_tells_the_ground_beside_the_cause(ran):
    told = {(row["what"], row["benefit_month"], row["cause"], row["ground"]) for row in ran[1]}
    assert told == {
        ("正常应付", "2024-08", "", ""),
        ("补发应付", "2024-07", "", "情况迟报"),
        ("应追回", "2024-07", "死亡", "情况迟报"),
        ("应追回", "2024-07", "户籍迁出", "情况迟报"),
    }


def test_every_correction_is_listed_with_cause_ground_and_the_amount_before_and_after(august):
    rows = corrections.corrections(august.book, homes.COUNTY, parse_month("2024-08"), lives(august))
    told = rows.select("person_id", "what", "cause", "correction", "amount_fen", "old_fen", "new_fen").rows()
    assert sorted(told) == sorted(
        [
            (GONE, "应追回(已付出)", "死亡", "情况迟报", 50_00, 50_00, 0),
            (MOVED, "应追回(已付出)", "户籍迁出", "情况迟报", 50_00, 50_00, 0),
            (LATE, "补发应付", None, "情况迟报", 50_00, 0, 50_00),
        ]
    )
    assert set(rows["benefit"]) == {"高龄津贴"}


def test_the_run_sums_corrections_by_ground(august):
    (line,) = corrections.by_ground(august.book, homes.COUNTY, parse_month("2024-08"))
    assert (line.label, line.people, line.owed_fen, line.withdrawn_fen, line.owed_back_fen) == (
        "情况迟报",
        3,
        50_00,
        0,
        100_00,
    )


def test_a_month_that_corrects_nothing_has_no_correction(august):
    assert corrections.by_ground(august.book, homes.COUNTY, parse_month("2024-07")) == ()


def test_who_moved_away_and_was_paid_after_needs_an_officer(august):
    nothing = august.tables.read("beyond_window")
    rows = corrections.action_required(august.book, homes.COUNTY, parse_month("2024-08"), nothing, lives(august))
    assert rows.select("person_id", "benefit_month", "booked_fen", "entitled_fen").rows() == [
        (MOVED, "2024-07", 50_00, 0)
    ]
    assert "迁入地" in rows["advice"].item()


def test_what_is_too_old_to_be_booked_is_listed_with_what_to_do(august):
    with august.book.reading() as conn:
        numbers = [people.person_no_of(conn, one) for one in (GONE, LATE)]
    too_old = pl.DataFrame(
        {
            "person_no": numbers,
            "benefit": ["old_age_allowance"] * 2,
            "benefit_month": [parse_month("2022-01")] * 2,
            "booked_fen": [50_00, 0],
            "entitled_fen": [0, 80_00],
        },
        schema=august.tables.read("beyond_window").schema,
    )
    rows = corrections.action_required(august.book, homes.COUNTY, parse_month("2024-08"), too_old, lives(august))
    told = {row["person_id"]: row["advice"] for row in rows.iter_rows(named=True) if row["benefit_month"] == "2022-01"}
    assert told[GONE].startswith("多发")
    assert told[LATE].startswith("少发")
    assert corrections.beyond(too_old) == corrections.ActionLine(2, 80_00, 50_00)


def test_the_lists_are_left_for_the_clerk(august, tmp_path):
    written = write_lists(august.book, tmp_path, homes.COUNTY, parse_month("2024-08"), august.tables.read)
    assert {"action_required.xlsx", "corrections.xlsx"} <= {path.name for path in written}


def test_a_list_too_long_to_leaf_through_is_text_and_replaces_the_workbook(august, tmp_path, monkeypatch):
    write_lists(august.book, tmp_path, homes.COUNTY, parse_month("2024-08"), august.tables.read)
    monkeypatch.setattr("reports.lists.LEAFED_THROUGH", 2)
    write_lists(august.book, tmp_path, homes.COUNTY, parse_month("2024-08"), august.tables.read)
    names = {path.name for path in tmp_path.iterdir()}
    assert "corrections.csv" in names
    assert "corrections.xlsx" not in names
    assert "action_required.xlsx" in names
