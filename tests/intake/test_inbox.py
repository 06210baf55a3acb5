"""Which file is taken for a register."""

from datetime import date

import pytest

from contracts.errors import InputError
from intake import find_inputs, not_taken, part_named

JULY, AUGUST = date(2024, 7, 1), date(2024, 8, 1)


@pytest.fixture
def put(tmp_path):
    def put_file(name):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", "utf-8")
        return path

    return put_file


def test_the_newest_month_not_after_the_pay_month_is_taken(put, tmp_path):
    put("2024-06/population.csv")
    july = put("2024-07/population.csv")
    put("2024-08/population.csv")
    (found,) = find_inputs(tmp_path, JULY)["population"]
    assert (found.path, found.inbox_month) == (july, JULY)


def test_each_register_is_carried_forward_by_itself(put, tmp_path):
    put("2024-07/account.csv")
    put("2024-08/population.csv")
    found = find_inputs(tmp_path, AUGUST)
    assert {name: file.inbox_month for name, (file,) in found.items()} == {"account": JULY, "population": AUGUST}


def test_a_register_may_have_its_chinese_name_and_any_known_ending(put, tmp_path):
    put("2024-07/人口.XLSX")
    put("2024-07/残疾.xls")
    put("2024-07/low_income.parquet")
    assert set(find_inputs(tmp_path, JULY)) == {"population", "disability", "low_income"}


def test_two_files_of_one_register_are_not_chosen_between(put, tmp_path):
    put("2024-07/population.csv")
    put("2024-07/人口.xlsx")
    with pytest.raises(InputError, match="有 2 个文件"):
        find_inputs(tmp_path, JULY)


PARTS = {"low_income": ("农村", "城镇")}


def test_the_parts_of_a_register_are_taken_together_and_each_is_carried_forward(put, tmp_path):
    put("2024-07/低收入-农村.xls")
    urban = put("2024-07/低收入-城镇.csv")
    rural = put("2024-08/low_income-农村.xlsx")
    found = find_inputs(tmp_path, AUGUST, PARTS)["low_income"]
    assert [(file.path, file.part, file.inbox_month) for file in found] == [
        (rural, "农村", AUGUST),
        (urban, "城镇", JULY),
    ]


def test_an_earlier_month_may_have_had_other_ways(put, tmp_path):
    put("2024-06/低收入-农村.xls")
    whole = put("2024-07/低收入.xls")
    rural = put("2024-08/低收入-农村.xls")
    assert [file.path for file in find_inputs(tmp_path, JULY)["low_income"]] == [whole]
    assert [file.path for file in find_inputs(tmp_path, AUGUST, PARTS)["low_income"]] == [rural]


@pytest.mark.parametrize("name", ["低收入.xls", "低收入-乡村.xls", "low_income-7月.csv"])
def test_where_a_county_hands_in_parts_another_file_of_the_month_is_none_of_them(put, tmp_path, name):
    put(f"2024-07/{name}")
    with pytest.raises(InputError, match=r"本县分 农村、城镇 报送,文件“.*”不是其中一份"):
        find_inputs(tmp_path, JULY, PARTS)


def test_a_part_of_a_register_that_comes_whole_may_be_last_months_and_is_refused(put, tmp_path):
    put("2024-07/低收入-6月.xls")
    with pytest.raises(InputError, match=r"像是“低收入”名册的一份,.*\[county.代码.parts\] low_income"):
        find_inputs(tmp_path, JULY)


@pytest.mark.parametrize("second", ["低收入-农村.csv", "low_income-农村.xls", "低收入－农村.csv"])
def test_one_part_twice_is_not_chosen_between(put, tmp_path, second):
    put("2024-07/low_income-农村.xlsx")
    put(f"2024-07/{second}")
    with pytest.raises(InputError, match="有 2 个文件"):
        find_inputs(tmp_path, JULY, PARTS)


@pytest.mark.parametrize(
    ("file_name", "part"),
    [("低收入-农村.xls", "农村"), ("low_income - 城镇.csv", "城镇"), ("低收入.xls", ""), ("示范镇-低保.xls", "")],
)
def test_a_part_is_what_stands_after_a_registers_name(file_name, part):
    assert part_named(file_name) == part


def test_a_file_that_is_no_register_is_named(put, tmp_path):
    put("2024-07/名单最终版.xlsx")
    with pytest.raises(InputError, match="名单最终版"):
        find_inputs(tmp_path, JULY)


def test_what_excel_leaves_behind_notes_and_later_months_are_not_looked_at(put, tmp_path):
    for name in ("2024-07/~$population.xlsx", "2024-07/.population.csv", "2024-07/说明.txt", "草稿/名单.csv"):
        put(name)
    put("2024-08/名单.csv")
    assert find_inputs(tmp_path, JULY) == {}


def test_a_county_without_an_inbox_has_nothing(tmp_path):
    assert find_inputs(tmp_path / "nowhere", JULY) == {}


@pytest.mark.parametrize(
    ("name", "reason", "advice"),
    [
        ("2024-07/低收入.et", "像是“低收入”名册,但不读取“.et”文件(WPS 表格)", "文件名用 低收入.xlsx"),
        ("2024-07/残疾-城镇.PDF", "像是“残疾-城镇”名册,但不读取“.pdf”文件", "残疾-城镇.xlsx"),
        ("2024-07/说明.txt", "看不出是哪个名册", "不是的可移走"),
        ("2024-07/名单最终版.xlsx", "看不出是哪个名册", "不是的可移走"),
        ("2024-07/~$低收入.xlsx", "“低收入.xlsx”正被打开着", "存盘并关闭"),
        ("2024-07/示范镇/人口.csv", "是目录", "放在这个目录里"),
        ("2024-07/population.csv/人口.csv", "是目录", "放在这个目录里"),
        ("人口.csv", "没有放在年月的目录里", "如 2024-07"),
        ("2024年7月/人口.csv", "目录名不是年月", "2024-07"),
    ],
)
def test_whatever_of_a_month_is_not_read_is_named_with_what_to_do(put, tmp_path, name, reason, advice):
    put("2024-07/population.csv" if "population" not in name else "2024-07/人口.csv")
    put("2024-08/另一月.et")
    put(name)
    [told] = not_taken(tmp_path, JULY)
    assert (told.reason[: len(reason)], advice in told.advice) == (reason, True)


def test_what_is_taken_and_what_the_system_lays_down_is_not_told(put, tmp_path):
    for name in ("人口.csv", "低收入-农村.xls", "account.txt", "Thumbs.db", ".DS_Store", "desktop.ini"):
        put(f"2024-07/{name}")
    assert not_taken(tmp_path, JULY) == ()
    assert not_taken(tmp_path / "nowhere", JULY) == ()


def test_a_text_under_a_registers_name_is_one_and_a_folder_is_none(put, tmp_path):
    text = put("2024-07/低收入.txt")
    put("2024-07/population.csv/notes.csv")
    assert {name: file.path for name, (file,) in find_inputs(tmp_path, JULY).items()} == {"low_income": text}
