"""The words of the policies stand for columns of the facts."""

import polars as pl
import pytest

from contracts.columns import columns_of, polars_schema
from contracts.registers import REGISTERS
from contracts.tables import Facts
from contracts.vocabulary import WORDS, WordKind

TYPES = {WordKind.YES_NO: pl.Boolean, WordKind.NUMBER: pl.Int64, WordKind.CODE: pl.Enum}


@pytest.mark.parametrize("name", WORDS)
def test_a_word_stands_for_a_fact_of_its_kind(name):
    word = WORDS[name]
    facts = {declared.name: declared for declared in columns_of(Facts)}
    assert word.name == name
    assert isinstance(polars_schema(Facts)[word.column], TYPES[word.kind])
    assert facts[word.column].code is word.code
    assert not word.register or word.register in REGISTERS


def test_no_two_words_stand_for_the_same_fact():
    assert len({word.column for word in WORDS.values()}) == len(WORDS)


def test_every_fact_but_the_key_and_the_institution_can_be_asked_for():
    asked = {word.column for word in WORDS.values()}
    assert set(polars_schema(Facts).names()) - asked == {
        "person_no",
        "benefit_month",
        "institution_id",
    }
