"""`disburse policies` for the people who own the law."""

import json

import pytest
from click.testing import CliRunner

from cli.policies import policies
from contracts.errors import PolicyError
from contracts.settings import Home
from tests.cases.reading import write_overlay

NOTICE = {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": 70, "unit": "yuan/month",
          "effective_from": "2024-07-01", "issued_on": "2024-06-20", "role": "fixed", "status": "in_force"}  # fmt: skip


@pytest.fixture
def disburse(tmp_path):

    def call(*arguments):
        return CliRunner().invoke(policies, arguments, obj=Home(tmp_path), catch_exceptions=False)

    return call


@pytest.fixture
def notice(tmp_path):
    """A county's own notice in its home."""
    return lambda *rows, **changes: write_overlay(
        [NOTICE | changes | row for row in rows or ({},)], tmp_path / "policies"
    )


def test_check_counts_what_the_law_rests_on(disburse):
    told = json.loads(disburse("check", "--json").stdout)
    assert told["problems"] == []
    assert "410721" in told["counties"]
    assert told["values"]["占位待核"] > 0
    assert "没有问题" in disburse("check").stdout


def test_check_fails_on_a_broken_pack_and_on_a_breach(disburse, notice):
    notice(value=50)
    with pytest.raises(PolicyError, match="新乡县 护理补贴 自 2024-07 起低于最低标准") as refused:
        disburse("check", "--known-on", "2024-07-15")
    assert refused.value.exit_code == 4
    assert "新乡县 50 元/月" in str(refused.value)
    assert "60 元/月" in str(refused.value)
    assert "没有问题" in disburse("check", "--known-on", "2024-06-19").stdout


def test_check_names_what_a_notice_leaves_on_the_older_paper(disburse, notice):
    notice({"key": "[90,∞)", "value": 300}, parameter="old_age_allowance.amount")
    plain = disburse("check").stdout
    (told,) = json.loads(disburse("check", "--json").stdout)["left_behind"]
    assert all(
        part in told for part in ("新乡县 高龄津贴", "[80,90)", "50 yuan/month", "新政办〔2024〕13号", "自 2024-07-01")
    )
    assert told in plain.replace("\n", "")


def test_check_fails_on_what_a_notice_leaves_between_its_own_bands(disburse, notice):
    notice({"key": "[80,85)"}, {"key": "[90,∞)", "value": 300}, parameter="old_age_allowance.amount")
    with pytest.raises(PolicyError, match=r"档次中断.*85—89") as refused:
        disburse("check")
    assert "[85,90)" in refused.value.found["left_behind"][0]


def test_a_least_age_below_the_amounts_is_told_with_all_that_is_left_open(disburse, notice):
    notice(parameter="old_age_allowance.min_age", value=75, unit="years")
    with pytest.raises(PolicyError, match=r"old_age_allowance\.amount 对周岁 \[75,80\)既没有值"):
        disburse("check")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "[60,80)"}, r"键 \[60,80\):这一项不分档,请写 value"),
        ({"parameter": "old_age_allowance.amount"}, "这一项按周岁分档,请写 values"),
        ({"parameter": "old_age_allowance.amount", "key": "[80,90) × 农村"}, r"键 \[80,90\) × 农村 应按 周岁 书写"),
    ],
)
def test_a_band_where_there_is_none_and_none_where_there_is_one_say_what_to_write(disburse, notice, changes, words):
    notice(**changes)
    with pytest.raises(PolicyError, match=words):
        disburse("check")


def test_the_table_of_a_county_goes_by_its_own_notice(disburse, notice, tmp_path):
    notice(value=95)
    asked = ("table", "--county", "410721", "--known-on", "2024-07-15")
    assert (
        "| 60 周岁及以上 | 低保对象 | 民政部门认定生活不能自理 | 95.00 元 | 《用例假设的标准》"
        in disburse(*asked).stdout
    )
    assert "95.00 元" not in disburse(*asked, "--month", "2024-06").stdout
    page = tmp_path / "table.md"
    disburse(*asked, "-o", str(page))
    assert page.read_text("utf-8").startswith("# 新乡县 410721 判定表")


def test_show_tells_the_homes_own_notice_from_its_month(disburse, notice):
    notice()
    rows = json.loads(disburse("show", "--county", "410721", "--month", "2024-07", "--json").stdout)
    (amount,) = [row for row in rows if row["parameter"] == "elder_care_subsidy.amount"]
    assert (amount["value"], amount["set_by"]) == ("70", "新乡县")
    before = json.loads(disburse("show", "--county", "410721", "--month", "2024-06", "--json").stdout)
    assert [row["value"] for row in before if row["parameter"] == "elder_care_subsidy.amount"] == ["60"]


def test_show_prints_standards_and_with_all_the_rest(disburse):
    plain = disburse("show", "--county", "370828", "--month", "2024-07").stdout
    assert "标准未设定" in plain
    assert "金政办发〔2023〕2号" in plain.replace("\n", "")
    assert "起始年龄" not in plain
    assert "起始年龄" in disburse("show", "--county", "370828", "--month", "2024-07", "--all").stdout


def test_the_calendar_tells_stretches_and_months(disburse):
    arguments = ("calendar", "--county", "410721", "--from", "2024-04", "--to", "2024-07")
    told = json.loads(disburse(*arguments, "--json").stdout)
    covers = [row["cover"] for row in told if row["benefit"] == "old_age_allowance"]
    assert covers == ["placeholder", "placeholder", "in_force", "in_force"]
    assert "2024-06 … 2024-07" in disburse(*arguments).stdout


def test_a_county_without_law_is_told(disburse):
    told = disburse("show", "--county", "440100", "--month", "2024-07")
    assert told.exit_code == 2
    assert "没有“440100”这个县" in told.output
