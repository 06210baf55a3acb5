"""Shared by the tests of intake: invented people, and a short way from file rows to accepted rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from stdnum.iso7064 import mod_11_2

from contracts.columns import columns_of, polars_schema
from contracts.registers import FILES
from contracts.tables import PersonNumbers
from intake import Accepted, Received, accept, ids_in, receive

KNOWN_ON = date(2024, 7, 15)

Row = Mapping[str, str]


def _resident_id(birth: str = "19440731", serial: int = 1) -> str:
    """An invented identity number of the region 990721, with a right check digit."""
    body = f"990721{birth}{serial:03d}"
    return body + mod_11_2.calc_check_digit(body)


def _number_people(received: Sequence[Received], first: int = 1) -> pl.DataFrame:
    """What the book would give: numbers in person_id order."""
    ids = ids_in(received)
    return ids.select("person_id", person_no=pl.int_range(first, first + pl.len(), dtype=pl.Int64)).cast(
        polars_schema(PersonNumbers)
    )


ROWS: dict[str, dict[str, str]] = {
    "population": {
        "name": "样本一",
        "sex": "男",
        "birth_date": "1944-07-31",
        "division_code": "410721",
        "township": "示范镇",
        "village": "示范村",
        "hukou_type": "农村",
    },
    "low_income": {
        "household_id": "H01",
        "category": "低保",
        "area": "农村",
        "is_recipient": "是",
        "from_month": "2024-01",
    },
    "disability": {
        "certificate_no": "99072119440731001X41",
        "category": "肢体",
        "grade": "1",
        "needs_long_term_care": "是",
        "issued_on": "2020-01-01",
    },
    "ability": {"scale": "GB/T 42195-2022", "level": "2", "assessed_on": "2024-01-05", "is_unable": "否"},
    "family_planning": {"kind": "死亡", "from_month": "2020-01"},
    "account": {
        "payee_name": "样本一",
        "relationship": "本人",
        "account_no": "99000721469914306",
        "bank_name": "示例农村商业银行",
    },
    "institution": {
        "institution_id": "J01",
        "name": "示范敬老院",
        "account_name": "示范敬老院",
        "account_no": "99000721469914306",
        "bank_name": "示例农村商业银行",
    },
    "claim": {"benefit": "困难残疾人生活补贴", "claimed_on": "2024-01-05", "approved_on": "2024-01-20"},
    "choice": {"group": "护理类", "benefit": "重度残疾人护理补贴", "from_month": "2024-01"},
    "cremation": {"cremated_on": "2024-01-05"},
    "deregistration": {"deregistered_on": "2024-01-05", "reason_code": "死亡"},
    "custody": {"taken_in_on": "2024-01-05"},
    "certification": {"certified_until": "2024-12-31"},
    "history": {"benefit": "高龄津贴", "benefit_month": "2024-05", "amount_fen": "60"},
    "suspension": {"benefit": "全部", "reason_code": "资格核查中", "from_month": "2024-05", "back_pay": "是"},
}


def _row(register: str, person_id: str = "", **cells: str) -> dict[str, str]:
    """A right row of a register, some cells replaced."""
    person = {} if register == "institution" else {"person_id": person_id or _resident_id()}
    return {**person, **ROWS[register], **cells}


def _write_csv(path: Path, register: str, rows: Sequence[Row]) -> Path:
    """A register's file with every Chinese header of the contract."""
    columns = list(columns_of(FILES[register]))
    with path.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.writer(opened, lineterminator="\n")
        lines.writerow([facts.header for facts in columns])
        lines.writerows([[cells.get(facts.name, "") for facts in columns] for cells in rows])
    return path


@pytest.fixture(scope="session")
def known_on() -> date:
    return KNOWN_ON


@pytest.fixture(scope="session")
def resident_id() -> Callable[..., str]:
    return _resident_id


@pytest.fixture(scope="session")
def row() -> Callable[..., dict[str, str]]:
    return _row


@pytest.fixture(scope="session")
def write_csv() -> Callable[..., Path]:
    return _write_csv


@pytest.fixture(scope="session")
def number_people() -> Callable[..., pl.DataFrame]:
    return _number_people


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def received_rows(tmp_path: Path, store: Path) -> Callable[..., Received]:
    def receive_rows(register: str, rows: Sequence[Row]) -> Received:
        return receive(_write_csv(tmp_path / f"{register}.csv", register, rows), register, store)

    return receive_rows


@pytest.fixture
def accept_file(store: Path) -> Callable[..., Accepted]:
    """A file → Accepted, with numbers for everybody."""

    def accept_register(path: Path, register: str = "population") -> Accepted:
        received = receive(path, register, store)
        return accept(received, _number_people([received]), KNOWN_ON)

    return accept_register


@pytest.fixture
def accept_rows(received_rows: Callable[..., Received]) -> Callable[..., Accepted]:
    """Rows of cells → Accepted, with numbers for everybody."""

    def accept_register(register: str, *rows: Row) -> Accepted:
        received = received_rows(register, rows)
        return accept(received, _number_people([received]), KNOWN_ON)

    return accept_register
