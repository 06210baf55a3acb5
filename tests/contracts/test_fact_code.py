"""The facts of a month as one number: nothing is lost that a benefit may look at."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import LowIncomeCategory
from contracts.columns import polars_schema
from contracts.fact_code import FIELDS, decode, encode, mask_of
from contracts.tables import Facts
from contracts.vocabulary import WORDS

LARGEST = {"age_years": 150, "disability_grade": 4, "ability_level": 4}


def a_value_of(field):
    if field.is_yes_no:
        return st.booleans()
    if field.code is not None:
        return st.none() | st.sampled_from(field.code.values())
    whole = st.integers(0, LARGEST[field.column])
    return whole if field.column == "age_years" else st.none() | whole


FACTS = st.fixed_dictionaries({field.column: a_value_of(field) for field in FIELDS})


def code_of(facts):
    schema = {column: polars_schema(Facts)[column] for column in facts}
    return pl.DataFrame([facts], schema=schema).select(code=encode()).item()


def told(field, value):
    if value is None or value is False:
        return None
    if value is True:
        return "是"
    return field.code(value).label if field.code else str(value)


@given(FACTS)
def test_what_is_encoded_is_told_again(facts):
    expected = {field.label: told(field, facts[field.column]) for field in FIELDS}
    assert decode(code_of(facts)) == {label: text for label, text in expected.items() if text is not None}


@given(FACTS, FACTS)
def test_different_facts_have_different_numbers(one, other):
    assert (code_of(one) == code_of(other)) == (one == other)


@given(FACTS)
def test_a_mask_keeps_what_a_benefit_looks_at_and_nothing_else(facts):
    seen = code_of(facts) & mask_of(["age", "tekun"])
    assert set(decode(seen)) <= {"周岁", "低收入类别"}
    assert decode(seen) == {label: text for label, text in decode(code_of(facts)).items() if label in decode(seen)}


def test_every_word_of_the_vocabulary_has_bits():
    for word in WORDS:
        assert mask_of([word]), f"{word} 不在情形代码中"


def test_the_fields_lie_side_by_side_within_a_column_of_whole_numbers():
    ends = [field.shift + field.bits for field in FIELDS]
    assert [field.shift for field in FIELDS] == [0, *ends[:-1]]
    assert ends[-1] < 63


@pytest.mark.parametrize("field", [field for field in FIELDS if field.code], ids=lambda field: field.column)
def test_a_field_is_wide_enough_for_its_list(field):
    assert len(field.code) < 2**field.bits


def test_the_layout_in_the_book_does_not_move():
    assert {field.column: (field.shift, field.bits) for field in FIELDS} == {
        "age_years": (0, 8),
        "is_alive": (8, 1),
        "is_registered": (9, 1),
        "low_income_code": (10, 3),
        "is_dibao_person": (13, 1),
        "area_code": (14, 2),
        "support_mode_code": (16, 2),
        "self_care_code": (18, 2),
        "disability_grade": (20, 3),
        "disability_category_code": (23, 4),
        "needs_long_term_care": (27, 1),
        "ability_level": (28, 3),
        "ability_scale_code": (31, 2),
        "is_unable": (33, 1),
        "family_planning_code": (34, 2),
        "has_birthday": (36, 1),
        "hukou_code": (37, 2),
    }
    assert LowIncomeCategory.values() == ["tekun", "dibao", "margin", "expense_hardship"]
