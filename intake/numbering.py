"""A number of its own for every row of a register while its rows are checked.

Rows of several sheets or files have the same numbers in them, and one row may stand for a whole household. The lowest
part of a number is the row of the file; above it, who of the row's household it is (0: the applicant, and every
ordinary row); above that, which table of the register. Notes on a whole file keep WHOLE_FILE.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from intake.refusals import WHOLE_FILE

PERSON = 2**32
TABLE = 2**44
NUMBER = pl.col("source_row")


def row_in_file(number: pl.Expr = NUMBER) -> pl.Expr:
    """The number of the file's row."""
    return number % PERSON


def person_in_row(number: pl.Expr = NUMBER) -> pl.Expr:
    """Who of the row it is."""
    return number % TABLE // PERSON


def row_of_register(number: pl.Expr = NUMBER) -> pl.Expr:
    """The number of the row without who of it: the same for a whole household."""
    return number - person_in_row(number) * PERSON


def in_table(rows: pl.DataFrame, table: int) -> pl.DataFrame:
    """Rows of one table (the first: 0) with the numbers they have in the register."""
    if table == 0:
        return rows
    return rows.with_columns(pl.when(NUMBER == WHOLE_FILE).then(NUMBER).otherwise(NUMBER + table * TABLE))


def in_order_of_file(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the numbers of their file, in its order, the applicant before his household."""
    if (rows["source_row"] < PERSON).all():
        return rows
    ordered = rows.sort(NUMBER // TABLE, row_in_file(), NUMBER, maintain_order=True)
    return ordered.with_columns(row_in_file())


def in_ranges(numbers: Sequence[int], most: int = 20) -> str:
    """Numbers in order, in words: 3–7、9; of more than `most` ranges the first ones."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    told = ["–".join(str(end) for end in one) for one in ranges[:most]]
    return "、".join(told) + (" 等" if len(ranges) > most else "")
