"""A credit transfer message: valid by the standard's schema, the same to a reader we did not write, and more."""

from decimal import Decimal
from importlib.resources import files
from types import SimpleNamespace

import pytest
from lxml import etree
from pyiso20022.pain.pain_001_001_09 import Document
from xsdata.formats.dataclass.parsers import XmlParser

from payments import profiles, trial
from payments.faults import faults
from payments.file_forms import PAIN001_COLUMNS
from payments.misfits import misfits
from payments.verify import differences_in
from tests.payments.rows import payable_rows

NS = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@pytest.fixture(scope="module")
def schema():
    xsd = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    return etree.XMLSchema(etree.fromstring(xsd.read_bytes()))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The made-up people as a message."""
    tried = trial.try_out(profiles.load()["pain001_cnaps"])
    path = tmp_path_factory.mktemp("pain") / "file.xml"
    assert tried.write(path) == []
    return SimpleNamespace(tried=tried, path=path, body=path.read_bytes(), lines=tried.order.lines)


def test_the_message_is_valid_by_the_schema_of_the_standard(written, schema):
    schema.assertValid(etree.fromstring(written.body))


@pytest.mark.parametrize(("old", "new"), [(b"TRF", b"TRX"), (b"CreDtTm", b"MadeAt"), (b"<MmbId>999", b"<MmbId>\n999")])
def test_the_schema_refuses_what_it_should_and_not_more(written, schema, old, new):
    assert schema.validate(etree.fromstring(written.body.replace(old, new))) == (b"MmbId" in old)


def test_a_reader_we_did_not_write_finds_what_was_ordered(written):
    message = XmlParser().from_bytes(written.body, Document).cstmr_cdt_trf_initn
    (payment,) = message.pmt_inf
    total = Decimal(written.tried.order.total_fen).scaleb(-2)
    assert (message.grp_hdr.msg_id, message.grp_hdr.nb_of_txs) == ("990721-2024-07-01-01", str(written.lines.height))
    assert message.grp_hdr.ctrl_sum == payment.ctrl_sum == total
    assert str(payment.reqd_exctn_dt.dt) == "2024-07-01"
    assert payment.dbtr.nm == trial.PAYER.payer_name
    assert payment.dbtr_acct.id.othr.id == trial.PAYER.payer_account
    assert payment.dbtr_agt.fin_instn_id.clr_sys_mmb_id.mmb_id == trial.PAYER.payer_bank_code
    told = [
        (
            one.pmt_id.end_to_end_id,
            one.amt.instd_amt.ccy,
            int(one.amt.instd_amt.value.scaleb(2)),
            one.cdtr.nm,
            one.cdtr_acct.id.othr.id,
            one.cdtr_agt.fin_instn_id.clr_sys_mmb_id.clr_sys_id.cd,
            one.cdtr_agt.fin_instn_id.clr_sys_mmb_id.mmb_id,
            one.purp.cd,
        )
        for one in payment.cdt_trf_tx_inf
    ]
    assert told == [
        (
            row["instruction_id"],
            "CNY",
            row["amount_fen"],
            row["payee_name"],
            row["account_no"],
            "CNAPS",
            row["bank_code"],
            "SSBE",
        )
        for row in written.lines.iter_rows(named=True)
    ]


def test_amounts_have_two_decimals_and_rare_names_are_themselves(written):
    root = etree.fromstring(written.body)
    assert {len(one.text.split(".")[1]) for one in root.iter(f"{NS}InstdAmt")} == {2}
    names = [one.findtext(f"{NS}Nm") for one in root.iter(f"{NS}Cdtr")]
    assert {"买买提·示范", "示范𠮷㐂", "样" * 20} <= set(names)


def test_who_has_no_bank_code_or_a_wrong_one_waits(written):
    assert [(one.name, one.header) for one in written.tried.held] == [("示范无行号", "联行号")]
    for code in ("105100000018", "10510000001", "1051000000１7"):
        held = misfits(payable_rows({"bank_code": code}), {"old_age_allowance": written.tried.profile})
        assert held["ground"].to_list() == ["wrong_bank_code"]


def test_what_no_message_may_hold_waits(written):
    held = misfits(
        payable_rows({"payee_name": "样\ufffe", "bank_code": "105100000017"}),
        {"old_age_allowance": written.tried.profile},
    )
    assert held["ground"].to_list() == ["control"]


def test_a_bank_that_takes_shorter_names_is_heeded(written):
    shorter = written.tried.profile.model_copy(update={"name_max_bytes": 12})
    people = payable_rows({"payee_name": "样" * 5, "bank_code": "105100000017"})
    assert misfits(people, {"old_age_allowance": shorter})["ground"].to_list() == ["too_long"]


def test_the_purpose_is_the_one_of_the_benefit(tmp_path, written):
    other = written.tried.profile.model_copy(update={"purposes": {trial.BENEFIT: "PENS"}})
    assert trial.try_out(other).write(tmp_path / "file.xml") == []
    root = etree.parse(tmp_path / "file.xml").getroot()
    assert {one.findtext(f"{NS}Cd") for one in root.iter(f"{NS}Purp", f"{NS}CtgyPurp")} == {"PENS"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"<NbOfTxs>13</NbOfTxs>", b"<NbOfTxs>11</NbOfTxs>", "报文头的 count 与付款信息的不同"),
        (b"<CtrlSum>", b"<CtrlSum>1", "报文头的 total 与付款信息的不同"),
        (b'Ccy="CNY"', b'Ccy="USD"', "第 1 笔的币种不是 CNY"),
        (b">667.00<", b">667.00001<", "第 2 笔金额与总账不符"),
        (b"<Purp><Cd>SSBE", b"<Purp><Cd>ZZZZ", "第 1 笔的用途代码与格式不符"),
        (
            b"<CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNAPS",
            b"<CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNCIP",
            "第 1 笔的清算系统不是 CNAPS",
        ),
        (b"<Dt>2024-07-01", b"<Dt>2024-07-02", "汇总行的 date 与总账不符"),
        (b"<Id>990007210000000901", b"<Id>990007210000000902", "汇总行的 payer_account 与总账不符"),
        (b"<MsgId>990721", b"<MsgId>990722", "汇总行的 batch_id 与总账不符"),
        (b"<Ccy>CNY</Ccy>", b"<Ccy>USD</Ccy>", "账户币种应为 CNY"),
        (b"</Document>", b"", "文件不是可读的 XML"),
        (b"</PmtInf>", b"</PmtInf><PmtInf></PmtInf>", "不是一个付款账户"),
        (b"<PmtInf>", b"<CdtTrfTxInf></CdtTrfTxInf><PmtInf>", "有一笔不在付款信息之中"),
        (b"<RmtInf>", b"<RmtInf><CdtTrfTxInf></CdtTrfTxInf>", "有一笔不在付款信息之中"),
        (b"pain.001.001.09", b"pain.001.001.03", "不是 pain.001.001.09 报文"),
    ],
)
def test_what_the_schema_lets_through_is_found(tmp_path, written, old, new, told):
    path = tmp_path / "file.xml"
    assert old in written.body
    path.write_bytes(written.body.replace(old, new, 1))
    assert any(told in what for what in differences_in(path, written.tried.order, written.tried.profile))


def test_a_payer_needs_a_bank_code_that_is_one():
    shipped = profiles.load()["pain001_cnaps"]
    wrong = shipped.model_copy(update={"payer": trial.PAYER.model_copy(update={"payer_bank_code": "102100099997"})})
    assert [key for key, _ in faults(wrong)] == [("payer",)]


def test_the_columns_are_the_standards():
    told = profiles.load()["pain001_cnaps"].model_dump()
    with pytest.raises(ValueError, match="由标准定"):
        type(profiles.load()["pain001_cnaps"]).model_validate(told | {"columns": PAIN001_COLUMNS[:-1]})
