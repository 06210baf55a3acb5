"""The plain reading over every situation a law can tell apart, and over every way in which coordination decides.

A part of the table in `make test`, another part each place; the whole of it with LONG=1 (.ci/run): every
situation of every county in every month in which something changes, equal in every cell.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import calculators
import rulebook
from calculators.hands import hands
from calculators.situations import member_rows, members, registers_of_people
from contracts.codes import Benefit, Hukou
from contracts.policy import AllOf, OneOf
from contracts.registers import accepted_schema
from contracts.situations import AXES
from contracts.vocabulary import WORDS
from reports.situations import tabulate
from rulebook.places import months_of_change
from tests.effort import LONG
from tests.oracle import overlays, reading
from tests.oracle.packs import PackLaw
from tests.oracle.person import facts_of
from tests.oracle.resolved import RulesLaw

INVENTED = Path(__file__).parents[2] / "fixtures/policies"
COUNTIES = ["130581", "370828", "410721", "410902", "411102"]
TODAY = date(2026, 9, 30)
PART = 150  # situations and months of a county, and hands, that `make test` reads
COMPARED = (
    *("outcome", "amount_fen", "would_be_fen", "winner", "choose_group", "unset_code"),
    *("is_to_institution", "institution_id"),
)
REGISTERS = ("low_income", "disability", "ability", "family_planning", "claim", "choice", "suspension")
LONG_AGO = date(1990, 1, 1)


@pytest.fixture(scope="module")
def law():
    return rulebook.load(rulebook.POLICIES)


def words(row):
    """A row of Facts in the words of the packs."""
    told = {word.name: row[word.column] for word in WORDS.values()}
    told["age_after_birthday"] = row["age_years"] - row["has_birthday"]
    return told | {"institution": row["institution_id"]}


def rows_by_person(decided):
    told = {}
    for row in decided.iter_rows(named=True):
        key = row["person_no"], row["benefit_month"]
        told.setdefault(key, {})[row["benefit"]] = {name: row[name] for name in COMPARED}
    return told


def claims(law):
    """Everything claimed long ago."""
    return [{"benefit": name, "claimed_on": LONG_AGO, "approved_on": LONG_AGO} for name in law.benefits]


def part_of(table, turn):
    """Rows of a frame: all of them, or a part spread over the whole that begins elsewhere for each turn."""
    if LONG or table.height <= PART:
        return table
    step = table.height // PART
    return table.gather_every(step, offset=turn * 7 % step)


def assert_read_alike(situations, plain, turn):
    decided = rows_by_person(situations.table.decided)
    person = {"claim": claims(plain), "choice": [], "suspension": []}
    facts, key = situations.table.facts, ["person_no", "benefit_month"]
    with_rows = facts if LONG else facts.join(situations.table.entitled, on=key, how="semi")
    for row in part_of(with_rows, turn).iter_rows(named=True):
        month = row["benefit_month"]
        told = reading.month_of_person(person, words(row), plain, month, month)
        assert decided.get((row["person_no"], month), {}) == told, row


def assert_coordinated_alike(situations, plain, turn):
    dealt = hands(situations.table.entitled, situations.rules.county)
    decided = rows_by_person(dealt.decided)
    facts = {(row["person_no"], row["benefit_month"]): row for row in situations.table.facts.iter_rows(named=True)}
    first = min(dealt.entitled["benefit_month"])
    people = dealt.entitled.group_by("person_no", "benefit_month", maintain_order=True).agg(
        is_contest=(pl.col("choose_group").is_not_null() & pl.col("would_be_fen").is_not_null()).sum() > 1
    )
    for number, month, _ in pl.concat(
        [part_of(people.filter("is_contest"), turn), part_of(people.filter(~pl.col("is_contest")), turn)]
    ).iter_rows():
        person = dealt.ways[number].registers(first)
        told = reading.month_of_person(person, words(facts[dealt.origin[number], month]), plain, month, month)
        assert decided[number, month] == told, dealt.ways[number]


@pytest.fixture(scope="module")
def tables(law):
    known = {}

    def of(county):
        if county not in known:
            rules = law.resolve(county, months_of_change(law.chain_of(county)), TODAY)
            known[county] = tabulate(rules)
        return known[county]

    return of


@pytest.mark.parametrize("county", COUNTIES)
def test_every_situation_is_decided_as_the_pack_reads(tables, county):
    turn = COUNTIES.index(county)
    assert_read_alike(tables(county), PackLaw(rulebook.POLICIES, county, TODAY), turn)
    assert_read_alike(tables(county), RulesLaw(tables(county).rules), turn + 1)


@pytest.mark.parametrize("county", COUNTIES)
def test_every_hand_is_coordinated_as_the_pack_reads_in_every_way(tables, county):
    assert_coordinated_alike(tables(county), PackLaw(rulebook.POLICIES, county, TODAY), COUNTIES.index(county))


@pytest.mark.parametrize("county", overlays.OVERLAYS)
def test_every_situation_is_decided_as_read_under_a_countys_own_notices(county, tmp_path):
    folder = overlays.write(county, tmp_path)
    noticed = rulebook.load(rulebook.POLICIES, folder)
    months = [month for month in months_of_change(noticed.chain_of(county)) if month >= date(2024, 1, 1)]
    situations = tabulate(noticed.resolve(county, months if LONG else months[::5], TODAY))
    plain = PackLaw(rulebook.POLICIES, county, TODAY, folder)
    assert_read_alike(situations, plain, 0)
    assert_coordinated_alike(situations, plain, 0)


@pytest.mark.parametrize("county", ["990101", "990201"])
def test_an_invented_countys_situations_are_decided_as_read(county):
    invented = rulebook.load(rulebook.POLICIES, INVENTED)
    situations = tabulate(invented.resolve(county, months_of_change(invented.chain_of(county)), TODAY))
    plain = PackLaw(INVENTED, county, TODAY)
    assert_read_alike(situations, plain, 0)
    assert_coordinated_alike(situations, plain, 0)


# Who the situations are made of.


def test_every_member_is_read_from_its_register_rows_as_anybody(law):
    month = date(2024, 6, 1)
    known = members(asking_for_hukou(law.resolve("410721", [month], TODAY)))
    for axis, people in member_rows("410721", month).items():
        columns = AXES[axis].columns
        read = [facts_of(whole(person), "410721", month) for person in people]
        told = {tuple(row[column] for column in columns) for row in map(columns_of, read)}
        assert told == set(known[axis].select(columns).iter_rows()), axis


def asking_for_hukou(rules):
    """The same law with a benefit that asks for the hukou: where none does it is not read."""
    benefit = Benefit.OLD_AGE_ALLOWANCE
    asked = rules.benefits[benefit]
    when = AllOf((asked.when, OneOf("hukou", (Hukou.RURAL.value,))))
    return replace(rules, benefits={**rules.benefits, benefit: replace(asked, when=when)})


def whole(person):
    """A member with every column that the plain reading looks at."""
    empty = {name: dict.fromkeys(accepted_schema(name)) for name in ("population", *REGISTERS)}
    return {name: [empty[name] | row for row in person.get(name, [])] for name in ("population", *REGISTERS)}


def columns_of(facts):
    told = {word.column: facts[word.name] for word in WORDS.values()} | {"institution_id": facts["institution"]}
    return told | {name: bool(told[name]) for name in told if name.startswith(("is_", "needs_", "has_"))}


def test_members_of_several_registers_are_one_person_as_the_register_has_it(law):
    """Facts of the axes side by side are the facts of one person with all those rows."""
    month = date(2024, 6, 1)
    rules = law.resolve("410721", [month], TODAY)
    rows, known = member_rows("410721", month), members(rules)
    people = []
    for turn in range(400):
        whole_person = dict(rows["age"][turn * 7 % len(rows["age"])])
        for place, axis in enumerate(("low_income", "disability", "ability", "family_planning")):
            chosen = rows[axis][turn * (3 + place) % len(rows[axis])]
            whole_person |= {name: of_one for name, of_one in chosen.items() if name != "population"}
        people.append(whole_person)
    registers = registers_of_people(people)
    scope = calculators.Scope("410721", (month,), month)
    read = calculators.facts(registers, rules, scope, registers["population"]).collect()
    assert read.height == len(people)
    for axis, frame in known.items():
        columns = list(AXES[axis].columns)
        strange = read.select(columns).unique().join(frame, on=columns, how="anti", nulls_equal=True)
        assert strange.is_empty(), axis


@pytest.mark.parametrize("county", COUNTIES)
def test_every_class_has_a_member_and_one_that_stands_for_it(tables, county):
    for axis, frame in tables(county).table.members.items():
        numbers = sorted(set(frame["class"]))
        assert numbers == list(range(len(numbers))), axis
        assert set(frame.filter("is_member")["class"]) == set(numbers), axis


def test_every_bound_of_age_is_looked_at_from_both_sides(tables):
    ages = set(tables("410721").table.situations["age_years"])
    assert {59, 60, 79, 80, 89, 90, 99, 100} <= ages


@pytest.mark.parametrize("county", COUNTIES)
def test_any_member_fares_as_the_one_that_stands_for_its_class(tables, county):
    """Members drawn from all over, each against the situation of its classes: the same in every benefit."""
    situations = tables(county)
    month = situations.rules.months[-1]
    rules = situations.rules
    drawn = {
        axis: frame.sample(600, with_replacement=True, seed=place).drop("is_member").rename({"class": f"class_{axis}"})
        for place, (axis, frame) in enumerate(situations.table.members.items())
    }
    people = pl.concat(drawn.values(), how="horizontal").with_row_index("person_no")
    people = people.with_columns(pl.col("person_no").cast(pl.Int64), is_alive=True, is_registered=True)
    stands = situations.table.situations.filter("is_alive", "is_registered")
    classes = [f"class_{axis}" for axis in situations.table.members if axis not in ("alive", "registered")]
    first = stands.unique(classes, keep="first").select(*classes, stands_no="person_no")
    met = people.join(first, on=classes, how="left")
    assert met["stands_no"].null_count() == 0
    facts = met.with_columns(benefit_month=pl.lit(month)).select(situations.table.facts.columns)
    for benefit, of_benefit in rules.benefits.items():
        own = calculators.CALCULATORS[benefit](facts.lazy(), of_benefit).collect()
        fares = met.select("person_no", "stands_no").join(own, on="person_no", how="left")
        usual = situations.table.entitled.filter(pl.col("benefit") == benefit, pl.col("benefit_month") == month)
        names = ["would_be_fen", "unset_code", "rate_id", "is_excluded", "needs_claim", "is_to_institution"]
        both = fares.select("person_no", "stands_no", *names).join(
            usual.select(stands_no="person_no", **{f"{name}_usual": name for name in names}), on="stands_no", how="left"
        )
        for name in names:
            differing = both.filter(~pl.col(name).eq_missing(pl.col(f"{name}_usual")))
            assert differing.is_empty(), (benefit, name)
