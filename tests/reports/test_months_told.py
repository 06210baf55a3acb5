"""What people read of a month: the summary, the status, the preview, the lists and the proof agree with the book."""

import re
from datetime import date

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import HoldCode
from contracts.months import parse_month
from ledger import exports, holds, people, posting
from month import booking
from month.month import opened_month
from reports.explain import explain
from reports.lists import doubtful_rows, held_people, refused_rows
from reports.preview import by_benefit
from reports.status import status_of
from reports.summary import summarise
from tests import homes

ELDER, SICK, TEKUN, STRANGER = (
    homes.resident_id(born, 2) for born in ("1940-03-05", "1942-04-18", "1950-02-11", "1945-01-01")
)
LOW = {"household_id": "H1", "area": "农村", "is_recipient": "是", "from_month": "2021-03"}
DISABLED = {"certificate_no": "C1", "category": "肢体", "grade": "1", "needs_long_term_care": "是"}


def handed_in(month, home, **died):
    homes.hand_in(
        home,
        month,
        population=[homes.person(ELDER, **died), homes.person(SICK), homes.person(TEKUN)],
        low_income=[
            {"person_id": SICK, "category": "低保", **LOW},
            {"person_id": TEKUN, "category": "低保", **LOW},
            {"person_id": TEKUN, "category": "特困", "support_mode": "分散", "self_care": "全护理", **LOW},
            {"person_id": STRANGER, "category": "低保", **LOW},
            {"person_id": TEKUN, "category": "困难户", **LOW},
        ],
        disability=[{"person_id": SICK, **DISABLED, "issued_on": "2020-03-10"}],
        ability=[
            {
                "person_id": SICK,
                "scale": "GB/T 42195-2022",
                "level": "3",
                "assessed_on": "2024-04-22",
                "is_unable": "是",
            }
        ],
        account=[homes.account(ELDER), homes.account(SICK)],
        institution=[homes.institution(account_no="6299000000000001")],
        claim=[
            {
                "person_id": SICK,
                "benefit": "重度残疾人护理补贴",
                "claimed_on": "2024-05-06",
                "approved_on": "2024-05-20",
            }
        ],
        choice=[{"person_id": SICK, "group": "护理类", "benefit": "护理补贴", "from_month": "2024-08"}],
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July released; in August the elder turns out to have died in June."""
    made = homes.make_home(tmp_path_factory.mktemp("told") / "home")
    handed_in("2024-07", made)
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    handed_in("2024-08", made, died_on="2024-06-20")
    homes.run(made, "2024-08")
    return made


@pytest.fixture(scope="module")
def august(home):
    month = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    yield month
    month.close()


def summary_of(august):
    return summarise(august.book, homes.COUNTY, parse_month("2024-08"), august.tables.read("intake_counts"))


def test_the_summary_shows_this_month_beside_the_last(august):
    lines = {line.benefit: line for line in summary_of(august).benefits}
    assert (lines["old_age_allowance"].fen, lines["old_age_allowance"].fen_before) == (50_00, 50_00)
    assert lines["old_age_allowance"].receivable_fen == 50_00
    assert lines["tekun_care"].fen == 667_00


def test_the_summary_names_causes_holds_refusals_and_what_is_not_in_force(august):
    summary = summary_of(august)
    assert [(row.code, row.count, row.fen) for row in summary.receivables] == [("DEATH", 1, 50_00)]
    assert ("ACCOUNT_MISSING", 1) in [(row.code, row.count) for row in summary.holds]
    assert [(row.code, row.count) for row in summary.refused] == [("low_income", 1)]
    assert any(row.code.startswith("tekun_living") for row in summary.uncertain)


def test_the_summary_adds_up_to_its_files(august):
    files = {file.benefit: file.fen for file in summary_of(august).files}
    assert files == {"old_age_allowance": 50_00, "elder_service_subsidy": 60_00, "elder_care_subsidy": 60_00}


def test_status_tells_the_step_of_each_month(home, august):
    settings = home.settings()
    assert status_of(august.book, settings, homes.COUNTY, parse_month("2024-07")).step == "released"
    told = status_of(august.book, settings, homes.COUNTY, parse_month("2024-08"))
    assert (told.step, told.next_officers) == ("rendered", (homes.CHECKER,))
    assert told.next_command == "disburse approve --county 410721 --month 2024-08"
    assert status_of(august.book, settings, homes.COUNTY, parse_month("2024-09")).step == "none"


def previewed(conn, month):
    meant = booking.decided(month)
    return by_benefit(conn, meant, posting.work_out(conn, meant))


def test_a_month_already_booked_previews_no_difference(august):
    with august.book.reading() as conn:
        assert previewed(conn, august) == []


def test_a_preview_tells_what_would_be_booked(home, tmp_path):
    fresh = homes.make_home(tmp_path / "fresh")
    handed_in("2024-07", fresh)
    month = homes.begin(fresh, "2024-07")
    homes.decide(month)
    with month.book.reading() as conn:
        rows = previewed(conn, month)
    assert ("正常应付", "高龄津贴", 2, 100_00) in [(r["what"], r["label"], r["people"], r["fen"]) for r in rows]
    month.close()


def test_held_people_are_told_why_and_what_to_do(august):
    rows = held_people(august.book, homes.COUNTY, august.tables.read("accepted_population"))
    assert rows["person_id"].is_unique().all(), "one row for each person"
    missing = {row["person_id"]: row for row in rows.iter_rows(named=True)}[TEKUN]
    assert "缺少账户" in missing["code"].split(";")
    assert "账户名册中没有此人的账户" in missing["reason"].split(";")
    assert "请补报收款账户" in missing["advice"].split(";")
    assert missing["benefits"] == "特困供养照料护理、特困供养基本生活"
    commands, hold_ids = missing["command"].splitlines(), missing["hold_ids"].split("、")
    assert [command.split()[3] for command in commands] == hold_ids
    assert any("--decision accept_gone|keep" in command for command in commands), "both choices of a register gap"


def test_refused_and_doubtful_rows_are_in_chinese(august):
    (refused,) = refused_rows(august.tables.read("refused_rows")).iter_rows(named=True)
    assert (refused["register"], refused["source_row"], refused["code"]) == ("低收入", 6, "不认识的取值")
    doubtful = doubtful_rows(august.book, august.tables.read("doubtful_rows"))
    assert set(doubtful.select("doubt", "person_id", "register").iter_rows()) == {
        ("人口名册中没有此人:不算待遇", STRANGER, "低收入"),
        ("同月既有特困又有低保:按特困算", TEKUN, "低收入"),
        ("“账号”像银行卡号,校验位不符:照付,请核对", None, "供养机构"),
    }


def proof_of(august, person_id, month=date(2024, 7, 1)):
    with august.book.reading() as conn:
        person_no = people.person_no_of(conn, person_id)
    proof = explain(august.book, person_no, month, august.rules, august.scope, august.registers)
    return proof, {benefit.benefit: benefit for benefit in proof.benefits}


def test_a_proof_says_why_the_lower_lost_and_which_won(august):
    _, benefits = proof_of(august, SICK)
    assert benefits["elder_care_subsidy"].outcome == "LOST_TO_HIGHER"
    assert "重度残疾人护理补贴当月 75.00 元,本项 60.00 元" in benefits["elder_care_subsidy"].reason
    assert "择高后高于或优先于护理补贴" in benefits["disability_care_subsidy"].reason


def test_a_proof_says_where_the_person_chose_the_lower(august):
    _, benefits = proof_of(august, SICK, date(2024, 8, 1))
    assert benefits["elder_care_subsidy"].reason == "条件具备;按本人的选择领本项,不领重度残疾人护理补贴"
    assert benefits["disability_care_subsidy"].reason == ("本人选择:护理补贴当月 60.00 元,本项 75.00 元,只领一项")


def test_a_proof_names_the_first_condition_not_met(august):
    _, benefits = proof_of(august, SICK)
    assert benefits["tekun_living"].reason == "第一个不具备的条件:特困人员(当月:否)"


def test_a_proof_says_excluded_and_not_claimed(august):
    _, of_tekun = proof_of(august, TEKUN)
    assert of_tekun["elder_service_subsidy"].outcome_label == "不得兼领"
    _, of_sick = proof_of(august, SICK)
    assert of_sick["disability_living_subsidy"].outcome_label == "未申请"


def test_a_proof_cites_clause_rate_and_register_row(august):
    proof, benefits = proof_of(august, SICK)
    assert any("新政办〔2024〕13号" in value.source for value in benefits["elder_service_subsidy"].values)
    assert [row.source for row in proof.rows if row.register == "disability"] == ["disability.csv 第 2 行"]


def test_a_proof_shows_what_went_out_and_what_is_owed_back(august):
    _, benefits = proof_of(august, ELDER)
    told = benefits["old_age_allowance"].booked
    by_july, by_august = (f"{homes.MAKER}(2024-{month} 发放月,按 2024-{month}-15 所知)" for month in ("07", "08"))
    lines = [re.sub(r"^\d{4}-\d\d-\d\d ", "", line).strip() for line in told]
    assert lines[0] == f"{by_july} 核定第 1 版:应发 50.00 元"
    assert lines[1].startswith(f"{by_july} 入账正常 50.00 元(应付 ")
    assert "第 1 行,410721-2024-07-01-" in lines[2]
    assert lines[-1].startswith(f"{by_august} 应追回 50.00 元(应收 ")
    assert lines[-1].endswith(":死亡〔情况迟报〕")


def test_a_proof_shows_an_account_only_in_part(august):
    proof, _ = proof_of(august, ELDER)
    (account,) = [row for row in proof.rows if row.register == "account"]
    assert account.cells["账号"] == f"…{ELDER[13:17]}"


def test_a_stranger_to_the_population_has_a_note_and_no_benefit(august):
    proof, benefits = proof_of(august, STRANGER)
    assert benefits == {}
    assert "人口名册中没有此人" in proof.notes[0]


def test_money_under_two_holds_is_told_once_with_both_ways_out(august):
    with august.book.reading() as conn:
        (owed,) = exports.held_once(conn, homes.COUNTY).filter(pl.col("benefits").list.len() > 1).iter_rows(named=True)
    placed = holds.place(
        august.book, homes.COUNTY, owed["person_no"], HoldCode.MANUAL, "家属来电", Actor(homes.MAKER, "test")
    )
    rows = held_people(august.book, homes.COUNTY, august.tables.read("accepted_population"))
    (row,) = rows.filter(pl.col("reason").str.contains("家属来电")).iter_rows(named=True)
    assert row["held_fen"] == owed["held_fen"]
    assert "缺少账户" in row["code"]
    assert "人工" in row["code"]
    holds.lift(august.book, homes.COUNTY, placed, Actor(homes.MAKER, "test"), "已核")
