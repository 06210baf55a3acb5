"""What a cell of each kind may say, and what is said of one that cannot be read."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.columns import CellKind, columns_of
from contracts.money import yuan_label, yuan_text
from contracts.registers import FILES
from intake.cells import UNREADABLE, VALUES, is_null_word, trimmed, value, why


def column(register, name):
    return next(facts for facts in columns_of(FILES[register]) if facts.name == name)


OF_KIND = {
    CellKind.TEXT: column("population", "name"),
    CellKind.RESIDENT_ID: column("population", "person_id"),
    CellKind.ACCOUNT: column("account", "account_no"),
    CellKind.KEY: column("low_income", "household_id"),
    CellKind.DIVISION: column("population", "division_code"),
    CellKind.DAY: column("population", "died_on"),
    CellKind.MONTH: column("low_income", "from_month"),
    CellKind.YES_NO: column("low_income", "is_recipient"),
    CellKind.WHOLE: column("disability", "grade"),
    CellKind.MONEY: column("history", "amount_fen"),
    CellKind.CODE: column("low_income", "category"),
}


def read(kind, text):
    cells = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return cells.select(value(OF_KIND[kind], "text")).item()


def test_every_kind_has_a_reading_and_a_refusal():
    assert set(VALUES) == set(CellKind) == set(OF_KIND)
    assert set(UNREADABLE) == set(CellKind) - {CellKind.RESIDENT_ID}


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05",
        "2024-3-5",
        "2024/3/5",
        "2024.3.5",
        "20240305",
        "2024年3月5日",
        "45356",
        "2024-03-05 00:00:00",
        "2024/3/5 8:30",
        "2024 年 3 月 5 号",
        "\uff12\uff10\uff12\uff14-3-5",
    ],
)
def test_a_day_may_be_written_in_these_ways(text):
    assert read(CellKind.DAY, text) == date(2024, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2024年3月",
        "2024-3/5",
        "5/3/2024",
        "2024",
        "1949",
        "长期",
        "0024-03-05",
        "2024-03-05 25",
        "24-3-5",
    ],
)
def test_a_day_is_never_guessed(text):
    assert read(CellKind.DAY, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "1234.5",
        "1234.50",
        "1,234.50",
        "\uffe51,234.50元",
        "\u00a51234.5",
        "1234.5 元",
        "\uff11\uff0c\uff12\uff13\uff14\uff0e\uff15",
    ],
)
def test_money_may_be_written_in_these_ways(text):
    assert read(CellKind.MONEY, text) == 123450


@pytest.mark.parametrize(
    "text",
    ["0", "-5", "60.125", "1,2345", "1,23", "1234,50", "6e3", "60.", ".5", "60元整", "$60", "10000000.01", "六十"],
)
def test_money_is_never_guessed(text):
    assert read(CellKind.MONEY, text) is None


@given(st.integers(1, 10**9))
def test_every_fen_is_read_as_it_was_written(fen):
    assert read(CellKind.MONEY, yuan_text(fen)) == fen
    assert read(CellKind.MONEY, f"\uffe5{yuan_label(fen)}元") == fen


@pytest.mark.parametrize(
    "text",
    [
        "2024-03",
        "2024-3",
        "2024/3",
        "202403",
        "2024年3月",
        "2024-03-01",
        "2024年03月",
        "2024.03",
        "2024/3/1",
        "2024.3.1",
        "45352",
    ],
)
def test_a_month_may_be_written_in_these_ways(text):
    assert read(CellKind.MONTH, text) == date(2024, 3, 1)


@pytest.mark.parametrize("text", ["2024-13", "2024", "24-03", "2024-03-02", "3月", "2024.3", "20243", "2024.3.2"])
def test_a_month_is_never_guessed(text):
    assert read(CellKind.MONTH, text) is None


@given(st.dates(date(1928, 1, 1), date(2170, 12, 31)))
def test_a_day_by_its_number_in_a_spreadsheet_is_that_day(day):
    assert read(CellKind.DAY, str((day - date(1899, 12, 30)).days)) == day


@pytest.mark.parametrize(
    "text", ["低保", "1-低保", "01低保", "1.低保", "1、低保", "低保(1)", "低保\uff081\uff09", "dibao"]
)
def test_a_word_may_have_its_number_before_or_behind_it(text):
    assert read(CellKind.CODE, text) == "dibao"


@pytest.mark.parametrize("text", ["1", "低保2户", "非低保", "1-", "低保-特困"])
def test_a_word_is_never_guessed(text):
    assert read(CellKind.CODE, text) is None


@pytest.mark.parametrize(
    ("text", "said"), [("\u221a", True), ("\u00d7", False), ("y", True), ("有", None), ("x", None)]
)
def test_yes_or_no_may_be_a_tick_or_a_cross_and_nothing_doubtful(text, said):
    assert read(CellKind.YES_NO, text) is said


@pytest.mark.parametrize(
    ("text", "number"), [("2", 2), ("2级", 2), ("二级", 2), ("2.0", 2), ("二", None), ("2.5", None)]
)
def test_a_grade_may_be_written_out(text, number):
    assert read(CellKind.WHOLE, text) == number


@given(st.dates(date(1850, 1, 1), date(2099, 12, 30)))
def test_a_day_written_with_or_without_dashes_is_the_same(day):
    assert read(CellKind.DAY, day.isoformat()) == read(CellKind.DAY, f"{day:%Y%m%d}".zfill(8)) == day


@given(st.sampled_from(list(CellKind)), st.text(max_size=40))
def test_no_text_breaks_a_reading_and_what_is_unread_has_a_reason(kind, text):
    cells = pl.DataFrame({"raw": [text]}, schema={"raw": pl.String}).with_columns(text=trimmed("raw"))
    told = cells.select(
        "text",
        read=value(OF_KIND[kind], "text"),
        null=is_null_word(OF_KIND[kind], "text"),
        why=why(OF_KIND[kind], "text"),
    ).row(0, named=True)
    assert told["text"] is None or told["read"] is not None or told["why"]


@pytest.mark.parametrize(("text", "account"), [("6228 4800 0000 0001", "6228480000000001"), ("010010", "010010")])
def test_an_account_keeps_its_leading_zeros_and_loses_its_blanks(text, account):
    assert read(CellKind.ACCOUNT, text) == account


@pytest.mark.parametrize("text", ["12345", "1" * 33, "62284800A", "6.2E+18", "62-28"])
def test_an_account_is_digits_only(text):
    assert read(CellKind.ACCOUNT, text) is None


def test_names_keep_their_characters():
    for name in ("䶮某", "阿依·古丽", "𠮷某", "豈某"):
        assert read(CellKind.TEXT, name) is not None
    assert read(CellKind.TEXT, "䶮某") == "䶮某"
    assert read(CellKind.TEXT, "①某") == "①某"
    assert read(CellKind.TEXT, "某" * 101) is None


@pytest.mark.parametrize(("text", "said"), [("是", True), ("否", False), ("y", True), ("0", False), ("有", None)])
def test_yes_and_no_have_few_words(text, said):
    assert read(CellKind.YES_NO, text) is said


@pytest.mark.parametrize(("text", "grade"), [("1", 1), ("4", 4), ("0", None), ("5", None), ("一", None), ("1.5", None)])
def test_a_whole_number_lies_within_its_bounds(text, grade):
    assert read(CellKind.WHOLE, text) == grade


def test_a_code_is_found_by_its_label_its_code_and_its_aliases():
    facts = OF_KIND[CellKind.CODE]
    for word, member in facts.code.spellings().items():
        assert read(CellKind.CODE, word) == member.value
    assert read(CellKind.CODE, "困难户") is None


def test_a_word_for_everything_is_null_and_not_unreadable():
    facts = column("suspension", "benefit")
    cells = pl.DataFrame({"text": ["全部", "高龄津贴"]})
    assert cells.select(is_null_word(facts, "text")).to_series().to_list() == [True, False]


@pytest.mark.parametrize("blank", [" ", "\t", "\u3000", "\u00a0", "\u200b", "\ufeff", " \u3000 "])
def test_blanks_around_a_text_do_not_belong_to_it(blank):
    cells = pl.DataFrame({"raw": [blank + "示范镇" + blank, blank]})
    assert cells.select(trimmed("raw")).to_series().to_list() == ["示范镇", None]
