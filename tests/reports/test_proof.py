"""The proof of a county's law: what is wrong with a pack is found, and named at the line it stands at."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

import rulebook
from cli.policies import policies
from contracts.codes import Benefit
from contracts.errors import PolicyError
from contracts.settings import Home
from contracts.situations import FindingKind
from reports.decision_table import tables
from reports.proof import prove
from tests.cases.reading import write_overlay

ROOT = Path(__file__).parents[2]
INVENTED = ROOT / "fixtures" / "policies"
COUNTIES = ("130581", "370828", "410721", "410902", "411102")
MONTH, TODAY = date(2026, 9, 1), date(2026, 9, 30)
NOTICE = {"notice": {"title": "测试通知", "number": "测试"}}
SOURCE = {"document": "notice", "clause": "第一条", "quote": "原文"}


@pytest.fixture(scope="module")
def shipped():
    return rulebook.load(rulebook.POLICIES)


def entry(values, start="2025-01-01"):
    told = {"values": values} if isinstance(values, dict) else {"value": values}
    return {
        "effective_from": date.fromisoformat(start),
        "issued_on": date(2024, 12, 1),
        "role": "fixed",
        "status": "in_force",
        "source": SOURCE,
        **told,
    }


def values(parameter, unit, told):
    return {"notice.yaml": {"documents": NOTICE, "parameters": {parameter: {"unit": unit, "entries": [entry(told)]}}}}


def conditions(benefit, when):
    page = {"benefit": benefit, "documents": NOTICE, "conditions": {"source": SOURCE, "when": when}}
    return {f"{benefit}.yaml": page | {"conditions": {"begins_on": date(2016, 1, 1), **page["conditions"]}}}


def pair(**told):
    return {"interactions.yaml": {"documents": NOTICE, "pairs": [{**told, "source": SOURCE}]}}


CARE = ["alive", "registered", {"age": {"at_least": "$min_age"}}, "dibao_person"]
# What is put into the county's folder, what is found, and the words of the line it is named at.
FAULTS = {
    "a band with a hole": (
        values("old_age_allowance.amount", "yuan/month", {"[80,85)": 60, "[90,100)": 110, "[100,∞)": 310}),
        {FindingKind.HOLE: ("85—89", "'[80,85)'"), FindingKind.FALLS: ("从 60.00 元降到 50.00 元", "[80,90)")},
    ),
    "a condition that contradicts itself": (
        conditions("elder_care_subsidy", {"all": [*CARE, {"all": [{"$test": ["unable"]}, "unable"]}, "tekun"]}),
        {FindingKind.NEVER_HOLDS: ("特困人员", "- tekun")},
    ),
    "a condition that says nothing": (
        conditions("elder_care_subsidy", {"all": [*CARE, "dibao_household", {"$test": ["unable"]}, "unable"]}),
        {FindingKind.NEVER_FAILS: ("低保家庭成员", "- dibao_household")},
    ),
    "a rate for a class nobody is in": (
        values("disability_care_subsidy.amount", "yuan/month", {"1-2": 80, "3-4": 40}),
        {FindingKind.UNREACHED: ("残疾等级 3、残疾等级 4没有人能领", "3-4: 40")},
    ),
    "an interaction turned round": (
        pair(benefit="elder_service_subsidy", **{"with": ["tekun_living"]}, relation="exclude", excluded_by="tekun"),
        {FindingKind.EXCLUDES_ALL: ("每一个符合特困供养基本生活条件的人", "benefit: elder_service_subsidy")},
    ),
    "an exclusion by a status that nobody has": (
        pair(benefit="old_age_allowance", **{"with": ["elder_care_subsidy"]}, relation="exclude", excluded_by="tekun"),
        {FindingKind.DRAWN_TOGETHER: ("高龄津贴与护理补贴", "benefit: old_age_allowance")},
    ),
    "a floor broken in one cell": (
        values("old_age_allowance.amount", "yuan/month", {"[80,90)": 50, "[90,100)": 99, "[100,∞)": 300}),
        {FindingKind.OUT_OF_BOUNDS: ("99 yuan/month", "'[90,100)': 99")},
    ),
    "a bound moved by a year": (
        values("old_age_allowance.min_age", "years", 81),
        {FindingKind.UNREACHED: ("80 周岁没有人能领", '"[80,90)": 50')},
    ),
    "a step that falls with the care needed": (
        values("tekun_care.amount", "yuan/month", {"半护理": 700, "全护理": 680}),
        {FindingKind.FALLS: ("护理程度从 半护理 到 全护理,从 700.00 元降到 680.00 元", "全护理: 680")},
    ),
    "people left out": (
        values("elder_service_subsidy.min_age", "years", 65),
        {FindingKind.DRAWS_NOTHING: ("60—64 周岁", 'code: "410721"')},
    ),
}


def faulty(told, tmp_path):
    """The shipped law with these files in the county's folder, and the text of a finding's line."""
    (tmp_path / "410721").mkdir()
    for name, page in told.items():
        (tmp_path / "410721" / name).write_text(yaml.safe_dump(page, allow_unicode=True, sort_keys=False), "utf-8")
    return rulebook.load(rulebook.POLICIES, tmp_path)


def line_of(finding):
    file, line = str(finding.where).rsplit(":", 1)
    return (ROOT / file).read_text("utf-8").splitlines()[int(line) - 1]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_pack_is_found_and_named_at_its_line(fault, tmp_path):
    files, expected = FAULTS[fault]
    law = faulty(files, tmp_path)
    found = prove(law, "410721", MONTH, TODAY, since_ever=False).open_findings
    for kind, (words, line) in expected.items():
        told = [finding for finding in found if finding.kind is kind and words in finding.text]
        assert told, [str(finding) for finding in found]
        assert any(line in line_of(finding) for finding in told), [line_of(finding) for finding in told]
    assert {finding.kind for finding in found} >= set(expected)


@pytest.mark.parametrize("county", COUNTIES)
def test_everything_found_of_a_shipped_county_is_acknowledged_with_a_source(shipped, county):
    proof = prove(shipped, county, MONTH, TODAY)
    assert [str(finding) for finding in proof.open_findings] == []
    assert all(finding.known.source.clause for finding in proof.findings)
    assert proof.findings


@pytest.mark.parametrize(("county", "least"), [("410721", 0), ("370828", 0), ("130581", 16)])
def test_one_line_of_a_countys_pack_opens_a_disability_subsidy_to_younger_people(county, least, tmp_path):
    line = {"level": county, "value": least, "unit": "years", "effective_from": "2024-07-01", "issued_on": "2024-06-20",
            "role": "fixed", "status": "placeholder"}  # fmt: skip
    names = ("disability_care_subsidy.min_age", "disability_living_subsidy.min_age")
    write_overlay([line | {"parameter": name} for name in names], tmp_path)
    proof = prove(rulebook.load(rulebook.POLICIES, tmp_path), county, date(2024, 7, 1), TODAY, since_ever=False)
    assert [str(finding) for finding in proof.open_findings] == []


@pytest.mark.parametrize("county", ["990101", "990201"])
def test_an_invented_county_is_proved_the_same_way(county):
    law = rulebook.load(rulebook.POLICIES, INVENTED)
    proof = prove(law, county, date(2024, 6, 1), TODAY)
    assert [str(finding) for finding in proof.open_findings] == []
    assert proof.greatest_fen == {"990101": 40000, "990201": 90000}[county]
    quarterly = "高龄津贴:每年 3、6、9、12 月发放此前各月的(《示范县高龄津贴发放办法》(示政办〔2020〕9号) 第五条)"
    assert proof.rhythms == {"990101": (quarterly,), "990201": ()}[county]


def test_a_finding_tells_from_which_month_on_it_stands(shipped):
    proof = prove(shipped, "410721", MONTH, TODAY)
    (one_sided,) = [finding for finding in proof.findings if finding.kind is FindingKind.ONE_SIDED]
    assert one_sided.since == date(2022, 1, 1)  # from the first amounts on
    assert one_sided.about == "disability_care_subsidy > elder_care_subsidy"


def test_a_finding_to_come_is_told_before_its_month(tmp_path):
    law = faulty(values("old_age_allowance.min_age", "years", 81), tmp_path)
    proof = prove(law, "410721", date(2024, 6, 1), TODAY)
    (finding,) = [finding for finding in proof.open_findings if finding.kind is FindingKind.UNREACHED]
    assert (proof.month, finding.since) == (date(2024, 6, 1), date(2025, 1, 1))


def test_a_group_that_turns_is_a_finding_of_its_own(tmp_path):
    law = faulty(values("elder_care_subsidy.amount", "yuan/month", 90), tmp_path)
    proof = prove(law, "410721", MONTH, TODAY)
    (finding,) = [finding for finding in proof.open_findings if finding.kind is FindingKind.ONE_SIDED]
    assert (finding.about, finding.since) == ("elder_care_subsidy > disability_care_subsidy", date(2025, 1, 1))


def test_the_most_that_anybody_draws_and_the_pairs_that_meet_are_told(shipped):
    proof = prove(shipped, "410721", MONTH, TODAY)
    assert proof.greatest_fen == 30000 + 81900 + 66700
    assert proof.greatest == ("100 周岁及以上,特困人员且城市且全护理",)
    met = {frozenset((meeting.first, meeting.second)) for meeting in proof.meetings}
    assert frozenset((Benefit.ELDER_CARE_SUBSIDY, Benefit.DISABILITY_CARE_SUBSIDY)) in met
    assert frozenset((Benefit.ELDER_CARE_SUBSIDY, Benefit.TEKUN_LIVING)) not in met


def test_who_waits_for_a_standard_is_told_apart_from_who_is_left_out(shipped):
    told = prove(shipped, "370828", MONTH, TODAY).idle
    assert "60—99 周岁,特困人员,非计划生育特殊家庭" in [idle.who for idle in told if idle.why == "标准未设定"]
    left_out = [idle for idle in told if idle.why != "标准未设定"]
    assert left_out
    assert all(idle.known for idle in left_out)


def test_a_month_before_the_law_is_whole_is_refused(shipped):
    with pytest.raises(PolicyError, match="2015-12 之前新乡县的规定不全"):
        prove(shipped, "410721", date(2015, 12, 1), TODAY)


def test_an_acknowledgement_names_people_or_a_subject_never_both(tmp_path):
    known = [{"finding": "one_sided", "when": "margin", "source": SOURCE}]
    with pytest.raises(PolicyError, match="draws_nothing 写 when"):
        faulty({"known.yaml": {"documents": NOTICE, "known": known}}, tmp_path)


# The command.


@pytest.fixture
def disburse(tmp_path):
    return lambda *arguments: CliRunner().invoke(policies, arguments, obj=Home(tmp_path), catch_exceptions=False)


def test_the_command_tells_text_json_and_a_workbook(disburse, tmp_path):
    target = tmp_path / "证明.xlsx"
    arguments = ("prove", "--county", "410721", "--month", "2026-09", "-o", str(target))
    told = json.loads(disburse(*arguments, "--json").stdout)
    assert {finding["kind"] for finding in told["findings"]} == {"never_meets", "one_sided"}
    assert told["combination_count"] > 400_000_000
    assert openpyxl.load_workbook(target).sheetnames == ["疑点", "相遇的项目", "应助未助"]
    plain = disburse(*arguments).stdout
    assert "没有未经确认的疑点" in plain
    assert "一人一月最多 1,786.00 元" in plain


def test_check_fails_on_what_is_not_intended(disburse, tmp_path):
    (tmp_path / "policies").mkdir()
    faulty(values("old_age_allowance.min_age", "years", 81), tmp_path / "policies")
    with pytest.raises(PolicyError, match=r"1 处未经确认的疑点:\n新乡县 .*有标准而无人能领") as refused:
        disburse("check")
    assert refused.value.exit_code == 4


# The sheet.


def test_the_decision_tables_are_current(shipped):
    stale = [
        str(path)
        for path, text in tables(shipped).items()
        if not (ROOT / "docs" / path).exists() or (ROOT / "docs" / path).read_text("utf-8") != text.rstrip("\n") + "\n"
    ]
    assert stale == [], "python -m reports.decision_table docs"


def test_every_row_of_a_decision_table_has_its_clause(shipped):
    for path, text in tables(shipped).items():
        rows = [
            line for line in text.splitlines() if line.startswith("| ") and "---" not in line and "依据" not in line
        ]
        assert rows
        assert [row for row in rows if "《" not in row.rsplit("|", 2)[1]] == [], path
