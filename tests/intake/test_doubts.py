"""What registers together leave in doubt is listed; what only looks odd is not."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from contracts.columns import empty
from contracts.registers import REGISTERS, accepted_schema
from contracts.tables import Matched
from intake import doubts
from intake.card_numbers import has_wrong_digit

TEKUN, DIBAO = "tekun", "dibao"
MONTH = date(2024, 1, 1)


def low_income(person_no, category, first, last=None, confirmed=None, row=1):
    return {
        "person_no": person_no,
        "category": category,
        "from_month": first,
        "to_month": last,
        "confirmed_on": confirmed,
        **place(row),
    }


def place(row):
    return {"source_file": "register.csv", "source_sheet": "", "source_row": row}


def resident(person_no, **more):
    return {"person_no": person_no, **place(person_no), **more}


def found_in(identities=(), earlier=None, **given):
    """The doubts of these rows by register, as (row, doubt)."""
    registers = {name: pl.DataFrame(given.get(name, []), schema=accepted_schema(name)) for name in REGISTERS}
    known = pl.DataFrame(list(identities), schema={"person_no": pl.Int64, "person_id": pl.String}, orient="row")
    return [
        (row["source_row"], row["doubt"])
        for row in doubts(registers, empty(Matched), known, 3, earlier).iter_rows(named=True)
    ]


def found(population, *rows):
    return found_in(population=[resident(one) for one in population], low_income=list(rows))


def test_a_stranger_to_the_population_is_in_doubt():
    assert found([1], low_income(2, DIBAO, date(2024, 1, 1))) == [(1, "NOT_IN_POPULATION")]


def test_a_certificate_of_two_people_is_in_doubt_and_two_rows_of_one_are_not():
    def holder(person_no, certificate, row):
        return {"person_no": person_no, "certificate_no": certificate, **place(row)}

    rows = [holder(1, "C1", 1), holder(2, "C1", 2), holder(3, "C2", 3), holder(3, "C2", 4)]
    told = found_in(population=[resident(n) for n in (1, 2, 3)], disability=rows)
    assert told == [(1, "CERTIFICATE_SHARED"), (2, "CERTIFICATE_SHARED")]


def test_a_dibao_row_that_runs_beside_a_tekun_row_is_in_doubt():
    both = low_income(1, DIBAO, date(2023, 1, 1), row=2), low_income(1, TEKUN, date(2024, 5, 1), row=3)
    assert found([1], *both) == [(2, "DIBAO_BESIDE_TEKUN")]


@pytest.mark.parametrize("last", [date(2024, 4, 1), date(2023, 12, 1)])
def test_a_dibao_row_that_ended_before_is_not(last):
    rows = low_income(1, DIBAO, date(2023, 1, 1), last, row=2), low_income(1, TEKUN, date(2024, 5, 1), row=3)
    assert found([1], *rows) == []


def test_a_row_with_a_confirmation_day_begins_the_month_after():
    dibao = low_income(1, DIBAO, date(2023, 1, 1), date(2024, 5, 1), row=2)
    tekun = low_income(1, TEKUN, None, confirmed=date(2024, 5, 20), row=3)
    assert found([1], dibao, tekun) == []
    assert found([1], {**dibao, "to_month": date(2024, 6, 1)}, tekun) == [(2, "DIBAO_BESIDE_TEKUN")]


def test_two_tekun_rows_put_a_dibao_row_in_doubt_once():
    rows = [low_income(1, category, date(2024, 1, 1), row=n) for n, category in enumerate([DIBAO, TEKUN, TEKUN], 1)]
    assert found([1], *rows) == [(1, "DIBAO_BESIDE_TEKUN"), (2, "TWO_OPEN_TEKUN"), (3, "TWO_OPEN_TEKUN")]


def test_a_tekun_row_that_has_ended_is_no_second_open_one():
    ended = low_income(1, TEKUN, date(2023, 1, 1), date(2023, 12, 1), row=1)
    assert found([1, 2], ended, low_income(1, TEKUN, date(2024, 1, 1), row=2), low_income(2, TEKUN, MONTH, row=3)) == []


@pytest.mark.parametrize(
    ("sex", "number", "doubted"),
    [
        ("male", "990721194407310013", False),
        ("female", "990721194407310013", True),
        ("female", "990721194407310021", False),
        ("male", "990721194407310021", True),
        (None, "990721194407310013", False),
    ],
)
def test_the_sex_is_compared_with_the_last_digit_but_one(sex, number, doubted):
    told = found_in([(1, number)], population=[resident(1, sex=sex)])
    assert told == ([(1, "SEX_AGAINST_ID")] if doubted else [])


@pytest.mark.parametrize(("first", "doubted"), [(date(2024, 5, 1), False), (date(2024, 6, 1), True)])
def test_a_row_that_begins_in_a_month_after_the_death_is_in_doubt(first, doubted):
    rows = {"population": [resident(1, died_on=date(2024, 5, 20))], "low_income": [low_income(1, DIBAO, first, row=7)]}
    assert found_in(**rows) == ([(7, "BEGUN_AFTER_DEATH")] if doubted else [])


@pytest.mark.parametrize(
    ("register", "column"),
    [
        ("disability", "issued_on"),
        ("ability", "assessed_on"),
        ("family_planning", "from_month"),
        ("claim", "claimed_on"),
        ("choice", "from_month"),
    ],
)
def test_what_else_begins_after_the_death_is_in_doubt_too(register, column):
    rows = [{"person_no": 1, column: date(2024, 6, 1), **place(7)}]
    assert found_in(population=[resident(1, died_on=date(2024, 5, 20))], **{register: rows}) == [
        (7, "BEGUN_AFTER_DEATH")
    ]


def accounts(people, number="99000721469914306"):
    return [{"person_no": one, "account_no": number, **place(one)} for one in range(1, people + 1)]


@pytest.mark.parametrize(("people", "doubted"), [(3, 0), (4, 4)])
def test_an_account_of_more_than_three_people_is_in_doubt(people, doubted):
    everybody = [resident(one) for one in range(1, people + 1)]
    told = found_in(population=everybody, account=accounts(people))
    assert [doubt for _, doubt in told] == ["ACCOUNT_SHARED"] * doubted


def test_an_institutions_account_may_have_many():
    everybody = [resident(one) for one in range(1, 6)]
    home = [{"institution_id": "J01", "account_no": "99000721469914306", **place(1)}]
    assert found_in(population=everybody, account=accounts(5), institution=home) == []


@pytest.mark.parametrize(
    ("group", "benefit", "code"),
    [("护理类", "护理补贴", None), ("护理类", "高龄津贴", "OUTSIDE_GROUP"), ("生活类", "护理补贴", "OUTSIDE_GROUP")],
)
def test_a_choice_outside_its_group_is_refused_because_it_can_never_count(group, benefit, code, accept_rows, row):
    accepted = accept_rows("choice", row("choice", group=group, benefit=benefit))
    assert accepted.refused["code"].to_list() == ([code] if code else [])
    assert accepted.rows.height == (0 if code else 1)


IDS = [(1, "990721194407310017"), (2, "990721194407310025")]


def account(person_no, payee_name, relationship="self", payee_id=None):
    return {
        "person_no": person_no,
        "payee_name": payee_name,
        "relationship": relationship,
        "payee_id": payee_id,
        "account_no": str(99000000 + person_no),
        **place(person_no),
    }


@pytest.mark.parametrize(
    "row",
    [
        account(1, "样本二"),
        account(1, "样本一", payee_id=IDS[1][1]),
        account(1, "样本二", "child", payee_id=IDS[0][1]),
    ],
)
def test_an_account_that_bears_another_name_or_number_than_its_person_is_in_doubt(row):
    people = [resident(1, name="样本一"), resident(2, name="样本二")]
    assert found_in(IDS, population=people, account=[row]) == [(1, "PAYEE_AGAINST_POPULATION")]


@pytest.mark.parametrize(
    "row",
    [
        account(1, "样本一", payee_id=IDS[0][1]),
        account(1, "样 本一"),
        account(1, "买买提•阿里"),
        account(1, "样本二", "child"),
        account(1, "样本二", "child", IDS[1][1]),
        account(1, "样本一", None),
        account(1, "样本二", None, IDS[0][1]),  # his own number: the name alone says nothing
    ],
)
def test_an_account_of_ones_own_under_one_of_ones_names_is_not(row):
    people = [resident(1, name="样本一"), resident(1, name="买买提·阿里"), resident(2, name="样本二")]
    assert found_in(IDS, population=people, account=[row]) == []


def test_an_account_under_an_earlier_number_of_its_person_is_his_own():
    earlier = pl.DataFrame([("990721194003050099", IDS[0][1])], schema=["person_id", "used_id"], orient="row")
    people = [resident(1, name="样本一"), resident(2, name="样本二")]
    own = account(1, "样本一", payee_id="990721194003050099")
    assert found_in(IDS, earlier, population=people, account=[own]) == []
    of_another = account(2, "样本二", payee_id="990721194003050099")
    said_to_be_anothers = account(1, "样本一", "child", payee_id="990721194003050099")
    for wrong in (of_another, said_to_be_anothers):
        (doubt,) = found_in(IDS, earlier, population=people, account=[wrong])
        assert doubt[1] == "PAYEE_AGAINST_POPULATION"


@pytest.mark.parametrize("row", [account(1, "样本二", None), account(1, "样本一", None, IDS[1][1])])
def test_another_who_draws_without_a_word_who_he_is_is_in_doubt(row):
    people = [resident(1, name="样本一"), resident(2, name="样本二")]
    assert found_in(IDS, population=people, account=[row]) == [(1, "DRAWN_WITHOUT_GROUND")]


@pytest.mark.parametrize("payee_id", [None, IDS[1][1]])
def test_another_who_draws_with_a_reason_or_a_relationship_is_not(payee_id):
    people = [resident(1, name="样本一"), resident(2, name="样本二")]
    for relationship, reason in ((None, "行动不便"), ("other", None), ("child", "未成年")):
        drawn = {**account(1, "样本二", relationship, payee_id), "drawn_for": reason}
        assert found_in(IDS, population=people, account=[drawn]) == []


ABC, UNIONPAY = "622848990000000001", "6210999900000000"  # without the digit that follows from them


@pytest.mark.parametrize(
    ("number", "doubted"),
    [
        (ABC + luhn.calc_check_digit(ABC), []),
        (ABC + str((int(luhn.calc_check_digit(ABC)) + 1) % 10), ["ACCOUNT_DIGIT"]),
        (ABC[:15] + luhn.calc_check_digit(ABC[:15]), ["ACCOUNT_LENGTH"]),
        (UNIONPAY + str((int(luhn.calc_check_digit(UNIONPAY)) + 1) % 10), ["ACCOUNT_DIGIT"]),
        (UNIONPAY[:14], []),  # no card has so few digits
        ("99" + ABC[2:], []),  # nor does one begin so: a passbook, an account of a rural bank
        ("62-8489900000000012", []),
    ],
)
def test_a_number_that_looks_like_a_cards_and_is_none_is_in_doubt_and_accepted(number, doubted):
    rows = [{**account(1, "样本一", payee_id=IDS[0][1]), "account_no": number}]
    assert [doubt for _, doubt in found_in(IDS, population=[resident(1, name="样本一")], account=rows)] == doubted
    house = {"institution_id": "YL01", "account_no": number, **place(7)}
    assert found_in(institution=[house]) == [(7, doubt) for doubt in doubted]


@given(st.lists(st.from_regex(r"62[0-9]{14,17}", fullmatch=True), min_size=1, max_size=20))
def test_the_last_digit_of_a_card_is_what_another_library_says(numbers):
    told = pl.DataFrame({"number": numbers}).select(has_wrong_digit(pl.col("number"))).to_series().to_list()
    assert told == [not luhn.is_valid(one) for one in numbers]
