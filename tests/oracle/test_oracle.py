"""The calculators and a plain reading, person by person, give the same rows: of the resolved rules and of the packs."""

from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import calculators
import rulebook
from contracts.months import months_between
from tests.effort import tries
from tests.oracle import overlays, people, reading
from tests.oracle.packs import PackLaw
from tests.oracle.resolved import RulesLaw

INVENTED = Path(__file__).parents[2] / "fixtures/policies"
COUNTIES = ["130581", "370828", "410721", "410902", "411102"]
WINDOWS = {  # months, pay month, known on
    "today": (date(2024, 1, 1), date(2025, 12, 1), date(2025, 12, 20)),
    "first values": (date(2021, 8, 1), date(2022, 4, 1), date(2022, 2, 1)),
    "before the benefits began": (date(2015, 11, 1), date(2016, 2, 1), date(2025, 1, 1)),
    "new wages and lists": (date(2023, 10, 1), date(2024, 7, 1), date(2024, 7, 20)),
}
PEOPLE = {"today": 250, "first values": 120, "before the benefits began": 40, "new wages and lists": 150}
COMPARED = (
    *("outcome", "amount_fen", "would_be_fen", "winner", "choose_group", "unset_code"),
    *("is_to_institution", "institution_id"),
)


@pytest.fixture(scope="module")
def law():
    return rulebook.load(rulebook.POLICIES)


def calculated(invented, rules, county, months):
    scope = calculators.Scope(county, tuple(months), months[-1])
    table = calculators.entitlements(people.registers(invented), rules, scope).collect()
    told = {number: {} for number in invented}
    for row in table.iter_rows(named=True):
        told[row["person_no"]][row["benefit"], row["benefit_month"]] = {name: row[name] for name in COMPARED}
    return told


def assert_agreed(invented, law, rules, county, months):
    told = calculated(invented, rules, county, months)
    for number, person in invented.items():
        assert told[number] == reading.decide(person, law, county, months, months[-1]), person


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("county", COUNTIES)
def test_many_people_are_read_alike_from_the_packs_themselves(law, county, window):
    first, last, known_on = WINDOWS[window]
    months = months_between(first, last)
    random = Random(f"{county} {window}")
    invented = {number: people.person(random, county, months) for number in range(1, PEOPLE[window] + 1)}
    rules = law.resolve(county, months, known_on)
    assert_agreed(invented, PackLaw(rulebook.POLICIES, county, known_on), rules, county, months)
    assert_agreed(invented, RulesLaw(rules), rules, county, months)


@pytest.mark.parametrize("county", overlays.OVERLAYS)
def test_many_people_are_read_alike_under_a_countys_own_notices(county, tmp_path):
    first, last, known_on = WINDOWS["today"]
    months = months_between(first, last)
    random = Random(county)
    invented = {number: people.person(random, county, months) for number in range(1, 401)}
    folder = overlays.write(county, tmp_path)
    rules = rulebook.load(rulebook.POLICIES, folder).resolve(county, months, known_on)
    plain = PackLaw(rulebook.POLICIES, county, known_on, folder)
    assert_agreed(invented, plain, rules, county, months)
    assert_agreed(invented, RulesLaw(rules), rules, county, months)


def test_an_invented_countys_own_law_is_read_alike():
    county, months, known_on = "990101", months_between(date(2019, 11, 1), date(2021, 2, 1)), date(2021, 2, 20)
    random = Random(county)
    invented = {number: people.person(random, county, months) for number in range(1, 201)}
    rules = rulebook.load(rulebook.POLICIES, INVENTED).resolve(county, months, known_on)
    assert_agreed(invented, PackLaw(INVENTED, county, known_on), rules, county, months)
    assert_agreed(invented, RulesLaw(rules), rules, county, months)


@pytest.mark.parametrize("county", COUNTIES)
def test_the_least_person_read_otherwise_is_found(law, county):
    months = months_between(date(2025, 1, 1), date(2025, 6, 1))
    rules = law.resolve(county, months, date(2025, 6, 20))
    plain = RulesLaw(rules)

    @settings(max_examples=tries(20), suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.randoms(use_true_random=False), min_size=1, max_size=4))
    def read_alike(randoms):
        invented = {number: people.person(random, county, months) for number, random in enumerate(randoms, 1)}
        assert_agreed(invented, plain, rules, county, months)

    read_alike()
