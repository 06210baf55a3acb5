"""One person's story: paid up to which month, what is owed either way, and every step with who and why."""

import polars as pl
import pytest
from sqlalchemy import event

from contracts.actor import Actor
from contracts.codes import HoldCode, RecoveryMeans
from contracts.months import parse_month
from ledger import holds, people, recovery, results
from ledger.book import open_book
from ledger.story import story
from month.month import opened_month
from payments.reasons import with_reasons
from reports.person import tell
from tests import homes

DEAD, RETURNED, TWO = (homes.resident_id(born, 2) for born in ("1940-03-05", "1941-04-18", "1942-02-11"))
ELSEWHERE = "410902"


def handed_in(home, month, county=homes.COUNTY, **died):
    own = [homes.person(DEAD, **died), homes.person(RETURNED)] if county == homes.COUNTY else []
    homes.hand_in(
        home,
        month,
        county,
        population=[*own, homes.person(TWO, division_code=county)],
        account=[homes.account(one) for one in (DEAD, RETURNED, TWO)],
    )


def answer(home, person_id, said, reason=""):
    """The bank answers the first payment of a person."""
    book = open_book(home.database_url)
    with book.reading() as conn:
        first = story(conn, people.person_no_of(conn, person_id)).payments["instruction_id"][:1]
    rows = pl.DataFrame({"instruction_id": first, "event": [said], "reason_code": [""], "reason": [reason]})
    results.record(book, homes.COUNTY, f"file of {person_id} {said}", with_reasons(rows), Actor(homes.MAKER, "test"))
    book.close()


def number(book, person_id):
    with book.reading() as conn:
        return people.person_no_of(conn, person_id)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July went out; one payment came back, one person turns out to have died in June, one lives in two counties."""
    made = homes.make_home(tmp_path_factory.mktemp("person") / "home")
    handed_in(made, "2024-07")
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    answer(made, DEAD, "accepted")
    answer(made, RETURNED, "returned", "账号不存在")
    handed_in(made, "2024-08", died_on="2024-06-20")
    homes.run(made, "2024-08")
    handed_in(made, "2024-08", ELSEWHERE)
    homes.run(made, "2024-08", county=ELSEWHERE)
    book = open_book(made.database_url)
    owed = recovery.Key(number(book, DEAD), "old_age_allowance", parse_month("2024-07"))
    for means, yuan, approved_by in ((RecoveryMeans.CASH, 20, None), (RecoveryMeans.WAIVED, 10, homes.CHECKER)):
        recovery.recover(
            book, homes.COUNTY, owed, means, yuan * 100, Actor(homes.MAKER, "test"), f"凭据{yuan}", approved_by
        )
    placed = holds.place(book, homes.COUNTY, number(book, TWO), HoldCode.MANUAL, "来信反映", Actor(homes.MAKER, "test"))
    holds.lift(book, homes.COUNTY, placed, Actor(homes.CHECKER, "test"), "已核实")
    book.close()
    return made


@pytest.fixture
def book(home):
    opened = open_book(home.database_url)
    yield opened
    opened.close()


def told_of(home, book, person_id, county=None):
    def registers_of(name):
        month = opened_month(home, name)
        month.close()
        return {register: month.registers[register] for register in ("population", "account")}

    return tell(book, number(book, person_id), county, registers_of)


def test_who_he_is_stands_first_with_the_account_in_part(home, book):
    (county,) = told_of(home, book, DEAD).counties
    who = county.registered
    assert (who.name, who.died_on, who.account_no) == ("样本", "2024-06-20", f"…{DEAD[13:17]}")


def test_paid_up_to_which_month(home, book):
    (county,) = told_of(home, book, DEAD).counties
    (allowance,) = county.standings
    assert (allowance.paid_to, allowance.paid_state.label) == ("2024-07", "已到账")
    assert allowance.newest_outcome == "NOT_MET"
    assert allowance.owed_back == (("2024-07", 20_00),)


def test_money_that_came_back_is_unpaid_and_held(home, book):
    (county,) = told_of(home, book, RETURNED).counties
    (allowance,) = county.standings
    assert allowance.paid_to == ""
    assert allowance.unpaid == (("2024-07", 50_00), ("2024-08", 50_00))
    assert allowance.unpaid_labels == ("退票:账户被退回", "暂缓:账户被退回")
    assert (county.sums.unpaid_fen, county.sums.held_fen) == (100_00, 100_00)


def test_an_attempt_names_batch_line_file_signatures_and_the_banks_words(home, book):
    july = told_of(home, book, RETURNED).counties[0].months[0]
    ((attempt,),) = [obligation.attempts for obligation in july.obligations]
    assert (attempt.batch_id, attempt.line_no > 0) == ("410721-2024-07-01-01", True)
    assert attempt.file_name.startswith(attempt.batch_id)
    assert (attempt.batch_maker, attempt.checker, attempt.releaser) == (homes.MAKER, homes.CHECKER, homes.RELEASER)
    assert [(said.bank_event.label, said.reason) for said in attempt.answers] == [("退票", "账号不存在")]


def test_what_is_owed_back_names_cause_ground_and_who_took_it(home, book):
    (july,) = told_of(home, book, DEAD).counties[0].months
    (owed,) = july.receivables
    assert (owed.amount_fen, owed.open_fen, owed.cause.label) == (50_00, 20_00, "死亡")
    assert (owed.correction.label, owed.run.pay_month, owed.run.maker) == ("情况迟报", "2024-08", homes.MAKER)
    assert [
        (one.means.label, one.amount_fen, one.officer, one.document, one.approved_by) for one in owed.recoveries
    ] == [
        ("现金退回", 20_00, homes.MAKER, "凭据20", ""),
        ("核销", 10_00, homes.MAKER, "凭据10", homes.CHECKER),
    ]
    assert (july.sums.paid_fen, july.sums.recovered_fen, july.sums.waived_fen) == (50_00, 20_00, 10_00)


def test_every_version_says_when_it_was_known_and_why_it_changed(home, book):
    (july,) = told_of(home, book, DEAD).counties[0].months
    assert [(v.outcome, v.amount_fen, v.run.known_on, v.correction) for v in july.versions] == [
        ("ENTITLED", 50_00, "2024-07-15", None),
        ("NOT_MET", 0, "2024-08-15", "LATE_FACT"),
    ]


def test_holds_are_told_with_who_placed_and_who_lifted_them(home, book):
    here = told_of(home, book, TWO).counties[0]
    (hold,) = here.holds
    assert (hold.reason, hold.actor, hold.lifted_by, hold.lift_reason) == (
        "来信反映",
        homes.MAKER,
        homes.CHECKER,
        "已核实",
    )


def test_a_person_of_two_counties_is_told_by_each_and_in_sum(home, book):
    told = told_of(home, book, TWO)
    assert [county.county for county in told.counties] == [homes.COUNTY, ELSEWHERE]
    assert told.sums.unpaid_fen == sum(county.sums.unpaid_fen for county in told.counties) > 0
    (here,) = told_of(home, book, TWO, homes.COUNTY).counties
    assert here == told.counties[0]


def test_a_person_is_sought_and_no_table_is_read_through(book):
    plans = []

    def explain(conn, _cursor, statement, parameters, _context, _many):
        if statement.lstrip().startswith("SELECT") and "FROM" in statement:
            plans.extend(row[3] for row in conn.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with book.reading() as conn:
        event.listen(book.engine, "before_cursor_execute", explain)
        story(conn, people.person_no_of(conn, DEAD))
        event.remove(book.engine, "before_cursor_execute", explain)
    big = ("entitlement_version", "obligation", "instruction", "instruction_item", "receivable", "hold", "bank_event")
    scans = [plan for plan in plans if plan.startswith("SCAN") and plan.split()[1] in big]
    assert plans
    assert scans == []
