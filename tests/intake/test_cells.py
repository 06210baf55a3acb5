"""What a cell of each kind may say, and what is said of one that cannot be read."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codes import CellChange, DisabilityCategory
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


@settings(deadline=None)
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


NOTHING = ("9999-12-31", "9999/12/31", "99991231", "2099-12-31", "2999-12-31", "2958465", "NULL", "\\N", "nan")


@pytest.mark.parametrize("word", NOTHING)
def test_a_systems_word_for_no_day_is_none_where_none_may_stand_and_is_counted(word, accept_rows, row):
    taken = accept_rows("population", row("population", died_on=word))
    assert (taken.rows["died_on"].to_list(), taken.changes) == ([None], {CellChange.NO_VALUE: 1})


@pytest.mark.parametrize("word", ["9999-12", "9999-12-31", "2099年12月", "NULL"])
def test_a_month_is_none_alike(word, accept_rows, row):
    taken = accept_rows("low_income", row("low_income", to_month=word))
    assert (taken.rows["to_month"].to_list(), taken.changes) == ([None], {CellChange.NO_VALUE: 1})


def test_a_day_that_must_be_there_is_none_in_no_words(accept_rows, row):
    taken = accept_rows("certification", row("certification", certified_until="9999-12-31"))
    assert taken.rows["certified_until"].to_list() == [date(9999, 12, 31)]
    assert accept_rows("population", row("population", name="NULL")).refused["code"].to_list() == ["VALUE_MISSING"]


HAPPENED = [
    pytest.param(register, facts, id=f"{register}-{facts.name}")
    for register, model in FILES.items()
    for facts in columns_of(model)
    if facts.happened
]


@pytest.mark.parametrize(("register", "facts"), HAPPENED)
def test_what_has_happened_is_not_after_the_day_that_is_known(register, facts, known_on, accept_rows, row):
    for day, code in ((known_on, []), (known_on + timedelta(days=1), ["DAY_TO_COME"])):
        cells = row(register, **{"approved_on": "", "cremated_on": "", facts.name: day.isoformat()})
        assert accept_rows(register, cells).refused["code"].to_list() == code


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("样\u3000例甲", "样例甲"),
        ("样 例 甲", "样例甲"),
        ("样\u200b例甲", "样例甲"),
        ("Yang Li", "Yang Li"),
        ("样 Li", "样 Li"),
    ],
)
def test_a_blank_between_han_characters_is_taken_out_of_any_text_and_counted(written, read_as, accept_rows, row):
    for name in ("name", "township"):
        taken = accept_rows("population", row("population", **{name: written}))
        assert taken.rows[name].to_list() == [read_as]
        assert taken.changes == ({CellChange.BLANKS: 1} if written != read_as else {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("样\ue863甲", "第 2 个字是自造字(代码 E863)"),
        ("样\ue864甲", "第 2 个字是自造字(代码 E864,标准中是“\u9fbb”)"),
        ("样本\U000f0001", "第 3 个字是自造字(代码 F0001)"),
        ("样\u202e本", "第 2 个字符看不见或已损坏(代码 202E)"),
        ("\ufffd本", "第 1 个字符看不见或已损坏(代码 FFFD)"),
    ],
)
def test_a_character_that_cannot_be_kept_is_named_by_place_and_code(text, words, accept_rows, row):
    for register, name in (("population", "name"), ("account", "payee_name"), ("institution", "account_name")):
        [reason] = accept_rows(register, row(register, **{name: text})).refused["reason"]
        assert words in reason


@pytest.mark.parametrize(("text", "sex"), [("1", "male"), ("2", "female"), ("9", None), ("0", None), ("未说明", None)])
def test_the_national_code_of_a_sex_is_read(text, sex, accept_rows, row):
    assert accept_rows("population", row("population", sex=text)).rows["sex"].to_list() == [sex]


def test_the_number_of_a_kind_of_disability_is_read(accept_rows, row):
    read_as = [accept_rows("disability", row("disability", category=str(n))).rows["category"][0] for n in range(1, 8)]
    assert read_as == DisabilityCategory.values()


def test_a_cell_that_decides_nothing_refuses_nobody(accept_rows, row, resident_id):
    cells = {"sex": "不详", "head_id": "9907", "phone": "无\ue000", "village_group": "#REF!"}
    taken = accept_rows("population", row("population", **cells))
    assert taken.rows.select(list(cells)).rows() == [(None,) * 4]
    assert taken.changes == {CellChange.LEFT_EMPTY: 4}
    assert taken.changed["value_masked"].str.len_chars().max() < 8
