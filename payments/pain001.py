"""The bytes of a credit transfer message (ISO 20022 pain.001.001.09), transfer by transfer, so that memory stays small.

What the schema does not ask is kept by the writer and looked at by the reader (docs/decisions/0056): both control sums,
two decimals of CNY, 联行号 of CNAPS with their check digit, codes of the ISO lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree
from lxml.builder import ElementMaker

from contracts.codes import Benefit
from contracts.errors import InputError
from payments.file_forms import Pain001, Payer, Printed
from payments.orders import Order
from payments.printing import printed, total_words

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = {"Ccy": "CNY"}
CLEARING = "CNAPS"
OPENED = f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><CstmrCdtTrfInitn>\n'.encode()
CLOSED = b"</PmtInf></CstmrCdtTrfInitn></Document>\n"
E = ElementMaker()  # without the namespace, which the document says once for all


def write_pain001(target: Path, order: Order, profile: Pain001) -> None:
    """Write the message. InputError where the profile does not say who pays."""
    payer = profile.payer
    if payer is None:
        raise InputError("报文要写付款账户,而格式里没有", "请在格式里填上 payer", profile.profile)
    words = total_words(order, profile)
    purpose = profile.purposes.get(Benefit(words["benefit"]), profile.purpose)
    with target.open("wb") as file:
        file.write(OPENED)
        file.write(_told(_header(words, payer)))
        file.write(b"<PmtInf>")
        file.writelines(_told(part) for part in _payment(words, payer, purpose))
        fields = [column.field for column in profile.columns]
        for row in printed(order, profile).iter_rows():
            file.write(_told(_transfer(dict(zip(fields, row, strict=True)), purpose)))
        file.write(CLOSED)


def _told(element: etree._Element) -> bytes:
    told: bytes = etree.tostring(element, encoding="utf-8")
    return told + b"\n"


def _sums(words: Mapping[str, str]) -> tuple[etree._Element, etree._Element]:
    return E.NbOfTxs(words["count"]), E.CtrlSum(words["total"])


def _header(words: Mapping[str, str], payer: Payer) -> etree._Element:
    made_at = E.CreDtTm(f"{words['date']}T00:00:00")
    return E.GrpHdr(E.MsgId(words["batch_id"]), made_at, *_sums(words), E.InitgPty(E.Nm(payer.payer_name)))


def _payment(words: Mapping[str, str], payer: Payer, purpose: str) -> tuple[etree._Element, ...]:
    """What is said of the paying account, once."""
    return (
        E.PmtInfId(words["batch_id"]),
        E.PmtMtd("TRF"),
        *_sums(words),
        E.PmtTpInf(E.CtgyPurp(E.Cd(purpose))),
        E.ReqdExctnDt(E.Dt(words["date"])),
        E.Dbtr(E.Nm(payer.payer_name)),
        E.DbtrAcct(_account(payer.payer_account), E.Ccy(CURRENCY["Ccy"])),
        E.DbtrAgt(_bank(payer.payer_bank_code)),
    )


def _transfer(line: dict[Printed | None, str], purpose: str) -> etree._Element:
    remark = [E.RmtInf(E.Ustrd(line[Printed.REMARK]))] if line[Printed.REMARK] else []
    return E.CdtTrfTxInf(
        E.PmtId(E.EndToEndId(line[Printed.INSTRUCTION_ID])),
        E.Amt(E.InstdAmt(line[Printed.AMOUNT], CURRENCY)),
        E.CdtrAgt(_bank(line[Printed.BANK_CODE])),
        E.Cdtr(E.Nm(line[Printed.PAYEE_NAME])),
        E.CdtrAcct(_account(line[Printed.ACCOUNT_NO])),
        E.Purp(E.Cd(purpose)),
        *remark,
    )


def _account(number: str) -> etree._Element:
    return E.Id(E.Othr(E.Id(number)))


def _bank(code: str) -> etree._Element:
    return E.FinInstnId(E.ClrSysMmbId(E.ClrSysId(E.Cd(CLEARING)), E.MmbId(code)))
