"""The database refuses what would break the book, whoever asks."""

import sqlite3

import polars as pl
import pytest
from sqlalchemy import insert, text

from contracts.actor import Actor
from contracts.codes import AuditRule, FindingDecision, RecoveryMeans, SignatureStep
from contracts.errors import BookError
from contracts.months import parse_month
from ledger import batches, findings, holds, identity, keeping, recovery, results, sealing, tables, taking_back
from ledger.book import open_book
from ledger.tables import GUARDS
from tests.ledger.county import CARE, CHECKER, CODE, MAKER, RELEASER, County, row
from tests.ledger.laws import rows
from tests.ledger.places import SERVER, Places

BATCH = f"{CODE}-2024-07-01-01"


CHANGES = ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"]
REPLACES = "INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
if SERVER:
    CHANGES += ["TRUNCATE {table} CASCADE"]
    REPLACES = (
        "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET {column} = EXCLUDED.{column}"
    )


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """A book with rows in every table; nobody gets to change it."""
    places = Places(tmp_path_factory.mktemp("guards"))
    book = open_book(places.new())
    county = County(book)
    county.import_history((5, "2024-05", "old_age_allowance", 5000))
    county.pay("2024-07", [row(n, "2024-07") for n in (1, 2, 3)] + [row(1, "2024-06", 7500, CARE[1])])
    county.answer("returned", 3, return_reason="CLOSED")
    county.answer("accepted", 2, source="bank-2", misfit="ANSWER_AMOUNT")
    results.refuse_order(book, CODE, f"{CODE}-2024-07-01-02", "", "余额不足", Actor(MAKER, "tester"))
    county.run("2024-07", [row(2, "2024-07"), row(1, "2024-06", 6000, CARE[0])])
    county.run("2024-07", [row(2, "2024-07", 9000)])
    county.run("2024-07", [row(2, "2024-07", 8000)])
    county.claim()
    county.sign("2024-07")
    county.release("2024-07")
    sealing.close(book, CODE, parse_month("2024-07"), Actor(CHECKER, "tester"), "清单已核", signed_list_of(book))
    hand_in(book)
    county.join(8, 9)
    county.run("2024-08", [row(2, "2024-08")])
    taking_back.take_back(book, CODE, parse_month("2024-08"), Actor(MAKER, "tester"), "误运行")
    county.run("2024-08", [row(4, "2024-08")])
    doubt = findings.Subject("0123456789ab", AuditRule.R36, 2)
    findings.decide(book, CODE, [doubt], FindingDecision.HOLD, "待入户", Actor(MAKER, "tester"))
    keeping.note(book, CODE, "manifest", {"accepted_account": "0" * 64}, Actor(MAKER, "tester"))
    yield book
    book.close()
    places.clear()


def signed_list_of(book):
    with book.reading() as conn:
        waiting = sealing.open_cycles(conn, CODE, parse_month("2024-07"))
        return sealing.list_digest(pl.concat([sealing.unanswered(conn, one.cycle_id) for one in waiting]))


def hand_in(book):
    """A register was received, and taken although a threshold had stopped it."""
    when = {"county": CODE, "register": "population", "file_digest": "0" * 64, "system_user": "tester"}
    received = {"inbox_month": "2024-07", "file_name": "population.csv", "known_on": "2024-07-01"}
    taken = {"officer": CHECKER, "reason": "已核", "recorded_at": "2024-07-01T00:00:00Z"}
    with book.writing() as conn:
        conn.execute(
            insert(tables.receipt).values(receipt_id=1, received_at="2024-07-01T00:00:00Z", **when, **received)
        )
        conn.execute(insert(tables.register_acceptance).values(acceptance_id=1, **when, **taken))


def every_table():
    return [table.name for table in tables.metadata.sorted_tables]


def written(statement, table):
    """The statement for a table, its key and its first column."""
    columns = tables.metadata.tables[table].primary_key.columns
    key = ", ".join(column.name for column in columns)
    return text(statement.format(table=table, key=key, column=columns[0].name))


@pytest.mark.parametrize("table", every_table())
@pytest.mark.parametrize("change", CHANGES)
def test_no_row_is_changed_or_taken_away(lived_in, table, change):
    assert rows(lived_in, f"SELECT count(*) FROM {table}") != [(0,)], "the story must fill every table"
    with pytest.raises(BookError, match=tables.APPEND_ONLY), lived_in.writing() as conn:
        conn.execute(written(change, table))


@pytest.mark.parametrize("table", every_table())
def test_no_row_is_replaced(lived_in, table):
    with pytest.raises(BookError), lived_in.writing() as conn:
        conn.execute(written(REPLACES, table))


@pytest.mark.skipif(bool(SERVER), reason="a server knows no connection without its triggers")
@pytest.mark.parametrize("table", every_table())
@pytest.mark.parametrize("statement", [*CHANGES, REPLACES])
def test_nor_by_somebody_who_opens_the_file_with_another_program(lived_in, table, statement):
    before = rows(lived_in, f"SELECT * FROM {table}")
    with sqlite3.connect(lived_in.engine.url.database) as outside:
        with pytest.raises(sqlite3.IntegrityError):
            outside.execute(str(written(statement, table)))
        outside.rollback()
    assert rows(lived_in, f"SELECT * FROM {table}") == before


def insert_into(conn, table, **values):
    conn.execute(insert(tables.metadata.tables[table]).values(**values))


def sign(conn, step, officer, digest=None, batch_id=BATCH):
    content = conn.execute(text("SELECT content_digest FROM batch WHERE batch_id = :b"), {"b": batch_id}).scalar()
    batches.sign(conn, batch_id, digest or content, step, Actor(officer, "tester"))


@pytest.fixture
def claimed(county):
    county.run("2024-07", [row(1, "2024-07")])
    county.claim()
    return county


def test_the_maker_does_not_approve(claimed, book):
    with pytest.raises(BookError, match="不同的人"), book.writing() as conn:
        sign(conn, SignatureStep.APPROVED, MAKER)


def test_the_checker_does_not_release(claimed, book):
    claimed.sign("2024-07")
    with pytest.raises(BookError, match="不同的人"), book.writing() as conn:
        sign(conn, SignatureStep.RELEASED, CHECKER)


def test_nothing_is_released_without_approval(claimed, book):
    with pytest.raises(BookError, match="未经复核"), book.writing() as conn:
        sign(conn, SignatureStep.RELEASED, RELEASER)


def test_nothing_is_released_without_its_file(county, book):
    county.run("2024-07", [row(1, "2024-07")])
    with book.writing() as conn:
        insert_batch(conn)
        sign(conn, SignatureStep.MADE, MAKER)
        sign(conn, SignatureStep.APPROVED, CHECKER)
    with pytest.raises(BookError, match="付款文件尚未登记"), book.writing() as conn:
        sign(conn, SignatureStep.RELEASED, RELEASER)


def test_a_signature_is_on_the_content_of_the_batch(claimed, book):
    with pytest.raises(BookError, match="所签内容与批次不符"), book.writing() as conn:
        sign(conn, SignatureStep.APPROVED, CHECKER, digest="other")


def test_a_rejected_batch_is_not_approved(claimed, book):
    with book.writing() as conn:
        sign(conn, SignatureStep.REJECTED, CHECKER)
    with pytest.raises(BookError, match="已被驳回"), book.writing() as conn:
        sign(conn, SignatureStep.APPROVED, "复核丁")


def test_a_batch_is_released_once(claimed, book):
    claimed.sign("2024-07")
    claimed.release("2024-07")
    with pytest.raises(BookError, match="已作废或已发放"), book.writing() as conn:
        sign(conn, SignatureStep.RELEASED, "发放丁")


def test_a_released_batch_is_not_voided(claimed, book):
    claimed.sign("2024-07")
    claimed.release("2024-07")
    with pytest.raises(BookError, match="批次已发放,不能作废"), book.writing() as conn:
        batches.void(conn, CODE, BATCH, "late", Actor(MAKER, "tester"))


def test_a_signed_batch_takes_no_further_line(claimed, book):
    with pytest.raises(BookError, match="不能再加付款"), book.writing() as conn:
        insert_line(conn, "X1", line_no=2)


def test_a_batch_whose_lines_do_not_add_up_is_not_signed(county, book):
    county.run("2024-07", [row(1, "2024-07")])
    with pytest.raises(BookError, match="与明细不符"), book.writing() as conn:
        insert_signed_batch(conn, total_fen=4999)


def test_a_part_of_a_cycle_has_one_live_batch(claimed, book):
    with pytest.raises(BookError, match="须先作废"), book.writing() as conn:
        insert_batch(conn, batch_id="second", ordinal=2)


def test_an_obligation_has_one_live_attempt(claimed, book):
    with pytest.raises(BookError, match="不能再付"), book.writing() as conn:
        insert_batch(conn, batch_id="second", ordinal=2, part="other", attempt=2)


def test_an_attempt_is_not_left_out(county, book):
    county.run("2024-07", [row(1, "2024-07")])
    with pytest.raises(BookError, match="不能再付"), book.writing() as conn:
        insert_batch(conn, attempt=2)


@pytest.mark.parametrize("fen", [4999, 5001])
def test_an_attempt_pays_what_is_unpaid_no_more_no_less(county, book, fen):
    county.run("2024-07", [row(1, "2024-07")])
    with pytest.raises(BookError, match="付款与未付金额不符"), book.writing() as conn:
        insert_batch(conn, fen=fen)


def test_history_is_never_instructed(county, book):
    county.run("2024-07", [])
    county.import_history((1, "2024-07", "old_age_allowance", 5000))
    with pytest.raises(BookError, match="所付为历史发放"), book.writing() as conn:
        insert_batch(conn)


def open_run(conn):
    """A run that is being posted: the log has not told of it."""
    values = dict.fromkeys(("manifest_json", "manifest_digest", "known_on", "maker", "system_user", "posted_at"), "x")
    insert_into(conn, "run", run_id=99, cycle_id=1, **values)
    return 99


def withdraw(conn, fen, obligation_id=1):
    values = {
        "run_id": open_run(conn),
        "obligation_id": obligation_id,
        "version_no": 2,
        "amount_fen": fen,
        "cause": "DEATH",
    }
    insert_into(conn, "withdrawal", withdrawal_id=99, **values)


def test_no_more_is_withdrawn_than_is_unpaid(county, book):
    county.run("2024-07", [row(1, "2024-07")])
    with pytest.raises(BookError, match="撤回超过未付金额"), book.writing() as conn:
        withdraw(conn, 5001)


@pytest.mark.parametrize("is_out", [False, True])
def test_nothing_is_withdrawn_of_what_waits_in_a_batch_or_has_gone_out(claimed, book, is_out):
    if is_out:
        claimed.sign("2024-07")
        claimed.release("2024-07")
    with pytest.raises(BookError, match="撤回超过未付金额"), book.writing() as conn:
        withdraw(conn, 1)


def set_off(conn, obligation_id):
    told = {"receivable_id": 1, "obligation_id": obligation_id, "means": "set_off", "amount_fen": 1}
    insert_into(conn, "recovery", recovery_id=99, recorded_at="now", run_id=open_run(conn), **told)


def decide(book, *decisions, code=CODE):
    """Decisions on numbers, in order: (join or split, number, other number)."""
    for act, one, other in decisions:
        act(book, code, one, other, Actor(MAKER, "tester"), "证明")


def test_a_set_off_joins_one_person_and_month(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [row(2, "2024-07")])
    with pytest.raises(BookError, match="抵扣的不是同一人同一月"), book.writing() as conn:
        set_off(conn, 2)


JOINED, APART = identity.join, identity.split


@pytest.mark.parametrize(
    "decisions",
    [
        [(JOINED, 1, 2)],
        [(JOINED, 2, 1)],
        [(JOINED, 1, 3), (JOINED, 2, 3)],
        [(JOINED, 1, 2), (APART, 1, 2), (JOINED, 2, 1)],
    ],
)
def test_a_set_off_joins_one_person_under_either_number(county, book, decisions):
    county.pay("2024-07", [row(1, "2024-07"), row(3, "2024-07")])
    county.run("2024-08", [row(2, "2024-07"), row(3, "2024-07")])
    decide(book, *decisions)
    with book.writing() as conn:
        set_off(conn, 3)


@pytest.mark.parametrize(
    ("decisions", "code"),
    [
        ([(JOINED, 1, 2), (APART, 1, 2)], CODE),  # the newest decision counts
        ([(JOINED, 1, 3)], CODE),
        ([(JOINED, 2, 3)], CODE),
        ([(JOINED, 1, 2)], "410722"),  # another county's decision is its own
    ],
)
def test_a_set_off_does_not_join_two_people_whoever_else_they_are(county, book, decisions, code):
    county.pay("2024-07", [row(1, "2024-07"), row(3, "2024-07")])
    county.run("2024-08", [row(2, "2024-07"), row(3, "2024-07")])
    decide(book, *decisions, code=code)
    with pytest.raises(BookError, match="抵扣的不是同一人同一月"), book.writing() as conn:
        set_off(conn, 3)


def test_no_more_is_recovered_than_is_owed_back(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [])
    recovery.recover(book, CODE, 1, RecoveryMeans.CASH, 4000, Actor(MAKER, "tester"), "凭据1")
    values = {"receivable_id": 1, "means": "cash", "amount_fen": 1001, "officer": MAKER, "document": "凭据2"}
    with pytest.raises(BookError, match="追回超过应追回金额"), book.writing() as conn:
        insert_into(conn, "recovery", recovery_id=99, recorded_at="now", **values)


OWED = {"county": CODE, "benefit_month": "2024-07", "person_no": 1, "benefit": "old_age_allowance"}
DECIDED = {**OWED, "version_no": 2, "outcome": "ENTITLED", "amount_fen": 99999900, "fact_code": 1}
BOOKED = {"kind": "arrears", "version_no": 2, "amount_fen": 99999900, "is_to_institution": 0}
JOINS_A_RUN = {
    "entitlement_version": DECIDED,
    "obligation": {**OWED, **BOOKED, "obligation_id": 99},
    "withdrawal": {"withdrawal_id": 99, "obligation_id": 1, "version_no": 2, "amount_fen": 1, "cause": "DEATH"},
    "receivable": {**OWED, "receivable_id": 99, "version_no": 2, "amount_fen": 1, "cause": "DEATH"},
}


@pytest.mark.parametrize("run_id", [1, 77], ids=["posted", "not there"])
@pytest.mark.parametrize("table", JOINS_A_RUN)
def test_nothing_joins_a_run_that_the_log_has_told_of_or_that_is_not_there(county, book, table, run_id):
    county.run("2024-07", [row(1, "2024-07")])
    with pytest.raises(BookError, match="正在入账的一次运行"), book.writing() as conn:
        insert_into(conn, table, run_id=run_id, **JOINS_A_RUN[table])


def test_money_is_owed_by_a_version_only(county, book):
    county.run("2024-07", [row(1, "2024-07")])
    with pytest.raises(BookError, match="并有核定作依据"), book.writing() as conn:
        insert_into(conn, "obligation", run_id=open_run(conn), **JOINS_A_RUN["obligation"])


def answer(conn, event, instruction_id, row_no=1):
    values = {"instruction_id": instruction_id, "event": event, "reason_code": "", "reason": "", "source_digest": "s"}
    insert_into(conn, "bank_event", event_id=90 + row_no, source_row=row_no, recorded_at="now", **values)


def only_line(conn):
    return conn.execute(text("SELECT instruction_id FROM instruction")).scalar_one()


def test_a_bank_answers_only_what_was_released(claimed, book):
    with pytest.raises(BookError, match="尚未发放"), book.writing() as conn:
        answer(conn, "accepted", only_line(conn))


def test_what_came_back_did_not_arrive(claimed, book):
    claimed.sign("2024-07")
    claimed.release("2024-07")
    with book.writing() as conn:
        answer(conn, "returned", only_line(conn))
    with pytest.raises(BookError, match="已退票"), book.writing() as conn:
        answer(conn, "accepted", only_line(conn), 2)


def test_a_finding_waits_on_a_hold_of_its_own_person(county, book):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    hold_id = holds.place(book, CODE, 1, "UNDER_REVIEW", "待入户", Actor(MAKER, "tester"))
    told = {
        "decision_row": 1, "county": CODE, "finding_id": "0123456789ab", "rule": "R36", "decision": "hold",
        "officer": MAKER, "system_user": "tester", "reason": "待入户", "recorded_at": "2024-07-16T00:00:00Z",
    }  # fmt: skip
    with pytest.raises(BookError, match="疑点的暂缓须是此人的"), book.writing() as conn:
        conn.execute(insert(tables.finding_decision).values(**told, person_no=2, hold_id=hold_id))
    with book.writing() as conn:
        conn.execute(insert(tables.finding_decision).values(**told, person_no=1, hold_id=hold_id))


def test_every_guard_has_a_message_of_its_own():
    assert len({guard.message for guard in GUARDS}) == len(GUARDS)
    assert all(guard.table in tables.metadata.tables for guard in GUARDS)


def test_a_refusal_quotes_no_row(claimed, book):
    with pytest.raises(BookError) as told, book.writing() as conn:
        insert_into(conn, "person", person_no=1, person_id="990721194003050012", numbered_at="now")
    assert "9907" not in str(told.value)


def insert_signed_batch(conn, **more):
    insert_batch(conn, **more)
    sign(conn, SignatureStep.MADE, MAKER)


def insert_batch(conn, batch_id=BATCH, ordinal=1, part="old_age_allowance", total_fen=None, attempt=1, fen=5000):
    digests = {"content_digest": "c", "profile_digest": "p"}
    counted = {"line_count": 1, "total_fen": total_fen or fen, "claimed_at": "now"}
    insert_into(
        conn, "batch", batch_id=batch_id, cycle_id=1, ordinal=ordinal, profile="p", part=part, **digests, **counted
    )
    insert_line(conn, f"{batch_id[-9:]}-1", batch_id=batch_id, fen=fen)
    item = {"obligation_id": 1, "attempt": attempt, "instruction_id": f"{batch_id[-9:]}-1", "amount_fen": fen}
    insert_into(conn, "instruction_item", **item)


def insert_line(conn, instruction_id, batch_id=BATCH, line_no=1, fen=5000):
    months = dict.fromkeys(("pay_month", "period_from", "period_to"), "2024-07")
    words = dict.fromkeys(("name", "payee_name", "account_no", "bank_name", "township", "village"), "样本")
    numbers = {"line_no": line_no, "attempt": 1, "amount_fen": fen, "people_count": 1}
    key = {"instruction_id": instruction_id, "batch_id": batch_id, "benefit": "old_age_allowance", "kind": "regular"}
    insert_into(conn, "instruction", **key, **months, **words, **numbers)


def test_numbers_are_numbers_and_words_are_known(book):
    with pytest.raises(BookError), book.writing() as conn:
        conn.execute(text("INSERT INTO person VALUES ('one', 'id', 'now')"))
    with pytest.raises(BookError), book.writing() as conn:
        conn.execute(text("INSERT INTO cycle VALUES (1, '410721', '2024-7', 1, 'now')"))


def test_a_frame_is_written_as_the_book_reads_it(county, book):
    county.run("2024-07", [row(1, "2024-07")])
    unpaid = county.unpaid()
    assert unpaid.schema["benefit_month"] == pl.Date
    assert unpaid.schema["is_to_institution"] == pl.Boolean
    assert isinstance(unpaid.schema["benefit"], pl.Enum)
