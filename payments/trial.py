"""A profile tried on made-up people: what its file looks like, who would be held, and whether it reads back.

Nobody here exists: identity numbers are of region 99, accounts of no bank. The names and amounts are those that files
break on: a dot, characters of two and four bytes, twenty characters, one fen, the largest amount, an institution.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from contracts.codes import Benefit, Kind, Misfit, RefusalCode, Relationship, ReturnReason
from contracts.columns import polars_schema
from contracts.money import MAX_FEN
from contracts.tables import Payable
from generator.numbers import resident_id
from payments.answer_comparing import compared
from payments.answer_reading import read_answer
from payments.answer_sample import file_name_of, sample_answer
from payments.bank_codes import check_digit
from payments.bodies import write_body
from payments.file_forms import OwnBank, Payer, Printed, Profile
from payments.instructions import BatchIdentity, instructions
from payments.misfits import misfits
from payments.orders import Order
from payments.verify import differences_in

COUNTY = "990721"
BENEFIT = Benefit.TEKUN_LIVING
MONTH = date(2024, 7, 1)
IDENTITY = BatchIdentity(COUNTY, MONTH, 1, 1)
PAYER = Payer(
    payer_name="示范县财政局示范专户",
    payer_account="990007210000000901",
    payer_bank="示例银行示范县支行",
    payer_bank_code="99900000001" + check_digit("99900000001"),
    agreement="XY990721",
)
OTHER_BANK = {"bank_name": "示例银行外县支行", "bank_code": f"99820000002{check_digit('99820000002')}"}
INSTITUTION = "示范县示范敬老院"
BEFORE = BatchIdentity(COUNTY, date(2024, 6, 1), 1, 1)
SENT_BEFORE = {
    "origin_id": f"{BEFORE.line_prefix}000009",
    "origin_batch": BEFORE.batch_id,
    "origin_line": 9,
    "origin_account": "99000721000009999",
    "origin_fen": 66700,
    "origin_reason": ReturnReason.NAME_MISMATCH.label,
}
PEOPLE: tuple[dict[str, object], ...] = (
    {"name": "示范甲"},
    {"name": "买买提·示范"},
    {"name": "示范䶮"},
    {"name": "示范𠮷㐂"},
    {"name": "样" * 20},
    {"name": "示范一分", "pays_fen": 1, "phone": "13900000000"},
    {"name": "示范最多", "pays_fen": MAX_FEN},
    {"name": "示范补发", "kind": Kind.ARREARS.value, "benefit_month": date(2024, 5, 1)},
    {"name": "示范重发", "attempt": 2, **SENT_BEFORE},
    {"name": "示范被代领", "payee_name": "示范代领", "relationship": Relationship.CHILD.label},
    {"name": "示范无行号", "bank_code": None},
    {"name": "示范无户主", "head_name": None, "head_id": None},
    {"name": "示范他行", **OTHER_BANK},
    {"name": "示范院甲", "institution_id": "J01"},
    {"name": "示范院乙", "institution_id": "J01"},
)


@dataclass(frozen=True)
class Misfitting:
    """Somebody of the sample whom the profile would hold: the name, the column and why."""

    name: str
    header: str
    why: str  # in an officer's words


@dataclass(frozen=True)
class Trial:
    """An order of made-up people in a profile, and those it would hold."""

    profile: Profile
    order: Order
    held: tuple[Misfitting, ...]
    is_payer_made_up: bool

    @property
    def file_name(self) -> str:
        """What the file would be called."""
        return self.profile.file_name.format(**self.order.words())

    def write(self, target: Path) -> list[str]:
        """Write the file and read it back by other means: in what it differs."""
        write_body(target, self.order, self.profile)
        return list(differences_in(target, self.order, self.profile))

    def answer(self, folder: Path, *, is_late: bool = False) -> tuple[str, list[str]]:
        """A sample of what comes back in the profile's form, read by what reads real ones: in what that differs."""
        name = file_name_of(self.profile, is_late=is_late)
        content = sample_answer(self.order.lines, self.profile, is_late=is_late)
        (folder / name).write_bytes(content)
        form = self.profile.form_of(is_late=is_late)
        read = read_answer(folder / name, folder, form, str(self.order.lines["batch_id"][0]))
        placed = compared(read.taken.rows, self.order.lines)
        wrong = placed.filter(pl.col("misfit").is_not_null() | pl.col("instruction_id").is_null())["source_row"]
        unread = read.taken.refused.filter(
            ~pl.col("code").is_in([RefusalCode.NOT_DATA.value]), pl.col("source_row") > 0
        )
        told = [f"第 {row} 行对不上它的指令" for row in wrong]
        told += [f"第 {row} 行:{why}" for row, why in unread.select("source_row", "reason").iter_rows()]
        return content.decode("utf-8" if name.endswith(".xml") else form.encoding), told


def try_out(profile: Profile) -> Trial:
    """What the profile makes of the sample. Where it names a payer and has none yet, a made-up one pays."""
    is_made_up = profile.names_payer and profile.payer is None
    used = profile.model_copy(update={"payer": PAYER}) if is_made_up else profile
    people = sample(used.own_bank)
    unfit = misfits(people, {BENEFIT.value: used})
    fit = people.join(unfit, on="obligation_id", how="anti")
    told = unfit.join(people, on="obligation_id").sort("obligation_id", "detail").select("name", "detail", "ground")
    return Trial(
        used,
        Order(instructions(fit, IDENTITY, used).lines, COUNTY, MONTH),
        tuple(Misfitting(name, header, Misfit.label_of(why)) for name, header, why in told.iter_rows()),
        is_made_up,
    )


def advice_on(profile: Profile) -> list[str]:
    """What a county should know of a profile that is rightly written."""
    advice = []
    if Printed.INSTRUCTION_ID not in [column.field for column in profile.columns]:
        advice.append("没有指令号一栏:回盘只能按批次、行号、账号和金额认,请与银行商量留一栏附言")
    if profile.names_payer and profile.payer is None:
        advice.append("还没有填付款账户(payer),填上才能用来发放")
    if not profile.confirmed:
        advice.append("未经银行确认")
    if profile.encoding == "gbk":
        advice.append("gbk 没有䶮、𠮷等字,姓名里有的会被暂缓;银行收得下的改为 gb18030")
    return advice


def sample(own: OwnBank | None = None) -> pl.DataFrame:
    """The made-up people with money to be paid: Payable. Most have accounts of the profile's own bank."""
    bank = _bank(own) if own else {"bank_name": "示例农村商业银行示范支行", "bank_code": _code("999")}
    rows = [{**_row(n, told), **bank, **told} for n, told in enumerate(PEOPLE, start=1)]
    return pl.DataFrame(rows, schema=polars_schema(Payable))


def _bank(own: OwnBank) -> dict[str, object]:
    name = own.bank_names[0] if own.bank_names else "示例本行"
    return {"bank_name": f"{name}示范支行", "bank_code": _code(own.bank_codes[0]) if own.bank_codes else None}


def _code(first: str) -> str:
    body = f"{first:0<11}"[:11]
    return body + check_digit(body)


def _row(n: int, told: dict[str, object]) -> dict[str, object]:
    name = str(told["name"])
    row = {
        "obligation_id": n,
        "person_no": n,
        "benefit": BENEFIT.value,
        "benefit_month": MONTH,
        "kind": Kind.REGULAR.value,
        "pays_fen": 66700,
        "attempt": 1,
        "person_id": _person_id(n),
        "township": "示范镇",
        "village": "示范村",
        "village_group": "示范一组",
        "head_name": name,
        "head_id": _person_id(n),
    }
    if "institution_id" in told:
        return row | {"institution_name": INSTITUTION, "payee_name": INSTITUTION, "account_no": _account_no(0)}
    own = {"relationship": Relationship.SELF.label, "payee_id": _person_id(n)}
    return row | own | {"payee_name": name, "account_no": _account_no(n)}


def _account_no(n: int) -> str:
    return f"99000721{n:09d}"


def _person_id(n: int) -> str:
    return resident_id(COUNTY, date(1940, 3, n), n)
