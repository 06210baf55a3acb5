"""Other offices' lists: the very person is evidence, a namesake a doubt; nothing is decided by a doubt."""

from datetime import date

import polars as pl
import pytest

from contracts.registers import MATCH_LISTS, accepted_schema
from contracts.registers import evidenced_population as contract
from contracts.tables import Matched
from intake import evidenced_population, matched

JULY, WINDOW = date(2024, 7, 1), date(2022, 8, 1)
BORN = date(1940, 3, 5)
STRANGER_ID = "990721194003050024"


def place(row):
    return {"source_file": "list.csv", "source_sheet": "", "source_row": row}


def resident(person_no, name="样本", birth_date=BORN, **more):
    required = {"division_code": "410721", "township": "示范镇", "village": "示范村"}
    return {"person_no": person_no, "name": name, "birth_date": birth_date, **required, **place(person_no), **more}


def population(*rows):
    return pl.DataFrame(list(rows), schema=accepted_schema("population"))


def lists(**given):
    return {
        name: pl.DataFrame([{**row, **place(9)} for row in given.get(name, [])], schema=accepted_schema(name))
        for name in MATCH_LISTS
    }


def evidenced(rows, **given):
    table = contract().validate(evidenced_population(population(*rows), lists(**given)))
    return table.select("died_on", "died_on_from", "moved_in_on", "moved_out_on", "moved_out_on_from")


def deaths(rows, **given):
    return evidenced(rows, **given).select("died_on", "died_on_from").rows()


CREMATED = {"person_no": 1, "cremated_on": date(2024, 5, 8)}
DECEASED = {"person_no": 1, "deregistered_on": date(2024, 5, 3), "reason_code": "death"}
DEPARTED = {"person_no": 1, "deregistered_on": date(2024, 5, 3), "reason_code": "moved_out"}


def test_without_lists_the_population_is_as_it_was():
    died = resident(1, died_on=date(2024, 5, 9))
    assert deaths([died, resident(2)]) == [(date(2024, 5, 9), "population"), (None, None)]


@pytest.mark.parametrize(
    ("own", "given", "day", "whence"),
    [
        (None, {"cremation": [CREMATED]}, date(2024, 5, 8), "cremation"),
        (None, {"cremation": [{**CREMATED, "died_on": date(2024, 5, 5)}]}, date(2024, 5, 5), "cremation"),
        (None, {"cremation": [CREMATED], "deregistration": [DECEASED]}, date(2024, 5, 3), "deregistration"),
        (date(2024, 4, 30), {"cremation": [CREMATED]}, date(2024, 4, 30), "population"),
        (date(2024, 5, 20), {"cremation": [CREMATED]}, date(2024, 5, 8), "cremation"),
        (None, {"deregistration": [DEPARTED]}, None, None),
        (None, {"cremation": [{**CREMATED, "person_no": 2}]}, None, None),
    ],
)
def test_the_earliest_evidenced_day_of_death_counts(own, given, day, whence):
    assert deaths([resident(1, died_on=own)], **given) == [(day, whence)]


def stays(*rows, on=date(2024, 5, 3)):
    told = evidenced(rows, deregistration=[{**DEPARTED, "deregistered_on": on}])
    return told.select("moved_in_on", "moved_out_on", "moved_out_on_from").rows()


def test_a_departure_ends_the_residence():
    assert stays(resident(1)) == [(None, date(2024, 5, 3), "deregistration")]
    earlier = resident(1, moved_out_on=date(2024, 4, 1))
    assert stays(earlier) == [(None, date(2024, 4, 1), "population")]


def test_a_departure_before_the_arrival_ends_nothing():
    assert stays(resident(1, moved_in_on=date(2024, 6, 1))) == [(date(2024, 6, 1), None, None)]


def test_one_who_left_and_came_back_may_leave_again():
    returned = resident(1, moved_out_on=date(2020, 1, 9), moved_in_on=date(2022, 3, 4))
    known = (None, date(2020, 1, 9), "population")
    assert stays(returned) == [known, (date(2022, 3, 4), date(2024, 5, 3), "deregistration")]
    assert stays(returned, on=date(2020, 1, 9)) == [known, (date(2022, 3, 4), None, None)]


def matches(rows, pay_month=JULY, **given):
    """(register, doubt, person_no, evidence) of what asks for a look."""
    listed = lists(**given)
    identities = pl.DataFrame({"person_no": [99], "person_id": [STRANGER_ID]})
    told = matched(evidenced_population(population(*rows), listed), listed, identities, WINDOW, pay_month)
    return Matched.validate(told).select("register", "doubt", "person_no", "evidence").rows()


STOPPED = {"person_no": 1, "stopped_month": date(2024, 6, 1), "reason_code": "death"}


def test_a_pension_stopped_by_death_without_a_record_of_the_death_is_in_doubt():
    assert matches([resident(1)], pension_stop=[STOPPED]) == [("pension_stop", "PENSION_STOPPED", 1, "2024-06-01")]
    assert matches([resident(1)], pension_stop=[STOPPED], cremation=[CREMATED]) == []
    assert matches([resident(1)], pension_stop=[{**STOPPED, "reason_code": "certification"}]) == []


@pytest.mark.parametrize(
    ("taken", "released", "doubted"),
    [
        (date(2024, 7, 31), None, True),
        (date(2024, 8, 1), None, False),
        (date(2023, 1, 1), date(2024, 7, 1), True),
        (date(2023, 1, 1), date(2024, 6, 30), False),
    ],
)
def test_a_pay_month_in_custody_is_in_doubt(taken, released, doubted):
    row = {"person_no": 1, "taken_in_on": taken, "released_on": released}
    told = matches([resident(1)], custody=[row])
    assert told == ([("custody", "IN_CUSTODY", 1, taken.isoformat())] if doubted else [])


@pytest.mark.parametrize(
    ("first", "last", "doubted"),
    [
        (date(2024, 6, 1), None, True),
        (date(2024, 8, 1), None, False),
        (date(2020, 1, 1), WINDOW, True),
        (date(2020, 1, 1), date(2022, 7, 1), False),
    ],
)
def test_the_same_benefit_elsewhere_within_the_window_is_in_doubt(first, last, doubted):
    row = {"person_no": 1, "benefit": "old_age_allowance", "from_month": first, "to_month": last, "paid_by": "外县"}
    told = matches([resident(1)], elsewhere=[row])
    assert [doubt for _, doubt, *_ in told] == ["PAID_ELSEWHERE"] * doubted


NAMESAKE = {"person_no": 99, "name": "阿里·样本", "cremated_on": date(2024, 5, 8)}


def test_a_stranger_of_the_same_name_and_birth_date_is_a_doubt_about_each_candidate():
    people = [resident(1, "阿里•样本"), resident(2, "阿里 ·样本"), resident(3, "样本"), resident(4, "阿里·样本", JULY)]
    told = matches(people, cremation=[NAMESAKE])
    assert told == [("cremation", "NAMESAKE", one, "99") for one in (1, 2)]
    assert deaths(people, cremation=[NAMESAKE]) == [(None, None)] * 4, "a doubt decides nothing"


def test_the_birth_date_a_list_states_goes_before_the_numbers():
    assert matches([resident(1, "阿里·样本")], cremation=[{**NAMESAKE, "birth_date": JULY}]) == []


def test_a_namesake_known_to_be_dead_is_no_doubt():
    assert matches([resident(1, "阿里·样本", died_on=date(2024, 5, 8))], cremation=[NAMESAKE]) == []


@pytest.mark.parametrize(
    ("register", "row", "doubted"),
    [
        ("deregistration", {"deregistered_on": date(2024, 5, 3), "reason_code": "moved_out"}, True),
        ("pension_stop", {"stopped_month": JULY, "reason_code": "death"}, True),
        ("pension_stop", {"stopped_month": JULY, "reason_code": "other"}, False),
        ("custody", {"taken_in_on": JULY}, True),
        ("custody", {"taken_in_on": date(2024, 8, 1)}, False),
        ("elsewhere", {"benefit": "old_age_allowance", "from_month": JULY, "paid_by": "外县"}, True),
        ("elsewhere", {"benefit": "old_age_allowance", "from_month": date(2024, 8, 1), "paid_by": "外县"}, False),
    ],
)
def test_every_list_finds_namesakes_where_its_row_matters(register, row, doubted):
    stranger = {"person_no": 99, "name": "阿里·样本", **row}
    told = matches([resident(1, "阿里·样本")], **{register: [stranger]})
    assert told == ([(register, "NAMESAKE", 1, "99")] if doubted else [])
