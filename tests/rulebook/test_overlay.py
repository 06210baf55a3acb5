"""A county's own folder lies on top of the shipped law: new values, its own pairs, conditions and list."""

import re
from datetime import date

import pytest

import rulebook
from calculators.conditions import word_of
from contracts.codes import Benefit
from contracts.errors import PolicyError
from contracts.policy import AllOf, Compare, Fact, OneOf, leaves
from rulebook.keys import read_key
from tests.rulebook.conftest import TODAY

JULY = date(2024, 7, 1)
PAPER = "documents:\n  notice: {title: 通知, number: 金政办发〔2025〕1号}\n"
SOURCE = "source: {document: notice, clause: 第一条, quote: 原文}"
AMOUNTS = f"""{PAPER}parameters:
  old_age_allowance.amount:
    unit: yuan/month
    entries:
      - effective_from: 2024-01-01
        issued_on: 2024-01-01
        role: fixed
        status: in_force
        {SOURCE}
        values: {{"[80,90)": 60, "[90,100)": 120}}
"""
RESTATED = f"""pairs:
  - benefit: old_age_allowance
    with: [hardship_elder_subsidy]
    relation: choose_higher
    group: living
    tie: hardship_elder_subsidy
    {SOURCE}
"""


@pytest.fixture
def overlay(tmp_path):
    def load(code, **files):
        (tmp_path / code).mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / code / f"{name}.yaml").write_text(text, "utf-8")
        return rulebook.load(rulebook.POLICIES, tmp_path)

    return load


def test_amounts_that_need_a_pair_again_load_with_it(overlay):
    with pytest.raises(PolicyError, match="须同时重申"):
        overlay("370828", notice=AMOUNTS)
    law = overlay("370828", interactions=RESTATED)
    rules = law.resolve("370828", [JULY], TODAY)
    (pair,) = [
        pair for pair in rules.pairs if {pair.first, pair.second} == {"old_age_allowance", "hardship_elder_subsidy"}
    ]
    assert (pair.relation, pair.group) == ("choose_higher", "living")
    assert "金政办发〔2025〕1号" in pair.source
    rates = rules.benefits[Benefit.OLD_AGE_ALLOWANCE].rates
    assert rates.filter(age_years=85)["p_amount_fen"].item() == 6000
    assert rates["p_choose_group"].unique().to_list() == ["living"]


def test_a_pair_can_change_from_a_month(overlay):
    dated = RESTATED.replace("old_age_allowance", "elder_service_subsidy").replace(
        "hardship_elder_subsidy", "elder_care_subsidy"
    )
    dated = dated.replace(SOURCE, f"effective_from: 2024-08-01\n    issued_on: 2024-06-01\n    {SOURCE}")
    law = overlay("410902", interactions=PAPER + dated.replace("group: living", "group: care"))
    rules = law.resolve("410902", [JULY, date(2024, 8, 1)], TODAY)
    service = rules.benefits[Benefit.ELDER_SERVICE_SUBSIDY].rates.sort("benefit_month")
    assert service["p_choose_group"].to_list() == [None, "care"]
    early = law.resolve("410902", [date(2024, 8, 1)], date(2024, 5, 31))
    assert early.benefits[Benefit.ELDER_SERVICE_SUBSIDY].rates["p_choose_group"].to_list() == [None]


def test_conditions_of_the_home_stand_for_the_shipped_ones(overlay):
    when = f"benefit: tekun_care\n{PAPER}conditions:\n  {SOURCE}\n  begins_on: 2016-01-01\n  when:\n"
    law = overlay("370828", tekun_care=when + "    all: [alive, registered, {age: {at_least: 70}}, tekun]\n")
    rules = law.resolve("370828", [JULY], TODAY).benefits[Benefit.TEKUN_CARE]
    assert rules.when == AllOf((Fact("alive"), Fact("registered"), Compare("age", at_least=70), Fact("tekun")))
    assert "金政办发〔2025〕1号" in rules.when_source


def test_a_list_of_the_home_stands_for_the_shipped_one(overlay):
    item = (
        '  - no: "1"\n    id: free_bus\n    name: 免费乘车\n    kind: service\n    who: 老年人\n    standard: 免费\n'
        f"    period: 长期\n    {SOURCE}\n    when: {{all: [alive, registered, {{age: {{at_least: 65}}}}]}}\n"
    )
    law = overlay("370828", list=f"title: 新清单\nstatus: in_force\n{PAPER}items:\n{item}")
    assert [rule.item_id for rule in law.services("370828")] == ["free_bus"]


def test_a_new_county_under_a_known_city_needs_only_what_the_city_leaves_open(overlay):
    head = 'code: "410928"\nname: 濮阳县\nlevel: county\nparent: "410900"\nis_paying: yes\n' + PAPER
    tier = f"parameters:\n  minimum_wage.tier:\n    unit: code\n    not_set:\n      - {SOURCE}\n"
    law = overlay("410928", jurisdiction=head, standards=tier)
    assert "410928" in law.counties()
    rules = law.resolve("410928", [JULY], TODAY)
    care = rules.benefits[Benefit.TEKUN_CARE].rates.filter(self_care_code="full")
    assert care["unset_code"].to_list() == ["NOT_SET"]
    assert rules.benefits[Benefit.ELDER_CARE_SUBSIDY].rates["p_amount_fen"].to_list() == [6000]


def test_a_part_of_a_condition_may_rest_on_a_clause_of_its_own(overlay):
    cited = "{document: notice, clause: 第二条, quote: 具有本县户籍}"
    when = f"""benefit: tekun_care
{PAPER}conditions:
  {SOURCE}
  begins_on: 2016-01-01
  when:
    all:
      - alive
      - {{registered: yes, source: {cited}}}
      - any: [{{age: {{at_least: 70}}}}, disabled]
        source: {cited}
      - {{not: tekun, source: {cited}}}
"""
    rules = overlay("370828", tekun_care=when).resolve("370828", [JULY], TODAY).benefits[Benefit.TEKUN_CARE]
    told = {word_of(leaf): leaf.source for leaf in leaves(rules.when)}
    own = "《通知》(金政办发〔2025〕1号) 第二条“具有本县户籍”"
    assert told == {"alive": "", "registered": own, "age": own, "disabled": own, "tekun": own}
    assert Fact("registered") in rules.when.conditions  # where it stands is no part of what it says


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{document: notise, clause: 第二条, quote: 原文}", "notise"),
        ("{document: notice, clause: 第二条}", "quote(原文)与 note(说明)至少写一项"),
        ("第二条", "应为键值对"),
    ],
)
def test_a_clause_of_a_part_is_read_as_strictly_as_any_other(overlay, source, words):
    when = (
        f"benefit: tekun_care\n{PAPER}conditions:\n  {SOURCE}\n  when:\n    all: [{{alive: yes, source: {source}}}]\n"
    )
    with pytest.raises(PolicyError, match=re.escape(words)) as refused:
        overlay("370828", tekun_care=when)
    assert "tekun_care.yaml:7" in str(refused.value)


def test_a_benefit_may_ask_for_the_hukou_and_pay_by_it(overlay):
    when = f"""benefit: family_planning_support
{PAPER}conditions:
  {SOURCE}
  begins_on: 2016-01-01
  when:
    all: [alive, registered, {{age: {{at_least: $min_age}}}}, {{hukou: [城镇, 农村]}}]
"""
    rules = overlay("370828", family_planning_support=when).resolve("370828", [JULY], TODAY)
    tree = rules.benefits[Benefit.FAMILY_PLANNING_SUPPORT].when
    assert OneOf("hukou", ("urban", "rural")) in tree.conditions
    key = read_key("农村", ("hukou",))
    assert key.holds(("rural",))
    assert not key.holds(("urban",))
    assert read_key("无", ("hukou",)).holds((None,))
