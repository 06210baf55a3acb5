"""What is held, and who is paid into which account."""

from datetime import date

import polars as pl
import pytest

from contracts.codes import Benefit, Doubt, HoldGround, Misfit
from contracts.columns import empty, polars_schema
from contracts.policy import PAY_RHYTHM
from contracts.registers import empty_register
from contracts.tables import DesiredHold, Matched, Payable, RegisterGap, SamePeople
from payments import grounds
from payments.grounds import Ground
from payments.payable import desired_holds, numbers_in, payable, second_numbers
from tests.payments.rows import JULY, UNSET, register, returned_rows, rows_of, unpaid_rows

MAY = date(2024, 5, 1)
NO_MATCHES = empty(Matched)
RESTING = {"person_no": pl.Int64, "benefit": Benefit.dtype(), "register": pl.String, "inbox_month": pl.String}
NONE_RESTING = pl.DataFrame(schema=RESTING)
NO_SECOND = pl.DataFrame(schema={"person_no": pl.Int64, "other_no": pl.Int64, "evidence": pl.String})
NOTHING_CAME_BACK = returned_rows()
EVERY_MONTH = PAY_RHYTHM.to_frame()
NO_HOLDS = pl.DataFrame(schema={"hold_id": pl.Int64, "person_no": pl.Int64, "obligation_id": pl.Int64})


@pytest.fixture
def county(no_registers):
    """Person 1 with an account of his own, person 2 paid through a daughter, an institution."""
    return no_registers | {
        "population": register("population", {"person_no": 1, "name": "样本一"}, {"person_no": 2, "name": "样本二"}),
        "account": register(
            "account",
            {"person_no": 1, "payee_name": "样本一", "account_no": "9900000001"},
            {"person_no": 2, "payee_name": "样本三", "relationship": "child", "account_no": "9900000002"},
        ),
        "institution": register("institution", {"institution_id": "J01", "account_no": "9900000009"}),
    }


@pytest.fixture
def identities():
    return pl.DataFrame({"person_no": [1, 2], "person_id": ["id-1", "id-2"]})


@pytest.fixture
def holds(county, identities, no_gaps, no_unset, profile_of):
    """Desired holds as (person_no, obligation_id, code, ground, subject, detail), with what a test changes."""

    def work_out(
        unpaid,
        gaps=no_gaps,
        matches=NO_MATCHES,
        second=NO_SECOND,
        resting=NONE_RESTING,
        unset=no_unset,
        beyond=no_unset,
        came_back=NOTHING_CAME_BACK,
        rhythm=EVERY_MONTH,
        pay_month=JULY,
        **registers,
    ):
        told = (gaps, matches, second, resting, unset, beyond, came_back, rhythm, pay_month, profile_of)
        desired = desired_holds(unpaid, county | registers, identities, *told)
        DesiredHold.validate(desired)
        return desired.rows()

    return work_out


REGULAR = {"obligation_id": 11, "person_no": 1}
ARREARS = {"obligation_id": 12, "person_no": 1, "benefit_month": MAY, "kind": "arrears"}


def test_what_is_wrong_beyond_the_window_waits_for_an_officer(holds, no_unset):
    key = {"person_no": 1, "benefit": "old_age_allowance", "benefit_month": MAY}
    beyond = pl.DataFrame([key], schema=no_unset.schema)
    assert holds(unpaid_rows(REGULAR, ARREARS), beyond=beyond) == [(1, 12, "UNDER_REVIEW", "window", "", "")]


def test_nothing_is_held_where_nothing_is_wrong(holds):
    assert holds(unpaid_rows(REGULAR, ARREARS)) == []


def test_every_number_that_may_be_anothers_is_told_once_in_order():
    proposed = pl.DataFrame({"person_no": [5, 1], "other_no": [7, 5]})
    assert numbers_in(proposed).to_list() == [1, 5, 7]


def test_what_is_told_twice_is_held_once(holds):
    twice = pl.concat([match("IN_CUSTODY")] * 2)
    assert len(holds(unpaid_rows(REGULAR), matches=twice)) == 1


def test_holds_come_by_person_whatever_the_order_of_what_is_unpaid(holds):
    told = holds(unpaid_rows(*({"obligation_id": 20 - number, "person_no": number} for number in (7, 3, 9, 4, 8, 5))))
    assert [row[0] for row in told] == sorted([3, 4, 5, 7, 8, 9] * (len(told) // 6))


def test_what_has_no_account_is_not_payable_whatever_became_of_its_hold(county, identities):
    nowhere = county | {"account": empty_register("account")}
    assert payable(unpaid_rows(REGULAR), NO_HOLDS, nowhere, identities, NOTHING_CAME_BACK).is_empty()


def second_of(paid=(), **more):
    pair = {"person_no": 1, "other_no": 2, "is_gone": False, "is_other_gone": False, "evidence": "village", **more}
    proposed = pl.DataFrame([pair], schema=polars_schema(SamePeople))
    return second_numbers(proposed, pl.Series(list(paid), dtype=pl.Int64))["person_no"].to_list()


def test_of_several_pairs_the_second_waits_of_each_pair_for_itself():
    pairs = [(2, 3), (1, 4), (1, 3)]
    proposed = pl.DataFrame(
        [{"person_no": one, "other_no": other, "is_gone": False, "is_other_gone": False} for one, other in pairs]
    ).with_columns(evidence=pl.lit("village"))
    waiting = second_numbers(proposed, pl.Series([], dtype=pl.Int64))
    assert waiting.select("person_no", "other_no").rows() == [(3, 1), (3, 2), (4, 1)]


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        ({}, 2),
        ({"paid": [1]}, 2),
        ({"paid": [2]}, 1),
        ({"paid": [1, 2]}, 2),
        ({"is_gone": True}, 1),
        ({"is_gone": True, "paid": [1]}, 2),
        ({"is_gone": True, "paid": [1, 2]}, 1),
    ],
)
def test_of_two_numbers_the_one_waits_that_was_not_paid_or_is_gone_or_is_the_greater(told, waits):
    assert second_of(**told) == [waits]


def test_everything_under_a_second_number_waits(holds):
    second = pl.DataFrame({"person_no": [1, 9], "other_no": [2, 2], "evidence": ["village+account", "gone"]})
    ground = Ground("same_person", "2", "village+account")
    assert holds(unpaid_rows(REGULAR), second=second) == [(1, None, "UNDER_REVIEW", *ground)]
    assert "同村、同一账号" in grounds.told("UNDER_REVIEW", ground).reason


def match(doubt, register="custody", evidence="2024-06-01", **more):
    row = {
        "register": register,
        "source_file": "f",
        "source_row": 2,
        "doubt": doubt,
        "person_no": 1,
        "evidence": evidence,
    }
    return pl.DataFrame([{**row, **more}], schema=polars_schema(Matched))


def test_whoever_another_office_lists_is_held_whole(holds):
    told = holds(unpaid_rows(REGULAR, ARREARS), matches=match("IN_CUSTODY"))
    assert told == [(1, None, "UNDER_REVIEW", "IN_CUSTODY", "custody", "2024-06-01")]
    assert words(told[0]).reason == "监狱名单:发放月在押(2024-06-01 起)"


def test_a_doubt_about_somebody_who_is_owed_nothing_holds_nobody(holds):
    assert holds(unpaid_rows({"obligation_id": 13, "person_no": 2}), matches=match("IN_CUSTODY")) == []


@pytest.mark.parametrize(
    ("benefit", "first", "last", "held"),
    [
        ("old_age_allowance", JULY, None, True),
        ("old_age_allowance", MAY, date(2024, 6, 1), False),
        ("tekun_care", MAY, None, False),
    ],
)
def test_the_same_benefit_of_the_same_month_elsewhere_is_held(benefit, first, last, held, holds):
    listed = match("PAID_ELSEWHERE", "elsewhere", "2024-07-01", benefit=benefit, from_month=first, to_month=last)
    told = holds(unpaid_rows({**REGULAR, "benefit": "old_age_allowance", "benefit_month": JULY}), matches=listed)
    ground = ("PAID_ELSEWHERE", "elsewhere", "2024-07-01")
    assert told == ([(1, 11, "DUPLICATE_ELSEWHERE", *ground)] if held else [])


@pytest.mark.parametrize(("benefit", "held"), [("old_age_allowance", True), ("tekun_care", False)])
def test_what_rests_on_a_register_too_old_to_pay_by_is_held(benefit, held, holds):
    resting = pl.DataFrame([(1, benefit, "low_income", "2024-05")], schema=RESTING, orient="row")
    told = holds(unpaid_rows({**REGULAR, "benefit": "old_age_allowance"}), resting=resting)
    assert told == ([(1, 11, "UNDER_REVIEW", "old_file", "low_income", "2024-05")] if held else [])
    assert "最近一次为 2024-05" in grounds.told("UNDER_REVIEW", Ground("old_file", "low_income", "2024-05")).reason


def test_a_person_without_an_account_waits(holds):
    assert holds(unpaid_rows(REGULAR), account=empty_register("account")) == [
        (1, 11, "ACCOUNT_MISSING", "account", "", "")
    ]


def test_an_institution_without_an_account_waits_even_where_the_person_has_one(holds):
    owed = unpaid_rows(REGULAR | {"is_to_institution": True, "institution_id": "J77"})
    assert holds(owed) == [(1, 11, "ACCOUNT_MISSING", "institution", "", "")]


def test_institution_money_of_a_person_without_account_does_not_wait(holds):
    owed = unpaid_rows(REGULAR | {"is_to_institution": True, "institution_id": "J01"}, ARREARS)
    assert holds(owed, account=empty_register("account")) == [(1, 12, "ACCOUNT_MISSING", "account", "", "")]


def test_once_a_death_is_known_only_the_regular_month_of_the_pay_month_goes_out(holds):
    dead = register("population", {"person_no": 1, "died_on": date(2024, 6, 30)})
    june = date(2024, 6, 1)
    older_regular = {"obligation_id": 13, "person_no": 1, "benefit_month": june, "posted_month": june}
    assert holds(unpaid_rows(REGULAR, ARREARS, older_regular), population=dead) == [
        (1, 12, "DECEASED_ARREARS", "died_on", "", "2024-06-30"),
        (1, 13, "DECEASED_ARREARS", "died_on", "", "2024-06-30"),
    ]


AUGUST, SEPTEMBER, OCTOBER = (date(2024, month, 1) for month in (8, 9, 10))


def quarterly():
    """The law's pay rhythm of a benefit that is paid at the end of each quarter."""
    rows = [("old_age_allowance", date(2024, month, 1), SEPTEMBER, "3、6、9、12", "《样本》") for month in (7, 8, 9)]
    return pl.DataFrame(rows, schema=PAY_RHYTHM, orient="row")


def test_what_is_posted_before_the_pay_month_of_its_benefit_waits_until_it(holds):
    other = {"obligation_id": 13, "person_no": 1, "benefit": "tekun_living"}
    waits = [(1, number, "NOT_YET_DUE", "pay_month", "《样本》", "2024-09") for number in (11, 12)]
    assert holds(unpaid_rows(REGULAR, ARREARS, other), rhythm=quarterly()) == waits
    assert holds(unpaid_rows(REGULAR, ARREARS, other), rhythm=quarterly(), pay_month=SEPTEMBER) == []
    assert "2024-09 发放(《样本》)" in grounds.told("NOT_YET_DUE", Ground(*waits[0][3:])).reason


def test_what_was_due_and_did_not_go_out_does_not_wait_for_another_pay_month(holds):
    assert holds(unpaid_rows(REGULAR, ARREARS), rhythm=quarterly(), pay_month=OCTOBER) == []


@pytest.mark.parametrize(("pay_month", "held"), [(AUGUST, []), (SEPTEMBER, []), (OCTOBER, [11])])
def test_a_death_before_the_pay_month_leaves_what_was_owed_to_it(holds, pay_month, held):
    dead = register("population", {"person_no": 1, "died_on": date(2024, 7, 20)})
    told = holds(unpaid_rows(REGULAR), rhythm=quarterly(), pay_month=pay_month, population=dead)
    assert [number for _, number, code, *_ in told if code == "DECEASED_ARREARS"] == held


def test_arrears_of_the_dead_wait_in_a_pay_month_too(holds):
    dead = register("population", {"person_no": 1, "died_on": date(2024, 7, 20)})
    told = holds(unpaid_rows(ARREARS), rhythm=quarterly(), pay_month=SEPTEMBER, population=dead)
    assert [code for _, _, code, *_ in told] == ["DECEASED_ARREARS"]


def test_the_earliest_day_of_death_counts(holds):
    told_twice = register(
        "population", {"person_no": 1, "died_on": date(2024, 6, 30)}, {"person_no": 1, "died_on": date(2024, 6, 2)}
    )
    assert holds(unpaid_rows(ARREARS), population=told_twice) == [
        (1, 12, "DECEASED_ARREARS", "died_on", "", "2024-06-02")
    ]


@pytest.mark.parametrize(("until", "is_held"), [(date(2024, 6, 30), True), (JULY, False)])
def test_a_certification_that_ended_before_the_pay_month_holds_everything(holds, until, is_held):
    certification = register("certification", {"person_no": 1, "certified_until": until})
    expected = [(1, None, "CERTIFICATION_LAPSED", "certified_until", "", "2024-06-30")] if is_held else []
    assert holds(unpaid_rows(REGULAR, ARREARS), certification=certification) == expected


def test_no_certification_row_is_never_lapsed(holds):
    other = register("certification", {"person_no": 2, "certified_until": MAY})
    assert holds(unpaid_rows(REGULAR), certification=other) == []


def test_a_register_gap_holds_all_of_a_person_who_has_money_waiting(holds):
    found = rows_of(
        polars_schema(RegisterGap),
        {"register": "low_income", "ground": "VANISHED"},
        [{"person_no": 1}, {"person_no": 9}],
    )
    assert holds(unpaid_rows(REGULAR), gaps=found) == [(1, None, "UNDER_REVIEW", "gap", "low_income", "VANISHED")]


def test_a_standard_that_became_unset_holds_what_is_unpaid_of_that_key(holds):
    key = rows_of(UNSET, {}, [{"person_no": 1, "benefit": "old_age_allowance", "benefit_month": MAY}])
    assert holds(unpaid_rows(REGULAR, ARREARS), unset=key) == [(1, 12, "UNDER_REVIEW", "standard", "", "")]


def test_a_person_who_is_in_no_population_row_waits(holds):
    assert holds(unpaid_rows(REGULAR), population=empty_register("population")) == [
        (1, 11, "UNDER_REVIEW", "population", "", "")
    ]


def test_a_payee_name_the_bank_cannot_take_waits_and_is_not_cut(holds, county):
    accounts = register("account", {"person_no": 1, "payee_name": "样|本", "account_no": "9900000001"})
    owed = unpaid_rows(REGULAR | {"benefit": "elder_service_subsidy"}, ARREARS)
    assert holds(owed, account=accounts) == [(1, 11, "UNDER_REVIEW", "forbidden", "generic_pipe", "户名")]


@pytest.mark.parametrize("word", [*HoldGround, *Doubt, *Misfit, "a word of a later program"])
def test_every_ground_is_told_in_words(word):
    told = grounds.told("UNDER_REVIEW", Ground(word, "generic_pipe", "2024-06-02"))
    assert told.reason
    assert told.advice
    assert "_" not in told.reason.replace("generic_pipe", "")


def words(held):
    _, _, code, *ground = held
    return grounds.told(code, Ground(*ground))


def test_a_column_header_may_hold_any_sign(holds, profile_of):
    """A header with a `:` brought the run down after the money was booked: the ground was taken apart at it."""
    profile = profile_of["elder_service_subsidy"]
    columns = tuple(one.model_copy(update={"header": f"{one.header}:{one.header}"}) for one in profile.columns)
    profile_of["elder_service_subsidy"] = profile.model_copy(update={"columns": columns})
    long = register("account", {"person_no": 1, "payee_name": "样" * 99, "account_no": "9900000001"})
    (held,) = holds(unpaid_rows(REGULAR | {"benefit": "elder_service_subsidy"}), account=long)
    assert held[3:] == ("too_long", profile.profile, "户名:户名")
    assert words(held).reason == f"户名:户名超过银行允许的长度(格式 {profile.profile})"


def paid(unpaid, county, identities, open_holds=NO_HOLDS, came_back=NOTHING_CAME_BACK):
    rows = payable(unpaid, open_holds, county, identities, came_back)
    Payable.validate(rows)
    return rows


def test_the_money_goes_to_the_registered_account_also_when_another_draws_it(county, identities):
    row = paid(unpaid_rows({"obligation_id": 21, "person_no": 2}), county, identities).row(0, named=True)
    assert (row["name"], row["payee_name"], row["relationship"]) == ("样本二", "样本三", "子女")
    assert (row["account_no"], row["institution_id"]) == ("9900000002", None)


def test_what_is_payable_stands_in_order_of_obligation_wherever_it_goes(county, identities):
    to_institution = {"is_to_institution": True, "institution_id": "J01"}
    owed = unpaid_rows(
        {"obligation_id": 22, "person_no": 2}, REGULAR | to_institution, {"obligation_id": 9, "person_no": 2}
    )
    assert paid(owed, county, identities)["obligation_id"].to_list() == [9, 11, 22]


def test_institution_money_goes_to_the_institution_and_never_to_the_person(county, identities):
    owed = unpaid_rows(REGULAR | {"is_to_institution": True, "institution_id": "J01"})
    row = paid(owed, county, identities).row(0, named=True)
    assert (row["account_no"], row["payee_name"], row["institution_name"]) == (
        "9900000009",
        "新乡县示范敬老院",
        "示范敬老院",
    )
    assert row["payee_id"] is None


def test_the_rest_of_a_person_in_an_institution_goes_to_the_persons_own_account(county, identities):
    owed = unpaid_rows(REGULAR | {"institution_id": "J01"})  # the benefit is not one that is paid to institutions
    row = paid(owed, county, identities).row(0, named=True)
    assert (row["account_no"], row["institution_id"]) == ("9900000001", None)


def test_a_hold_of_a_person_keeps_everything_and_one_of_an_obligation_only_that(county, identities):
    owed = unpaid_rows(REGULAR, ARREARS, {"obligation_id": 21, "person_no": 2})
    on_one = pl.DataFrame([(7, 1, 12)], schema=NO_HOLDS.schema, orient="row")
    on_all = pl.DataFrame([(7, 1, None)], schema=NO_HOLDS.schema, orient="row")
    assert paid(owed, county, identities, on_one)["obligation_id"].to_list() == [11, 21]
    assert paid(owed, county, identities, on_all)["obligation_id"].to_list() == [21]


def test_of_several_population_rows_the_latest_arrival_is_printed(county, identities):
    two = register(
        "population",
        {"person_no": 1, "township": "新镇", "moved_in_on": date(2024, 3, 1)},
        {"person_no": 1, "township": "旧镇"},
    )
    assert paid(unpaid_rows(REGULAR), county | {"population": two}, identities)["township"].to_list() == ["新镇"]


BY = {"event_id": 5, "obligation_id": 99, "person_no": 2, "account_no": "9900000001"}


@pytest.mark.parametrize(
    ("reason", "changed", "waits"),
    [
        ("CLOSED", {}, True),
        ("CLOSED", {"payee_name": "样本壹"}, True),  # a closed account stays closed whatever its holder is called
        ("CLOSED", {"account_no": "9900000007"}, False),
        ("NAME_MISMATCH", {"payee_name": "样本壹"}, False),
        ("NAME_MISMATCH", {"bank_name": "另一家银行"}, True),
        ("NO_ACCOUNT", {"bank_name": "另一家银行"}, False),
        (None, {"payee_name": "样本壹"}, False),  # noted before reasons were kept
        ("BANK_TECH", {}, False),
        ("BATCH_REFUSED", {}, False),
    ],
)
def test_everything_that_would_go_to_a_refused_account_waits_whoever_it_is_for(holds, reason, changed, waits):
    back = returned_rows({**BY, "return_reason": reason})
    own = {"person_no": 1, "payee_name": "样本一", "account_no": "9900000001", **changed}
    found = holds(unpaid_rows(REGULAR, ARREARS), came_back=back, account=register("account", own))
    expected = [(11, "ACCOUNT_REJECTED"), (12, "ACCOUNT_REJECTED")] if waits else []
    assert [(row[1], row[2]) for row in found] == expected


def test_an_account_that_an_officer_called_right_is_not_refused(holds):
    assert holds(unpaid_rows(REGULAR), came_back=returned_rows({**BY, "is_cleared": True})) == []


def test_a_death_told_by_the_bank_waits_until_the_register_knows_of_it(holds):
    back = returned_rows({**BY, "person_no": 1, "return_reason": "DECEASED"})
    ((person_no, obligation_id, code, ground, *_),) = holds(unpaid_rows(REGULAR), came_back=back)
    assert (person_no, obligation_id, code, ground) == (1, None, "UNDER_REVIEW", "told_dead")
    dead = register("population", {"person_no": 1, "name": "样本一", "died_on": date(2024, 7, 3)})
    assert holds(unpaid_rows(REGULAR), came_back=back, population=dead) == []


def test_a_refused_account_is_told_in_the_banks_words_with_tail_and_day():
    told = grounds.told("ACCOUNT_REJECTED", Ground("rejected", "5", "尾号 0001,2024-07-12 退回:已销户"))
    assert told.reason == "收款账户被银行退回:尾号 0001,2024-07-12 退回:已销户"
    assert "hold lift" in told.advice


def test_what_is_sent_again_knows_the_line_that_came_back_last_and_nothing_else_knows_one(county, identities):
    again = {"obligation_id": 11, "person_no": 1, "account_no": "9900000001"}
    back = returned_rows(
        {"event_id": 1, "batch_id": "410721-2024-05-01-01", "line_no": 3, "return_reason": "FROZEN", **again},
        {"event_id": 2, "return_reason": "NAME_MISMATCH", **again},
        {"event_id": 3, "batch_id": "410721-2024-07-01-01", "return_reason": "BATCH_REFUSED", **again},
    )
    rows = paid(unpaid_rows(REGULAR | {"attempt": 3}, ARREARS), county, identities, came_back=back)
    told = rows.select("obligation_id", "origin_batch", "origin_line", "origin_account", "origin_fen", "origin_reason")
    assert told.rows() == [
        (11, "410721-2024-06-01-01", 7, "9900000001", 5000, "户名与账号不符"),
        (12, None, None, None, None, None),
    ]
