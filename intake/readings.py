"""The cells of a register's columns are read: each distinct text once, where texts come again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from contracts.columns import ColumnFacts
from intake.cells import OF_ONE, is_null_word, trimmed, value

TEXT = "text:"  # prefix of a cell's text without surrounding blanks
EMPTY = "empty:"  # prefix of whether nothing is written in the cell
UNREAD = "unread:"  # prefix of whether something is written in the cell that cannot be read
OUTSIDE = "outside:"  # prefix of a word that its list does not know, kept in the column of this name
RAW = "raw"
NOT_YET: Mapping[str, pl.DataFrame] = {}


class Readings(NamedTuple):
    """The rows of a register, each column's typed value under its name, beside it whether it is empty, and unread.

    `texts`: by column its texts, as `read_texts` gives them, each once where texts repeat.
    """

    rows: pl.DataFrame
    texts: Mapping[str, pl.DataFrame]

    def texts_of(self, cells: pl.DataFrame, columns: Sequence[ColumnFacts], which: pl.Series) -> pl.DataFrame:
        """The trimmed texts of some of the rows; `cells`, `columns` are those that were read."""
        return pl.concat(
            [_texts_of(cells[facts.name], self.texts[facts.name], facts, which) for facts in columns], how="horizontal"
        )


def read_columns(
    cells: pl.DataFrame, columns: Sequence[ColumnFacts], known: Mapping[str, pl.DataFrame] = NOT_YET
) -> Readings:
    """Read a text column for each of `columns`; others stay as they are. `known`: what `read_column` gave of some."""
    by_name = {facts.name: facts for facts in columns}
    unknown = [facts for facts in columns if facts.name not in known]
    texts = {**known, **{facts.name: read_column(cells[facts.name], facts) for facts in unknown}}
    rows = [_row_by_row(cells[facts.name], texts[facts.name], facts, by_name) for facts in columns]
    read = pl.concat([cells.drop(by_name), *rows], how="horizontal")
    kept = [facts.otherwise[1] for facts in columns if facts.otherwise]
    with_kept = read.with_columns(pl.coalesce(name, OUTSIDE + name).alias(name) for name in kept)
    return Readings(with_kept.drop(OUTSIDE + name for name in kept), texts)


def how_often(cells: pl.Series, texts: pl.DataFrame) -> pl.DataFrame:
    """Each of a column's texts, and how often it comes in the cells: len."""
    counted = cells.to_frame(RAW).group_by(RAW).len()
    return texts.unique(RAW).join(counted, on=RAW, nulls_equal=True)


def read_column(cells: pl.Series, facts: ColumnFacts) -> pl.DataFrame:
    """What `read_texts` gives of a column's cells: each row's where hardly two say the same, else each text's once."""
    return read_texts((cells if _is_of_one(cells, facts) else cells.unique()).to_frame(RAW), facts)


def _is_of_one(cells: pl.Series, facts: ColumnFacts) -> bool:
    """Hardly two rows of the column say the same, unless nobody has filled it in."""
    return facts.kind in OF_ONE and bool(cells.str.len_bytes().max())


def read_texts(texts: pl.DataFrame, facts: ColumnFacts) -> pl.DataFrame:
    """The texts of a column (raw, and others), trimmed, read, and whether they are unread, under the column's name."""
    name, text = facts.name, TEXT + facts.name
    blank = pl.lit(facts.blank or None, pl.String)
    read = texts.with_columns(trimmed(RAW).fill_null(blank).alias(text)).with_columns(value(facts, text).alias(name))
    is_unread = pl.col(text).is_not_null() & pl.col(name).is_null()
    if not read.select(is_unread.any()).item():
        return read.with_columns(pl.lit(value=False).alias(UNREAD + name))
    return read.with_columns((is_unread & ~is_null_word(facts, text)).alias(UNREAD + name))


def _row_by_row(
    cells: pl.Series, texts: pl.DataFrame, facts: ColumnFacts, by_name: Mapping[str, ColumnFacts]
) -> pl.DataFrame:
    text = TEXT + facts.name
    told = texts.with_columns(pl.col(text).is_null().alias(EMPTY + facts.name))
    if _is_of_one(cells, facts):
        return told.drop(RAW, text)
    read = told.with_columns(_word_outside(facts, by_name)).drop(text)
    if read.height == 1:  # most often a column that is empty
        return pl.DataFrame([column.new_from_index(0, cells.len()) for column in read.drop(RAW)])
    rows = cells.to_frame(RAW).join(read, on=RAW, how="left", nulls_equal=True, validate="m:1", maintain_order="left")
    return rows.drop(RAW)


def _texts_of(cells: pl.Series, texts: pl.DataFrame, facts: ColumnFacts, which: pl.Series) -> pl.DataFrame:
    text = TEXT + facts.name
    if _is_of_one(cells, facts):
        return texts.select(text).filter(which)
    some = cells.filter(which).to_frame(RAW)
    return some.join(texts, on=RAW, how="left", nulls_equal=True, validate="m:1", maintain_order="left").select(text)


def _word_outside(facts: ColumnFacts, by_name: Mapping[str, ColumnFacts]) -> Iterator[pl.Expr]:
    """The words that count as another code because their list does not know them, for the column that keeps them."""
    if facts.otherwise:
        text, kept = TEXT + facts.name, by_name[facts.otherwise[1]]
        is_outside = value(replace(facts, otherwise=None), text).is_null() & ~is_null_word(facts, text)
        yield pl.when(is_outside).then(value(kept, text)).alias(OUTSIDE + kept.name)
