"""Officers reconcile: a slip of what was sent and answered, one of the whole book; the same again is the same bytes."""

from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from contracts.errors import BookError, InputError, NotAllowedError
from contracts.months import parse_month, today
from contracts.tables import AgeingExport
from ledger import audit, proving
from month import after_release, closing, progress, reconciling
from month.reconciling import Statement
from payments import overdue
from payments.working_days import working_days
from tests import homes

JULY = parse_month("2024-07")
PEOPLE = [homes.resident_id(born) for born in ("1940-03-05", "1938-02-11", "1935-06-07", "1936-01-02")]
MAKER, CHECKER = homes.actor(homes.MAKER), homes.actor(homes.CHECKER)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four elders' July: one paid, one paid with a remark, one returned, one not answered."""
    made = homes.released(tmp_path_factory.mktemp("reconciled") / "home", PEOPLE)
    with homes.opened(made.database_url) as book, book.reading() as conn:
        found = conn.exec_driver_sql("SELECT instruction_id FROM instruction ORDER BY line_no")
        first, second, third, _ = [one for (one,) in found]
    path = made.path / "回盘.csv"
    told = ((first, "成功", ""), (second, "成功", "账户即将到期"), (third, "退票", "户名不符"))
    path.write_text("\n".join(["指令号,状态,原因", *(",".join(row) for row in told), ""]), "gb18030")
    closing.read_results(made, homes.COUNTY, path, MAKER)
    return made


def sent(home, statement=None, by=MAKER, **how):
    return reconciling.reconcile_sent(home, homes.COUNTY, JULY, by, statement, **how)


def state(home):
    with homes.opened(home.database_url) as book, book.reading() as conn:
        return audit.head(conn), sorted(path.name for path in home.reports.rglob("*"))


def test_looking_writes_and_notes_nothing_and_anybody_may(home):
    before = state(home)
    slip = sent(home, by=CHECKER, only_look=True)
    assert (slip.path, slip.differences, state(home)) == (None, 0, before)
    with pytest.raises(NotAllowedError):
        sent(home, by=CHECKER)


def test_what_was_sent_is_told_by_what_became_of_it_in_heads_fen_and_a_hash_total(home):
    lines = sent(home).text.splitlines()
    for label in ("到账", "到账、另有说明", "退回", "尚无结果"):
        assert sum(line.startswith(f"  {label}:1 笔,50.00 元,校验和 ") for line in lines) == 2  # the batch, and all
    assert sum(line.startswith("  送出:4 笔,200.00 元") for line in lines) == 2
    assert any(line.endswith(":与账上所记相同") for line in lines)
    assert lines[-1] == "结论:相符"


def test_the_same_again_is_the_same_bytes_and_noted_once(home):
    first = sent(home)
    content, before = first.path.read_bytes(), state(home)
    again = sent(home)
    assert (again.path.read_bytes(), again.digest, state(home)) == (content, first.digest, before)
    assert (home.store / "slips" / f"{first.digest}.txt").read_bytes() == content


def test_a_bank_statement_is_compared_with_what_arrived(home):
    assert sent(home, Statement(15000, 5000), only_look=True).differences == 0
    still = sent(home, Statement(20000, 5000), only_look=True)
    assert (still.differences, "恰为尚无结果的金额" in still.text) == (1, True)
    other = sent(home, Statement(20001, 5000), only_look=True)
    assert (other.differences, "相差 50.01 元\n" in other.text) == (1, True)


def test_the_whole_book_is_told_to_the_fen_and_proves_itself(home):
    slip = reconciling.reconcile_book(home, homes.COUNTY, MAKER)
    assert slip.differences == 0
    assert "历月应付:200.00 元" in slip.text
    assert "已付到账:100.00 元" in slip.text
    assert "0 组,请逐组核对" in slip.text
    with homes.opened(home.database_url) as book, book.reading() as conn:
        assert proving.prove(conn).problems == ()


def test_an_answer_that_the_book_has_otherwise_than_its_original_says_it_is_a_difference(home, tmp_path):
    import sqlite3

    spoilt = homes.copied(home, tmp_path / "home")
    with sqlite3.connect(spoilt.path / "book.sqlite") as conn:
        conn.execute("DROP TRIGGER bank_event_no_update")
        conn.execute("UPDATE bank_event SET event = 'accepted', return_reason = NULL WHERE event = 'returned'")
    conn.close()
    slip = reconciling.reconcile_sent(spoilt, homes.COUNTY, JULY, MAKER, only_look=True)
    assert (slip.differences, "与账上所记有 2 笔不同" in slip.text) == (1, True)


def test_a_month_in_which_nothing_went_out_has_no_slip(home):
    with pytest.raises(BookError, match="本月没有放行的批次"):
        reconciling.reconcile_sent(home, homes.COUNTY, parse_month("2024-08"), MAKER)


def ageing(home, days_later, **how):
    """The list, and the sums by kind, on a day so many after the release."""
    with homes.opened(home.database_url) as book, book.reading() as conn:
        released = overdue.listed(home, conn, homes.COUNTY, today())["since"].min()
        on = released + timedelta(days=days_later)
        rows = overdue.listed(home, conn, homes.COUNTY, on, **how)
        AgeingExport.validate(rows)
        return rows, overdue.aged(home, conn, homes.COUNTY, on), working_days(home).after(released, 3)


def test_a_line_is_overdue_after_the_deadline_of_its_profile_in_working_days(home):
    rows, aged, due_on = ageing(home, 60)
    waiting, returned = rows.sort("what").rows(named=True)
    assert (waiting["what"], waiting["is_overdue"], waiting["due_on"]) == ("unanswered", True, due_on)
    assert (returned["what"], returned["is_overdue"], returned["due_on"]) == ("returned", False, None)
    assert (returned["reason"], returned["held_by"] is not None) == ("户名不符", True)
    first, second = aged.kinds
    assert (first.what, first.lines, first.fen, first.overdue_lines, first.due_on) == ("unanswered", 1, 5000, 1, due_on)
    assert (second.what, second.lines, second.fen, second.overdue_lines) == ("returned", 1, 5000, 0)
    assert first.working_days == waiting["working_days"] > 30


def test_within_the_deadline_nothing_is_overdue(home):
    rows, aged, due_on = ageing(home, 1)
    assert not rows["is_overdue"].any()
    assert [one.due_on for one in aged.kinds] == [None, None]
    within = (due_on - rows["since"].min()).days
    assert not ageing(home, within)[0]["is_overdue"].any()
    assert ageing(home, within + 1)[0]["is_overdue"].any()


def test_status_says_what_is_overdue_and_what_came_back(home, monkeypatch):
    monkeypatch.setattr(progress, "today", lambda: today() + timedelta(days=60))
    with homes.opened(home.database_url) as book:
        told = {one.code: one for one in progress.status(home, book, homes.COUNTY, JULY).matters}
    assert "已逾期:最早应于" in told["overdue:unanswered"].label
    assert (told["overdue:unanswered"].count, told["overdue:unanswered"].fen) == (1, 5000)
    assert (told["returned"].count, told["returned"].fen) == (1, 5000)


STRANGER = homes.resident_id("1931-01-01")


def platform(home, *rows, **how):
    """The slip of a platform's list: (person_id, account_no) of each row."""
    path = home.path / "在册.csv"
    path.write_text("\n".join(["身份证号,账号,姓名", *(f"{who},{account},样本" for who, account in rows), ""]), "utf-8")
    return reconciling.reconcile_platform(home, homes.COUNTY, path, MAKER, "old_age_allowance", **how)


def own(person_id):
    return person_id, homes.account(person_id)["account_no"]


def test_a_platforms_list_that_names_the_same_people_and_accounts_agrees(home):
    slip = platform(home, *map(own, PEOPLE))
    assert (slip.differences, "高龄津贴:应发 4 人,在册 4 行,相符 4 人" in slip.text) == (0, True)
    assert not (slip.path.parent / "platform-2024-07.xlsx").exists()
    assert platform(home, *map(own, PEOPLE)).path.read_bytes() == slip.text.encode()


def test_who_is_missing_too_many_twice_or_with_another_account_is_told_both_ways(home):
    first, second, third, fourth = PEOPLE
    masked = (first, f"99****{own(first)[1][-6:]}")
    listed = (masked, (second, "990000000001"), own(third), (third, "990000000002"), (STRANGER, "990000000003"))
    slip = platform(home, *listed)
    told = [line.strip() for line in slip.text.splitlines() if "不符:" in line]
    assert told == ["不符:应发而不在册 1 人", "不符:在册而不应发 1 人", "不符:账号不同 2 人", "不符:在册不止一行 1 人"]
    assert "应发 4 人,在册 5 行,相符 1 人" in slip.text
    header, *rows = (
        CalamineWorkbook.from_path(slip.path.parent / "platform-2024-07.xlsx").get_sheet_by_index(0).to_python()
    )
    shown = [header.index(name) for name in ("不符", "身份证号", "本月核定")]
    assert {tuple(row[place] for place in shown) for row in rows} == {
        ("应发而不在册", fourth, "应发"),
        ("在册而不应发", STRANGER, "总账中没有此人"),
        ("账号不同", second, "应发"),
        ("账号不同", third, "应发"),
        ("在册不止一行", third, "应发"),
    }
    assert not any(one in slip.text for one in (*PEOPLE, STRANGER, "990000000001"))


def test_looking_at_a_platforms_list_keeps_nothing(home):
    platform(home, *map(own, PEOPLE))
    before = state(home), sorted(path.name for path in home.store.rglob("*"))
    platform(home, own(PEOPLE[0]), only_look=True)
    assert (state(home), sorted(path.name for path in home.store.rglob("*"))) == before


def test_a_platforms_list_that_names_no_benefit_asks_for_it(home, tmp_path):
    path = tmp_path / "在册.csv"
    path.write_text(f"身份证号\n{PEOPLE[0]}\n", "utf-8")
    with pytest.raises(InputError, match="没有写是哪个项目"):
        reconciling.reconcile_platform(home, homes.COUNTY, path, MAKER, only_look=True)


def test_what_follows_a_release_is_looked_at_in_every_county(home):
    late, untied, lost = after_release.LOOKS
    on = today() + timedelta(days=60)
    assert after_release.found_by(late, home, on) == {homes.COUNTY: 1}
    assert after_release.found_by(late, home, today()) == {}
    assert after_release.found_by(untied, home, on) == {}
    assert after_release.found_by(lost, home, on) == {}
