"""How a bank or platform wants its file, as data: the models of a profile. `payments/profiles/<name>.yaml`.

A profile decides everything about a file but its money: kind, encoding, columns, totals, what a cell may hold, the
file's name. Kinds: delimited text, text in fixed widths, a spreadsheet.

What a profile could not say from the first is left out of its digest where it does not say it (`exclude_if`), so that a
batch that waits is not claimed anew because the program has learnt something.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.metadata import version
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from contracts.codes import Benefit, Code
from contracts.names import plain_part
from contracts.strict_yaml import Day, Whole, YesNo
from payments.answer_forms import AnswerForm
from payments.templates import known_words, words_of


class Printed(Code):
    """What a column may print."""

    LINE_NO = "line_no", "序号"
    ITEM_CODE = "item_code", "项目编码"
    BENEFIT = "benefit", "待遇名"
    PAY_MONTH = "pay_month", "发放年月"
    PERIOD_FROM = "period_from", "所属期起"
    PERIOD_TO = "period_to", "所属期止"
    KIND = "kind", "发放类型"
    NAME = "name", "享受人"
    PERSON_ID = "person_id", "享受人证件号"
    RELATIONSHIP = "relationship", "与收款人关系"
    PAYEE_NAME = "payee_name", "户名"
    PAYEE_ID = "payee_id", "收款人证件号"
    ACCOUNT_NO = "account_no", "账号"
    BANK_NAME = "bank_name", "开户行"
    BANK_CODE = "bank_code", "联行号"
    OTHER_BANK = "other_bank", "跨行标识"
    AMOUNT = "amount", "金额"
    TOWNSHIP = "township", "乡镇"
    VILLAGE = "village", "村"
    VILLAGE_GROUP = "village_group", "村民小组"
    HEAD_NAME = "head_name", "户主姓名"
    HEAD_ID = "head_id", "户主证件号"
    PHONE = "phone", "联系电话"
    PEOPLE_COUNT = "people_count", "人数"
    REMARK = "remark", "备注"
    INSTRUCTION_ID = "instruction_id", "指令号"
    ATTEMPT = "attempt", "发放次数"
    ORIGIN_ID = "origin_id", "原指令号"
    ORIGIN_BATCH = "origin_batch", "原批次"
    ORIGIN_LINE = "origin_line", "原序号"
    ORIGIN_ACCOUNT = "origin_account", "原账号"
    ORIGIN_AMOUNT = "origin_amount", "原失败金额"
    ORIGIN_REASON = "origin_reason", "失败原因"
    DATE = "date", "制单日期"
    PAYER_NAME = "payer_name", "付款户名"
    PAYER_ACCOUNT = "payer_account", "付款账号"
    PAYER_BANK = "payer_bank", "付款开户行"
    PAYER_BANK_CODE = "payer_bank_code", "付款联行号"
    AGREEMENT = "agreement", "协议号"


ALWAYS_PRINTED = (Printed.PAYEE_NAME, Printed.ACCOUNT_NO, Printed.AMOUNT)  # without these nobody can pay or match
NUMBERS = (
    Printed.AMOUNT,
    Printed.LINE_NO,
    Printed.PEOPLE_COUNT,
    Printed.ATTEMPT,
)  # what noughts before it leave as it is
OF_PAYER = (
    Printed.PAYER_NAME,
    Printed.PAYER_ACCOUNT,
    Printed.PAYER_BANK,
    Printed.PAYER_BANK_CODE,
    Printed.AGREEMENT,
)
FILE_WORDS = frozenset({"county", "pay_month", "batch_id", "benefit"})
TOTAL_WORDS = FILE_WORDS | {"count", "total", "date"} | {field.value for field in OF_PAYER}
REMARK_WORDS = frozenset({"benefit", "months", "kind", "people", "instruction_id", "origin"})


def unsaid(default: object) -> dict[str, Any]:
    """A key that profiles could not say from the first: by default nothing, and then no part of the digest."""
    return {"default": default, "exclude_if": lambda value: value == default}


class Strict(BaseModel):
    """A part of a profile that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(Code):
    """Kinds of file."""

    DELIMITED = "delimited", "分隔文本"
    FIXED_WIDTH = "fixed_width", "定长文本"
    XLSX = "xlsx", "表格"
    PAIN001 = "pain001", "ISO 20022 报文"


class Confirmed(Strict):
    """Who at the bank agreed to the layout, when, and on which sample."""

    by: str = Field(min_length=1)
    confirmed_on: Day
    sample: str = Field(min_length=1)


class Payer(Strict):
    """The account that pays, and the agreement with its bank."""

    payer_name: str = Field(min_length=1)
    payer_account: str = Field(min_length=1)
    payer_bank: str = ""
    payer_bank_code: str = ""
    agreement: str = ""


class OwnBank(Strict):
    """Which accounts are of the paying bank itself (本行), and the words for both.

    By the first digits of 联行号; where a line has none, by a word in the name of its bank.
    """

    bank_codes: tuple[str, ...] = ()
    bank_names: tuple[str, ...] = ()
    own: str = ""
    other: str = ""

    @model_validator(mode="after")
    def _known_by_something(self) -> OwnBank:
        if not all((*self.bank_codes, *self.bank_names, self.bank_codes or self.bank_names)):
            raise ValueError("写明本行联行号的前几位(bank_codes)或行名里的字(bank_names)")
        return self


class Shown(Strict):
    """One column: a header, and either what it prints or a constant.

    `required`: a line that has nothing to print there waits. `checked`: so does one whose 联行号 is
    wrong by its check digit.
    """

    header: str = Field(min_length=1)
    field: Printed | None = None
    constant: str = ""
    required: YesNo = Field(**unsaid(False))
    checked: YesNo = Field(**unsaid(False))

    @model_validator(mode="after")
    def _prints_one_thing(self) -> Shown:
        if self.field is not None and self.constant:
            raise ValueError("field 与 constant 只能有一个")
        if self.checked and self.field != Printed.BANK_CODE:
            raise ValueError("checked 只用于联行号(bank_code)")
        if self.required and self.field is None:
            raise ValueError("required 只用于写 field 的列")
        return self


class Column(Shown):
    """A column as wide as its text; `max_bytes` in the profile's encoding."""

    max_bytes: Whole | None = Field(None, gt=0)


class Fitted(Strict):
    """A place of a fixed width, in the profile's unit: the text stands left or right, the rest is filled up."""

    width: Whole = Field(gt=0)
    side: Literal["left", "right"] = "left"
    pad: str = Field(" ", min_length=1, max_length=1)

    @field_validator("pad")
    @classmethod
    def _one_byte(cls, pad: str) -> str:
        if not pad.isascii() or not pad.isprintable():
            raise ValueError("填充用一个可见的 ASCII 字符或空格")
        return pad

    @model_validator(mode="after")
    def _leaves_numbers_as_they_are(self) -> Fitted:
        if self.pad.isdigit() and (self.pad != "0" or self.side == "left"):
            raise ValueError("数字只能用 0 填,只能填在左边(side: right),否则改了数")
        return self

    def is_filling(self, text: str) -> bool:
        """Whether the text ends, where it is filled up, with what fills it: it could not be read back."""
        return text.endswith(self.pad) if self.side == "left" else text.startswith(self.pad)


class FixedColumn(Shown, Fitted):
    """A column of a fixed width."""

    @model_validator(mode="after")
    def _fills_numbers_with_noughts(self) -> FixedColumn:
        if self.pad != " " and self.field not in NUMBERS:
            raise ValueError("只有序号、金额、人数可以不用空格填,账号、姓名填别的字符就读不回来")
        if self.is_filling(self.constant):
            raise ValueError("constant 不要自己带填充,程序会填")
        return self


class Piece(Fitted):
    """A part of a line of totals: a template in a place of a fixed width."""

    text: str

    @field_validator("text")
    @classmethod
    def _known(cls, template: str) -> str:
        return known_words(template, TOTAL_WORDS)

    @model_validator(mode="after")
    def _is_not_filled_up(self) -> Piece:
        if self.is_filling(self.text):
            raise ValueError("text 不要自己带填充,程序会填")
        return self


class Remark(Strict):
    """Templates of 备注 for a person's line and for an institution's."""

    person: str = ""
    institution: str = ""

    @field_validator("person", "institution")
    @classmethod
    def _known(cls, template: str) -> str:
        return known_words(template, REMARK_WORDS)


class Limits(Strict):
    """What the bank takes in one file; a benefit above it goes into several."""

    lines: Whole | None = Field(None, gt=0)
    yuan: Whole | None = Field(None, gt=0)


class SplitBy(Code):
    """What never goes into one file together."""

    TOWNSHIP = "township", "乡镇"
    OTHER_BANK = "other_bank", "本行他行"
    KIND = "kind", "发放类型"


UNSIGNED = {"answer", "late_returns", "answer_due", "limits", "split_by"}  # what of a profile is no part of its digest


class Layout(Strict):
    """What every kind of profile says.

    `answer_due`: working days after the release within which the bank answers. `lines`: what one line pays a person,
    one obligation, or everything of a kind that goes out at the same time.
    """

    profile: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(min_length=1)
    confirmed: Confirmed | None = None  # None: 未经银行确认
    encoding: Literal["gb18030", "gbk", "utf-8"] = "gb18030"
    amount: Literal["yuan2", "yuan3", "fen"] = "yuan2"
    dates: Literal["yyyymmdd", "yyyy-mm-dd", "yyyy/mm/dd"] = Field(**unsaid("yyyymmdd"))
    payer: Payer | None = Field(**unsaid(None))
    own_bank: OwnBank | None = Field(**unsaid(None))
    limits: Limits = Limits()
    split_by: tuple[SplitBy, ...] = ()
    answer_due: Whole = Field(3, gt=0)
    lines: Literal["per_obligation", "per_payee"] = Field(**unsaid("per_obligation"))
    remark: Remark = Remark()
    forbidden: str = ""
    file_name: str
    item_codes: dict[Benefit, str] = Field(default_factory=dict)
    columns: tuple[Shown, ...]
    answer: AnswerForm = AnswerForm()
    late_returns: AnswerForm = AnswerForm(lists="failures")  # what is returned after it was paid

    @field_validator("file_name")
    @classmethod
    def _plain_file_name(cls, template: str) -> str:
        if not template.isascii() or "/" in template or "{batch_id}" not in template:
            raise ValueError("文件名只用 ASCII 字符,不含 /,并须含 {batch_id}")
        return known_words(plain_part(template), FILE_WORDS)

    @field_validator("columns")
    @classmethod
    def _pays_somebody(cls, columns: tuple[Shown, ...]) -> tuple[Shown, ...]:
        missing = [field.value for field in ALWAYS_PRINTED if field not in [column.field for column in columns]]
        if missing:
            raise ValueError(f"缺少必需的列 {'、'.join(missing)}")
        return columns

    @field_validator("late_returns")
    @classmethod
    def _names_returns_only(cls, form: AnswerForm) -> AnswerForm:
        if form.lists != "failures" or form.accept_by_inference:
            raise ValueError("退汇清单只列退回的:写 lists: failures,不写 accept_by_inference")
        return form

    def form_of(self, *, is_late: bool) -> AnswerForm:
        """The form of an answer, or of a late list; a bank's words mean the same in both unless the list says more."""
        late = self.late_returns
        return late.model_copy(update={"reasons": {**self.answer.reasons, **late.reasons}}) if is_late else self.answer

    @property
    def templates(self) -> tuple[str, ...]:
        """Every template of the file's body."""
        return ()

    @property
    def names_payer(self) -> bool:
        """Whether the file says which account pays."""
        words = {word for template in self.templates for _, word in words_of(template)}
        return not words.isdisjoint(OF_PAYER) or any(column.field in OF_PAYER for column in self.columns)

    def length_of(self, text: str) -> int:
        """How long a text is as this bank counts: in bytes of the encoding, where nothing else is said."""
        return len(text.encode(self.encoding))

    def room_in(self, column: Shown) -> int | None:
        """How long a text may be in a column, counted so; None without a limit."""
        return column.max_bytes if isinstance(column, Column) else None

    @property
    def writer(self) -> str:
        """What, beside this profile, decides the bytes of a file."""
        return ""

    @property
    def digested(self) -> bytes:
        """Everything above as JSON, and the writer's version where that decides bytes.

        Not the answers' forms and when it is due: another reading of what comes back changes nothing of what is
        sent. Nor the limits and `split_by`: they say how many files there are, not what stands in one.
        """
        return f"{self.model_dump_json(exclude=UNSIGNED)}{self.writer}".encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of it."""
        return hashlib.sha256(self.digested).hexdigest()


class Text(Layout):
    """Text of either kind, one line a payee, with lines of totals before or after."""

    kind: Literal["delimited", "fixed_width"]
    newline: Literal["CRLF", "LF"] = "CRLF"
    final_newline: YesNo = Field(**unsaid(True))


class Delimited(Text):
    """Text whose cells are told apart by a sign between them, or after each."""

    kind: Literal["delimited"]
    delimiter: str = Field(min_length=1, max_length=1)
    trailing_delimiter: YesNo = Field(**unsaid(False))
    columns: tuple[Column, ...]
    header: tuple[str, ...] = ()
    trailer: tuple[str, ...] = ()

    @field_validator("header", "trailer")
    @classmethod
    def _known(cls, templates: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(known_words(template, TOTAL_WORDS) for template in templates)

    @property
    def templates(self) -> tuple[str, ...]:
        """The lines of totals."""
        return self.header + self.trailer


class FixedWidth(Text):
    """Text whose cells stand at fixed places, counted in bytes of the encoding or in characters."""

    kind: Literal["fixed_width"]
    width_unit: Literal["bytes", "characters"] = "bytes"
    columns: tuple[FixedColumn, ...]
    header: tuple[tuple[Piece, ...], ...] = ()
    trailer: tuple[tuple[Piece, ...], ...] = ()

    @property
    def templates(self) -> tuple[str, ...]:
        """The parts of the lines of totals."""
        return tuple(piece.text for line in self.header + self.trailer for piece in line)

    def length_of(self, text: str) -> int:
        """In the profile's unit."""
        return len(text) if self.width_unit == "characters" else super().length_of(text)

    def room_in(self, column: Shown) -> int | None:
        """The column's width."""
        return column.width if isinstance(column, FixedColumn) else None


class Xlsx(Layout):
    """A spreadsheet: a line of headers, then one row a payee."""

    kind: Literal["xlsx"]
    sheet: str = Field("Sheet1", min_length=1, max_length=31)
    amount: Literal["yuan2", "fen"] = "yuan2"
    columns: tuple[Column, ...]

    @property
    def writer(self) -> str:
        """Another version of the library may pack the same cells into other bytes."""
        return f"xlsxwriter {version('xlsxwriter')}"


Purpose = Literal["SSBE", "BENE", "PENS", "GOVT", "ALLW", "RHBS"]  # of the ISO list, those that fit a benefit
PAIN001_COLUMNS = (
    Column(header="指令号", field=Printed.INSTRUCTION_ID, required=True, max_bytes=35),
    Column(header="金额", field=Printed.AMOUNT, required=True),
    Column(header="联行号", field=Printed.BANK_CODE, required=True, checked=True, max_bytes=12),
    Column(header="户名", field=Printed.PAYEE_NAME, required=True, max_bytes=140),
    Column(header="账号", field=Printed.ACCOUNT_NO, required=True, max_bytes=34),
    Column(header="附言", field=Printed.REMARK, max_bytes=140),
)


class Pain001(Layout):
    """ISO 20022 pain.001.001.09: a credit transfer each payee, in CNY. Its columns are the standard's.

    `purposes`: benefit → code of the ISO list of purposes, where it is not `purpose`.
    """

    kind: Literal["pain001"]
    encoding: Literal["utf-8"] = "utf-8"
    amount: Literal["yuan2"] = "yuan2"
    dates: Literal["yyyy-mm-dd"] = "yyyy-mm-dd"
    columns: tuple[Column, ...] = PAIN001_COLUMNS
    name_max_bytes: Whole = Field(140, gt=0, le=140)
    purpose: Purpose = "SSBE"
    purposes: dict[Benefit, Purpose] = Field(default_factory=dict)

    @field_validator("columns")
    @classmethod
    def _of_the_standard(cls, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        if columns != PAIN001_COLUMNS:
            raise ValueError("报文的各栏由标准定,不写 columns")
        return columns

    @property
    def names_payer(self) -> bool:
        """Always."""
        return True

    def room_in(self, column: Shown) -> int | None:
        """The standard's length, of a name no more than this bank takes."""
        room = super().room_in(column)
        return self.name_max_bytes if column.field == Printed.PAYEE_NAME else room

    @property
    def writer(self) -> str:
        """Another version of the library may write the same message in other bytes."""
        return f"lxml {version('lxml')}"


Profile = Delimited | FixedWidth | Xlsx | Pain001
