"""What another law would mean for every situation, also of people who are in no register yet."""

from datetime import date

import pytest

import rulebook
from reports.situation_change import changes_of_situations, situation_change
from tests.cases.reading import read_cases, write_overlay

JULY, MONTHS = date(2024, 7, 1), [date(2024, month, 1) for month in (7, 8, 9)]
KNOWN_ON = date(2024, 7, 20)
CASE = next(case for case in read_cases("410721") if case.id == "410721-04")  # 低保, unable, disability grade 1
STANDING = {"level": "410721", "unit": "yuan/month", "role": "fixed", "status": "in_force", "issued_on": "2024-06-20"}


@pytest.fixture(scope="module")
def shipped():
    return rulebook.load(rulebook.POLICIES)


@pytest.fixture
def changed(tmp_path, shipped):
    def by(registers=None, **value):
        write_overlay([STANDING | value], tmp_path)
        law = rulebook.load(rulebook.POLICIES, tmp_path)
        sides = ((shipped, KNOWN_ON), (law, KNOWN_ON))
        return changes_of_situations(*sides, "410721", MONTHS, registers).rows(named=True)

    return by


def told(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_the_same_law_changes_no_situation(shipped):
    rules = shipped.resolve("410721", MONTHS, KNOWN_ON)
    assert situation_change(rules, rules).is_empty()


def test_a_raise_is_told_for_whom_from_when_and_how_much(changed):
    rows = changed(parameter="old_age_allowance.amount", key="[90,100)", value=120, effective_from="2024-08-01")
    assert told(rows, "benefit", "from_month", "who", "turn", "before_fen", "after_fen") == [
        ("高龄津贴", "2024-08", "90—99 周岁", "增加", 10000, 12000)
    ]


def test_a_raise_of_one_benefit_ends_another_of_its_group(changed):
    rows = changed(
        {name: rows.lazy() for name, rows in CASE.registers().items()},
        parameter="elder_care_subsidy.amount",
        value=100,
        effective_from="2024-07-01",
    )
    turns = {(row["benefit"], row["turn"]): row for row in rows}
    assert set(turns) == {("护理补贴", "增加"), ("护理补贴", "开始领取"), ("重度残疾人护理补贴", "不再领取")}
    both = turns["重度残疾人护理补贴", "不再领取"]
    assert both["who"] == "60 周岁及以上,低保对象,重度残疾(一、二级)且需长期照护,民政部门认定生活不能自理"
    assert (both["before_fen"], both["after_fen"], both["people_count"]) == (7500, 0, 1)
    assert turns["护理补贴", "增加"]["people_count"] == 0  # nobody today, and told all the same


def test_a_lower_bound_brings_in_who_is_in_no_register_yet(changed):
    rows = changed(parameter="old_age_allowance.min_age", unit="years", value=81, effective_from="2024-09-01")
    assert told(rows, "from_month", "who", "turn", "before_fen", "after_fen") == [
        ("2024-09", "80 周岁", "不再领取", 5000, None)
    ]


def test_laws_of_other_months_are_not_compared(shipped):
    rules = [shipped.resolve("410721", months, KNOWN_ON) for months in (MONTHS, MONTHS[:1])]
    with pytest.raises(ValueError, match="same months"):
        situation_change(*rules)
