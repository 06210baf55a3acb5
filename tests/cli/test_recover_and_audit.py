"""Money owed back, the audit chain, and who may do what, through the commands."""

import json
import re
import sqlite3

import pytest

from ledger import audit_search
from ledger.book import open_book
from tests import homes
from tests.cli.giving import asked, disburse
from tests.ledger.laws import breaches

ELDER, OTHER = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")
COUNTY = ("--county", homes.COUNTY)
JULY = (*COUNTY, "--month", "2024-07")
RECOVER = ("recover", "note", *COUNTY, "--as", homes.MAKER, "--document", "收据12")


@pytest.fixture(scope="module")
def owing(tmp_path_factory):
    """July was paid; in August July's payment to one elder turns out to be owed back, for she had died in June."""
    made = homes.make_home(tmp_path_factory.mktemp("owing") / "home", recovery_stop_at_least=1000)
    people = [homes.person(ELDER), homes.person(OTHER)]
    homes.hand_in(made, "2024-07", population=people, account=[homes.account(ELDER), homes.account(OTHER)])
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    homes.hand_in(made, "2024-08", population=[homes.person(ELDER, died_on="2024-06-10"), homes.person(OTHER)])
    homes.run(made, "2024-08")
    return made


@pytest.fixture
def home(owing, tmp_path):
    return homes.copied(owing, tmp_path / "home")


def entries(home):
    book = open_book(home.database_url)
    with book.reading() as conn:
        rows = audit_search.entries(conn, homes.COUNTY, audit_search.Sought())
        found = breaches(book)
    book.close()
    assert found == []
    return [tuple(row) for row in rows.select("actor", "action", "object").iter_rows()]


def left(home):
    return [row["left_fen"] for row in asked(home, "recover", "list", *COUNTY)]


def test_cash_is_noted_once_against_the_receivable_it_names(home):
    (owed,) = asked(home, "recover", "list", *COUNTY)
    assert (owed["person_id"], owed["benefit_month"], owed["left_fen"]) == (ELDER, "2024-07", 5000)
    cash = ("--receivable", str(owed["receivable_id"]), "--means", "cash", "--amount", "12.50")
    assert asked(home, *RECOVER, *cash) == {"receivables": 1}
    assert asked(home, *RECOVER, *cash) == {"receivables": 0}
    assert left(home) == [3750]
    assert (homes.MAKER, "recover", f"receivable {owed['receivable_id']}") in entries(home)


def test_a_receivable_may_be_named_by_whose_and_what_it_is(home):
    whose = ("--person", "-", "--benefit", "old_age_allowance", "--month", "2024-07")
    assert asked(home, *RECOVER, *whose, "--means", "family", "--amount", "50", piped=ELDER) == {"receivables": 1}
    assert left(home) == []


def test_more_than_is_owed_is_not_taken(home):
    disburse(home, *RECOVER, "--receivable", "1", "--means", "cash", "--amount", "50.01", code=7)


@pytest.mark.parametrize("amount", ["0", "1.234", "-5", "五十"])
def test_an_amount_is_yuan_with_two_decimals_at_most(home, amount):
    disburse(home, *RECOVER, "--receivable", "1", "--means", "cash", "--amount", amount, code=2)


def test_giving_up_is_approved_by_a_checker_who_is_another(home):
    waive = (*RECOVER, "--receivable", "1", "--means", "waived", "--amount", "50")
    disburse(home, *waive, code=2)
    disburse(home, *waive, "--approved-by", homes.MAKER, code=6)
    assert asked(home, *waive, "--approved-by", homes.CHECKER) == {"receivables": 1}
    assert left(home) == []


def test_a_command_outside_ones_role_or_county_is_refused_and_logged(home):
    disburse(home, "approve", *JULY, "--as", homes.MAKER, "--yes", code=6)
    disburse(home, "run", *JULY, "--as", "外人", code=6)
    refused = [(actor, about) for actor, action, about in entries(home) if action == "refused"]
    assert refused == [("外人", "known"), (homes.MAKER, "approve")]


def give_roles(home, name, *roles):
    """Register an officer with several roles."""
    settings = home.path / "disburse.toml"
    told = f'[[officer]]\nname = "{name}"\nroles = [{", ".join(map(repr, roles))}]\n'
    settings.write_text(settings.read_text("utf-8") + told, "utf-8")


def test_one_person_in_two_roles_is_refused_and_logged(home):
    """The maker and the checker of August try to do what another must."""
    both, august = "示例身兼数职", (*COUNTY, "--month", "2024-08")
    give_roles(home, both, "maker", "checker", "releaser")
    disburse(home, "approve", *august, "--as", both, "--yes")
    _, said = disburse(home, "release", *august, "--as", both, "--yes", code=7)
    assert "须为不同的人" in said
    assert "另一位" in said
    waive = (*RECOVER[:4], "--as", both, "--document", "批文1", "--receivable", "1", "--means", "waived")
    disburse(home, *waive, "--amount", "50", "--approved-by", both, code=7)
    disburse(home, "run", *august, "--as", both, "--override-by", both, "--reason", "已核对", code=7)
    assert [entry[1:] for entry in entries(home) if entry[0] == both] == [
        ("refused", "override"),
        ("refused", "write off"),
        ("refused", "release"),
        ("approved", "410721-2024-08-01-01"),
    ]
    assert left(home) == [5000]
    assert asked(home, "status", *august)["step"] == "approved"


def test_a_batch_above_the_checkers_limit_is_refused_and_logged(home):
    settings = home.path / "disburse.toml"
    told = settings.read_text("utf-8")
    settings.write_text(told.replace('roles = ["checker"]', 'roles = ["checker"]\nlimit_yuan = 49'), "utf-8")
    august = (*COUNTY, "--month", "2024-08")
    _, said = disburse(home, "approve", *august, "--as", homes.CHECKER, "--yes", code=6)
    assert "批准限额为 49 元" in said
    assert (homes.CHECKER, "refused", "approve") in entries(home)
    settings.write_text(told.replace('roles = ["checker"]', 'roles = ["checker"]\nlimit_yuan = 50'), "utf-8")
    said, _ = disburse(home, "approve", *august, "--as", homes.CHECKER, "--yes")
    assert "审计链尾" in said


def test_a_whole_chain_is_confirmed_and_an_earlier_head_is_on_it(home):
    head = asked(home, "audit", "verify")["head"]
    approved = asked(home, "approve", *COUNTY, "--month", "2024-08", "--as", homes.CHECKER)
    now = asked(home, "audit", "verify", "--head", head)
    assert {one["what"] for one in now["checked"] if one["count"]} > {"审计链", "防护", "记录与账目相符"}
    assert len(now["noticed"]) == 1, "July was signed in every role from one login"
    assert {name: now[name] for name in ("whole", "head", "problems")} == {
        "whole": True,
        "head": approved["head"],
        "problems": [],
    }
    assert now["head"] != head
    again = asked(home, "audit", "verify", "--head", head[:16].upper())
    assert {name: again[name] for name in now} == now
    _, said = disburse(home, "audit", "verify", "--head", "f" * 64, code=7)
    assert "不在审计链上" in said
    for slip, told in ((head[:15], "所给的15 位"), (head[:-1] + "g", "所给的64 位"), ("摘" * 20, "所给的有别的字符")):
        _, said = disburse(home, "audit", "verify", "--head", slip, code=2)
        assert "至少写前 16 位" in said
        assert told in said


def test_a_changed_entry_and_the_lost_guard_are_found(home):
    with sqlite3.connect(home.path / "book.sqlite") as conn:
        conn.execute("DROP TRIGGER audit_log_no_update")
        conn.execute("UPDATE audit_log SET actor = '他人' WHERE entry_id IN (1, 2)")
    conn.close()
    said, _ = disburse(home, "audit", "verify", code=7)
    wrong = ["审计记录第 1 条的内容被改动", "审计记录第 2 条的内容被改动", "账簿的防护 audit_log_no_update 不见了"]
    assert [line.strip() for line in said.splitlines() if line.startswith("  ")][:3] == wrong
    assert "✗ 审计链(" in said
    assert "✓ 每期封存(" in said
    told = json.loads(disburse(home, "audit", "verify", "--json", code=7)[0])
    assert (told["whole"], told["problems"][:3], len(told["head"])) == (False, wrong, 64)
    assert told["error"].startswith(f"账簿与当时不符({len(told['problems'])} 处)")


def test_the_log_tells_who_did_what_in_words_and_names_nobody_paid(home):
    disburse(home, "hold", "set", "-", *COUNTY, "--reason", "来访", "--as", homes.MAKER, piped=OTHER)
    every = asked(home, "audit", "list", *COUNTY)
    assert ELDER not in str(every)
    assert [entry["told"] for entry in every if re.search("[a-z]_", entry["told"])] == []
    assert [entry["act"] for entry in every if entry["act"] == entry["action"]] == []
    released, *_ = (entry for entry in every if entry["action"] == "released")
    assert (released["actor"], released["act"], released["detail"]["lines"]) == (homes.RELEASER, "放行", 2)
    assert released["told"].startswith("2 笔,100.00 元")
    batch = released["object"]
    of_batch = asked(home, "audit", "list", *COUNTY, "--batch", batch)
    assert {entry["act"] for entry in of_batch} == {"编批", "批准", "放行"}
    of_elder = asked(home, "audit", "list", *COUNTY, "--person", "-", piped=ELDER)
    assert [(one["act"], one["about"]) for one in of_elder] == [
        ("入账", "第 2 次运行"),
        *(("放行", batch), ("批准", batch), ("编批", batch)),
        ("入账", "第 1 次运行"),
    ]
    of_other = {one["about"] for one in asked(home, "audit", "list", *COUNTY, "--person", "-", piped=OTHER)}
    assert "暂缓 1" in of_other
    by_act = asked(home, "audit", "list", *COUNTY, "--act", "放行", "--by", homes.RELEASER)
    assert [one["object"] for one in by_act] == [batch]
    today = released["at"][:10]
    assert len(asked(home, "audit", "list", *COUNTY, "--day", today)) > 4
    said, _ = disburse(home, "audit", "list", *COUNTY, "--day", "2001-01-01")
    assert "没有这样的记录。" in said.splitlines()
