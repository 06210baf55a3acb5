"""Garbage in: the bad row or file is named in Chinese, the good rows go on and are paid, and nothing is lost."""

import polars as pl
import pytest

from contracts.errors import InputError
from reports.lists import refused_rows
from tests import homes

GOOD, OTHER = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")
LOW = {"person_id": OTHER, "household_id": "H1", "area": "农村", "is_recipient": "是", "from_month": "2024-01"}

BAD_ROWS = {
    "duplicate person": ("population", [homes.person(OTHER), homes.person(OTHER)], "与第 3 行完全相同"),
    "birth date contradicts the id": (
        "population",
        [homes.person(OTHER, birth_date="1935-06-08")],
        "出生日期与身份证号不一致",
    ),
    "wrong check digit": ("population", [homes.person(OTHER[:-1] + "0", birth_date="1935-06-07")], "校验码不符"),
    "unknown code": ("low_income", [{**LOW, "category": "困难户"}], "不认识的取值"),
    "missing value": ("low_income", [{**LOW, "category": "特困", "support_mode": "分散"}], "必填项为空"),
    "two different accounts": (
        "account",
        [homes.account(OTHER), homes.account(OTHER, account_no="99009900")],
        "同一人有互相矛盾的多行",
    ),
}


def paid_home(path, register, rows):
    """A home with one good elder, and the bad rows in one register."""
    home = homes.make_home(path)
    registers = {"population": [homes.person(GOOD)], "account": [homes.account(GOOD)]}
    registers[register] = [*registers.get(register, []), *rows]
    homes.hand_in(home, "2024-07", **registers)
    return home


@pytest.mark.parametrize(("register", "rows", "told"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named_and_the_good_ones_are_paid(tmp_path, register, rows, told):
    home = paid_home(tmp_path / "home", register, rows)
    homes.run(home, "2024-07")
    stage = homes.tables_of(home, "2024-07")
    refused = refused_rows(stage.read("refused_rows"))
    assert any(told in reason for reason in refused["reason"])
    assert refused["advice"].str.len_chars().min() > 0
    assert stage.read("payable").filter(pl.col("person_id") == GOOD)["pays_fen"].to_list() == [50_00]
    counts = stage.read("intake_counts").filter(pl.col("register") == register).row(0, named=True)
    parts = ("rows_accepted", "rows_refused", "rows_collapsed", "rows_listed")
    assert counts["rows_in"] == sum(counts[part] for part in parts)
    assert counts["rows_refused"] > 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "文件是空的"),
        ("姓名,年龄\n样本,80\n".encode(), "身份证号"),
        ("身份证号,户编号,类别,城乡\n".encode(), "是否保障对象"),
        (b"PK\x03\x04 not a workbook", "表格文件已损坏"),
    ],
    ids=["empty", "wrong header", "missing column", "not a table"],
)
def test_a_broken_optional_register_is_named_and_stops_nothing_else(tmp_path, content, told):
    home = paid_home(tmp_path / "home", "population", [])
    name = "low_income.xlsx" if content.startswith(b"PK") else "low_income.csv"
    (home.inbox(homes.COUNTY, homes.parse_month("2024-07")) / name).write_bytes(content)
    _, batched = homes.run(home, "2024-07")
    assert batched["发放金额"] == 50_00
    refused = refused_rows(homes.tables_of(home, "2024-07").read("refused_rows"))
    texts = [f"{row['reason']} {row['advice']}" for row in refused.iter_rows(named=True)]
    assert any(told in text for text in texts), texts


@pytest.mark.parametrize("content", [b"", "姓名,年龄\n样本,80\n".encode()], ids=["empty", "wrong header"])
def test_a_broken_population_register_stops_the_month_and_says_why(tmp_path, content):
    home = homes.make_home(tmp_path / "home")
    homes.hand_in(home, "2024-07", population=[homes.person(GOOD)])
    (home.inbox(homes.COUNTY, homes.parse_month("2024-07")) / "population.csv").write_bytes(content)
    with pytest.raises(InputError, match="“人口”名册不能使用"):
        homes.run(home, "2024-07")
    assert homes.payment_files(home) == {}
