"""How a column is declared: once, with its Chinese header, meaning, unit and kind of value.

`column()` returns a pandera field; what pandera has no place for goes into the field's metadata under the names
of `ColumnFacts`. From the declaration come the intake gate, the asset checks, the header mapping of files and the data
dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandera.polars as pa
import polars as pl

from contracts.codes import Code


class CellKind(StrEnum):
    """How the text of a file's cell is read; one parser each in intake/."""

    TEXT = "text"
    RESIDENT_ID = "resident_id"  # 18 digits, check digit, a real date
    ACCOUNT = "account"  # digits, kept as text
    KEY = "key"  # a short identifier, kept as text
    DIVISION = "division"  # six or more digits, kept as text
    DAY = "day"
    MONTH = "month"
    YES_NO = "yes_no"
    WHOLE = "whole"
    MONEY = "money"  # yuan in the file, fen inside
    CODE = "code"


@dataclass(frozen=True)
class ColumnFacts:
    """What a declaration says beyond dtype and checks."""

    name: str
    header: str
    description: str
    kind: CellKind
    required: bool
    optional_column: bool
    nullable: bool
    aliases: tuple[str, ...]
    unit: str
    code: type[Code] | None
    minimum: int | None
    maximum: int | None
    null_words: tuple[str, ...]
    blank: str
    decides: bool
    happened: bool
    otherwise: tuple[Code, str] | None
    comes_from: tuple[str, ...]  # columns of registers, each "register.column"


def column(
    header: str,
    description: str = "",
    *,
    kind: CellKind = CellKind.TEXT,
    required: bool = True,
    optional_column: bool = False,
    nullable: bool | None = None,
    aliases: tuple[str, ...] = (),
    unit: str = "",
    code: type[Code] | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    null_words: tuple[str, ...] = (),
    blank: str = "",
    decides: bool = True,
    happened: bool = False,
    otherwise: tuple[Code, str] | None = None,
    comes_from: str = "",
) -> Any:
    """Declare one column.

    `required`: a row with an empty cell is refused. `optional_column`: a file may come without the column.
    `null_words`: cell texts that mean null (全部). `blank`: what an empty cell means. `nullable` follows from these
    unless given. `decides=False`: no benefit, payment or order of a file rests on the column, so that a cell of it that
    cannot be read is kept empty and told, and refuses nobody. `happened`: a day of something that has happened, so that
    one after the day that is known is a slip. `otherwise`: the code that a word outside the list counts as, and the
    column that keeps the word. `comes_from`: columns of registers that it is read from ("register.column", parted by
    blanks), where it has another name there. ValueError for a required column that decides nothing.
    """
    if required and not decides:
        raise ValueError(f"a required column decides something: {header}")
    may_be_null = ((not required and not blank) or bool(null_words)) if nullable is None else nullable
    dtype_kwargs = {"categories": code.values()} if code else None
    return pa.Field(
        nullable=may_be_null,
        description=description or header,
        dtype_kwargs=dtype_kwargs,
        ge=minimum,
        le=maximum,
        metadata={
            "header": header,
            "kind": CellKind.CODE if code else kind,
            "required": required,
            "optional_column": optional_column,
            "aliases": aliases,
            "unit": unit,
            "code": code,
            "minimum": minimum,
            "maximum": maximum,
            "null_words": null_words,
            "blank": blank,
            "decides": decides,
            "happened": happened,
            "otherwise": otherwise,
            "comes_from": tuple(comes_from.split()),
        },
    )


def columns_of(model: type[pa.DataFrameModel]) -> Iterator[ColumnFacts]:
    """The declared columns of a model, in order."""
    return columns_of_schema(model.to_schema())


def columns_of_schema(schema: pa.DataFrameSchema) -> Iterator[ColumnFacts]:
    """The declared columns of a schema, in order."""
    for name, declared in schema.columns.items():
        facts = declared.metadata or {}
        yield ColumnFacts(
            name=name,
            header=facts.get("header", name),
            description=declared.description or "",
            kind=facts.get("kind", CellKind.TEXT),
            required=facts.get("required", not declared.nullable),
            optional_column=facts.get("optional_column", False),
            nullable=bool(declared.nullable),
            aliases=facts.get("aliases", ()),
            unit=facts.get("unit", ""),
            code=facts.get("code"),
            minimum=facts.get("minimum"),
            maximum=facts.get("maximum"),
            null_words=facts.get("null_words", ()),
            blank=facts.get("blank", ""),
            decides=facts.get("decides", True),
            happened=facts.get("happened", False),
            otherwise=facts.get("otherwise"),
            comes_from=facts.get("comes_from", ()),
        )


def polars_schema(model: type[pa.DataFrameModel]) -> pl.Schema:
    """Names and polars types of a model's columns, in order."""
    return pl.Schema({name: declared.dtype.type for name, declared in model.to_schema().columns.items()})


def empty(model: type[pa.DataFrameModel]) -> pl.DataFrame:
    """A frame of the model without rows."""
    return pl.DataFrame(schema=polars_schema(model))


def headers(model: type[pa.DataFrameModel]) -> dict[str, str]:
    """Column name → Chinese header."""
    return {facts.name: facts.header for facts in columns_of(model)}


OF_CHECK: Mapping[str, Callable[[pl.Expr, dict[str, Any]], pl.Expr]] = {
    "greater_than_or_equal_to": lambda value, told: value >= told["min_value"],
    "less_than_or_equal_to": lambda value, told: value <= told["max_value"],
}


def is_as_declared(table: pl.DataFrame, schema: pa.DataFrameSchema) -> bool:
    """Whether one look shows that a table keeps to its schema. Where it does not, pandera says what is wrong.

    Pandera looks at each rule of each column by itself, in a millisecond; nearly every table is as it should be.
    """
    if table.schema != {name: declared.dtype.type for name, declared in schema.columns.items()}:
        return False
    if table.is_empty():
        return True
    rules = []
    for name, declared in schema.columns.items():
        if not declared.nullable:
            rules.append(pl.col(name).null_count() == 0)
        for check in declared.checks:
            if check.name not in OF_CHECK:
                return False
            rules.append(OF_CHECK[check.name](pl.col(name), check.statistics).all())
    return (
        all(table.select(kept.alias(str(place)) for place, kept in enumerate(rules)).row(0))
        and (not schema.unique or table.select(pl.struct(schema.unique).n_unique()).item() == table.height)
        and all(check(table.lazy()).check_passed.collect().item() for check in schema.checks)
    )


def conformed(table: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """A table that an earlier version of the program kept, in today's columns and code lists; new columns are empty."""
    if table.schema == schema:
        return table
    return table.select(_conformed(table, name, dtype) for name, dtype in schema.items())


def _conformed(table: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Expr:
    if name not in table.columns:
        return pl.lit(None, dtype).alias(name)
    kept = pl.col(name)
    return (kept.cast(pl.String) if isinstance(dtype, pl.Enum) else kept).cast(dtype)
