"""A person's months in one line: the book knows what it pays, a return opens all of it, each month is told."""

import polars as pl
import pytest
from openpyxl import load_workbook

from contracts.months import parse_month
from ledger import batches, exports, proving, reconciled
from month import closing, papers, progress
from reports.summary import part_label
from tests import homes

ELDER, OTHER = (homes.resident_id(born) for born in ("1940-03-05", "1938-02-11"))
JULY, AUGUST = parse_month("2024-07"), parse_month("2024-08")
BY = homes.actor(homes.MAKER)
PROFILE = """
profile: merged
label: 一人一行
kind: delimited
delimiter: ","
file_name: "{batch_id}.txt"
lines: per_payee
split_by: [kind]
remark: {person: "{months}{kind}"}
columns:
  - {header: 户名, field: payee_name}
  - {header: 账号, field: account_no}
  - {header: 金额, field: amount}
  - {header: 备注, field: remark}
  - {header: 原批次, field: origin_batch}
  - {header: 原序号, field: origin_line}
  - {header: 原账号, field: origin_account}
  - {header: 原失败金额, field: origin_amount}
  - {header: 失败原因, field: origin_reason}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two elders with a backlog of three months are paid in July; what went to one of them comes back."""
    made = homes.make_home(
        tmp_path_factory.mktemp("merged") / "home",
        go_live_month='"2024-04"',
        pay_backlog="true",
        default_profile='"merged"',
    )
    settings = made.path / "disburse.toml"
    settings.write_text(settings.read_text("utf-8").replace('"yikatong_list"', '"merged"'), "utf-8")
    made.profiles.mkdir()
    (made.profiles / "merged.yaml").write_text(PROFILE, "utf-8")
    people = {
        "population": [homes.person(one) for one in (ELDER, OTHER)],
        "account": map(homes.account, (ELDER, OTHER)),
    }
    homes.hand_in(made, "2024-07", **people)
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    return made


def lines(home, month=JULY):
    with homes.opened(home.database_url) as book, book.reading() as conn:
        return exports.lines(conn, homes.COUNTY, month)


def test_arrears_are_one_line_with_its_months_and_each_month_is_told(home):
    told = lines(home).filter(pl.col("person_id") == ELDER)
    assert told.select("kind", "benefit_month", "amount_fen").rows() == [
        ("regular", "2024-07", 5000),
        ("arrears", "2024-04", 5000),
        ("arrears", "2024-05", 5000),
        ("arrears", "2024-06", 5000),
    ]
    assert told["line_fen"].to_list() == [5000, 15000, 15000, 15000]
    assert told["instruction_id"].n_unique() == 2
    sent = b"".join(path.read_bytes() for path in sorted((home.outbox / homes.COUNTY / "2024-07").glob("*.txt")))
    assert sent.decode("gb18030").count("150.00,202404-202406补发") == 2


def test_status_names_what_of_a_benefit_each_file_is(home):
    with homes.opened(home.database_url) as book:
        told = progress.status(home, book, homes.COUNTY, JULY)
    assert [part_label(one) for one in told.batches] == ["高龄津贴 正常", "高龄津贴 补发"]


def test_a_return_opens_every_month_of_the_line_and_they_are_sent_again_as_one(home):
    arrears = lines(home).filter(pl.col("person_id") == ELDER, pl.col("kind") == "arrears")
    path = home.path / "回盘.csv"
    path.write_text(f"指令号,状态,原因\n{arrears['instruction_id'][0]},退票,户名不符\n", "gb18030")
    closing.read_results(home, homes.COUNTY, path, BY)
    with homes.opened(home.database_url) as book, book.reading() as conn:
        unpaid = batches.unpaid(conn, homes.COUNTY)
        assert proving.prove(conn).problems == ()
    assert unpaid.select("benefit_month", "pays_fen", "attempt").rows() == [
        (parse_month(f"2024-0{month}"), 5000, 2) for month in (4, 5, 6)
    ]
    mended = homes.account(ELDER) | {"account_no": "990007210000000777"}
    homes.hand_in(home, "2024-08", population=[homes.person(one) for one in (ELDER, OTHER)], account=[mended])
    homes.run(home, "2024-08")
    again = lines(home, AUGUST).filter(pl.col("attempt") == 2)
    assert again.select("benefit_month", "line_fen").rows() == [(f"2024-0{month}", 15000) for month in (4, 5, 6)]
    assert again["instruction_id"].n_unique() == 1
    (before,) = arrears.select("batch_id", "line_no").unique().rows()
    assert again.select("origin_batch", "origin_line", "origin_reason").unique().rows() == [(*before, "户名与账号不符")]
    sent = home.review / homes.COUNTY / "2024-08" / f"{again['batch_id'][0]}.txt"
    account = homes.account(ELDER)["account_no"]
    told = f"990007210000000777,150.00,202404-202406重发,{before[0]},{before[1]},{account},150.00,户名与账号不符"
    assert sent.read_bytes().decode("gb18030").splitlines()[0].endswith(told)


def test_the_paper_of_what_is_sent_again_lists_each_month_beside_what_came_back(home, tmp_path):
    (written,) = papers.papers_again(home, homes.COUNTY, AUGUST, tmp_path, only=("sent_again",))
    page = load_workbook(written).worksheets[0]
    header = [cell.value for cell in page[3]]
    rows = [dict(zip(header, (cell.value for cell in row), strict=True)) for row in page.iter_rows(min_row=4)]
    named = [row for row in rows if isinstance(row["序号"], int)]
    assert [(row["所属月份"], row["原失败金额"], row["本次发放金额"], row["新银行账号"]) for row in named] == [
        (f"2024-0{month}", 50, 50, "990007210000000777") for month in (4, 5, 6)
    ]


def test_a_month_that_two_lines_pay_alike_is_told_though_one_of_them_pays_more(home):
    """As a bank's file and one of 一卡通 would: the key excludes it, so the book is spoilt on purpose."""
    import shutil
    import sqlite3

    spoilt = home.path.parent / "spoilt.sqlite"
    shutil.copy(home.path / "book.sqlite", spoilt)
    with sqlite3.connect(spoilt) as conn:
        conn.execute("DROP TRIGGER obligation_no_update")
        conn.execute("UPDATE obligation SET benefit_month = '2024-06' WHERE benefit_month = '2024-07'")
    conn.close()
    with homes.opened(f"sqlite:///{spoilt}") as book, book.reading() as conn:
        alike = reconciled.paid_alike(conn, homes.COUNTY)
    assert alike.select("period_from", "amount_fen", "lines").rows() == [("2024-06", 5000, 2)] * (alike.height or 1)
    with homes.opened(home.database_url) as book, book.reading() as conn:
        assert reconciled.paid_alike(conn, homes.COUNTY).is_empty()
