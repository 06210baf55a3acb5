"""The subtraction itself, on frames: what each step gives for rows that tell its conditions apart."""

from datetime import date

import polars as pl
import pytest

from contracts.codes import Benefit, ChoiceGroup, Outcome
from contracts.columns import polars_schema
from contracts.manifest import Manifest
from contracts.tables import Coordinated, Facts
from ledger import differences
from ledger.differences import Decided, Differences, SetOffRule
from ledger.versions import BASIS, KEY
from tests.ledger.county import AGED, YES_NO

MAY, JUNE, JULY = (date(2024, month, 1) for month in (5, 6, 7))
AGE, CARE, DISABLED = "old_age_allowance", "elder_care_subsidy", "disability_care_subsidy"
KEYS = pl.Schema(
    {
        "person_no": pl.Int64(),
        "benefit": Benefit.dtype(),
        "benefit_month": pl.Date(),
        "outcome": Outcome.dtype(),
        "amount_fen": pl.Int64(),
        "would_be_fen": pl.Int64(),
        "winner": Benefit.dtype(),
        "rate_id": pl.String(),
        "rate_no": pl.Int64(),
        "fact_code": pl.Int64(),
        "old_rate_no": pl.Int64(),
        "old_fact_code": pl.Int64(),
        "old_version_no": pl.Int64(),
        "is_changed": pl.Boolean(),
        "is_alive": pl.Boolean(),
        "is_registered": pl.Boolean(),
        "choose_group": ChoiceGroup.dtype(),
        "is_to_institution": pl.Boolean(),
        "institution_id": pl.String(),
        "correction": pl.String(),
        "booked_fen": pl.Int64(),
        "delta_fen": pl.Int64(),
        "cause": pl.String(),
        "version_no": pl.Int64(),
    }
)
VERSIONS = pl.Schema({**{name: KEYS[name] for name in KEY}, "version_no": pl.Int64(), **{n: KEYS[n] for n in BASIS}})
OBLIGATIONS = pl.Schema(
    {"obligation_id": pl.Int64(), **{name: KEYS[name] for name in KEY}, "choose_group": ChoiceGroup.dtype(),
     "pays_fen": pl.Int64(), "live_batch_id": pl.String(), "kind": pl.String(), "amount_fen": pl.Int64()}
)  # fmt: skip
RECEIVABLES = pl.Schema(
    {"receivable_id": pl.Int64(), **{name: KEYS[name] for name in KEY}, "choose_group": ChoiceGroup.dtype(),
     "left_fen": pl.Int64(), "waived_fen": pl.Int64(), "amount_fen": pl.Int64()}
)  # fmt: skip
GROUPS = pl.DataFrame(schema={"benefit": Benefit.dtype(), "benefit_month": pl.Date, "group": ChoiceGroup.dtype()})
ONE = {"person_no": 1, "benefit": AGE, "benefit_month": JULY}
MANIFEST = Manifest(
    county="410721", pay_month=JULY, known_on=JULY, go_live_month=MAY, lookback_months=24, pack_digest="", registers=()
)


def frame(schema, *rows, **common):
    return pl.DataFrame([{**ONE, **common, **row} for row in rows], schema=schema)


def keys(*rows):
    """Keys as with_delta gives them: nothing differs but what a row says."""
    usual = {
        "outcome": "ENTITLED", "amount_fen": 5000, "booked_fen": 5000, "delta_fen": 0, "rate_no": 1, "old_rate_no": 1,
        "fact_code": 1, "old_fact_code": 1, "old_version_no": 1, "is_changed": False, "is_alive": True,
        "is_registered": True, "is_to_institution": False, "cause": "DEATH", "version_no": 2,
    }  # fmt: skip
    return frame(KEYS, *rows, **usual)


def owed(*rows):
    return frame(OBLIGATIONS, *rows, pays_fen=5000, amount_fen=5000, kind="regular")


def back(*rows):
    return frame(RECEIVABLES, *rows, left_fen=5000, waived_fen=0, amount_fen=5000)


def found(**parts):
    """Differences of which only these parts hold anything."""
    empty = keys().select(*KEY, "version_no", "amount_fen")
    set_offs = pl.DataFrame(schema={"receivable_id": pl.Int64, "amount_fen": pl.Int64})
    names = ("versions", "obligations", "withdrawals", "beyond_window", "unset")
    given = {**dict.fromkeys(names, empty), "receivables": back(), "set_offs": set_offs, "voided": (), **parts}
    return Differences(**given)


SET_OFF = {"receivable_id": [1], "amount_fen": [1]}


@pytest.mark.parametrize(
    ("names", "money", "rows"),
    [
        ((), False, False),
        (("obligations",), True, True),
        (("withdrawals",), True, True),
        (("receivables",), True, True),
        (("versions",), False, True),
        (("set_offs",), False, True),
        (("unset", "beyond_window"), False, False),
    ],
)
def test_what_is_money_and_what_is_written(names, money, rows):
    key = keys({}).select(*KEY, "version_no", "amount_fen")
    one = {"receivables": back({"receivable_id": 1}), "set_offs": pl.DataFrame(SET_OFF)}
    told = found(**{name: one.get(name, key) for name in names})
    assert (told.has_money, told.has_rows) == (money, rows)


def test_what_is_set_off_at_once_is_not_left_to_recover():
    set_offs = pl.DataFrame({"receivable_id": [1, 2, 2], "amount_fen": [5000, 3499, 1500]})
    receivables = back({"receivable_id": 1}, {"receivable_id": 2}, {"receivable_id": 3})
    left = found(receivables=receivables, set_offs=set_offs).left_to_recover
    assert left.select("receivable_id", "amount_fen").rows() == [(2, 1), (3, 5000)]


# Which keys are touched.

DECIDED = {
    **ONE, "outcome": "ENTITLED", "amount_fen": 5000, "would_be_fen": 5000, "rate_id": "a", "is_to_institution": True,
    "institution_id": "J1", "fact_code": 1,
}  # fmt: skip
VERSION = {
    "version_no": 3, "outcome": "ENTITLED", "amount_fen": 5000, "would_be_fen": 5000, "rate_no": 7, "fact_code": 1,
}  # fmt: skip
RATES = pl.DataFrame({"rate_id": ["a", "b"], "rate_no": [7, 8]})


def touched(decided, versions, anew=(), facts=()):
    """Keys that are touched, by person, of decisions and versions of these people."""
    coordinated = pl.DataFrame([DECIDED | row for row in decided], schema=polars_schema(Coordinated))
    known = [{**dict.fromkeys(YES_NO, False), **AGED, "benefit_month": JULY, **row} for row in facts]
    meant = Decided(MANIFEST, coordinated, pl.DataFrame(), pl.DataFrame(known, schema=polars_schema(Facts)), GROUPS)
    wanted = frame(pl.Schema({name: KEYS[name] for name in KEY}), *anew)
    before = frame(VERSIONS, *versions, **VERSION)
    return differences.touched_keys(meant, before, RATES, wanted).sort("person_no").to_dicts()


def test_a_decision_on_the_same_basis_is_not_touched():
    assert touched([{}], [{}]) == []


@pytest.mark.parametrize(
    "other",
    [{"amount_fen": 1}, {"would_be_fen": 1}, {"fact_code": 2}, {"rate_id": "b"}, {"outcome": "SUSPENDED"},
     {"winner": CARE}, {"rate_id": "new"}],
)  # fmt: skip
def test_every_part_of_the_basis_that_differs_touches_the_key(other):
    (row,) = touched([other], [{}])
    assert (row["is_changed"], row["old_version_no"], row["is_to_institution"]) == (True, 3, True)


def test_a_key_that_is_new_has_no_version_before():
    (row,) = touched([{}], [])
    assert (row["is_changed"], row["old_version_no"], row["old_outcome"]) == (True, 0, None)


def test_a_key_without_a_row_is_not_met_on_the_facts_of_its_own_month_once():
    facts = [{"person_no": 1, "is_alive": False}, {"person_no": 2}]
    gone, unknown = touched([], [{}, {"person_no": 3}, {"person_no": 4, "outcome": "NOT_MET"}], facts=facts)
    assert (gone["outcome"], gone["amount_fen"], gone["would_be_fen"]) == ("NOT_MET", 0, 0)
    assert (gone["is_alive"], gone["is_registered"], gone["is_changed"]) == (False, True, True)
    assert gone["fact_code"] not in (0, None)
    assert (gone["is_to_institution"], gone["institution_id"]) == (False, None)
    assert (unknown["person_no"], unknown["fact_code"], unknown["is_alive"]) == (3, 0, None)


def test_what_is_looked_at_anew_is_touched_once_and_not_changed():
    anew = [{"person_no": 1}, {"person_no": 1}, {"person_no": 2}, {"person_no": 9}]
    rows = touched([{}, {"person_no": 2, "amount_fen": 1, "would_be_fen": 1}], [{}, {"person_no": 2}], anew)
    assert [(row["person_no"], row["is_changed"], row["amount_fen"]) for row in rows] == [
        (1, False, 5000), (2, True, 1), (9, False, 0),
    ]  # fmt: skip


def test_versions_of_a_family_are_numbered_on_from_the_greatest():
    before = frame(VERSIONS, {"version_no": 1}, {"person_no": 2, "version_no": 4}, {"person_no": 3, "version_no": 6})
    families = pl.DataFrame({"person_no": [1, 2], "family_no": [1, 1]})
    told = differences.numbered_within_families(
        keys({}, {"person_no": 2, "old_version_no": 5}, {"person_no": 3}, {"benefit": CARE}), before, families
    )
    assert told.select("person_no", "benefit", "old_version_no").rows() == [
        (1, AGE, 4), (2, AGE, 5), (3, AGE, 1), (1, CARE, 1),
    ]  # fmt: skip
    assert told.columns == list(KEYS)
    assert differences.numbered_within_families(told, before, families.clear()).equals(told)


# What is booked.


def test_the_difference_is_what_is_owed_less_what_is_booked():
    booked = frame(pl.Schema({**{name: KEYS[name] for name in KEY}, "booked_fen": pl.Int64()}), {"booked_fen": 2000})
    rows = keys({}, {"person_no": 2}, {"person_no": 3, "amount_fen": None}).drop("booked_fen", "delta_fen")
    told = differences.with_delta(rows, booked).select("booked_fen", "delta_fen").rows()
    assert told == [(2000, 3000), (0, 5000), (0, None)]


def test_a_version_comes_of_another_basis_or_of_other_money():
    rows = [
        {"person_no": 5, "is_changed": True, "delta_fen": None, "outcome": "STANDARD_NOT_SET"},
        {"person_no": 4},
        {"person_no": 3, "delta_fen": None},
        {"person_no": 2, "delta_fen": -1},
        {"person_no": 1, "delta_fen": 1, "benefit": CARE},
        {"person_no": 1, "delta_fen": 1},
        {"person_no": 6, "delta_fen": 1, "benefit_month": JUNE, "old_version_no": 0},
    ]
    versions = differences.new_versions(keys(*rows)).select("benefit_month", "person_no", "benefit", "version_no")
    assert versions.rows() == [
        (JUNE, 6, AGE, 1), (JULY, 1, AGE, 2), (JULY, 1, CARE, 2), (JULY, 2, AGE, 2), (JULY, 5, AGE, 2),
    ]  # fmt: skip


def test_more_is_regular_in_the_pay_month_and_arrears_before():
    rows = keys(
        {"person_no": 2, "delta_fen": 5000, "choose_group": "care", "institution_id": "J1"}, {"delta_fen": 1},
        {"benefit_month": JUNE, "delta_fen": 300, "old_version_no": 0}, {"person_no": 3},
        {"person_no": 4, "delta_fen": -1}, {"person_no": 5, "delta_fen": None},
    )  # fmt: skip
    told = differences.new_obligations(rows, MANIFEST, 40)
    assert told.select("obligation_id", "person_no", "kind", "version_no", "amount_fen").rows() == [
        (40, 1, "arrears", 1, 300), (41, 1, "regular", 2, 1), (42, 2, "regular", 2, 5000),
    ]  # fmt: skip
    assert told.select("choose_group", "is_to_institution", "institution_id").row(2) == ("care", False, "J1")


def test_less_is_withdrawn_from_the_youngest_first_as_far_as_it_waits():
    rows = keys(
        {"delta_fen": -7000}, {"person_no": 2, "delta_fen": 0}, {"person_no": 3, "delta_fen": 100},
        {"person_no": 4, "delta_fen": None},
    )  # fmt: skip
    waiting = owed(
        {"obligation_id": 1, "live_batch_id": "old"}, {"obligation_id": 2, "pays_fen": 0},
        {"obligation_id": 3, "pays_fen": 4000, "live_batch_id": "b"}, {"obligation_id": 4, "pays_fen": 999},
        {"obligation_id": 5, "pays_fen": 1}, *({"obligation_id": 4 + n, "person_no": n} for n in (2, 3, 4)),
    )  # fmt: skip
    told = differences.new_withdrawals(rows, waiting)
    assert told.select("obligation_id", "amount_fen", "version_no", "cause", "live_batch_id").rows() == [
        (1, 2000, 2, "DEATH", "old"), (3, 4000, 2, "DEATH", "b"), (4, 999, 2, "DEATH", None), (5, 1, 2, "DEATH", None),
    ]  # fmt: skip
    for need, taken in ((1000, [(4, 999), (5, 1)]), (1, [(5, 1)])):
        less = differences.new_withdrawals(keys({"delta_fen": -need}), waiting)
        assert less.select("obligation_id", "amount_fen").rows() == taken


def test_what_could_not_be_withdrawn_is_owed_back_in_the_group_it_was_first_booked_in():
    rows = keys(
        {"person_no": 4, "delta_fen": -5000}, {"delta_fen": -5000, "benefit": CARE},
        {"person_no": 2, "delta_fen": -1}, {"person_no": 3, "delta_fen": -5000, "choose_group": "care"},
        {"person_no": 5}, {"person_no": 6, "delta_fen": 9}, {"person_no": 7, "delta_fen": None},
        {"person_no": 4, "delta_fen": -1, "benefit_month": JUNE},
    )  # fmt: skip
    withdrawn = keys({"benefit": CARE, "amount_fen": 3000}, {"person_no": 2, "amount_fen": 1})
    booked = owed(
        {"obligation_id": 1, "benefit": CARE}, {"obligation_id": 2, "benefit": CARE, "choose_group": "care"},
        {"obligation_id": 3, "person_no": 4}, {"obligation_id": 4, "benefit": CARE, "choose_group": "living"},
    )  # fmt: skip
    told = differences.new_receivables(rows, withdrawn, booked, 9)
    assert told.select("receivable_id", "person_no", "benefit_month", "amount_fen", "choose_group").rows() == [
        (9, 4, JUNE, 1, None), (10, 1, JULY, 2000, "care"), (11, 3, JULY, 5000, "care"), (12, 4, JULY, 5000, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        ({"is_alive": False, "is_registered": False}, "DEATH"),
        ({"is_registered": False, "outcome": "EXCLUDED"}, "MOVED_OUT"),
        ({"outcome": "EXCLUDED"}, "EXCLUDED"),
        ({"outcome": "NOT_CLAIMED"}, "NOT_CLAIMED"),
        ({"outcome": "SUSPENDED"}, "SUSPENDED"),
        ({"outcome": "LOST_TO_HIGHER"}, "REPLACED"),
        ({"rate_no": 2}, "STANDARD_CHANGED"),
        ({"rate_no": None}, "STANDARD_CHANGED"),
        ({"rate_no": 2, "old_rate_no": None}, "DATA_CORRECTED"),
        ({"rate_no": 2, "old_fact_code": 2}, "DATA_CORRECTED"),
        ({}, "DATA_CORRECTED"),
        ({"outcome": "NOT_MET", "rate_no": 2}, "INELIGIBLE"),
        ({"outcome": "NOT_MET", "is_alive": None, "is_registered": None}, "INELIGIBLE"),
    ],
)
def test_why_less_is_owed_is_the_first_that_holds(row, cause):
    told = differences.with_causes(keys({**row, "version_no": None, "old_version_no": 4}).drop("cause"))
    assert told.select("cause", "version_no").row(0) == (cause, 5)


def test_what_has_no_standard_any_more_stays_as_booked():
    unset = {"outcome": "STANDARD_NOT_SET", "amount_fen": None, "delta_fen": None}
    rows = keys(
        {"person_no": 3, **unset}, {"person_no": 2, **unset, "booked_fen": 0}, {"person_no": 1, **unset},
        {"person_no": 4}, {"person_no": 5, **unset, "benefit_month": JUNE, "booked_fen": 1},
    )  # fmt: skip
    told = differences.left_as_booked(rows)
    assert told.select("person_no", "version_no", "amount_fen").rows() == [(5, 2, 1), (1, 2, 5000), (3, 2, 5000)]


def test_differences_beyond_the_window_are_listed_in_the_order_of_the_book():
    rows = keys(
        {"person_no": 3, "delta_fen": -1}, {"person_no": 2, "delta_fen": 1}, {"person_no": 1}, {"delta_fen": None},
        {"person_no": 9, "delta_fen": 2, "benefit_month": MAY},
    )  # fmt: skip
    told = differences.beyond_window(rows).select("person_no", "booked_fen", "entitled_fen").rows()
    assert told == [(9, 5000, 5000), (2, 5000, 5000), (3, 5000, 5000)]


# What is set off.


def pairs(receivables, obligations, groups=GROUPS):
    told = differences.cancelled(receivables, obligations, groups)
    return told.select("receivable_id", "obligation_id", "amount_fen").rows()


def test_the_oldest_are_set_off_against_the_oldest_and_a_fen_goes_once():
    receivables = back({"receivable_id": 2, "left_fen": 4000}, {"receivable_id": 1, "left_fen": 3000})
    obligations = owed(
        {"obligation_id": 8, "pays_fen": 2000}, {"obligation_id": 7, "pays_fen": 2500}, {"obligation_id": 9}
    )
    assert pairs(receivables, obligations) == [(1, 7, 2500), (1, 8, 500), (2, 8, 1500), (2, 9, 2500)]


def test_what_ends_where_another_begins_has_nothing_of_it():
    receivables = back(*({"receivable_id": number, "left_fen": 3000} for number in (1, 2)))
    obligations = owed(*({"obligation_id": number, "pays_fen": 3000} for number in (7, 8)))
    assert pairs(receivables, obligations) == [(1, 7, 3000), (2, 8, 3000)]


def test_nothing_is_set_off_over_people_months_or_benefits_without_a_group():
    receivables = back({"receivable_id": 1, "benefit": CARE})
    others = ({"person_no": 2, "benefit": CARE}, {"benefit_month": JUNE, "benefit": CARE}, {"benefit": DISABLED})
    assert pairs(receivables, owed(*({"obligation_id": n, **row} for n, row in enumerate(others)))) == []


def test_the_same_key_comes_before_the_group_which_takes_what_is_left():
    receivables = back(
        {"receivable_id": 1, "benefit": CARE, "left_fen": 6000, "choose_group": "care"},
        {"receivable_id": 2, "benefit": DISABLED, "left_fen": 500, "choose_group": "care"},
    )
    obligations = owed(
        {"obligation_id": 7, "benefit": DISABLED, "pays_fen": 4000, "choose_group": "care"},
        {"obligation_id": 8, "benefit": CARE, "pays_fen": 5000, "choose_group": "care", "live_batch_id": "b"},
    )
    told = differences.cancelled(receivables, obligations, GROUPS)
    assert told.select("receivable_id", "obligation_id", "amount_fen", "benefit", "live_batch_id").rows() == [
        (1, 7, 1000, CARE, None), (1, 8, 5000, CARE, "b"), (2, 7, 500, DISABLED, None),
    ]  # fmt: skip


def test_rows_that_carry_no_group_have_that_of_the_law():
    law = pl.DataFrame(
        [{"benefit": name, "benefit_month": JULY, "group": "care"} for name in (CARE, DISABLED)], schema=GROUPS.schema
    )
    obligations = owed({"obligation_id": 7, "benefit": DISABLED})
    assert pairs(back({"receivable_id": 1, "benefit": CARE}), obligations, law) == [(1, 7, 5000)]


def deducted(receivables, fresh, rule, cancelled=()):
    schema = {"receivable_id": pl.Int64, "obligation_id": pl.Int64, "amount_fen": pl.Int64}
    told = differences.deducted(receivables, fresh, pl.DataFrame(list(cancelled), schema=schema, orient="row"), rule)
    assert told["live_batch_id"].null_count() == told.height
    return sorted(told.select("receivable_id", "obligation_id", "amount_fen").rows())


RULE = SetOffRule((AGE,), 200)


def test_an_older_debt_is_deducted_up_to_the_cap_of_the_month():
    older = back({"receivable_id": 1, "benefit_month": MAY, "left_fen": 600, "waived_fen": 100},
                 {"receivable_id": 2, "benefit_month": JUNE, "left_fen": 900})  # fmt: skip
    assert deducted(older, owed({"obligation_id": 7}), RULE) == [(1, 7, 500), (2, 7, 500)]
    assert deducted(older, owed({"obligation_id": 7}), RULE, [(1, 7, 300)]) == [(1, 7, 200), (2, 7, 800)]


@pytest.mark.parametrize(("debt", "fresh"), [({"left_fen": 1}, {}), ({}, {"amount_fen": 9})])
def test_the_last_fen_is_deducted_too(debt, fresh):
    older = back({"receivable_id": 1, "benefit_month": JUNE, **debt})
    assert deducted(older, owed({"obligation_id": 7, **fresh}), RULE) == [(1, 7, 1)]


@pytest.mark.parametrize(
    ("debt", "fresh", "rule"),
    [
        ({}, {}, RULE),  # of the month itself
        ({"benefit_month": JULY, "left_fen": 1}, {"benefit_month": JUNE}, RULE),
        ({"benefit_month": JUNE}, {"kind": "arrears"}, RULE),
        ({"benefit_month": JUNE}, {}, SetOffRule((CARE,), 200)),
        ({"benefit_month": JUNE}, {}, SetOffRule((AGE,), 200, pl.DataFrame({"person_no": [1]}))),
        ({"benefit_month": JUNE, "person_no": 2}, {}, RULE),
        ({"benefit_month": JUNE, "waived_fen": 5000}, {}, RULE),
        ({"benefit_month": JUNE}, {"amount_fen": 4}, RULE),  # a fifth of four fen is none
    ],
)
def test_nothing_is_deducted_otherwise(debt, fresh, rule):
    assert deducted(back({"receivable_id": 1, **debt}), owed({"obligation_id": 7, **fresh}), rule) == []
