"""A county as counties are: ages, shares, households; nothing that intake would refuse but what a story plants."""

from collections import Counter

import polars as pl
import pytest
from stdnum.iso7064 import mod_11_2

from contracts.columns import polars_schema
from contracts.registers import REGISTERS
from contracts.tables import PersonNumbers
from intake import accept, ids_in, receive


@pytest.fixture(scope="module")
def population(town, read):
    return read(town, "population").with_columns(born=pl.col("身份证号").str.slice(6, 4).cast(pl.Int64))


def share(frame, count):
    return count / frame.height


def test_there_are_as_many_people_as_were_asked_for(population):
    arriving_later = 60_000 - population.height
    assert 0 <= arriving_later < 600


def test_every_identity_number_is_its_own_begins_with_99_and_has_a_right_check_digit(population):
    numbers = population["身份证号"]
    assert numbers.str.starts_with("99").all()
    wrong = [number for number in numbers if not mod_11_2.is_valid(number)]
    assert len(wrong) == 1  # the story of the wrong check digit
    assert numbers.n_unique() == numbers.len()


def test_ages_are_those_of_a_rural_county(population):
    age = 2024 - population["born"]
    assert 0.19 < share(population, (age >= 60).sum()) < 0.23
    assert 0.025 < share(population, (age >= 80).sum()) < 0.036
    assert 0 < (age >= 100).sum() < 60


def test_both_sexes_are_there_and_agree_with_the_identity_numbers(population):
    is_male = population["身份证号"].str.slice(16, 1).cast(pl.Int64) % 2 == 1
    assert ((population["性别"] == "男") == is_male).all()
    assert 0.48 < share(population, is_male.sum()) < 0.52


def test_poor_disabled_and_assessed_people_are_as_many_as_in_a_county(town, read, population):
    low_income = read(town, "low_income")
    counts = Counter(low_income["类别"])
    assert 0.02 < share(population, counts["低保"]) < 0.06
    assert 0.001 < share(population, counts["特困"]) < 0.01
    assert 0.02 < share(population, read(town, "disability").height) < 0.05
    assert set(read(town, "disability")["残疾等级"]) == set("1234")
    assert set(read(town, "ability")["评估等级"]) == set("01234")


def test_every_register_has_rows_by_the_third_month(county, read):
    assert [register for register in REGISTERS if read(county / "2024-09", register).is_empty()] == []


def test_households_share_a_village_and_hold_all_ages(population):
    households = population.filter(pl.col("户主身份证号").is_not_null()).group_by("户主身份证号")
    assert households.agg(pl.col("村社区").n_unique())["村社区"].max() == 1


def test_intake_takes_every_row_but_those_a_story_planted(county, tmp_path, months):
    refused = {}
    for month in months:
        folder = county / f"{month:%Y-%m}"
        files = {path.stem: path for path in folder.iterdir()}
        received = {register: receive(path, register, tmp_path) for register, path in files.items()}
        numbers = ids_in(received.values()).with_row_index("person_no", offset=1).cast({"person_no": pl.Int64})
        numbers = numbers.select(polars_schema(PersonNumbers).names())
        taken = [accept(register, numbers, month.replace(day=15)) for register in received.values()]
        for register in taken:
            assert register.rows_in == register.rows.height + register.rows_refused + register.rows_collapsed
        refused[f"{month:%Y-%m}"] = Counter(
            (record["register"], record["code"]) for register in taken for record in register.refused.to_dicts()
        )
    always = {
        ("population", "ID_CHECK_DIGIT"): 1,
        ("population", "BIRTH_DATE_CONFLICT"): 1,
        ("low_income", "CODE_UNKNOWN"): 1,
    }
    assert refused["2024-07"] == {**always, ("choice", "NO_ROWS"): 1}
    assert refused["2024-08"] == {**always, ("population", "BIRTH_DATE_CONFLICT"): 2, ("account", "AMBIGUOUS"): 2}
    assert refused["2024-09"] == always
