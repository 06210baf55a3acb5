"""What a spreadsheet leaves of a formula that failed, or of a number used as a name: told from the text of the cell.

The one place for it: a text file, a text cell of a workbook and a column of Parquet pass through here alike. What the
text does not show (a number's own type, an error's) the readers mark beside it (`raw.py`).
"""

from __future__ import annotations

import polars as pl

EXACT_DIGITS = 15  # a spreadsheet holds whole numbers up to here digit by digit
ERROR_WORD = (
    r"^(?:#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!"
    r"|BUSY!)|#{3,}|(?i:Err:[0-9]{3}))$"
)
# 4.10721E+17, 4.10721e17; 999100000011.0, as a program writes a number that it took for a measure.
NUMBER_LEFT = r"^[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+$|^[0-9]+\.0+$"
# A key may well be 4E10: of such a text a spreadsheet writes 4E+10.
KEY_LEFT = r"^[0-9](?:\.[0-9]+)?[eE]\+[0-9]+$|^[0-9]+\.0+$"
ENDS_CUT = r"^[0-9]{15}0+$"
LONG = r"^[0-9]{16,}$"
ENOUGH_ZEROS = 3  # by chance a right number ends so once in a thousand


def is_error_word(text: pl.Expr) -> pl.Expr:
    """The text is what a spreadsheet shows of a formula that failed, or of a column too narrow."""
    return text.str.normalize("NFKC").str.contains(ERROR_WORD)


def ends_cut(number: pl.Expr) -> pl.Expr:
    """More than fifteen digits, and nothing but zeros from the sixteenth on."""
    return number.str.contains(ENDS_CUT)


def is_cut(column: pl.Expr, enough: int | None = ENOUGH_ZEROS) -> pl.Expr:
    """The numbers of a whole column that a spreadsheet has cut at fifteen digits, and filled up with zeros.

    Those with `enough` zeros there (None: however many), and all that end so where half the column's long numbers do,
    and two at the least.
    """
    cut = ends_cut(column)
    many = (cut.sum() >= 2) & (cut.sum() * 2 >= column.str.contains(LONG).sum())
    if enough is None:
        return cut & many
    return cut & (many | (column.str.len_chars() >= EXACT_DIGITS + enough) & column.str.ends_with("0" * enough))
