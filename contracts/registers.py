"""The registers a county hands over, and the lists beside them, as files have them: one model each, declared once.

Inside the program a register's `person_id` is replaced by `person_no`, and every row keeps the file, sheet and row
it came from: that shape is `accepted(model)`. A register is cumulative: ended rows stay, with their end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.api.polars.model_config import BaseConfig

from contracts.codes import (
    AbilityScale,
    Area,
    BankEvent,
    Benefit,
    ChoiceGroup,
    DeregistrationReason,
    DisabilityCategory,
    FamilyPlanningKind,
    LowIncomeCategory,
    PensionStopReason,
    Relationship,
    SelfCare,
    Sex,
    SupportMode,
    SuspensionReason,
)
from contracts.columns import CellKind, column, columns_of
from contracts.money import MAX_FEN

PROVENANCE: dict[str, pl.DataType] = {
    "source_file": pl.String(),
    "source_sheet": pl.String(),
    "source_row": pl.Int64(),
}


class Register(pa.DataFrameModel):
    """Base of the registers."""

    class Config(BaseConfig):
        strict = True


def person_id_column() -> str:
    """The identity number of the person a row is about."""
    declared: str = column(
        "身份证号",
        "享受人的公民身份号码,18位,按文本填写",
        kind=CellKind.RESIDENT_ID,
        aliases=("公民身份号码", "身份证号码", "证件号码", "身份证"),
    )
    return declared


class Population(Register):
    """人口:户籍在册人员。Of several rows of one person any that covers the month counts; the earliest day of death."""

    person_id: str = person_id_column()
    name: str = column("姓名", aliases=("享受人姓名",))
    sex: pl.Enum = column(
        "性别",
        "可写 GB/T 2261.1 的代码;0、9 为未说明",
        code=Sex,
        required=False,
        null_words=("未说明", "未知", "未说明的性别", "未知的性别", "0", "9"),
        decides=False,
    )
    birth_date: pl.Date = column("出生日期", "须与身份证号一致", kind=CellKind.DAY, aliases=("出生年月日",))
    division_code: str = column(
        "户籍地区划",
        "户籍所在地行政区划代码,前六位为县",
        kind=CellKind.DIVISION,
        aliases=("行政区划代码", "户籍地区划代码"),
    )
    township: str = column("乡镇", aliases=("乡镇街道", "乡镇(街道)", "街道", "所在乡镇"))
    village: str = column("村社区", aliases=("村", "社区", "村(社区)", "村(居)委会", "村居", "所在村", "行政村"))
    hukou_type: str = column("户口性质", "城镇/农村", required=False, decides=False)
    village_group: str = column(
        "村民小组", required=False, optional_column=True, aliases=("村(居)民小组",), decides=False
    )
    head_name: str = column("户主姓名", required=False, optional_column=True, decides=False)
    head_id: str = column(
        "户主身份证号", required=False, optional_column=True, kind=CellKind.RESIDENT_ID, decides=False
    )
    phone: str = column("联系电话", required=False, optional_column=True, aliases=("电话",), decides=False)
    moved_in_on: pl.Date = column(
        "迁入日期",
        "迁入当月由原地发放,次月起本县发放",
        kind=CellKind.DAY,
        required=False,
        happened=True,
        aliases=("迁入时间",),
    )
    moved_out_on: pl.Date = column(
        "迁出日期", "迁出当月仍由本县发放", kind=CellKind.DAY, required=False, happened=True, aliases=("迁出时间",)
    )
    died_on: pl.Date = column(
        "死亡日期", "死亡当月全额发放,次月停发", kind=CellKind.DAY, required=False, happened=True, aliases=("死亡时间",)
    )


class LowIncome(Register):
    """低收入:低保、特困、低保边缘、支出型困难。In a month with several rows the strongest category counts."""

    person_id: str = person_id_column()
    household_id: str = column("户编号", kind=CellKind.KEY)
    category: pl.Enum = column(
        "类别", "低保/特困/低保边缘/支出型困难", code=LowIncomeCategory, aliases=("救助类别", "低收入类别")
    )
    area: pl.Enum = column("城乡", "城市/农村", code=Area, aliases=("城乡类别",))
    is_recipient: bool = column("是否保障对象", "本人是否低保对象;低保必填", kind=CellKind.YES_NO, required=False)
    support_mode: pl.Enum = column("供养方式", "特困:分散/集中", code=SupportMode, required=False)
    self_care: pl.Enum = column("自理能力", "特困:全自理/半护理/全护理", code=SelfCare, required=False)
    institution_id: str = column("供养机构", "集中供养的机构编号", kind=CellKind.KEY, required=False)
    confirmed_on: pl.Date = column(
        "确认日期", "无起始年月时,次月起算", kind=CellKind.DAY, required=False, optional_column=True
    )
    from_month: pl.Date = column("起始年月", kind=CellKind.MONTH, required=False, unit="month")
    to_month: pl.Date = column("终止年月", "含当月", kind=CellKind.MONTH, required=False, unit="month")


class Disability(Register):
    """残疾:持证残疾人。Valid from the month of issue through the month it expires or is cancelled; the lowest grade."""

    person_id: str = person_id_column()
    certificate_no: str = column("残疾证号", kind=CellKind.KEY)
    category: pl.Enum = column("残疾类别", code=DisabilityCategory)
    grade: int = column("残疾等级", "1–4,1级最重", kind=CellKind.WHOLE, minimum=1, maximum=4, aliases=("等级",))
    needs_long_term_care: bool = column("需长期照护", kind=CellKind.YES_NO, aliases=("是否需长期照护",))
    issued_on: pl.Date = column("发证日期", kind=CellKind.DAY, happened=True)
    expires_on: pl.Date = column("有效期至", kind=CellKind.DAY, required=False)
    cancelled_on: pl.Date = column("注销日期", kind=CellKind.DAY, required=False, happened=True)


class Ability(Register):
    """老年人能力评估。The latest made by the end of the month and still valid in it; of the same day, the higher.

    A determination of 生活不能自理 may stand alone, without a level; it runs by its own months.
    """

    person_id: str = person_id_column()
    scale: pl.Enum = column("评估标准", "有评估等级的必填", code=AbilityScale, required=False)
    level: int = column(
        "评估等级",
        "0 完好 … 4 完全失能;只认定生活不能自理的可以不填",
        kind=CellKind.WHOLE,
        minimum=0,
        maximum=4,
        required=False,
    )
    assessed_on: pl.Date = column("评估日期", "有评估等级的必填", kind=CellKind.DAY, required=False, happened=True)
    valid_until: pl.Date = column("有效期至", kind=CellKind.DAY, required=False)
    is_unable: bool = column(
        "生活不能自理",
        "民政部门认定;空为没有登记,按“否”计算,影响待遇的另列清单",
        kind=CellKind.YES_NO,
        required=False,
    )
    unable_from_month: pl.Date = column("认定起始年月", kind=CellKind.MONTH, required=False, unit="month")
    unable_to_month: pl.Date = column("认定终止年月", kind=CellKind.MONTH, required=False, unit="month")


class FamilyPlanning(Register):
    """计生特殊家庭。死亡 before 伤残, one title only."""

    person_id: str = person_id_column()
    kind: pl.Enum = column("类别", "死亡/伤残", code=FamilyPlanningKind)
    from_month: pl.Date = column("起始年月", kind=CellKind.MONTH, unit="month")
    to_month: pl.Date = column("终止年月", kind=CellKind.MONTH, required=False, unit="month")


class Account(Register):
    """账户:本人或代领人的收款账户,每人一行。Identical rows collapse, differing ones are refused (AMBIGUOUS)."""

    person_id: str = person_id_column()
    payee_name: str = column("收款人姓名", aliases=("户名",))
    payee_id: str = column("收款人身份证号", kind=CellKind.RESIDENT_ID, required=False)
    relationship: pl.Enum = column(
        "与享受人关系",
        code=Relationship,
        required=False,
        aliases=("关系",),
        otherwise=(Relationship.OTHER, "relationship_note"),
    )
    account_no: str = column("账号", kind=CellKind.ACCOUNT, aliases=("银行账号", "银行卡号", "收款账号"))
    bank_name: str = column("开户行", aliases=("开户银行",))
    bank_code: str = column("联行号", kind=CellKind.KEY, required=False)
    relationship_note: str = column(
        "关系说明", "关系不在名单内的,原文记在这里", required=False, optional_column=True, decides=False
    )
    drawn_for: str = column(
        "代领原因",
        "为什么由他人代领:无民事行为能力、行动不便、未成年等",
        required=False,
        optional_column=True,
        decides=False,
    )


class Institution(Register):
    """供养机构:集中供养的收款单位。"""

    institution_id: str = column("供养机构", "机构编号", kind=CellKind.KEY, aliases=("机构编号",))
    name: str = column("名称", aliases=("机构名称",))
    account_name: str = column("账户名", aliases=("户名",))
    account_no: str = column("账号", kind=CellKind.ACCOUNT, aliases=("银行账号",))
    bank_name: str = column("开户行", aliases=("开户银行",))
    bank_code: str = column("联行号", kind=CellKind.KEY, required=False)


class Claim(Register):
    """申请。Approved when 审批日期 is filled in; it does not lapse."""

    person_id: str = person_id_column()
    benefit: pl.Enum = column("项目", code=Benefit, aliases=("申请项目", "补贴项目"))
    claimed_on: pl.Date = column("申请日期", kind=CellKind.DAY, happened=True)
    approved_on: pl.Date = column("审批日期", kind=CellKind.DAY, required=False, happened=True)


class Choice(Register):
    """择领:本人在择高组内的选择。The latest begun counts; a choice has no end."""

    person_id: str = person_id_column()
    group: pl.Enum = column("组", "护理类/生活类", code=ChoiceGroup, aliases=("择高组",))
    benefit: pl.Enum = column("选择项目", code=Benefit, aliases=("项目",))
    from_month: pl.Date = column("起始年月", kind=CellKind.MONTH, unit="month")


class Certification(Register):
    """资格认证,每人一行。No row: never lapsed. Lapsed before the first day of the pay month: a hold."""

    person_id: str = person_id_column()
    certified_until: pl.Date = column("认证有效期至", kind=CellKind.DAY)


class Suspension(Register):
    """暂停。Says for itself whether its months are owed later (是否补发)."""

    person_id: str = person_id_column()
    benefit: pl.Enum = column("项目", "某一项目,或“全部”", code=Benefit, null_words=("全部", "all"))
    reason_code: pl.Enum = column("原因", code=SuspensionReason, otherwise=(SuspensionReason.OTHER, "reason_note"))
    from_month: pl.Date = column("起始年月", kind=CellKind.MONTH, unit="month")
    to_month: pl.Date = column("终止年月", kind=CellKind.MONTH, required=False, unit="month")
    back_pay: bool = column("是否补发", kind=CellKind.YES_NO)
    reason_note: str = column(
        "原因说明", "原因不在名单内的,原文记在这里", required=False, optional_column=True, decides=False
    )


REGISTERS: dict[str, type[Register]] = {
    "population": Population,
    "low_income": LowIncome,
    "disability": Disability,
    "ability": Ability,
    "family_planning": FamilyPlanning,
    "account": Account,
    "institution": Institution,
    "claim": Claim,
    "choice": Choice,
    "certification": Certification,
    "suspension": Suspension,
}
REGISTER_LABELS: dict[str, str] = {
    "population": "人口",
    "low_income": "低收入",
    "disability": "残疾",
    "ability": "老年人能力评估",
    "family_planning": "计生特殊家庭",
    "account": "账户",
    "institution": "供养机构",
    "claim": "申请",
    "choice": "择领",
    "certification": "资格认证",
    "suspension": "暂停",
}
REQUIRED_REGISTERS = ("population",)


class History(Register):
    """发放历史:启用本系统之前已经发放的钱,每人每项目每月一行。Names and addresses beside it are not read."""

    person_id: str = person_id_column()
    benefit: pl.Enum = column("项目", code=Benefit, aliases=("补贴项目", "发放项目", "待遇项目"))
    benefit_month: pl.Date = column(
        "所属月", "钱是哪个月的,不是付款月", kind=CellKind.MONTH, unit="month", aliases=("所属年月", "待遇所属月")
    )
    amount_fen: int = column(
        "金额",
        "文件中写元,最多两位小数",
        kind=CellKind.MONEY,
        unit="fen",
        minimum=1,
        maximum=MAX_FEN,
        aliases=("发放金额", "金额(元)", "发放金额(元)", "实发金额"),
    )


def _matched_name() -> str:
    declared: str = column(
        "姓名", "身份证号对不上人口名册时,按姓名和出生日期比对", required=False, optional_column=True
    )
    return declared


def _matched_birth_date() -> pl.Date:
    declared: pl.Date = column(
        "出生日期", "不填时取身份证号中的", kind=CellKind.DAY, required=False, optional_column=True
    )
    return declared


class Cremation(Register):
    """殡葬火化:民政殡葬信息。The day of death, or where it is not known the day of cremation, is evidence of death."""

    person_id: str = person_id_column()
    name: str = _matched_name()
    birth_date: pl.Date = _matched_birth_date()
    died_on: pl.Date = column("死亡日期", kind=CellKind.DAY, required=False, optional_column=True, happened=True)
    cremated_on: pl.Date = column("火化日期", kind=CellKind.DAY, required=False, optional_column=True, happened=True)


class Deregistration(Register):
    """户籍注销:公安户籍信息。A death is evidence of death, a departure ends the residence with its month."""

    person_id: str = person_id_column()
    name: str = _matched_name()
    birth_date: pl.Date = _matched_birth_date()
    deregistered_on: pl.Date = column(
        "注销日期", "死亡的填死亡日期", kind=CellKind.DAY, aliases=("死亡迁出日期",), happened=True
    )
    reason_code: pl.Enum = column("原因", "死亡/迁出", code=DeregistrationReason, aliases=("注销原因",))


class PensionStop(Register):
    """养老金停发:人社信息。A stop for death without a record of the death is in doubt."""

    person_id: str = person_id_column()
    name: str = _matched_name()
    birth_date: pl.Date = _matched_birth_date()
    stopped_month: pl.Date = column("停发年月", kind=CellKind.MONTH, unit="month")
    reason_code: pl.Enum = column("原因", code=PensionStopReason, aliases=("停发原因",))


class Custody(Register):
    """监狱:在押人员信息。A pay month in custody is in doubt."""

    person_id: str = person_id_column()
    name: str = _matched_name()
    birth_date: pl.Date = _matched_birth_date()
    taken_in_on: pl.Date = column("收监日期", kind=CellKind.DAY, happened=True)
    released_on: pl.Date = column("释放日期", kind=CellKind.DAY, required=False)


class Elsewhere(Register):
    """外县发放:其他县的发放名单。The same benefit in the same month is held."""

    person_id: str = person_id_column()
    name: str = _matched_name()
    birth_date: pl.Date = _matched_birth_date()
    benefit: pl.Enum = column("项目", code=Benefit, aliases=("补贴项目", "发放项目"))
    from_month: pl.Date = column("起始年月", kind=CellKind.MONTH, unit="month")
    to_month: pl.Date = column("终止年月", "含当月", kind=CellKind.MONTH, required=False, unit="month")
    paid_by: str = column("发放地", aliases=("发放县", "发放县区"))


class NumberChange(Register):
    """号码更正:公安更正、变更公民身份号码的名单。Both numbers are proposed as one person's; an officer decides."""

    person_id: str = column(
        "身份证号",
        "现用的公民身份号码,18位,按文本填写",
        kind=CellKind.RESIDENT_ID,
        aliases=("新公民身份号码", "现公民身份号码", "更正后公民身份号码", "新身份证号", "现身份证号"),
    )
    old_id: str = column(
        "原身份证号",
        "更正前的号码",
        kind=CellKind.RESIDENT_ID,
        aliases=("原公民身份号码", "旧公民身份号码", "更正前公民身份号码", "旧身份证号"),
    )
    changed_on: pl.Date = column("更正日期", kind=CellKind.DAY, required=False, optional_column=True)
    document: str = column("凭据", "证明材料或文号", aliases=("更正依据", "证明材料", "文号"))


def _told_back(header: str, description: str = "", **facts: Any) -> Any:  # noqa: ANN401 - a field, as column() gives
    """A column that an answer may have, and whose cells may be empty."""
    return column(header, description, required=False, optional_column=True, **facts)


class Results(Register):
    """回盘:银行或平台对每条指令的答复,一行一条。Later answers are further files; nothing is corrected."""

    instruction_id: str = _told_back(
        "指令号",
        "没有指令号的,须同时有批次号、序号、账号和金额",
        kind=CellKind.KEY,
        aliases=("付款指令号", "业务流水号"),
    )
    batch_id: str = _told_back("批次号", kind=CellKind.KEY, aliases=("批次", "批号"))
    line_no: int = _told_back(
        "序号", "指令在批次中的行号", kind=CellKind.WHOLE, minimum=1, maximum=999_999, aliases=("行号", "明细序号")
    )
    event: pl.Enum = column("状态", code=BankEvent, aliases=("处理状态", "处理结果", "发放状态", "交易状态", "status"))
    amount_fen: int = _told_back(
        "金额",
        "与指令不符的不记入",
        kind=CellKind.MONEY,
        unit="fen",
        minimum=1,
        maximum=100 * MAX_FEN,
        aliases=("金额(元)", "发放金额", "交易金额", "补贴金额"),
    )
    account_no: str = _told_back(
        "账号", "与指令不符的不记入;被遮盖的位不比", aliases=("收款账号", "银行账号", "卡号", "收款人账号")
    )
    payee_name: str = _told_back(
        "户名", "与指令不符的不记入;被遮盖的字不比", aliases=("收款人姓名", "收款户名", "收款人", "账户名称")
    )
    payee_id: str = _told_back(
        "证件号", "与指令不符的不记入;被遮盖的位不比", aliases=("收款人身份证号", "收款人证件号", "证件号码")
    )
    answered_on: pl.Date = _told_back(
        "日期", "银行入账或退回的日期", kind=CellKind.DAY, aliases=("入账日期", "退票日期", "退回日期", "交易日期")
    )
    bank_reason: str = _told_back("原因代码", "银行自己的代码", aliases=("失败代码", "退票代码", "错误码"))
    reason: str = _told_back("原因", "银行的原话", aliases=("失败原因", "退票原因", "退回原因", "错误信息"))


class Platform(Register):
    """一卡通在册:平台上登记为享受人的,一人一项一行。Compared with who should be paid now, and never taken over."""

    person_id: str = column(
        "身份证号",
        "享受人的号码",
        kind=CellKind.RESIDENT_ID,
        aliases=("享受人身份证号", "公民身份号码", "享受人证件号"),
    )
    benefit: pl.Enum = column(
        "项目",
        "整份是一个项目的可以不写,对账时说明是哪一项",
        code=Benefit,
        required=False,
        optional_column=True,
        aliases=("待遇", "补贴项目", "项目名称"),
    )
    name: str = column("姓名", required=False, optional_column=True, aliases=("享受人", "享受人姓名"))
    account_no: str = column(
        "账号", "没有的不比账号", required=False, optional_column=True, aliases=("银行账号", "卡号", "收款人账号")
    )


# Other offices' lists, put into the inbox beside the registers when a county has them; cumulative like a register.
MATCH_LISTS: dict[str, type[Register]] = {
    "cremation": Cremation,
    "deregistration": Deregistration,
    "pension_stop": PensionStop,
    "custody": Custody,
    "elsewhere": Elsewhere,
    "number_change": NumberChange,
}
# Handed in beside the registers, when there is something to hand in, not month by month.
LISTS: dict[str, type[Register]] = {"history": History, "results": Results, "platform": Platform} | MATCH_LISTS
LIST_LABELS: dict[str, str] = {
    "history": "发放历史",
    "results": "回盘",
    "platform": "一卡通在册",
    "cremation": "殡葬火化",
    "deregistration": "户籍注销",
    "pension_stop": "养老金停发",
    "custody": "监狱",
    "elsewhere": "外县发放",
    "number_change": "号码更正",
}
INBOX_FILES = REGISTERS | MATCH_LISTS
# Whose rows say the months they run; a bare list of today's people may lack them (docs/decisions/0071).
MONTHS = ("from_month", "to_month")
# By the names a model declares: every command asks, and the schemas of all registers take longer than the answer.
WITH_MONTHS = tuple(
    name
    for name, model in INBOX_FILES.items()
    if {*MONTHS} <= {declared for level in model.__mro__ for declared in vars(level).get("__annotations__", ())}
)
FILES: dict[str, type[Register]] = REGISTERS | LISTS
FILE_LABELS = REGISTER_LABELS | LIST_LABELS
# Where there may be one row only, of what.
ONE_ROW_OF: dict[str, tuple[str, ...]] = {
    "account": ("person_no",),
    "certification": ("person_no",),
    "institution": ("institution_id",),
    "history": ("person_no", "benefit", "benefit_month"),
}


def label_of(name: str) -> str:
    """The Chinese name of a register or list."""
    return FILE_LABELS[name]


def key_column(register: str) -> str:
    """What the rows of a register or list are about: a person, unless it says otherwise."""
    return {"institution": "institution_id", "results": "instruction_id"}.get(register, "person_id")


def tells_row(register: str) -> tuple[str, ...]:
    """The columns of which the first that a file has tells a row of data from a title, a total or a signature."""
    return (key_column(register), *(("account_no", "batch_id", "event") if register == "results" else ()))


@cache
def accepted(register: str) -> pa.DataFrameSchema:
    """The shape of an accepted register or list: person_no for person_id, and where each row came from."""
    schema = FILES[register].to_schema()
    declared = dict(schema.columns)
    lead: dict[str, pa.Column] = {}
    if declared.pop("person_id", None) is not None:
        lead["person_no"] = pa.Column(pl.Int64, nullable=False, description="人员编号(内部)")
    tail = {
        name: pa.Column(dtype, nullable=False, description=text)
        for (name, dtype), text in zip(PROVENANCE.items(), ("来源文件", "来源工作表", "来源行号"), strict=True)
    }
    return pa.DataFrameSchema({**lead, **declared, **tail}, strict=True, name=f"accepted_{register}")


def accepted_schema(register: str) -> pl.Schema:
    """Names and polars types of an accepted register."""
    return pl.Schema({name: declared.dtype.type for name, declared in accepted(register).columns.items()})


@cache
def evidenced_population() -> pa.DataFrameSchema:
    """The population with deaths and departures brought forward, and the register or list each day is from."""
    whence = {
        f"{day}_from": pa.Column(pl.String, nullable=True, description=f"{label}取自哪个名册")
        for day, label in (("died_on", "死亡日期"), ("moved_out_on", "迁出日期"))
    }
    return pa.DataFrameSchema({**accepted("population").columns, **whence}, strict=True, name="evidenced_population")


def empty_register(register: str) -> pl.DataFrame:
    """An accepted register without rows: one never received."""
    return pl.DataFrame(schema=accepted_schema(register))


def file_headers(register: str) -> Sequence[str]:
    """The Chinese headers of a register's file, in order."""
    return [facts.header for facts in columns_of(FILES[register])]
