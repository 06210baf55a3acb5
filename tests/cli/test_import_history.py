"""What was paid before the first run is imported from a roster, whole or not at all, and day one pays the rest."""

import json

import polars as pl
import pytest
from sqlalchemy import select

from ledger.book import open_book, read_frame
from ledger.tables import audit_log, history_row, obligation
from tests import homes
from tests.cli.test_one_month import asked, disburse, in_sheet

ELDER, OTHER = (homes.resident_id(born) for born in ("1940-03-05", "1935-06-07"))
WHO = ("--county", homes.COUNTY, "--as", homes.MAKER, "--known-on", "2024-07-01")
HEADER = "姓名,身份证号,项目,所属月,发放金额(元),乡镇\n"
GOOD = f"样本,{ELDER},高龄津贴,2024-05,￥50.00元,示范镇\n样本,{ELDER},高龄津贴,2024年6月,40,示范镇\n"
TORN = f"样本,{OTHER},高龄津贴,2024-06,60,示范镇\n样本,{OTHER},高龄津贴,2024-06,70,示范镇\n"
TWICE = f"样本,{OTHER},高龄津贴,2024-05,60,示范镇\n样本,{OTHER},高龄津贴,2024-05,60,示范镇\n"


def written(home, name, *rows):
    path = home.path / name
    path.write_text("县高龄津贴发放花名册,,,,,\n" + HEADER + "".join(rows) + "合计,,,,,\n", "utf-8")
    return str(path)


def paid_to(person_id, month, yuan=50):
    return f"样本,{person_id},高龄津贴,{month},{yuan},示范镇\n"


def in_book(home):
    book = open_book(home.database_url)
    with book.reading() as conn:
        paid = select(obligation.c.benefit_month, obligation.c.amount_fen, history_row.c.source_row)
        rows = read_frame(conn, paid.join(history_row)).sort("source_row").rows()
        told = [json.loads(entry) for entry in conn.execute(select(audit_log.c.detail_json)).scalars()]
    book.close()
    return [(f"{month:%Y-%m}", fen, row) for month, fen, row in rows], told


@pytest.fixture
def home(tmp_path):
    return homes.make_home(tmp_path / "home", go_live_month='"2024-05"')


def test_a_roster_is_imported_once_and_the_first_run_pays_only_the_rest(home):
    file = written(home, "roster.csv", GOOD)
    told = asked(home, "import-history", *WHO, file)
    assert (told["rows"], told["rows_refused"], told["rows_listed"]) == (2, 0, 2)
    assert [(one["first_month"], one["last_month"], one["fen"]) for one in told["benefits"]] == [
        ("2024-05", "2024-06", 9000)
    ]
    assert in_book(home)[0] == [("2024-05", 5000, 3), ("2024-06", 4000, 4)]

    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(home, "2024-07")
    disburse(home, "export", "payments", "--county", homes.COUNTY, "--month", "2024-07", "-o", str(home.path / "p.csv"))
    paid = pl.read_csv(home.path / "p.csv").select("benefit_month", "kind", "amount_fen")
    assert paid.rows() == [("2024-06", "arrears", 1000), ("2024-07", "regular", 5000)]


def test_the_same_file_again_changes_nothing_and_says_so(home):
    file = written(home, "roster.csv", GOOD)
    disburse(home, "import-history", *WHO, file)
    before = in_book(home)
    assert "此前已经导入,没有变化" in disburse(home, "import-history", *WHO, file)[0]
    assert asked(home, "import-history", *WHO, file) == {"imported": False, "reason": "same file"}
    assert in_book(home) == before


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (TORN, "同一人有互相矛盾的多行"),
        (TWICE, "与另一行完全相同"),
        (GOOD.replace("￥50.00元", "约60"), "金额不成立"),
        (GOOD.replace("高龄津贴", "取暖补贴"), "不认识的取值"),
    ],
)
def test_with_a_refused_row_nothing_is_imported_and_the_row_goes_back(home, bad, code):
    file = written(home, "roster.csv", f"样本,{ELDER},养老服务补贴,2024-05,100,示范镇\n", bad)
    _, said = disburse(home, "import-history", *WHO, file, code=5)
    assert "行拒收" in said
    assert ELDER not in said
    assert in_book(home)[0] == []
    folder = home.reports / homes.COUNTY / "import_history"
    assert code in in_sheet(folder / "refused.xlsx")["代码"].to_list()
    assert in_sheet(folder / "returned_history.xlsx")["身份证号"][0] in (ELDER, OTHER)


def test_an_officer_may_go_without_the_refused_rows_and_says_why(home):
    file = written(home, "roster.csv", GOOD, TORN)
    disburse(home, "import-history", *WHO, file, "--accept-refused", code=2)
    told = asked(home, "import-history", *WHO, file, "--accept-refused", "--reason", "两行待核")
    assert (told["rows"], told["rows_refused"], len(told["lists"])) == (2, 2, 2)
    rows, audit = in_book(home)
    assert len(rows) == 2
    assert (audit[-1]["left_out"], audit[-1]["reason"]) == (2, "两行待核")


def test_a_county_that_has_not_said_when_it_begins_is_told_which_key_to_set(tmp_path):
    home = homes.make_home(tmp_path / "home")
    _, said = disburse(home, "import-history", *WHO, written(home, "roster.csv", GOOD), code=3)
    assert "go_live_month" in said


def test_rows_that_do_not_fit_the_book_go_back_one_by_one_and_the_others_can_be_taken(home):
    """May is imported, July was run; now come a month too early, one too late, one again, and a good one."""
    disburse(home, "import-history", *WHO, written(home, "may.csv", paid_to(ELDER, "2024-05")))
    homes.hand_in(home, "2024-07", population=[homes.person(OTHER)])
    homes.run(home, "2024-07")
    months = ("2024-04", "2024-06", "2024-08", "2024-05")
    file = written(home, "roster.csv", *(paid_to(ELDER, month) for month in months))

    stopped = json.loads(disburse(home, "import-history", *WHO, file, "--json", code=5)[0])
    assert (stopped["rows_in"], stopped["rows"], stopped["rows_refused"], stopped["rows_listed"]) == (6, 1, 3, 2)
    assert len(in_book(home)[0]) == 1
    listed, returned = (in_sheet(path) for path in stopped["lists"])
    wrong = listed.filter(pl.col("列") == "所属月").select("行号", "原因", "原值(遮盖)")
    assert wrong.rows() == [
        (3, "早于本系统起算月", "2024-04"),
        (5, "晚于首个发放月", "2024-08"),
        (6, "同一人同一项目同一月此前已经导入", "2024-05"),
    ]
    assert returned["原文件行号"].to_list() == [3, 5, 6]
    assert "早于本系统起算月" in returned["退回原因"][0]
    assert "go_live_month" in returned["处理办法"][0]

    told = asked(home, "import-history", *WHO, file, "--accept-refused", "--reason", "另行核对")
    assert (told["rows"], told["rows_refused"]) == (1, 3)
    rows, audit = in_book(home)
    assert rows == [("2024-05", 5000, 3), ("2024-06", 5000, 4)]
    assert (audit[-1]["left_out"], audit[-1]["reason"]) == (3, "另行核对")


def test_where_every_row_is_refused_there_is_nothing_to_go_on_with(home):
    file = written(home, "roster.csv", paid_to(ELDER, "2024-04"))
    _, said = disburse(home, "import-history", *WHO, file, "--accept-refused", "--reason", "另行核对", code=5)
    assert "其余 0 行" in said
    assert "--accept-refused" not in said


def test_a_roster_without_rows_imports_nothing(home):
    _, said = disburse(home, "import-history", *WHO, written(home, "roster.csv"), code=3)
    assert "没有数据行" in said


def test_who_is_no_maker_may_not_import(home):
    who = ("--county", homes.COUNTY, "--as", homes.CHECKER)
    disburse(home, "import-history", *who, written(home, "roster.csv", GOOD), code=6)
