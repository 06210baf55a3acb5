"""Laws of the entitlement side, over invented people of every county."""

from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import calculators
import rulebook
from contracts.columns import empty
from contracts.fact_code import decode
from contracts.months import months_between
from contracts.tables import Coordinated, Entitled, Facts
from tests.effort import tries
from tests.oracle import overlays, people

COUNTIES = ["130581", "370828", "410721", "410902", "411102"]
MONTHS = months_between(date(2024, 1, 1), date(2025, 6, 1))
KNOWN_ON = date(2025, 6, 20)
ORDER = ["person_no", "benefit", "benefit_month"]
KEY = ["person_no", "benefit_month"]


@cache
def shipped():
    return rulebook.load(rulebook.POLICIES)


@cache
def invented(county, seed=1):
    random = Random(f"{county} {seed}")
    return {number: people.person(random, county, MONTHS) for number in range(1, 151)}


def rows(county, registers, rules=None):
    rules = rules or shipped().resolve(county, MONTHS, KNOWN_ON)
    scope = calculators.Scope(county, tuple(MONTHS), MONTHS[-1])
    return calculators.entitlements(registers, rules, scope).collect().sort(ORDER)


@pytest.mark.parametrize("county", COUNTIES)
def test_one_plan_gives_the_same_rows_as_table_by_table(county):
    registers = people.registers(invented(county))
    rules = shipped().resolve(county, MONTHS, KNOWN_ON)
    scope = calculators.Scope(county, tuple(MONTHS), MONTHS[-1])
    facts = Facts.validate(calculators.facts(registers, rules, scope).collect())
    entitled = [
        Entitled.validate(calculators.CALCULATORS[benefit](facts.lazy(), of_benefit).collect())
        for benefit, of_benefit in rules.benefits.items()
    ]
    one_by_one = calculators.coordinate(pl.concat([empty(Entitled), *entitled]).lazy(), registers, scope).collect()
    together = Coordinated.validate(rows(county, registers))
    assert together.height
    assert_frame_equal(together, one_by_one.sort(ORDER))


@pytest.mark.parametrize("county", overlays.OVERLAYS)
def test_a_change_of_the_law_from_a_month_on_leaves_every_earlier_row_as_it_was(county, tmp_path):
    registers = people.registers(invented(county))
    changed = rulebook.load(rulebook.POLICIES, overlays.write(county, tmp_path, since="2025-01-01"))
    before = rows(county, registers)
    after = rows(county, registers, changed.resolve(county, MONTHS, KNOWN_ON))
    earlier = pl.col("benefit_month") < date(2025, 1, 1)
    assert_frame_equal(before.filter(earlier), after.filter(earlier))
    assert not before.filter(~earlier).equals(after.filter(~earlier))


@pytest.mark.parametrize("county", COUNTIES)
def test_the_same_law_loaded_again_gives_the_same_rows(county, tmp_path):
    registers = people.registers(invented(county))
    again = rulebook.load(rulebook.POLICIES, tmp_path).resolve(county, MONTHS, KNOWN_ON)
    assert_frame_equal(rows(county, registers), rows(county, registers, again))


@pytest.mark.parametrize("county", COUNTIES)
def test_other_peoples_rows_do_not_move_when_one_persons_facts_change(county):
    others = pl.col("person_no") != 7
    before = rows(county, people.registers(invented(county)))
    for changed in (invented(county, seed=2)[7], {}):
        after = rows(county, people.registers({**invented(county), 7: changed}))
        assert_frame_equal(before.filter(others), after.filter(others))


@pytest.mark.parametrize("county", ["370828", "410721"])
@settings(max_examples=tries(6))
@given(buckets=st.lists(st.integers(0, 2), min_size=150, max_size=150))
def test_any_division_of_the_people_gives_the_same_facts_and_the_same_rows(county, buckets):
    read = calculators.COLUMNS
    whole = people.registers(invented(county))
    scope = calculators.Scope(county, tuple(MONTHS), MONTHS[-1])
    rules = shipped().resolve(county, MONTHS, KNOWN_ON)
    parts = [
        {
            name: frame.select(read[name]).filter(pl.col("person_no").is_in(members))
            for name, frame in whole.items()
            if name in read
        }
        for members in _by_bucket(buckets)
    ]
    assert_frame_equal(pl.concat(rows(county, part) for part in parts).sort(ORDER), whole_rows(county))
    facts = pl.concat(calculators.facts(part, rules, scope).collect() for part in parts)
    assert_frame_equal(facts.sort("person_no", "benefit_month"), whole_facts(county))


def _by_bucket(buckets):
    """The numbers of invented people, by the bucket each was put into; some may be empty."""
    return [[number for number, bucket in enumerate(buckets, 1) if bucket == one] for one in range(3)]


@cache
def whole_rows(county):
    return rows(county, people.registers(invented(county)))


@cache
def whole_facts(county):
    scope = calculators.Scope(county, tuple(MONTHS), MONTHS[-1])
    rules = shipped().resolve(county, MONTHS, KNOWN_ON)
    registers = people.registers(invented(county))
    return calculators.facts(registers, rules, scope).collect().sort("person_no", "benefit_month")


@pytest.mark.parametrize("county", COUNTIES)
def test_the_order_of_register_rows_does_not_matter(county):
    registers = people.registers(invented(county))
    shuffled = {
        name: frame.collect().sample(fraction=1, shuffle=True, seed=5).lazy() for name, frame in registers.items()
    }
    assert_frame_equal(rows(county, registers), rows(county, shuffled))


@settings(max_examples=tries(8))
@given(county=st.sampled_from(COUNTIES), seed=st.integers(1, 1000), part=st.sets(st.sampled_from(MONTHS), min_size=1))
def test_months_computed_alone_are_the_months_computed_together(county, seed, part):
    registers = people.registers(invented(county, seed))
    rules = law(county)
    together = rows(county, registers, rules)
    known = calculators.facts(registers, rules, calculators.Scope(county, tuple(MONTHS), MONTHS[-1])).collect()
    for months in (tuple(sorted(part)), (min(part),)):  # of one month alone nothing is worked out for another
        scope = calculators.Scope(county, months, MONTHS[-1])
        alone = calculators.entitlements(registers, rules, scope).collect().sort(ORDER)
        assert_frame_equal(alone, together.filter(pl.col("benefit_month").is_in(months)))
        facts = calculators.facts(registers, rules, scope).collect().sort(KEY)
        assert_frame_equal(facts, known.join(facts, on=KEY, how="semi").sort(KEY))


@cache
def law(county):
    """The county's law, with what an overlay changes in the middle of the months where there is one."""
    if county not in overlays.OVERLAYS:
        return shipped().resolve(county, MONTHS, KNOWN_ON)
    with TemporaryDirectory() as folder:
        changed = rulebook.load(rulebook.POLICIES, overlays.write(county, Path(folder), since="2025-01-01"))
        return changed.resolve(county, MONTHS, KNOWN_ON)


@pytest.mark.parametrize("county", overlays.OVERLAYS)
def test_at_most_one_winner_per_group_person_and_month(county, tmp_path):
    rules = rulebook.load(rulebook.POLICIES, overlays.write(county, tmp_path)).resolve(county, MONTHS, KNOWN_ON)
    table = rows(county, people.registers(invented(county)), rules)
    in_groups = table.filter(pl.col("choose_group").is_not_null())
    winners = in_groups.filter(outcome="ENTITLED")
    assert not winners.select("person_no", "benefit_month", "choose_group").is_duplicated().any()
    lost = table.filter(outcome="LOST_TO_HIGHER")
    assert lost.height
    named = lost.join(
        winners,
        left_on=["person_no", "benefit_month", "winner"],
        right_on=["person_no", "benefit_month", "benefit"],
        how="semi",
    )
    assert named.height == lost.height


@pytest.mark.parametrize("county", COUNTIES)
def test_every_row_names_the_values_it_rests_on_and_the_facts_it_was_read_from(county):
    rules = shipped().resolve(county, MONTHS, KNOWN_ON)
    table = rows(county, people.registers(invented(county)), rules)
    assert table.join(rules.catalogue, on=["rate_id", "benefit"], how="anti").is_empty()
    assert all(decode(code) for code in table["fact_code"].unique())
    assert table.filter(outcome="STANDARD_NOT_SET")["unset_code"].null_count() == 0
