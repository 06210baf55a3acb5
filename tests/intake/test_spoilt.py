"""What a spreadsheet has spoilt is refused alike, whatever the kind of file and the column it stands in."""

import csv

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from contracts.columns import CellKind, columns_of
from contracts.registers import FILES
from intake.spoilt import is_cut, is_error_word

KINDS = ("csv", "txt", "xlsx", "parquet")
OWN_NUMBERS = (CellKind.RESIDENT_ID, CellKind.ACCOUNT, CellKind.KEY, CellKind.DIVISION)
COLUMNS = [
    pytest.param(register, facts, id=f"{register}-{facts.name}")
    for register in ("population", "low_income", "disability", "account", "institution", "claim", "history")
    for facts in columns_of(FILES[register])
]


@pytest.fixture
def taken_from(tmp_path, accept_file):
    """Write the same cells as a file of a kind, every cell a text, and take it in."""

    def take(kind, register, rows):
        columns = list(columns_of(FILES[register]))
        header = [facts.header for facts in columns]
        lines = [[cells.get(facts.name, "") for facts in columns] for cells in rows]
        path = tmp_path / f"{register}.{kind}"
        if kind == "parquet":
            pl.DataFrame(lines, schema=header, orient="row").write_parquet(path)
        elif kind == "xlsx":
            with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
                sheet = book.add_worksheet()
                for number, cells in enumerate([header, *lines]):
                    sheet.write_row(number, 0, cells)
        else:
            with path.open("w", encoding="utf-8", newline="") as opened:
                csv.writer(opened, delimiter="|" if kind == "txt" else ",").writerows([header, *lines])
        return accept_file(path, register)

    return take


def codes_of(taken):
    return taken.refused.filter(pl.col("source_row") > 0).select("source_row", "source_column", "code").rows()


@pytest.mark.parametrize(("register", "facts"), COLUMNS)
def test_an_error_word_is_an_error_cell_in_every_column(register, facts, accept_rows, row):
    taken = accept_rows(register, row(register, **{facts.name: "#N/A"}))
    if facts.decides:
        assert codes_of(taken) == [(2, facts.header, "CELL_ERROR")]
    else:
        assert (taken.rows.height, taken.changes) == (1, {"LEFT_EMPTY": 1})


@pytest.mark.parametrize(("register", "facts"), COLUMNS)
def test_a_number_in_scientific_notation_is_refused_as_one_in_every_column_of_names(register, facts, accept_rows, row):
    if facts.kind in OWN_NUMBERS and facts.decides:
        taken = accept_rows(register, row(register, **{facts.name: "4.10721E+17"}))
        assert codes_of(taken) == [(2, facts.header, "NUMERIC_ID")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"bank_name": "#REF!"}, "CELL_ERROR"),
        ({"payee_name": "######"}, "CELL_ERROR"),
        ({"bank_code": "9.991E+11"}, "NUMERIC_ID"),
        ({"bank_code": "999100000011.0"}, "NUMERIC_ID"),
        ({"account_no": "9.9E+16"}, "NUMERIC_ID"),
        ({"account_no": "990007214699143000"}, "NUMERIC_ID"),
        ({"payee_id": "#VALUE!"}, "CELL_ERROR"),
    ],
)
def test_the_kind_of_file_makes_no_difference(kind, cells, code, taken_from, row, resident_id):
    rows = [row("account"), row("account", resident_id(serial=2), **cells)]
    [(source_row, _, found)] = codes_of(taken_from(kind, "account", rows))
    assert (source_row, found) == (3, code)


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_of_short_numbers_that_all_end_in_zeros_was_cut(kind, taken_from, row, resident_id):
    numbers = ["9900072146991430", "9900072146991440", "9900072146991450"]
    rows = [row("account", resident_id(serial=n), account_no=number) for n, number in enumerate(numbers, start=1)]
    assert [code for _, _, code in codes_of(taken_from(kind, "account", rows))] == ["NUMERIC_ID"] * 3


def test_a_number_that_ends_so_among_others_that_do_not_is_right(accept_rows, row, resident_id):
    numbers = ["9900072146991430", "9900072146991441", "9900072146991452"]
    rows = [row("account", resident_id(serial=n), account_no=number) for n, number in enumerate(numbers, start=1)]
    assert accept_rows("account", *rows).rows.height == 3


def test_a_number_that_does_end_in_zeros_is_handed_in_with_an_apostrophe(accept_rows, row):
    taken = accept_rows("account", row("account", account_no="'990007214699143000"))
    assert (taken.rows["account_no"].to_list(), taken.changes) == (["990007214699143000"], {"APOSTROPHE": 1})


def test_keys_numbered_in_hundreds_are_no_cut_numbers(accept_rows, row, resident_id):
    keys = ["410721001000000100", "410721001000000101"]
    rows = [row("low_income", resident_id(serial=n), household_id=key) for n, key in enumerate(keys, start=1)]
    assert accept_rows("low_income", *rows).rows.height == 2


def _ending_in_zeros(resident_id, *, right):
    """Identity numbers whose last three digits are zeros, as a spreadsheet leaves them."""
    whole = [resident_id(f"194{n % 10}07{n % 28 + 1:02d}", n // 28 * 100 % 1000) for n in range(3000)]
    cut = {one[:15] + "000" for one in whole}
    return sorted(one for one in cut if (one in whole) == right)


def test_cut_identity_numbers_are_refused_with_those_whose_check_digit_is_right_by_chance(
    accept_rows, row, resident_id
):
    right, wrong = (_ending_in_zeros(resident_id, right=right)[:n] for right, n in ((True, 1), (False, 4)))
    born = {"birth_date": ""}
    rows = [row("certification", one, **born) for one in (*right, *wrong)]
    assert {code for _, _, code in codes_of(accept_rows("certification", *rows))} == {"NUMERIC_ID"}
    assert accept_rows("certification", row("certification", right[0])).rows.height == 1


@given(st.lists(st.from_regex(r"[0-9]{0,14}[1-9]|[0-9]{16,18}[1-9]", fullmatch=True), max_size=8))
def test_no_number_that_ends_in_another_digit_was_cut(numbers):
    assert not pl.DataFrame({"n": numbers}, schema={"n": pl.String}).select(is_cut(pl.col("n")))["n"].any()


@pytest.mark.parametrize("word", ["#N/A", "#NAME?", "#DIV/0!", "\uff03N/A", "###", "Err:502", "#GETTING_DATA"])
def test_a_word_that_a_formula_leaves_is_one(word):
    assert pl.select(is_error_word(pl.lit(word))).item()


@pytest.mark.parametrize("word", ["#1号楼", "N/A", "1#", "##", "样#N/A"])
def test_a_word_of_people_is_none(word):
    assert not pl.select(is_error_word(pl.lit(word))).item()
