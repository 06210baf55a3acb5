"""Every declared table takes its empty frame, and refuses what is wrong on a collected one."""

import re
from datetime import date
from pathlib import Path

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest

from contracts.codes import Benefit, Outcome
from contracts.columns import column, columns_of, conformed, empty, headers, is_as_declared, polars_schema
from contracts.registers import (
    FILES,
    LIST_LABELS,
    LISTS,
    ONE_ROW_OF,
    PROVENANCE,
    REGISTER_LABELS,
    REGISTERS,
    accepted,
    accepted_schema,
    empty_register,
    file_headers,
    key_column,
    label_of,
)
from contracts.row_rules import ROW_RULES
from contracts.tables import MAX_FEN, TABLES, Coordinated, Facts, PersonNumbers

EVERY_MODEL = [*FILES.values(), *TABLES]


def coordinated(**changes):
    row = {
        "person_no": 1,
        "benefit": Benefit.OLD_AGE_ALLOWANCE,
        "benefit_month": date(2024, 7, 1),
        "outcome": Outcome.ENTITLED,
        "amount_fen": 10000,
        "would_be_fen": 10000,
        "winner": None,
        "choose_group": None,
        "unset_code": None,
        "rate_id": "r1",
        "is_to_institution": False,
        "institution_id": None,
        "fact_code": 0,
    }
    return pl.DataFrame([row | changes], schema=polars_schema(Coordinated))


@pytest.mark.parametrize("model", EVERY_MODEL, ids=lambda model: model.__name__)
def test_a_table_without_rows_keeps_its_contract(model):
    assert model.validate(empty(model)).is_empty()
    assert is_as_declared(empty(model), model.to_schema())


@pytest.mark.parametrize("model", EVERY_MODEL, ids=lambda model: model.__name__)
def test_a_missing_and_a_further_column_are_refused(model):
    frame = empty(model)
    with pytest.raises(pandera.errors.SchemaError):
        model.validate(frame.drop(frame.columns[0]))
    with pytest.raises(pandera.errors.SchemaError):
        model.validate(frame.with_columns(further=pl.lit("")))


@pytest.mark.parametrize("register", FILES)
def test_a_register_never_received_keeps_the_accepted_shape(register):
    assert accepted(register).validate(empty_register(register)).is_empty()


@pytest.mark.parametrize("register", FILES)
def test_an_accepted_register_knows_a_person_by_number_and_each_row_by_its_place(register):
    names = accepted_schema(register).names()
    assert "person_id" not in names
    assert ("person_no" in names) == (key_column(register) == "person_id")
    assert names[-len(PROVENANCE) :] == list(PROVENANCE)


@pytest.mark.parametrize("register", FILES)
def test_no_header_or_alias_of_a_register_means_two_columns(register):
    spellings = [word for facts in columns_of(FILES[register]) for word in {facts.name, facts.header, *facts.aliases}]
    assert len(spellings) == len(set(spellings))


def test_every_register_has_a_label_and_a_key():
    assert list(REGISTER_LABELS) == list(REGISTERS)
    assert list(LIST_LABELS) == list(LISTS)
    assert not set(LISTS) & set(REGISTERS)
    for name, model in FILES.items():
        assert label_of(name)
        assert key_column(name) in polars_schema(model)
    for name, key in ONE_ROW_OF.items():
        assert set(key) <= set(accepted_schema(name))


def test_a_registers_file_is_headed_in_chinese():
    assert file_headers("certification") == ["身份证号", "认证有效期至"]
    assert headers(REGISTERS["certification"]) == {"person_id": "身份证号", "certified_until": "认证有效期至"}


@pytest.mark.parametrize("register", ROW_RULES)
def test_a_row_rule_names_a_column_of_its_register_and_runs_on_it(register):
    frame = empty(FILES[register])
    for rule in ROW_RULES[register]:
        assert rule.column in frame.columns
        assert frame.select(broken=rule.violated).schema["broken"] == pl.Boolean


def test_a_row_of_the_last_step_is_accepted():
    assert Coordinated.validate(coordinated()).height == 1
    assert is_as_declared(coordinated(), Coordinated.to_schema())


@pytest.mark.parametrize(
    "changes",
    [
        {"person_no": 0},
        {"person_no": None},
        {"amount_fen": -1, "would_be_fen": -1},
        {"amount_fen": MAX_FEN + 1, "would_be_fen": MAX_FEN + 1},
        {"rate_id": None},
        {"is_to_institution": None},
        {"outcome": Outcome.STANDARD_NOT_SET},
        {"amount_fen": None},
        {"amount_fen": 9999},
        {"outcome": Outcome.LOST_TO_HIGHER},
    ],
    ids=[
        "a person number of nought",
        "no person",
        "a negative amount",
        "an amount beyond belief",
        "no ground",
        "an unknown yes or no",
        "an amount without a standard",
        "a standard without an amount",
        "less than what is owed",
        "money for the one that lost",
    ],
)
def test_a_wrong_value_is_refused_on_a_collected_frame(changes):
    with pytest.raises(pandera.errors.SchemaError):
        Coordinated.validate(coordinated(**changes))
    assert not is_as_declared(coordinated(**changes), Coordinated.to_schema())


def test_two_rows_of_one_person_benefit_and_month_are_refused():
    twice = pl.concat([coordinated(), coordinated()])
    with pytest.raises(pandera.errors.SchemaError):
        Coordinated.validate(twice)
    assert not is_as_declared(twice, Coordinated.to_schema())


def test_an_unset_standard_has_no_amount():
    row = coordinated(outcome=Outcome.STANDARD_NOT_SET, amount_fen=None, would_be_fen=None, unset_code="NOT_SET")
    assert Coordinated.validate(row).height == 1


def test_a_lazy_frame_is_not_checked_for_values_so_a_check_must_collect():
    wrong = coordinated(person_no=0)
    Coordinated.validate(wrong.lazy())
    with pytest.raises(pandera.errors.SchemaError):
        Coordinated.validate(wrong.lazy().collect())


def test_an_identity_number_is_given_one_person_number():
    twice = pl.DataFrame({"person_id": ["a", "a"], "person_no": [1, 2]})
    with pytest.raises(pandera.errors.SchemaError):
        PersonNumbers.validate(twice)


def test_an_amount_as_a_float_is_no_amount():
    floating = coordinated().with_columns(pl.col("amount_fen").cast(pl.Float64))
    with pytest.raises(pandera.errors.SchemaError):
        Coordinated.validate(floating)
    assert not is_as_declared(floating, Coordinated.to_schema())


def test_a_rule_that_one_look_does_not_know_is_left_to_pandera():
    schema = pa.DataFrameSchema({"name": pa.Column(str, pa.Check.str_startswith("a"))})
    assert not is_as_declared(pl.DataFrame({"name": ["a"]}), schema)


def test_the_facts_name_every_code_by_its_list():
    assert {facts.name for facts in columns_of(Facts) if facts.code} == {
        name for name in polars_schema(Facts) if name.endswith("_code")
    }


def test_a_table_of_an_earlier_version_gets_todays_code_lists_and_columns():
    before = pl.DataFrame(
        {"category": ["低保", None], "gone": [1, 2]}, schema={"category": pl.Enum(["低保"]), "gone": pl.Int64}
    )
    now = pl.Schema({"category": pl.Enum(["特困", "低保"]), "since": pl.Date()})
    told = conformed(before, now)
    assert told.schema == now
    assert told.rows() == [("低保", None), (None, None)]
    assert conformed(told, now) is told


def test_a_required_column_cannot_decide_nothing():
    with pytest.raises(ValueError, match="姓名"):
        column("姓名", decides=False)


TOLD_AS_MISSING = {
    "hukou_type",  # an empty cell of it is told where a law asks (calculators/missing.py)
    *("village_group", "head_name", "head_id", "phone"),  # and of these where a list requires it (payments/misfits.py)
}


@pytest.mark.parametrize(
    "name",
    sorted(
        {facts.name for model in FILES.values() for facts in columns_of(model) if not facts.decides} - TOLD_AS_MISSING
    ),
)
def test_no_money_rests_on_a_column_that_decides_nothing(name):
    root = Path(__file__).parents[2]
    rooms = [path for room in ("calculators", "payments", "rulebook", "ledger") for path in (root / room).glob("*.py")]
    assert [path.name for path in rooms if re.search(rf"\b{name}\b", path.read_text("utf-8"))] == []
