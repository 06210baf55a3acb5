"""Answers as standard messages: the samples are valid by the standard's schemas, and what is read is what they say."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree

from contracts.codes import BankEvent
from contracts.errors import InputError
from payments import profiles, trial
from payments.answer_messages import write_credits, write_status
from payments.answer_reading import read_answer
from payments.answer_totals import UNSAID, Sum

SCHEMAS = Path(__file__).parent / "schemas"
PAID, RETURNED, UNKNOWN = BankEvent.ACCEPTED, BankEvent.RETURNED, BankEvent.UNKNOWN


@pytest.fixture(scope="module")
def sent():
    """Three payments of the made-up people, and what a bank may say of them."""
    lines = list(trial.try_out(profiles.load()["pain001_cnaps"]).order.lines.head(3).iter_rows(named=True))
    status = write_status([(lines[0], PAID, ""), (lines[1], RETURNED, "户名不符"), (lines[2], UNKNOWN, "")])
    return SimpleNamespace(lines=lines, status=status, credits=write_credits([(lines[1], RETURNED, "账户已销户")]))


def read(folder, content, name="answer.xml"):
    (folder / name).write_bytes(content)
    return read_answer(folder / name, folder / "store")


@pytest.mark.parametrize(("message", "schema"), [("status", "pain.002.001.12"), ("credits", "camt.054.001.08")])
def test_the_samples_are_valid_by_the_standards_schema(sent, message, schema):
    etree.XMLSchema(etree.parse(SCHEMAS / f"{schema}.xsd")).assertValid(etree.fromstring(getattr(sent, message)))


def test_every_payment_has_its_status_and_its_reason(sent, tmp_path):
    answer = read(tmp_path, sent.status)
    told = answer.taken.rows.select("instruction_id", "event", "amount_fen", "bank_reason", "reason").rows()
    one, two, three = sent.lines
    assert told == [
        (one["instruction_id"], "accepted", one["amount_fen"], None, None),
        (two["instruction_id"], "returned", two["amount_fen"], "NARR", "户名不符"),
        (three["instruction_id"], "unknown", three["amount_fen"], "PDNG", None),
    ]
    assert answer.totals.original == Sum(3, sum(line["amount_fen"] for line in sent.lines))


def test_only_what_is_given_back_is_an_answer_among_the_credits_of_an_account(sent, tmp_path):
    other = b"<Ntry><Amt Ccy='CNY'>9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Ntry></Ntfctn>"
    answer = read(tmp_path, sent.credits.replace(b"</Ntfctn>", other))
    (row,) = answer.taken.rows.iter_rows(named=True)
    assert (row["instruction_id"], row["event"], row["reason"]) == (
        sent.lines[1]["instruction_id"],
        "returned",
        "账户已销户",
    )
    assert row["answered_on"].isoformat() == "2024-07-28"
    assert answer.notices == ("另有 1 笔不是退回款,与本系统无关",)


def of_group(sent, status, sums=b""):
    """The message about the whole order, without its payments."""
    root = etree.fromstring(sent.status)
    (part,) = root.iter("{*}OrgnlPmtInfAndSts")
    part.getparent().remove(part)
    return etree.tostring(root).replace(b"<GrpSts>PART", b"<GrpSts>" + status).replace(b"</OrgnlGrpInfAndSts>", sums)


def test_an_order_refused_whole_is_one_line_about_its_batch(sent, tmp_path):
    why = "<StsRsnInf><AddtlInf>余额不足</AddtlInf></StsRsnInf></OrgnlGrpInfAndSts>"
    (row,) = read(tmp_path, of_group(sent, b"RJCT", why.encode())).taken.rows.iter_rows(named=True)
    assert (row["batch_id"], row["instruction_id"], row["event"]) == ("990721-2024-07-01-01", None, "returned")
    assert (row["bank_reason"], row["reason"]) == ("RJCT", "余额不足")


def test_an_order_paid_whole_says_so_in_sums_and_one_only_received_says_nothing(sent, tmp_path):
    end = b"</OrgnlGrpInfAndSts>"
    paid, received = (read(tmp_path, of_group(sent, status, end)) for status in (b"ACSC", b"ACTC"))
    assert paid.taken.rows.is_empty()
    assert paid.totals.accepted == Sum(3, sum(line["amount_fen"] for line in sent.lines))
    assert (received.totals.accepted, len(received.notices)) == (UNSAID, 1)


@pytest.mark.parametrize(
    ("message", "old", "new", "told"),
    [
        ("status", b"<DtldNbOfTxs>1", b"<DtldNbOfTxs>2", "列出 1 笔"),
        ("status", b"<OrgnlNbOfTxs>3", b"<OrgnlNbOfTxs>4", "各状态合计 3 笔"),
        ("status", b"</Document>", b"", "不完整"),
        ("status", b"<Document", b"<!DOCTYPE Document [<!ENTITY a 'b'>]><Document", "不完整"),
        ("status", b"<OrgnlNbOfTxs>3", b"<OrgnlNbOfTxs>x", "不是数"),
        ("status", b"pain.002", b"pain.008", "不是可读的回盘报文"),
        ("credits", b"<NbOfNtries>1", b"<NbOfNtries>2", "合计与所列各笔不符"),
        ("credits", b"</BookgDt>", b"</BookgDt><AmtDtls/>", None),
        ("credits", b"<Sum>", b"<Sum>1", "合计与所列各笔不符"),
        ("credits", b'<Amt Ccy="CNY">', b'<Amt Ccy="USD">', "不是人民币元"),
    ],
)
def test_a_message_that_is_cut_forbidden_or_does_not_add_up_is_refused_whole(sent, tmp_path, message, old, new, told):
    content = getattr(sent, message)
    assert old in content
    if told is None:
        assert read(tmp_path, content.replace(old, new, 1)).taken.rows.height == 1
        return
    with pytest.raises(InputError, match=told):
        read(tmp_path, content.replace(old, new, 1))


def test_another_currency_is_no_amount_of_ours(sent, tmp_path):
    taken = read(tmp_path, sent.status.replace(b'Ccy="CNY"', b'Ccy="USD"', 1)).taken
    assert (taken.rows.height, taken.rows_refused) == (2, 1)
