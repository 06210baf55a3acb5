"""A text that is written as it should be is read as it would be if it were looked at in every way."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.columns import CellKind, columns_of
from contracts.registers import FILES
from intake import cells
from intake.cells import value
from intake.regular import TEXT, in_plain_characters, regular_first
from tests.effort import tries

DIGITS = st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
NEAR_DAYS = st.dates().map(str)
HAN = st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF) | st.characters(
    min_codepoint=0x4E00, max_codepoint=0x9FFF
)
REGULAR = st.text(HAN | st.sampled_from("\u00b70123456789"), min_size=1, max_size=33)
ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SPOILT = st.sampled_from(["示 范", "示\u3000范 村", "e\u0301", "NULL", "#N/A", "\uff12\uff10", "\uf900", "示" * 101])
COLUMNS = {facts.kind: facts for facts in columns_of(FILES["population"]) if not facts.null_words}


def read_in(texts, reading):
    return pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)}).select(reading(TEXT)).to_series().to_list()


@given(st.lists(DIGITS | NEAR_DAYS))
@settings(max_examples=tries(40), deadline=None)
def test_a_day_in_order_is_the_day_it_is_in_any_form(texts):
    assert read_in(texts, cells._day_in_order) == read_in(texts, cells._day_in_any_form)


@given(st.lists(REGULAR))
@settings(max_examples=tries(40), deadline=None)
def test_a_regular_text_stays_as_it_is_in_any_form(texts):
    assert read_in(texts, cells._right_text) == texts


@pytest.mark.parametrize("kind", [CellKind.TEXT, CellKind.DAY])
@given(st.lists(st.none() | DIGITS | NEAR_DAYS | REGULAR | ODD | SPOILT))
@settings(max_examples=tries(60), deadline=None)
def test_texts_of_every_sort_are_read_together_as_each_alone(kind, texts):
    facts = COLUMNS[kind]
    rows = pl.DataFrame({"cell": pl.Series(texts, dtype=pl.String)})
    each = [one for row in rows.iter_slices(1) for one in row.select(value(facts, "cell")).to_series()]
    assert rows.select(value(facts, "cell")).to_series().to_list() == each


@given(st.lists(st.none() | REGULAR | ODD | SPOILT))
@settings(max_examples=tries(40), deadline=None)
def test_plain_characters_are_those_of_the_standard(texts):
    assert read_in(texts, in_plain_characters) == read_in(texts, lambda text: text.str.normalize("NFKC"))


def test_only_texts_that_are_not_regular_are_read_in_every_way():
    seen = []

    def other(text):
        return text.map_batches(lambda given: seen.extend(given) or given.str.to_uppercase(), return_dtype=pl.String)

    read = regular_first(pl.Series("cell", ["b", None, "A", "c"]), TEXT == "A", lambda text: text, other)
    assert (read.name, read.to_list(), seen) == ("cell", ["B", None, "A", "C"], ["b", "c"])
