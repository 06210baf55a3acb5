"""Each rule finds the fault planted for it, and no other rule finds it; in a sound month none finds anything."""

import inspect
from dataclasses import fields

import pytest

from audit import RULES, Evidence
from contracts.codes import AuditRule
from contracts.policy import AUDIT_LIMITS, AuditSetting
from tests.audit.months import SOUND, found, line, month, resident


def changed(**values):
    """The rows of the sound person, or of whom they are about, with other values."""
    of = values.pop("of", SOUND)
    return lambda rows: [{**row, **values} if row["person_no"] == of else row for row in rows]


def without(**values):
    """The sound rows but for those that have these values."""
    return lambda rows: [row for row in rows if any(row.get(name) != value for name, value in values.items())]


BEYOND = {"person_no": 4, "benefit": "old_age_allowance", "benefit_month": "2021-03"}
PAIR = {"person_no": SOUND, "other_no": 2, "is_gone": False, "is_other_gone": False, "evidence": "village+account"}
DUE = {"person_no": SOUND, "benefit": "old_age_allowance", "benefit_month": "2024-07", "pays_fen": 50_00}
OWED_BACK = {"person_no": 4, "benefit": "old_age_allowance", "benefit_month": "2024-05", "left_fen": 50_00}
IDLE = {**OWED_BACK, "cause": "DATA_CORRECTED"}
TAKEN_IN = {"person_no": SOUND, "taken_in_on": "2023-07-01"}
UNCLAIMED = {"person_no": 4, "benefit": "disability_care_subsidy", "benefit_month": "2024-07", "would_be_fen": 75_00}
RETURNED = {"person_no": 4, "benefit": "old_age_allowance", "benefit_month": "2024-03", "pays_fen": 50_00}
ELSEWHERE = {"person_no": SOUND, "benefit": "old_age_allowance", "from_month": "2024-01", "paid_by": "示范县"}
UNSAID = {"person_no": 3, "doubt": "DRAWN_WITHOUT_GROUND"}
# rule → (whom, what is planted)
PLANTED = {
    "R01": ({SOUND}, {"population": changed(died_on="2024-06-30")}),
    "R02": ({4}, {"receivables": [{**OWED_BACK, "cause": "DEATH", "since_month": "2024-06"}]}),
    "R03": ({SOUND}, {"lines": [line(SOUND, "disability_care_subsidy")], "disability": [
        {"person_no": SOUND, "grade": 2, "issued_on": "2019-05-06"}], "claim": [
        {"person_no": SOUND, "benefit": "disability_care_subsidy", "approved_on": "2020-02-09"}]}),
    "R04": ({2}, {"doubts": [{"person_no": 2, "doubt": "DIBAO_BESIDE_TEKUN"}]}),
    "R05": ({SOUND}, {"lines": [line(SOUND, "elder_service_subsidy")]}),
    "R06": ({3}, {"lines": [line(3, "disability_care_subsidy")], "disability": [
        {"person_no": 3, "grade": 2, "issued_on": "2019-05-06"}], "claim": [
        {"person_no": 3, "benefit": "disability_care_subsidy", "approved_on": "2020-02-09"}]}),
    "R07": ({2}, {"lines": [line(2, "hardship_elder_subsidy")]}),
    "R08": ({SOUND}, {"due": [DUE]}),
    "R09": ({SOUND}, {"elsewhere": [ELSEWHERE]}),
    "R10": ({SOUND, 2}, {"same_people": [PAIR]}),
    "R11": ({SOUND}, {"population": changed(birth_date="1944-08-01")}),
    "R12": ({SOUND}, {"population": changed(birth_date="1934-06-30")}),
    "R13": ({SOUND}, {"lines": changed(amount_fen=51_00), "due": without(person_no=SOUND)}),
    "R14": ({SOUND}, {"lines": changed(amount_fen=49_00), "due": without(person_no=SOUND)}),
    "R15": ({4}, {"beyond_window": [{**BEYOND, "booked_fen": 40_00, "entitled_fen": 50_00}]}),
    "R16": ({4}, {"coordinated": [{**UNCLAIMED, "outcome": "NOT_CLAIMED"}]}),
    "R17": ({SOUND}, {"population": changed(moved_out_on="2024-06-30")}),
    "R18": ({3}, {"low_income": changed(of=3, to_month="2024-06")}),
    "R19": ({2}, {"disability": changed(of=2, expires_on="2024-06-30")}),
    "R20": ({2}, {"disability": changed(of=2, grade=3)}),
    "R21": ({SOUND}, {"custody": [{"person_no": SOUND, "taken_in_on": "2024-06-30"}]}),
    "R23": ({SOUND}, {"low_income": changed(self_care="full")}),
    "R24": ({3}, {"ability": changed(of=3, valid_until="2024-06-30")}),
    "R25": ({SOUND}, {"due": changed(benefit="tekun_living", institution_id="JG1")}),
    "R26": ({2, 3}, {"doubts": [{"person_no": 2, "doubt": "ACCOUNT_SHARED"}, UNSAID]}),
    "R27": ({2}, {"doubts": [{"person_no": 2, "doubt": "PAYEE_AGAINST_POPULATION"}]}),
    "R28": ({SOUND}, {"certification": changed(certified_until="2024-06-30")}),
    "R29": ({4}, {"returned": [{**RETURNED, "returned_on": "2024-05-15"}]}),
    "R30": ({2}, {"claim": changed(of=2, approved_on=None)}),
    "R31": ({SOUND, 2, 3}, {"published": lambda rows: [{**row, "days": 6} for row in rows]}),
    "R32": ({4}, {"receivables": [{**IDLE, "since_month": "2023-07"}]}),
    "R36": ({3}, {"population": changed(of=3, birth_date="1919-07-31")}),
}  # fmt: skip
# The same a day, a month or a fen short of a fault.
SHORT_OF_IT = {
    "the month of death is paid": {"population": changed(died_on="2024-07-01")},
    "the month of moving out is paid": {"population": changed(moved_out_on="2024-07-01")},
    "whoever moved in last month is paid from this one": {"population": changed(moved_in_on="2024-06-30")},
    "away and back in time": {"population": changed(moved_out_on="2023-01-02", moved_in_on="2023-01-03"), "lines": []},
    "a birthday on the last day of the month": {"population": changed(birth_date="1944-07-31")},
    "ninety in this very month, with a band from the next": {"population": changed(birth_date="1934-07-31")},
    "the last month of a status": {"low_income": changed(of=3, to_month="2024-07")},
    "a certificate of this month's first day": {"disability": changed(of=2, expires_on="2024-07-01")},
    "an assessment of this month's first day": {"ability": changed(of=3, valid_until="2024-07-01")},
    "taken in this month": {"custody": [{"person_no": SOUND, "taken_in_on": "2024-07-01"}]},
    "set free this month": {"custody": [{**TAKEN_IN, "released_on": "2024-07-30"}]},
    "paid elsewhere until last month": {"elsewhere": [{**ELSEWHERE, "to_month": "2024-06"}]},
    "certified until the first of the month": {"certification": changed(certified_until="2024-07-01")},
    "returned sixty days ago": {"returned": [{**RETURNED, "returned_on": "2024-05-16"}]},
    "no list on record": {"published": lambda rows: []},
    "owed back for eleven months": {"receivables": [{**IDLE, "since_month": "2023-08"}]},
    "a hundred and four": {"population": changed(of=3, birth_date="1919-08-01")},
    "rounded up to the yuan": {"rates": lambda rows: [{**row, "published_fen": 49_01} for row in rows]},
    "a doubt about somebody who draws nothing": {"doubts": [{"person_no": 4, "doubt": "ACCOUNT_SHARED"}]},
    "two numbers of whom one draws nothing": {"same_people": [{**PAIR, "other_no": 4}]},
}


def test_a_sound_month_has_no_finding():
    assert found(month()) == set()


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_fault_is_found_by_its_rule_and_no_other(rule):
    people, planted = PLANTED[rule]
    assert found(month(**planted)) == {(rule, person_no) for person_no in people}


@pytest.mark.parametrize("short", SHORT_OF_IT)
def test_what_is_just_right_is_no_finding(short):
    assert found(month(**SHORT_OF_IT[short])) == set()


def test_a_standard_below_its_floor_or_above_its_ceiling_is_found():
    unset = {"person_no": 4, "benefit": "old_age_allowance", "benefit_month": "2024-07", "outcome": "STANDARD_NOT_SET"}
    assert found(month(coordinated=[{**unset, "unset_code": "BELOW_FLOOR"}])) == {("R14", 4)}
    assert found(month(coordinated=[{**unset, "unset_code": "ABOVE_CEILING"}])) == {("R13", 4)}


def test_who_is_paid_for_the_first_time_stood_on_no_earlier_list():
    """Found late, with a month of arrears: the list of that month hung, and he was not on it."""
    since_june = [line(4, month="2024-06"), line(4)]
    june = [{"pay_month": "2024-06", "days": 9}]
    first = {"person_no": 4, "benefit": "old_age_allowance", "benefit_month": "2024-06", "kind": "arrears"}

    def told(**due):
        return found(month(lines=lambda _: since_june, due=lambda _: [{**first, **due}], published=lambda _: june))

    assert told(attempt=1) == {("R31", 4)}
    assert told(attempt=2) == set()  # sent again after a return: he stood there when it was sent first


def test_a_pack_without_a_number_of_days_asks_only_that_a_list_hung():
    unsaid = AuditSetting(AuditRule.R31, is_blocking=False, limit=None, source="")
    assert found(month(published=lambda rows: [{**row, "days": 1} for row in rows]), R31=unsaid) == set()
    nobody = found(month(published=lambda rows: [{**row, "days": 0} for row in rows]), R31=unsaid)
    assert nobody == {("R31", number) for number in (SOUND, 2, 3)}


def test_money_too_old_to_be_asked_back_by_a_run_is_found():
    assert found(month(beyond_window=[{**BEYOND, "booked_fen": 50_00, "entitled_fen": 0}])) == {("R32", 4)}


def test_a_person_without_a_row_in_the_population_is_not_registered():
    assert found(month(population=without(person_no=3))) == {("R17", 3)}


def test_a_special_family_may_have_the_service_subsidy_without_low_income():
    family = [{"person_no": 4, "kind": "death", "from_month": "2020-01"}]
    assert found(month(lines=[line(4, "elder_service_subsidy")], family_planning=family)) == set()
    assert found(month(lines=[line(4, "elder_service_subsidy")])) == {("R18", 4)}


def test_tekun_in_an_institution_is_paid_to_it():
    living_there = {"low_income": changed(support_mode="institution")}
    assert found(month(**living_there, due=changed(benefit="tekun_living"))) == {("R25", SOUND)}
    assert found(month(**living_there, due=changed(benefit="tekun_living", institution_id="JG1"))) == set()


def test_a_suspension_for_prison_covers_what_is_paid_beside_it():
    serving = {"person_no": SOUND, "benefit": "tekun_care", "reason_code": "PRISON", "from_month": "2024-07"}
    assert found(month(suspension=[serving])) == {("R21", SOUND)}


def test_every_number_of_the_list_has_its_rule():
    assert list(RULES) == list(AuditRule)
    assert {rule.code.value for rule in RULES.values() if rule.find} == set(PLANTED)


def test_a_rule_is_looked_for_or_says_why_it_is_not():
    silent = [code.value for code, rule in RULES.items() if not rule.find and not (rule.lacks or rule.held_by)]
    assert silent == []
    assert RULES[AuditRule.R34].state() == "无法核查:缺财政供养人员名单"
    assert RULES[AuditRule.R31].state() == "已核查"
    assert RULES[AuditRule.R31].state(()) == "无法核查:没有登记过公示,张贴后用 disburse public up 登记"


def test_the_pack_gives_a_number_to_the_rules_that_take_one():
    assert {code for code, rule in RULES.items() if rule.has_limit} == set(AUDIT_LIMITS)


def test_a_rule_reads_what_the_evidence_has():
    known = {one.name for one in fields(Evidence)} | {"limit"}
    assert {name for rule in RULES.values() for name in rule.reads} <= known
    assert {one.name for one in fields(Evidence)} <= {name for rule in RULES.values() for name in rule.reads}


def test_every_rule_says_in_one_sentence_what_it_finds():
    assert [code for code, rule in RULES.items() if rule.find and not inspect.getdoc(rule.find)] == []


def test_a_planted_death_leaves_the_others_alone():
    population = [resident(5, died_on="2023-01-02")]
    lines = [line(5, month="2023-01"), line(5, month="2023-02")]
    assert found(month(population=population, lines=lines)) == {("R01", 5)}
