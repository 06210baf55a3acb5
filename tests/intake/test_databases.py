"""A register out of a county's database is received like a file, and says nothing of how to get into the database."""

import sqlite3
from datetime import datetime
from decimal import Decimal

import pytest

from contracts.codes import RefusalCode
from contracts.errors import InputError
from contracts.settings import CountySettings, DatabaseSource
from intake import accept, fetch, receive
from intake.databases import _column

COLUMNS = "身份证号, household_id, 类别, 城乡, is_recipient, 供养方式, 自理能力, 供养机构, 起始年月, 终止年月"
QUERY = f"SELECT {COLUMNS} FROM roll"
SECRET = "口令甲乙丙"


@pytest.fixture
def source(tmp_path, monkeypatch, resident_id):
    """A database of two people, and the setting that reads it."""
    path = tmp_path / "county.sqlite"
    with sqlite3.connect(path) as conn:
        conn.execute(f"CREATE TABLE roll ({COLUMNS})")
        rows = [
            (resident_id(serial=n), f"H{n}", "低保", "农村", "是", None, None, None, "2024-01", None) for n in (2, 1)
        ]
        conn.executemany("INSERT INTO roll VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    monkeypatch.setenv("COUNTY_DB_URL", f"sqlite:///{path}")
    return DatabaseSource(url_env="COUNTY_DB_URL", query=QUERY)


@pytest.fixture
def taken(tmp_path, store, number_people, known_on):
    def take(source):
        received = receive(fetch("low_income", source, tmp_path), "low_income", store)
        return received, accept(received, number_people([received]), known_on)

    return take


def changed(tmp_path, statement):
    with sqlite3.connect(tmp_path / "county.sqlite") as conn:
        conn.execute(statement)


def test_rows_come_by_the_names_of_their_columns_chinese_or_english(source, taken):
    received, accepted = taken(source)
    assert accepted.rows["household_id"].to_list() == ["H1", "H2"]
    assert accepted.rows_refused == 0
    assert received.file_name == "low_income.parquet"


def test_the_same_rows_in_another_order_are_the_same_file(source, taken, tmp_path):
    first, _ = taken(source)
    changed(tmp_path, "DELETE FROM roll WHERE household_id = 'H2'")
    second, _ = taken(source)
    assert second.digest != first.digest
    again = DatabaseSource(url_env=source.url_env, query=f"{QUERY} ORDER BY household_id DESC")
    assert taken(again)[0].digest == second.digest


def test_a_number_in_an_identity_column_is_refused_as_everywhere(source, taken, tmp_path):
    changed(tmp_path, "UPDATE roll SET 身份证号 = 990721194407310013")
    _, accepted = taken(source)
    assert set(accepted.refused["code"]) == {RefusalCode.NUMERIC_ID.value}
    assert accepted.rows_refused == 2


def test_numbers_and_texts_in_one_column_are_not_sorted_out_by_guessing(source, taken, tmp_path):
    changed(tmp_path, "UPDATE roll SET household_id = 7 WHERE household_id = 'H1'")
    with pytest.raises(InputError, match="“household_id”各行类型不一"):
        taken(source)


def test_two_columns_of_one_name_are_said(source, taken):
    with pytest.raises(InputError, match="同名的列"):
        taken(DatabaseSource(url_env=source.url_env, query="SELECT 类别, 城乡 AS 类别 FROM roll"))


@pytest.mark.parametrize(
    "url", [f"sqlite:////nowhere/{SECRET}/county.sqlite", f"nosuch://user:{SECRET}@host/db", f"no url {SECRET}"]
)
def test_a_database_out_of_reach_is_said_without_its_secrets(source, taken, monkeypatch, url):
    monkeypatch.setenv("COUNTY_DB_URL", url)
    with pytest.raises(InputError, match="数据库无法读取") as refused:
        taken(source)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_an_address_that_is_not_set_names_its_variable(source, taken, monkeypatch):
    monkeypatch.delenv("COUNTY_DB_URL")
    with pytest.raises(InputError, match="环境变量 COUNTY_DB_URL 没有设置"):
        taken(source)


def test_only_reading_queries_are_settings():
    with pytest.raises(ValueError, match="SELECT 或 WITH"):
        DatabaseSource(url_env="COUNTY_DB_URL", query="DELETE FROM roll")


def test_a_source_is_of_a_register_that_exists(source):
    with pytest.raises(ValueError, match="不认识的名册:nobody"):
        CountySettings(sources={"nobody": source})


def test_whole_decimals_are_whole_and_midnights_are_days():
    assert _column("等级", [Decimal("4.00"), None], "").to_list() == [4, None]
    assert str(_column("日期", [datetime.fromisoformat("2024-03-05")], "").dtype) == "Date"
