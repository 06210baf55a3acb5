"""A calculator says in one form what it reads, gives and rounds, and on which clause: the head of its module."""

import json
import re
import sys
from datetime import date

import pytest

import rulebook
from calculators.benefits import CALCULATORS
from contracts.policy import RATE_MONEY

PARTS = ["Rule", "In", "Out", "Rounding", "Not here"]
CITED = re.compile(r"([^()(); ]+?〔\d{4}〕\d+号) 清单第([\d、]+)项")


def parts_of(benefit):
    """The parts of the docstring of a benefit's module, by name, in their order; "" is the line before them."""
    told, here = {"": ""}, ""
    for line in sys.modules[CALCULATORS[benefit].__module__].__doc__.strip().splitlines():
        named = re.match(r"(\w+(?: \w+)?)  +(\S.*)$", line)
        if named:
            here, line = named.groups()
            told[here] = ""
        told[here] += line.strip() + "\n"
    return told


def columns_in(text):
    """The p_ columns a text names; `p_ratio_num/den` is two."""
    spelt = re.sub(r"(p_\w+_)(\w+)/(\w+)", r"\1\2 \1\3", text)
    return set(re.findall(r"p_\w+", spelt))


def items_in(clause):
    """The items of a list that a clause names: 第9、10项."""
    return {item for named in re.findall(r"第([\d、]+)项", clause) for item in named.split("、")}


@pytest.fixture(scope="module")
def clauses():
    """(document, clause) of every value the shipped law rests on, by benefit, in the two places the modules cite."""
    law = rulebook.load(rulebook.POLICIES)
    told = set()
    for county in ("410721", "370828"):
        catalogue = law.resolve(county, (date(2025, 1, 1),), date(2026, 9, 30)).catalogue
        for benefit, values in catalogue.select("benefit", "values_json").iter_rows():
            for value in json.loads(values):
                told |= {(benefit, value["number"], item) for item in items_in(value["clause"])}
    return told


@pytest.mark.parametrize("benefit", CALCULATORS)
def test_it_begins_with_its_names_and_has_every_part_in_order(benefit):
    told = parts_of(benefit)
    assert re.match(rf"{benefit.label} \({benefit.value}\): .+\.$", told[""].splitlines()[0])
    assert [part for part in told if part] == PARTS


@pytest.mark.parametrize("benefit", CALCULATORS)
def test_the_figures_it_names_are_those_its_rates_carry(benefit):
    told = parts_of(benefit)
    assert columns_in(told["In"]) == {*RATE_MONEY[benefit], "p_round_up_to_fen"}
    assert columns_in(told["Rounding"]) == {"p_round_up_to_fen"}


@pytest.mark.parametrize("benefit", CALCULATORS)
def test_it_says_what_it_gives_in_which_unit(benefit):
    assert parts_of(benefit)["Out"].startswith("would_be_fen   fen/person/month, null where")


@pytest.mark.parametrize("benefit", CALCULATORS)
def test_a_clause_it_cites_is_one_that_the_law_in_force_rests_on(benefit, clauses):
    cited = CITED.findall(parts_of(benefit)["Rule"])
    assert cited
    for number, items in cited:
        for item in items.split("、"):
            assert (benefit.value, number, item) in clauses
