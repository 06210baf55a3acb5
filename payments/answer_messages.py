"""Answers in standard messages (ISO 20022): pain.002 says what became of an order, camt.054 what the account got back.

Read element by element with lxml, which only this module and pain001.py load. No entity is resolved and nothing is
fetched. A message that does not add up by its own figures is refused whole.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from contracts.codes import BankEvent
from contracts.errors import InputError
from contracts.money import parse_yuan, yuan_text
from payments.answer_totals import FETCH_AGAIN, NOTHING_SAID, Sum, Totals

# Of the status codes only these are final; every other one says that the bank is still at it.
STATUSES = {
    **dict.fromkeys(("ACSC", "ACCC"), BankEvent.ACCEPTED),
    **dict.fromkeys(("RJCT", "CANC"), BankEvent.RETURNED),
}
NO_NUMBER = "NOTPROVIDED"  # what a message has where our number was lost
CURRENCY = "CNY"
Row = dict[str, str | None]


@dataclass
class Told:
    """What a message says: a row for each payment or whole order (columns of the answer's contract), and its sums."""

    rows: list[Row] = field(default_factory=list)
    totals: Totals = NOTHING_SAID
    notices: list[str] = field(default_factory=list)


def read_message(content: bytes, kind: str, name: str) -> Told:
    """Read a message (`kind`: pain.002, camt.054); InputError where it is cut, forbidden, or does not add up."""
    told = Told()
    reader = _Status(told, name) if kind == "pain.002" else _Credits(told, name)
    try:
        for element in _elements(content, tuple(reader.parts)):
            reader.parts[etree.QName(element).localname](element)
    except etree.XMLSyntaxError:
        raise InputError("报文不完整,或不是可读的 XML", FETCH_AGAIN, name) from None
    reader.finish()
    return told


def _elements(content: bytes, names: tuple[str, ...]) -> Iterator[etree._Element]:
    """The elements of these names as they end, each forgotten once it has been looked at."""
    parsing = etree.iterparse(
        io.BytesIO(content),
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for _, element in parsing:
        if element.getroottree().docinfo.internalDTD is not None:
            raise etree.XMLSyntaxError("a message has no document type", 0, 0, 0)
        yield element
        element.clear()


class _Status:
    """pain.002: of a payment its own status; of a payment order or the whole message, where no payment has one."""

    def __init__(self, told: Told, name: str) -> None:
        self.told, self.name = told, name
        self.parts = {
            "OrgnlGrpInfAndSts": self.of_order,
            "TxInfAndSts": self.of_payment,
            "NbOfTxsPerSts": self.of_sums,
            "PmtInfSts": self.of_part,
        }
        self.batch_id = ""
        self.original = Sum(None, None)
        self.whole: tuple[str, str | None, str | None] = ("", None, None)
        self.named: Counter[str] = Counter()
        self.sums: dict[str, Sum] = {}

    def of_order(self, group: etree._Element) -> None:
        self.batch_id = _text(group, "OrgnlMsgId") or ""
        self.original = self._sum(group, "OrgnlNbOfTxs", "OrgnlCtrlSum")
        self.whole = (_text(group, "GrpSts") or "", *_reason(group, "StsRsnInf"))

    def of_part(self, status: etree._Element) -> None:
        """Of a message with one payment order the order's status is the message's."""
        if not self.whole[0]:
            self.whole = (_stripped(status.text) or "", *_reason(status.getparent(), "StsRsnInf"))

    def of_sums(self, sums: etree._Element) -> None:
        if etree.QName(sums.getparent()).localname in ("OrgnlPmtInfAndSts", "OrgnlGrpInfAndSts"):
            self.sums[_text(sums, "DtldSts") or ""] = self._sum(sums, "DtldNbOfTxs", "DtldCtrlSum")

    def of_payment(self, payment: etree._Element) -> None:
        status = _text(payment, "TxSts") or ""
        code, words = _reason(payment, "StsRsnInf")
        number = _text(payment, "OrgnlEndToEndId")
        event = STATUSES.get(status, BankEvent.UNKNOWN)
        self.named[status] += 1
        self.told.rows.append(
            {
                "instruction_id": None if number == NO_NUMBER else number,
                "batch_id": self.batch_id or None,
                "event": event.label,
                "amount_fen": _amount(payment.find("{*}OrgnlTxRef/{*}Amt/{*}InstdAmt")),
                "account_no": _text(payment, "OrgnlTxRef/CdtrAcct/Id/Othr/Id"),
                "payee_name": _text(payment, "OrgnlTxRef/Cdtr/Pty/Nm") or _text(payment, "OrgnlTxRef/Cdtr/Nm"),
                "answered_on": (_text(payment, "AccptncDtTm") or "")[:10] or None,
                "bank_reason": code if event == BankEvent.ACCEPTED else code or status,  # paid needs no reason
                "reason": words,
            }
        )

    def finish(self) -> None:
        for status, said in self.sums.items():
            if self.named[status] and said.heads != self.named[status]:
                what = f"报文写 {status} {said.heads} 笔,列出 {self.named[status]} 笔"
                raise InputError(what, FETCH_AGAIN, self.name)
        counted = [said.heads or 0 for said in self.sums.values()]
        if counted and self.original.heads is not None and sum(counted) != self.original.heads:
            raise InputError(
                f"报文写原批 {self.original.heads} 笔,各状态合计 {sum(counted)} 笔", FETCH_AGAIN, self.name
            )
        self.told.totals = Totals((self.batch_id,) if self.batch_id else (), self.original, self._accepted())
        status, code, words = self.whole
        if STATUSES.get(status) == BankEvent.RETURNED:
            self.told.rows.append(
                {
                    "batch_id": self.batch_id or None,
                    "event": BankEvent.RETURNED.label,
                    "bank_reason": code or status,
                    "reason": words,
                }
            )
        elif not self.named and status not in STATUSES:
            self.told.notices.append(f"报文只说收到了批次 {self.batch_id}({status or '无状态'}),没有逐笔结果")

    def _accepted(self) -> Sum:
        """What the message says in all was credited; nothing where it says no such sum."""
        if STATUSES.get(self.whole[0]) == BankEvent.ACCEPTED and not self.named:
            return self.original
        paid = [said for status, said in self.sums.items() if STATUSES.get(status) == BankEvent.ACCEPTED]
        return paid[0] if len(paid) == 1 else Sum(None, None)

    def _sum(self, element: etree._Element, count: str, total: str) -> Sum:
        return _sum(_text(element, count), _text(element, total), self.name)


class _Credits:
    """camt.054: credits that give a payment back. Whatever else the account got is no answer to us."""

    def __init__(self, told: Told, name: str) -> None:
        self.told, self.name = told, name
        self.parts = {"Ntry": self.of_entry, "TxsSummry": self.of_sums}
        self.said: list[Sum] = []
        self.credits: list[int] = []
        self.others = 0

    def of_sums(self, sums: etree._Element) -> None:
        self.said.append(_sum(_text(sums, "TtlCdtNtries/NbOfNtries"), _text(sums, "TtlCdtNtries/Sum"), self.name))

    def of_entry(self, entry: etree._Element) -> None:
        if _text(entry, "CdtDbtInd") != "CRDT":
            self.others += 1
            return
        amount = _fen(_amount(entry.find("{*}Amt")), self.name)
        self.credits.append(amount)
        details = entry.findall("{*}NtryDtls/{*}TxDtls")
        told = [_amount(one.find("{*}Amt")) for one in details]
        if len(details) == 1 and told == [None]:
            told = [_amount(entry.find("{*}Amt"))]
        if None not in told and details and sum(_fen(cell, self.name) for cell in told) != amount:
            raise InputError("入账通知一笔的金额与其明细之和不符", FETCH_AGAIN, self.name)
        day = (_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or "")[:10]
        for one, cell in zip(details, told, strict=True):
            self._of_payment(one, cell, day)
        if not details:
            self.others += 1

    def _of_payment(self, payment: etree._Element, amount: str | None, day: str) -> None:
        if payment.find("{*}RtrInf") is None:
            self.others += 1
            return
        number = _text(payment, "Refs/EndToEndId")
        code, words = _reason(payment, "RtrInf")
        self.told.rows.append(
            {
                "instruction_id": None if number == NO_NUMBER else number,
                "event": BankEvent.RETURNED.label,
                "amount_fen": amount,
                "answered_on": day or None,
                "bank_reason": code,
                "reason": words,
            }
        )

    def finish(self) -> None:
        counts = [said.heads for said in self.said if said.heads is not None]
        sums = [said.fen for said in self.said if said.fen is not None]
        if (counts and sum(counts) != len(self.credits)) or (sums and sum(sums) != sum(self.credits)):
            raise InputError("入账通知的合计与所列各笔不符", FETCH_AGAIN, self.name)
        if self.others:
            self.told.notices.append(f"另有 {self.others} 笔不是退回款,与本系统无关")


def _text(element: etree._Element, path: str) -> str | None:
    return _stripped(element.findtext("/".join(f"{{*}}{name}" for name in path.split("/"))))


def _stripped(text: str | None) -> str | None:
    return (text or "").strip() or None


def _reason(element: etree._Element, name: str) -> tuple[str | None, str | None]:
    """The first code of why, and every word beside it."""
    code, words = None, []
    for told in element.findall(f"{{*}}{name}"):
        code = code or _text(told, "Rsn/Cd") or _text(told, "Rsn/Prtry")
        words += [text for more in told.findall("{*}AddtlInf") if (text := _stripped(more.text))]
    return code, ";".join(words) or None


def _amount(element: etree._Element | None) -> str | None:
    """In yuan as the message has it; with the currency where that is another, which no amount of ours is."""
    if element is None:
        return None
    text, currency = _stripped(element.text) or "", element.get("Ccy", CURRENCY)
    return text if currency == CURRENCY else f"{text} {currency}"


def _sum(count: str | None, total: str | None, name: str) -> Sum:
    if count is not None and not count.isdecimal():
        raise InputError(f"报文的笔数 {count} 不是数", FETCH_AGAIN, name)
    return Sum(int(count) if count else None, _fen(total, name) if total else None)


def _fen(text: str | None, name: str) -> int:
    try:
        return parse_yuan(text or "")
    except ValueError:
        raise InputError("报文的金额不是人民币元、两位小数", FETCH_AGAIN, name) from None


PAIN002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"
CAMT054 = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
MADE_AT = "T00:00:00"
CODES = {BankEvent.ACCEPTED: "ACSC", BankEvent.RETURNED: "RJCT", BankEvent.UNKNOWN: "PDNG"}
Line = tuple[Mapping[str, Any], BankEvent, str]  # of InstructionLine, what the bank says of it, and why


def write_status(lines: Sequence[Line]) -> bytes:
    """A sample pain.002 of one order, every payment with its status."""
    e = ElementMaker(namespace=PAIN002, nsmap={None: PAIN002})
    first = lines[0][0]
    made_at = e.CreDtTm(f"{first['pay_month']}-01{MADE_AT}")
    return _document(
        e.Document(
            e.CstmrPmtStsRpt(
                e.GrpHdr(e.MsgId(f"A{first['batch_id']}"), made_at),
                e.OrgnlGrpInfAndSts(
                    e.OrgnlMsgId(first["batch_id"]),
                    e.OrgnlMsgNmId("pain.001.001.09"),
                    e.OrgnlNbOfTxs(str(len(lines))),
                    e.OrgnlCtrlSum(yuan_text(sum(line["amount_fen"] for line, _, _ in lines))),
                    e.GrpSts("PART"),
                ),
                e.OrgnlPmtInfAndSts(
                    e.OrgnlPmtInfId(first["batch_id"]),
                    *(
                        e.NbOfTxsPerSts(e.DtldNbOfTxs(str(count)), e.DtldSts(CODES[event]))
                        for event, count in Counter(event for _, event, _ in lines).items()
                    ),
                    *(
                        e.TxInfAndSts(
                            e.OrgnlEndToEndId(line["instruction_id"]),
                            e.TxSts(CODES[event]),
                            *([e.StsRsnInf(e.Rsn(e.Cd("NARR")), e.AddtlInf(why))] if why else []),
                            e.OrgnlTxRef(e.Amt(e.InstdAmt(yuan_text(line["amount_fen"]), Ccy=CURRENCY))),
                        )
                        for line, event, why in lines
                    ),
                ),
            )
        )
    )


def write_credits(lines: Sequence[Line]) -> bytes:
    """A sample camt.054 that gives these payments back, an entry each."""
    e = ElementMaker(namespace=CAMT054, nsmap={None: CAMT054})
    first = lines[0][0]
    day = f"{first['pay_month']}-28"
    total = yuan_text(sum(line["amount_fen"] for line, _, _ in lines))
    return _document(
        e.Document(
            e.BkToCstmrDbtCdtNtfctn(
                e.GrpHdr(e.MsgId(f"R{first['batch_id']}"), e.CreDtTm(day + MADE_AT)),
                e.Ntfctn(
                    e.Id(f"R{first['batch_id']}"),
                    e.Acct(e.Id(e.Othr(e.Id("1")))),
                    e.TxsSummry(e.TtlCdtNtries(e.NbOfNtries(str(len(lines))), e.Sum(total))),
                    *(
                        e.Ntry(
                            e.Amt(yuan_text(line["amount_fen"]), Ccy=CURRENCY),
                            e.CdtDbtInd("CRDT"),
                            e.Sts(e.Cd("BOOK")),
                            e.BookgDt(e.Dt(day)),
                            e.BkTxCd(),
                            e.NtryDtls(
                                e.TxDtls(
                                    e.Refs(e.EndToEndId(line["instruction_id"])),
                                    e.Amt(yuan_text(line["amount_fen"]), Ccy=CURRENCY),
                                    e.CdtDbtInd("CRDT"),
                                    e.RtrInf(e.Rsn(e.Cd("NARR")), e.AddtlInf(why)),
                                )
                            ),
                        )
                        for line, _, why in lines
                    ),
                ),
            )
        )
    )


def _document(root: etree._Element) -> bytes:
    told: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return told
