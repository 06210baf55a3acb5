"""Numbers that may be one person's are proposed; registers may carry any number of a person who was joined."""

import polars as pl
import pytest

from contracts.codes import SameGround
from contracts.columns import empty, polars_schema
from contracts.registers import accepted_schema, empty_register
from contracts.tables import GonePerson, RegisterGap, SamePeople
from intake import accept, gone_people, ids_in, same_people

NO_GAPS, NOBODY = empty(RegisterGap), empty(GonePerson)
PAIRS = pl.DataFrame(schema={"person_no": pl.Int64, "other_no": pl.Int64})
LIVES = {"name": "样本甲", "birth_date": "1940-03-06", "township": "示范镇", "village": "甲村"}


def register_of(register, *rows):
    schema = accepted_schema(register)
    told = [{"source_file": "f", "source_sheet": "", "source_row": n, **row} for n, row in enumerate(rows, 2)]
    days = {name for name, dtype in schema.items() if dtype == pl.Date}
    texts = pl.DataFrame(told, schema={n: pl.String() if n in days else t for n, t in schema.items()})
    return texts.with_columns(pl.col(name).str.to_date() for name in days)


def population(*rows):
    return register_of("population", *({**LIVES, **row} for row in rows))


def vanished(*numbers):
    rows = [{"register": "population", "person_no": number, "ground": "VANISHED"} for number in numbers]
    return pl.DataFrame(rows, schema=polars_schema(RegisterGap))


@pytest.fixture
def proposed():
    """Pairs with their evidence, of a population and what a test adds."""

    def work_out(people, gone=NOBODY, gaps=NO_GAPS, changes=PAIRS, apart=PAIRS, **registers):
        empty_ones = {name: empty_register(name) for name in ("account", "low_income", "disability")}
        found = same_people({"population": people, **empty_ones, **registers}, gaps, gone, changes, apart)
        SamePeople.validate(found)
        return found.select("person_no", "other_no", "evidence").rows()

    return work_out


@pytest.mark.parametrize(
    ("other", "registers", "evidence"),
    [
        ({}, {}, "village"),
        ({"township": "他镇"}, {}, None),
        ({"village": "乙村"}, {}, None),
        ({"village": "乙村", "name": "样本乙"}, {}, None),
        ({"birth_date": "1940-03-07"}, {}, None),
        ({"village": "乙村"}, {"account": ("account_no", "9900")}, "account"),
        ({"village": "乙村"}, {"low_income": ("household_id", "H1")}, "household"),
        ({"village": "乙村"}, {"disability": ("certificate_no", "C1")}, "certificate"),
        ({}, {"account": ("account_no", "9900"), "low_income": ("household_id", "H1")}, "village+account+household"),
    ],
)
def test_two_who_are_there_are_proposed_where_one_more_thing_is_equal(proposed, other, registers, evidence):
    people = population({"person_no": 1}, {"person_no": 2, **other})
    told = {
        name: register_of(name, {"person_no": 1, column: thing}, {"person_no": 2, column: thing})
        for name, (column, thing) in registers.items()
    }
    assert proposed(people, **told) == ([(1, 2, evidence)] if evidence else [])


def test_the_same_head_of_a_household_is_one_more_equal_thing(proposed):
    people = population({"person_no": 1, "head_id": "X"}, {"person_no": 2, "village": "乙村", "head_id": "X"})
    assert proposed(people) == [(1, 2, "household")]


def test_a_name_is_the_same_however_its_blanks_are_written(proposed):
    assert proposed(population({"person_no": 1}, {"person_no": 2, "name": "样 本 甲"})) == [(1, 2, "village")]


def test_a_number_that_left_is_proposed_with_one_of_the_same_name_and_birth_date(proposed):
    now = population({"person_no": 2, "village": "乙村"}, {"person_no": 3, "name": "样本乙"})
    gone = gone_people(now, NO_GAPS, population({"person_no": 1}), None)
    assert gone["person_no"].to_list() == [1]
    assert proposed(now, gone) == [(1, 2, "gone")]


def test_whose_old_rows_stand_in_has_left_all_the_same(proposed):
    now = population({"person_no": 1}, {"person_no": 2, "village": "乙村"})
    gone = gone_people(now, vanished(1), population({"person_no": 1}), None)
    assert proposed(now, gone, vanished(1)) == [(1, 2, "gone")]


def test_who_left_is_remembered_until_he_is_there_again(proposed):
    first = gone_people(population({"person_no": 3}), NO_GAPS, population({"person_no": 1}), None)
    later = gone_people(population({"person_no": 3}), NO_GAPS, population({"person_no": 3}), first)
    assert later["person_no"].to_list() == [1]
    back = gone_people(population({"person_no": 1}), NO_GAPS, population({"person_no": 3}), later)
    assert back["person_no"].to_list() == [3]


def test_a_number_change_proposes_whatever_names_and_birth_dates_say(proposed):
    people = population({"person_no": 2, "birth_date": "1938-03-06"})
    changes = pl.DataFrame({"person_no": [2, 3], "other_no": [1, 3]})
    assert proposed(people, changes=changes) == [(1, 2, "number_changed")]


def test_two_whom_an_officer_decided_to_be_two_people_are_not_proposed_again(proposed):
    people = population({"person_no": 1}, {"person_no": 2}, {"person_no": 3})
    apart = pl.DataFrame({"person_no": [1], "other_no": [3]})
    assert proposed(people, apart=apart) == [(1, 2, "village"), (2, 3, "village")]


def test_every_ground_is_worded():
    assert all(ground.label for ground in SameGround)


@pytest.fixture
def joined(received_rows, known_on, resident_id, row):
    """A register accepted where the number of serial 1 counts as that of serial 2, born on another day."""
    old, new = resident_id(serial=1), resident_id(birth="19380306", serial=2)

    def take(register, *cells_by_number):
        rows = [row(register, {"old": old, "new": new}[number], **cells) for number, cells in cells_by_number]
        received = received_rows(register, rows)
        numbers = ids_in([received]).with_columns(person_no=pl.lit(2))
        earlier = pl.DataFrame({"person_id": [old], "used_id": [new]})
        return accept(received, numbers, known_on, earlier=earlier)

    return take


@pytest.mark.parametrize("number", ["old", "new"])
def test_a_register_may_carry_either_number(joined, number):
    taken = joined("account", (number, {}))
    assert taken.rows["person_no"].to_list() == [2]


def test_beside_the_row_of_the_number_in_use_that_of_the_old_one_is_refused_and_leaves_no_gap(joined):
    from intake.gaps import refused_people

    taken = joined("account", ("old", {"account_no": "99000721469914307"}), ("new", {}))
    assert taken.rows["account_no"].to_list() == ["99000721469914306"]
    assert taken.refused["code"].to_list() == ["OLD_NUMBER"]
    assert refused_people(taken).is_empty()
    assert taken.rows_in == taken.rows.height + taken.rows_refused


def test_under_whatever_number_a_person_is_born_when_the_number_in_use_says(joined):
    taken = joined("population", ("old", {}), ("new", {"birth_date": "1938-03-06"}))
    assert {str(day) for day in taken.rows["birth_date"]} == {"1938-03-06"}


def test_two_rows_of_one_person_in_one_register_are_found_across_his_numbers(joined):
    same = {"household_id": "H1", "category": "低保", "area": "农村", "is_recipient": "是", "from_month": "2024-01"}
    taken = joined("low_income", ("old", same), ("new", same))
    assert taken.rows.height == 1
    assert taken.refused["code"].to_list() == ["DUPLICATE_ROW"]


def test_both_numbers_of_a_number_change_are_numbered(received_rows, resident_id):
    ids = [resident_id(serial=1), resident_id(serial=2)]
    rows = [{"person_id": ids[1], "old_id": ids[0], "document": "公安更正1号"}]
    assert ids_in([received_rows("number_change", rows)])["person_id"].to_list() == sorted(ids)
