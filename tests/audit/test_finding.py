"""A finding is one for each rule and person, and known again as long as its evidence is the same."""

import json

import polars as pl
import pytest

from audit import find, undecided
from audit.rates import rates
from audit.told import OPEN, by_department, checked, told
from contracts.codes import AuditRule, FindingDecision
from contracts.policy import AuditSetting
from contracts.tables import AuditFinding
from tests.audit.months import SETTINGS, SOUND, line, month, resident


def died(day):
    """The sound person's day of death."""
    return lambda rows: [{**row, "died_on": day} if row["person_no"] == SOUND else row for row in rows]


DEAD = {"population": died("2024-03-04")}
DECISIONS = {"finding_id": pl.String, "decision": pl.Enum(FindingDecision.values())}


def of_the_dead(**more):
    """The finding that somebody is paid after death, with `more` planted beside it."""
    return find(month(**{**DEAD, **more}), SETTINGS).filter(rule="R01")


def test_a_finding_adds_up_its_months_and_benefits():
    (row,) = of_the_dead(lines=[line(SOUND, month="2024-05"), line(SOUND, month="2024-06")]).to_dicts()
    assert (row["months"], f"{row['first_month']:%Y-%m}", f"{row['last_month']:%Y-%m}") == (3, "2024-05", "2024-07")
    assert row["amount_fen"] == 5 * 50_00
    assert row["benefits"] == "old_age_allowance+tekun_living+tekun_care"
    assert row["evidence"] == "2024-03-04 去世"


def test_the_table_keeps_its_contract():
    AuditFinding.to_schema().validate(find(month(**DEAD), SETTINGS), lazy=True)
    assert find(month(), SETTINGS).schema == find(month(**DEAD), SETTINGS).schema


def test_a_further_month_is_the_same_finding_and_another_day_of_death_is_not():
    (first,) = of_the_dead()["finding_id"]
    (further,) = of_the_dead(lines=[line(SOUND, month="2024-06", fen=49_00)])["finding_id"]
    (other,) = of_the_dead(population=died("2024-03-05"))["finding_id"]
    assert first == further != other


def test_another_benefit_is_another_finding():
    (first,) = of_the_dead()["finding_id"]
    assert of_the_dead(lines=[line(SOUND, "family_planning_support")])["finding_id"].to_list() != [first]


def test_two_people_and_two_rules_are_findings_of_their_own():
    both = find(month(population=[resident(5, died_on="2024-03-04")], lines=[line(5)]), SETTINGS)
    assert both["finding_id"].n_unique() == both.height


@pytest.mark.parametrize(
    ("decision", "is_blocking", "waits"),
    [
        (None, True, True),
        ("hold", True, False),
        ("accept", True, False),
        ("correct", True, True),
        ("correct", False, False),
    ],
)
def test_what_waits_for_an_officer(decision, is_blocking, waits):
    settings = SETTINGS | {AuditRule.R01: AuditSetting(AuditRule.R01, is_blocking, None, "")}
    findings = find(month(**DEAD), settings).filter(rule="R01")
    made = [] if decision is None else [{"finding_id": findings["finding_id"][0], "decision": decision}]
    assert undecided(findings, pl.DataFrame(made, schema=DECISIONS)).height == waits


def test_what_waits_anyway_stops_nobody():
    settings = SETTINGS | {AuditRule.R01: AuditSetting(AuditRule.R01, is_blocking=True, limit=None, source="")}
    stops = lambda **more: find(month(**DEAD, **more), settings).filter(rule="R01")["is_blocking"].to_list()  # noqa: E731
    assert stops() == [True]
    assert stops(due=lambda rows: []) == [False]


def decided(*rows):
    schema = {
        **DECISIONS, "rule": pl.String, "until_month": pl.Date, "hold_id": pl.Int64, "officer": pl.String,
        "reason": pl.String, "recorded_at": pl.String,
    }  # fmt: skip
    return pl.DataFrame(list(rows), schema=schema)


def test_the_list_is_by_department_and_township_with_what_was_decided():
    findings = find(month(**DEAD, doubts=[{"person_no": 2, "doubt": "ACCOUNT_SHARED"}]), SETTINGS)
    lives = pl.DataFrame(
        {"person_no": [1, 2], "name": ["甲", "乙"], "township": ["东镇", "西镇"], "village": ["一村", "二村"]}
    )
    ids = pl.DataFrame({"person_no": [1, 2], "person_id": ["号码甲", "号码乙"]})
    (dead,) = findings.filter(rule="R01")["finding_id"]
    when = {"recorded_at": "2024-07-16T01:02:03Z", "until_month": month().month, "officer": "示例复核"}
    accepted = {"finding_id": dead, "decision": "accept", "reason": "已核", "rule": "R01", **when}
    rows = told(findings, decided(accepted), ids, lives)
    parts = dict(by_department(rows))
    assert list(parts) == ["公安局", "代发银行"]
    (row,) = parts["公安局"].to_dicts()
    assert (row["rule"], row["person_id"], row["township"]) == ("R01 死后领取", "号码甲", "东镇")
    assert row["state"] == "认可照发到 2024-07:已核(示例复核 2024-07-16)"
    assert parts["代发银行"]["state"].to_list() == [OPEN]


def test_every_rule_is_told_with_how_far_it_was_checked():
    findings = find(month(**DEAD), SETTINGS)
    rows = {row["rule"][:3]: row for row in checked(findings, findings.clear(), SETTINGS, ()).to_dicts()}
    assert list(rows) == AuditRule.values()
    assert (rows["R01"]["found"], rows["R01"]["open"], rows["R01"]["state"]) == (1, 0, "已核查")
    assert (rows["R22"]["found"], rows["R22"]["state"]) == (None, "无法核查:缺工伤生活护理费名单")
    assert rows["R36"]["limit"] == "105 周岁"
    assert rows["R31"]["state"].startswith("无法核查:没有登记过公示")


def test_what_the_law_prints_is_read_without_calculating_it_again():
    def value(parameter, text, unit, key="", is_amount=True):
        return {"parameter": parameter, "value": text, "unit": unit, "key": key, "is_amount": is_amount}

    common = [
        value("all.round_up_to", "1", "yuan", is_amount=False),
        value("x.min_age", "60", "years", is_amount=False),
    ]
    made = {
        "banded": [value("x.amount", "50", "yuan/month", "[80,90)"), *common],
        "yearly": [
            value("tekun_living.ratio", "13/10", "× dibao.standard"),
            value("dibao.standard", "3450", "yuan/year"),
        ],
        "tiered": [
            value("tekun_care.ratio", "1/3", "× minimum_wage.amount", "全护理"),
            value("w", "2000", "yuan/month"),
        ],
        "two sums": [value("a.amount", "50", "yuan/month"), value("b.amount", "60", "yuan/month")],
        "open": [value("x.amount", "100", "yuan/month", "[100,∞)")],
    }
    table = rates(pl.DataFrame({"rate_id": list(made), "values_json": [json.dumps(one) for one in made.values()]}))
    told = {row.pop("rate_id"): tuple(row.values()) for row in table.to_dicts()}
    assert told == {
        "banded": (50_00, 100, 80, 90, None),
        "yearly": (373_75, 1, 0, None, None),
        "tiered": (666_67, 1, 0, None, "全护理"),
        "two sums": (None, 1, 0, None, None),
        "open": (100_00, 1, 100, None, None),
    }
