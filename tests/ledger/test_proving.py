"""The book proves itself: whoever owns the file or the server and writes past its guards is found out."""

import hashlib
import json
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import func, insert, select, text, update

from contracts.actor import Actor
from contracts.codes import RecoveryMeans
from contracts.errors import BookError
from contracts.manifest import RegisterInput
from ledger import audit, identity, keeping, proving, receipts, recovery
from ledger.tables import audit_log, create_guards, receipt
from tests.ledger.county import CHECKER, CODE, MAKER, RELEASER, row

FIRST = f"{CODE}-2024-07-01-01"


@pytest.fixture
def lived(county, book):
    """July paid to three, one of them returned; in August one was never owed July, and a batch waits to be signed."""
    county.pay("2024-07", [row(n, "2024-07") for n in (1, 2, 3)])
    county.answer("returned", 3, return_reason="CLOSED")
    county.answer("accepted", 1, source="bank-2")
    july = [row(n, "2024-07") for n in (2, 3)]
    county.run("2024-08", [*july, *(row(n, "2024-08") for n in (1, 2))])
    recovery.recover(book, CODE, 1, RecoveryMeans.CASH, 1000, Actor(MAKER, "tester"), "凭据1")
    county.claim()
    return county


@contextmanager
def past_the_guards(book):
    """Write as the owner of the database can: with the guards off, and on again afterwards."""
    with book.engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET LOCAL session_replication_role = replica"))
            yield conn
            return
        for name in conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            conn.execute(text(f"DROP TRIGGER {name}"))
        conn.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield conn
        create_guards(conn)


def found(book):
    with book.reading() as conn:
        return list(proving.prove(conn).problems)


def waiting(book):
    """What is found before the batch that waits is signed."""
    with book.reading() as conn:
        return list(proving.prove_batches(conn, CODE, [f"{CODE}-2024-08-01-01"]).problems)


def test_an_honest_book_proves_itself(lived, book):
    assert found(book) == waiting(book) == []
    with book.reading() as conn:
        proof = proving.prove(conn)
        assert proof.head == audit.head(conn)
    assert [one.what for one in proof.checked if not one.count] == ["存档记录", "每期封存"]
    proof.require("")


def change(book, *statements):
    with past_the_guards(book) as conn:
        for statement in statements:
            conn.execute(text(statement))


RETURN = (
    "INSERT INTO bank_event (event_id, instruction_id, event, reason_code, reason, source_digest, source_row,"
    " recorded_at) SELECT 99, i.instruction_id, 'returned', '', '', '{source}', 99, 'now'"
    " FROM instruction_item i WHERE i.obligation_id = 2 AND i.attempt = 1"
)


@pytest.mark.parametrize("source", ["bank-1", "bank-9"])
def test_an_inserted_return(lived, book, source):
    change(book, RETURN.format(source=source))
    told = found(book)
    assert [one for one in told if f"{CODE} 回盘 {source}:退票笔数" in one], told


@pytest.mark.parametrize("is_decided_about", [False, True])
def test_an_inserted_version_of_999_999_yuan(lived, book, is_decided_about):
    if is_decided_about:
        identity.split(book, CODE, 2, 3, Actor(MAKER, "tester"), "凭据2")
    change(
        book,
        "INSERT INTO entitlement_version (county, benefit_month, person_no, benefit, version_no, run_id, outcome,"
        " amount_fen, fact_code) VALUES"
        f" ('{CODE}', '2024-08', 2, 'old_age_allowance', 2, 2, 'ENTITLED', 99999900, 1)",
    )
    told = found(book)
    assert f"{CODE} 2024-08 高龄津贴,人员编号 2:应发 999,999.00 元,入账 50.00 元" in told
    assert [one for one in told if "核定 run 2:核定条数" in one]
    assert [one for one in waiting(book) if "999,999.00" in one]


def test_the_same_with_its_money(lived, book):
    """So that every sum is right: only the log knows what the run decided and booked."""
    change(
        book,
        "INSERT INTO entitlement_version (county, benefit_month, person_no, benefit, version_no, run_id, outcome,"
        f" amount_fen, fact_code) VALUES ('{CODE}', '2024-08', 4, 'old_age_allowance', 1, 2, 'ENTITLED', 99999900, 1)",
        "INSERT INTO obligation (obligation_id, run_id, county, benefit_month, person_no, benefit, kind, version_no,"
        f" amount_fen, is_to_institution) VALUES (99, 2, '{CODE}', '2024-08', 4, 'old_age_allowance', 'regular', 1,"
        " 99999900, 0)",
        f"INSERT INTO open_obligation VALUES ('{CODE}', 99)",
    )
    told = found(book)
    assert {one.split("审计")[0] for one in told} == {
        f"{CODE} 入账 run 2:应付笔数 ",
        f"{CODE} 入账 run 2:应付金额(分) ",
        f"{CODE} 核定 run 2:核定条数 ",
    }
    assert [one for one in waiting(book) if "应付金额" in one]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM open_obligation WHERE obligation_id = 4", "应付款 4 还没有付,却不在未付之列"),
        (f"INSERT INTO open_obligation VALUES ('{CODE}', 1)", "应付款 1 已没有未付的金额,却在未付之列"),
    ],
)
def test_what_is_unpaid_and_what_is_kept_as_unpaid(lived, book, statement, told):
    change(book, statement)
    kept, reconciled = found(book)
    assert kept == told
    assert reconciled.endswith("未付的与待付清单不符")


def test_money_without_a_decision(lived, book):
    change(book, "UPDATE obligation SET version_no = 7 WHERE obligation_id = 2")
    assert "应付款 2 没有核定作依据" in found(book)


def a_guard(book):
    name = "bank_answers_a_released_batch"
    on = " ON bank_event" if book.engine.dialect.name == "postgresql" else ""
    return name, f"DROP TRIGGER {name}{on}"


def test_a_dropped_guard(lived, book):
    name, drop = a_guard(book)
    with book.engine.begin() as conn:
        conn.execute(text(drop))
    assert found(book) == waiting(book) == [f"账簿的防护 {name} 不见了"]


def test_a_guard_that_guards_nothing(lived, book):
    name, drop = a_guard(book)
    with book.engine.begin() as conn:
        conn.execute(text(drop))
        if conn.dialect.name == "postgresql":
            conn.execute(
                text("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
            )
            conn.execute(
                text(f"CREATE TRIGGER {name} BEFORE INSERT ON bank_event FOR EACH ROW EXECUTE FUNCTION nothing()")
            )
        else:
            conn.execute(
                text(
                    f"CREATE TRIGGER {name} BEFORE INSERT ON bank_event WHEN 1 = 0 BEGIN SELECT RAISE(ABORT, 'x'); END"
                )
            )
    assert found(book) == [f"账簿的防护 {name} 被改动或停用"]


def test_a_guard_that_is_switched_off(lived, book):
    name, _ = a_guard(book)
    if book.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no switch")
    with book.engine.begin() as conn:
        conn.execute(text(f"ALTER TABLE bank_event DISABLE TRIGGER {name}"))
    assert found(book) == [f"账簿的防护 {name} 被改动或停用"]


def test_a_trigger_that_nobody_knows(lived, book):
    with book.engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(
                text("CREATE TRIGGER stranger AFTER INSERT ON hold FOR EACH ROW EXECUTE FUNCTION book_is_append_only()")
            )
        else:
            conn.execute(text("CREATE TRIGGER stranger AFTER INSERT ON hold BEGIN SELECT 1; END"))
    assert found(book) == ["账簿里有来历不明的触发器 stranger"]


@pytest.mark.parametrize("step", ["approved", "released"])
def test_a_renamed_signer(lived, book, step):
    change(book, f"UPDATE approval SET officer = '路人甲' WHERE step = '{step}'")
    label = {"approved": "批准", "released": "放行"}[step]
    was = {"approved": CHECKER, "released": RELEASER}[step]
    assert found(book) == [f"{CODE} {label} {FIRST}:经办人 审计记录为“{was}”,总账为“路人甲”"]


def test_a_renamed_maker(lived, book):
    change(book, "UPDATE run SET maker = '路人甲' WHERE run_id = 2")
    assert found(book) == waiting(book) == [f"{CODE} 入账 run 2:经办人 审计记录为“{MAKER}”,总账为“路人甲”"]


def test_one_officer_for_two_steps(lived, book):
    change(book, f"UPDATE approval SET officer = '{MAKER}' WHERE step = 'approved'")
    assert f"批次 {FIRST} 由同一人签了两道" in found(book)


def test_a_deleted_debt(lived, book):
    change(book, "DELETE FROM recovery", "DELETE FROM receivable")
    told = found(book)
    assert f"{CODE} 2024-07 高龄津贴,人员编号 1:应发 0.00 元,入账 50.00 元" in told
    assert [one for one in told if "应追回笔数" in one]
    assert f"{CODE} 追回 receivable 1:审计记录里有,总账里没有" in told


def test_a_debt_that_was_paid_off_by_nobody(lived, book):
    change(
        book,
        "INSERT INTO recovery (recovery_id, receivable_id, means, amount_fen, officer, document, recorded_at)"
        f" VALUES (99, 1, 'cash', 4000, '{MAKER}', '凭据2', 'now')",
    )
    assert found(book) == [f"{CODE} 追回 receivable 1:审计记录 1 条,总账 2 条"]


def test_a_larger_payment(lived, book):
    change(
        book,
        "UPDATE instruction SET amount_fen = 500000 WHERE line_no = 1 AND batch_id LIKE '%2024-08%'",
    )
    told = waiting(book)
    assert [one for one in told if one.startswith("指令 ") and "与所付各款之和不符" in one]
    assert [one for one in told if one.startswith(f"批次 {CODE}-2024-08-01-01 的笔数或金额")]


def test_money_sent_again_without_a_return(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer("returned", 1, return_reason="BANK_TECH")
    county.claim()
    change(book, "DELETE FROM bank_event")
    assert {"应付款 1 再次付款,而上一次既未退回也未作废", "应付款 1 有 2 笔付款同时有效"} <= set(found(book))


def test_a_hold_that_a_rule_never_lifted(lived, book):
    change(
        book,
        "INSERT INTO hold (hold_row, hold_id, event, county, person_no, code, ground, actor, reason, recorded_at)"
        f" VALUES (97, 97, 'placed', '{CODE}', 5, 'MANUAL', 'manual', '系统规则', '', 'now'),"
        f" (98, 97, 'lifted', '{CODE}', 5, 'MANUAL', 'manual', '系统规则', '', 'now')",
    )
    assert found(book) == [f"{CODE} 按规则解除暂缓 reconcile:解除笔数 审计记录为“0”,总账为“1”"]


def receive(book, register, digest):
    told = RegisterInput(
        name=register, file_name=f"{register}.csv", file_digest=digest * 64, inbox_month="2024-07", carried_months=0
    )
    return receipts.note_received(book, CODE, [told], date(2024, 7, 10), Actor(MAKER, "tester"))


def slip_in_a_receipt(book):
    """A receipt as a run would note it, for the population of July, known before the real one."""
    with past_the_guards(book) as conn:
        conn.execute(
            insert(receipt).values(
                receipt_id=conn.execute(select(func.coalesce(func.max(receipt.c.receipt_id), 0))).scalar_one() + 1,
                county=CODE,
                register="population",
                inbox_month="2024-07",
                file_name="population.csv",
                file_digest="f" * 64,
                known_on="2024-07-01",
                system_user="tester",
                received_at="2024-07-01T00:00:00Z",
            )
        )


def test_a_receipt_that_no_run_noted(lived, book):
    receive(book, "population", "a")
    assert found(book) == []
    slip_in_a_receipt(book)
    assert found(book) == [f"{CODE} 收下名册 receipt 2:总账里有,审计记录里没有"]


def test_a_receipt_of_another_file_than_was_noted(lived, book):
    receive(book, "population", "a")
    with past_the_guards(book) as conn:
        conn.execute(update(receipt).values(file_digest="f" * 64))
    (told,) = found(book)
    assert "摘要 审计记录为" in told


def test_receipts_of_a_program_that_told_of_none_stand(lived, book):
    slip_in_a_receipt(book)
    receive(book, "population", "a")
    assert found(book) == []


def test_a_note_of_what_was_kept(lived, book):
    """Who edits a table in the store has to edit the note of its digest too."""
    keeping.note(book, CODE, "manifest", {"accepted_account": "0" * 64}, Actor(MAKER, "tester"))
    change(book, "UPDATE kept_content SET tables_json = '{}'")
    assert found(book) == ["存档记录 1 被改动"]


def hashed(entry):
    told = json.dumps([entry[name] for name in (*audit.CHAINED, "known_by")], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def test_a_chain_that_was_rewritten_from_an_entry_on(lived, book):
    """Every hash is right again; what the entry says is not what the rows say."""
    with past_the_guards(book) as conn:
        entries = [dict(one) for one in conn.execute(select(audit_log).order_by(audit_log.c.entry_id)).mappings()]
        conn.execute(text("DELETE FROM audit_log"))
        before = audit.FIRST
        for entry in entries:
            if entry["action"] == "approved":
                entry["actor"] = "路人甲"
            entry["prev_hash"] = before
            before = entry["hash"] = hashed(entry)
            conn.execute(audit_log.insert().values(**entry))
    assert found(book) == [f"{CODE} 批准 {FIRST}:经办人 审计记录为“路人甲”,总账为“{CHECKER}”"]


def test_a_chain_that_was_cut_off_at_its_end(lived, book):
    change(book, "DELETE FROM audit_log WHERE entry_id > 4")
    told = found(book)
    assert f"{CODE} 入账 run 2:总账里有,审计记录里没有" in told
    assert len(told) >= 4


def test_signing_stops_at_what_is_found(lived, book):
    change(book, "UPDATE run SET maker = '路人甲' WHERE run_id = 2")
    with book.reading() as conn, pytest.raises(BookError, match=r"账簿自证不通过:.*路人甲"):
        proving.prove_batches(conn, CODE, [f"{CODE}-2024-08-01-01"]).require(CODE)
