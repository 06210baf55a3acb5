"""Every condition is told with clause, what was found and how it stands; an empty cell is told as missing."""

import json
import re
from datetime import date
from enum import EnumType
from pathlib import Path

import polars as pl
import pytest

import contracts.codes
import rulebook
from contracts.columns import polars_schema
from contracts.policy import AllOf, AnyOf, Compare, Fact, Not, OneOf, Parameter, Switch
from contracts.tables import RateCatalogue
from contracts.vocabulary import WORDS
from reports.reasons import first_unmet, leaves_told
from tests.calculators.building import benefit, facts

INVENTED = Path(__file__).parents[2] / "fixtures" / "policies"
TREE = AllOf(
    (
        Fact("alive"),
        Fact("registered", "《清单》第一条"),
        Compare("age", at_least=Parameter("min_age")),
        AnyOf((Fact("dibao_person"), AllOf((Switch(Parameter("include_margin")), Fact("margin")))), "低保(或扩大)"),
        Not(Fact("tekun")),
        Compare("level", at_least=Parameter("levels_from"), at_most=Parameter("levels_to")),
        OneOf(Parameter("test"), ("level",)),
    )
)
VALUES = [
    {"parameter": f"elder_care_subsidy.{name}", "label": label, "title": "通知", "number": "1号", "clause": clause}
    for name, label, clause in (
        ("min_age", "起始年龄", "第二条"),
        ("include_margin", "扩大到低保边缘", "第三条"),
        ("levels", "评估等级", "第四条"),
    )
]
CATALOGUE = pl.DataFrame(
    [
        {
            "rate_id": "r1",
            "benefit": "elder_care_subsidy",
            "amount_status": "in_force",
            "values_json": json.dumps(VALUES),
        }
    ],
    schema=polars_schema(RateCatalogue),
)
FIGURES = {"p_min_age": 60, "p_include_margin": False, "p_levels_from": 2, "p_levels_to": 3, "p_test": "level"}
RULES = benefit("elder_care_subsidy", when=TREE, **FIGURES)


def told(missing=(), **person):
    rows = leaves_told(facts(person).collect(), RULES, CATALOGUE, missing)
    return {row.condition: (row.outcome_label, row.found, row.clause) for row in rows}


def test_each_condition_has_clause_input_and_outcome():
    leaves = told(ability_level=1, is_dibao_person=True)
    assert leaves["本县户籍"] == ("满足", "是", "《清单》第一条")
    assert leaves["周岁≥60"] == ("满足", "85", "《通知》(1号) 第二条")
    assert leaves["低保对象"] == ("满足", "是", "依据")  # the clause of the whole condition
    assert leaves["本地已开通的选项“扩大到低保边缘”"] == ("不满足", "否", "《通知》(1号) 第三条")
    assert leaves["不是:特困人员"] == ("满足", "否", "依据")
    assert leaves["能力评估等级≥2且≤3"] == ("不满足", "1", "《通知》(1号) 第四条")
    assert leaves["失能的判断为“能力评估等级”"] == ("满足", "能力评估等级", "依据")


def test_a_leaf_says_in_which_part_it_stands():
    rows = leaves_told(facts({}).collect(), RULES, CATALOGUE, ())
    assert {row.condition for row in rows if row.within == "低保(或扩大)"} == {
        "低保对象", "本地已开通的选项“扩大到低保边缘”", "低保边缘",
    }  # fmt: skip


def test_an_empty_cell_is_missing_and_not_a_no():
    assert told(["level"])["能力评估等级≥2且≤3"][:2] == ("登记缺项", "空")
    assert told()["能力评估等级≥2且≤3"][:2] == ("不满足", "无")


def test_the_first_condition_that_fails_is_named_with_what_was_found():
    assert first_unmet(facts({"is_dibao_person": True, "is_tekun": True}).collect(), RULES) == "不是:特困人员(当月:是)"


CODES = {code for codes in vars(contracts.codes).values() if isinstance(codes, EnumType) for code in codes}
RAW = re.compile(r"[A-Za-z]\w+")


@pytest.mark.parametrize("county", ["410721", "370828", "130581", "990101"])
def test_no_code_and_no_parameters_name_reaches_an_officer(county):
    """Every condition of every benefit of a county, met by each code that its facts may have."""
    month = date(2025, 1, 1)
    rules = rulebook.load(rulebook.POLICIES, INVENTED).resolve(county, (month,), month)
    seen = max(len(word.code) for word in WORDS.values() if word.code)
    people = [
        {word.column: list(word.code)[place % len(word.code)].value for word in WORDS.values() if word.code}
        for place in range(seen)
    ]
    for of_benefit in rules.benefits.values():
        for person in people:
            row = facts({**person, "benefit_month": month}).collect()
            leaves = leaves_told(row, of_benefit, rules.catalogue, ())
            words = [text for leaf in leaves for text in (leaf.condition, leaf.found, leaf.within)]
            said = RAW.findall(" ".join([*words, first_unmet(row, of_benefit)]))
            assert [word for word in said if word in CODES or word in WORDS or word in of_benefit.labels] == []
            assert all(leaf.condition and leaf.found for leaf in leaves)
