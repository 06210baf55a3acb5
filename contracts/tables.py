"""The tables between the rooms, and the exports: one pandera model each.

Order of life: received → accepted (+ refused) → facts → entitled → coordinated → posted → payable → batch.
Every model is strict: a column more or less breaks it. Validate collected frames: on a LazyFrame pandera checks no
values.
"""

from __future__ import annotations

from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.api.polars.model_config import BaseConfig

from contracts.codes import (
    AbilityScale,
    Area,
    AuditRule,
    Benefit,
    Cause,
    CellChange,
    ChoiceGroup,
    DisabilityCategory,
    Doubt,
    FamilyPlanningKind,
    GapGround,
    HoldCode,
    Hukou,
    Kind,
    ListChange,
    LowIncomeCategory,
    OpenPayment,
    Outcome,
    PaymentState,
    RefusalCode,
    SelfCare,
    SupportMode,
    UnsetReason,
    ValueStatus,
)
from contracts.columns import column
from contracts.money import MAX_FEN


class Table(pa.DataFrameModel):
    """Base of the tables between rooms."""

    class Config(BaseConfig):
        strict = True


def person_no() -> Any:
    """Who: the number that stands for a person everywhere inside."""
    return column("人员编号", "内部编号,身份证号只在总账人员表中", minimum=1)


def benefit() -> Any:
    """Which benefit."""
    return column("项目", code=Benefit)


def benefit_month() -> Any:
    """Which month the money is for."""
    return column("所属月", "钱所对应的月份,当月第一天", unit="month")


def fen(header: str, description: str = "", *, nullable: bool = False) -> Any:
    """An amount of one person and month."""
    return column(header, description, unit="fen", nullable=nullable, minimum=0, maximum=MAX_FEN)


class PersonNumbers(Table):
    """人员编号对照:身份证号 ↔ 人员编号。Given once, in person_id order."""

    person_id: str = column("身份证号")
    person_no: int = person_no()

    class Config(BaseConfig):
        strict = True
        unique = ["person_id"]


class RefusedRow(Table):
    """拒收行:每行每个原因一条,写明文件、工作表、行、列、原因和处理办法。"""

    register: str = column("名册")
    source_file: str = column("文件")
    source_sheet: str = column("工作表", required=False)
    source_row: int = column("行号", "文件中的行号,从1起;0 为整个文件", minimum=0)
    source_column: str = column("列", required=False)
    code: pl.Enum = column("代码", code=RefusalCode)
    reason: str = column("原因")
    advice: str = column("处理办法")
    value_masked: str = column("原值(遮盖)", required=False)
    person_no: int = column("人员编号", "能认出本人时", required=False)


class ChangedCell(Table):
    """改写的单元格:读取时被统一了写法的单元格,每格每种改法一条;只列收下的行。"""

    source_file: str = column("文件")
    source_sheet: str = column("工作表", required=False)
    source_row: int = column("行号", "文件中的行号,从1起", minimum=1)
    source_column: str = column("列")
    change: pl.Enum = column("改法", code=CellChange)
    value_masked: str = column("原值(遮盖)")


class DoubtfulRow(Table):
    """存疑行:已收下、照规则计算,但几张名册合起来看有疑问,须有人核实。"""

    register: str = column("名册")
    source_file: str = column("文件")
    source_sheet: str = column("工作表", required=False)
    source_row: int = column("行号", minimum=0)
    doubt: pl.Enum = column("疑问", code=Doubt)
    person_no: int = column("人员编号", "内部编号;供养机构名册的行没有", minimum=1, required=False)


class Matched(Table):
    """比对结果:其他部门的名单与本县的人对上,须经办人核实;暂缓,不作决定。"""

    register: str = column("名单")
    source_file: str = column("文件")
    source_sheet: str = column("工作表", required=False)
    source_row: int = column("行号", minimum=0)
    doubt: pl.Enum = column("疑问", code=Doubt)
    person_no: int = person_no()
    benefit: pl.Enum = column("项目", "空为此人全部项目", code=Benefit, required=False)
    from_month: pl.Date = column("起始年月", "项目不空时", unit="month", required=False)
    to_month: pl.Date = column("终止年月", "空为仍在发", unit="month", required=False)
    evidence: str = column("证据", "同一证据给出同一依据")


class ListedChange(Table):
    """名单变化:今日在册名单与上次比较,谁自何月起、至何月止。"""

    register: str = column("名册")
    change: pl.Enum = column("变化", code=ListChange)
    person_no: int = person_no()
    month: pl.Date = column("年月", "新增、变更为起始月,终止为最后一月,暂缓为收件月", unit="month")


class GonePerson(Table):
    """离册人员:曾在人口名册、本月已不在的号码。What was last known of each; a new number may be the same person's."""

    person_no: int = person_no()
    name: str = column("姓名")
    birth_date: pl.Date = column("出生日期")


class SamePeople(Table):
    """疑为同一人:两个号码可能是同一人,须经办人认定;认定之前,第二个号码的钱暂缓。The smaller number first."""

    person_no: int = person_no()
    other_no: int = column("另一人员编号", "内部编号,不是身份证号")
    is_gone: bool = column("已不在名册")
    is_other_gone: bool = column("另一号码已不在名册")
    evidence: str = column("依据", "依据代码(SameGround),以 + 相连")


class IntakeCount(Table):
    """收件计数:每个名册一行;来文行数 + 展开行数 = 收下 + 拒收 + 合并 + 非数据行。"""

    register: str = column("名册")
    file_name: str = column("文件", "空为从未收到", required=False)
    inbox_month: str = column("收件月", unit="YYYY-MM", required=False)
    is_refused_whole: bool = column("整份不能用", "沿用以前收下的行")
    used_month: str = column("采用的收件月", "空为没有可用的", unit="YYYY-MM", required=False)
    lacking_parts: str = column("本月缺报的份", "分几份报送的名册", required=False)
    carried_months: int = column("名册月龄", "0 为本月新收", unit="months", minimum=0)
    rows_in: int = column("来文行数", minimum=0)
    rows_unfolded: int = column("展开行数", "一户一行的文件:每户首人以外的人数", minimum=0)
    rows_accepted: int = column("收下行数", minimum=0)
    rows_refused: int = column("拒收行数", minimum=0)
    rows_collapsed: int = column("合并行数", "完全相同的账户、认证、机构行", minimum=0)
    rows_listed: int = column("非数据行数", "标题、空行、合计、落款等,逐行列明", minimum=0)
    people_standing_in: int = column("沿用上次的人数", minimum=0)

    @pa.dataframe_check(error="来文行数与展开行数之和必须等于收下、拒收、合并、非数据行之和")
    @classmethod
    def nothing_is_lost(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Every row that came in is accounted for."""
        parts = pl.sum_horizontal("rows_accepted", "rows_refused", "rows_collapsed", "rows_listed")
        return data.lazyframe.select(pl.col("rows_in") + pl.col("rows_unfolded") == parts)


class RegisterGap(Table):
    """名册缺口:此人上次收下的行继续有效,其待遇暂缓,等待处理。"""

    register: str = column("名册")
    person_no: int = person_no()
    ground: pl.Enum = column("缺口", code=GapGround)


class Facts(Table):
    """情形:每人每月一行,当月据以判断的全部事实。Only people who can have a row."""

    person_no: int = person_no()
    benefit_month: pl.Date = benefit_month()
    age_years: int = column(
        "周岁",
        "所属月的周岁;生日在当月任何一天均算满",
        unit="years",
        minimum=0,
        maximum=150,
        comes_from="population.birth_date",
    )
    has_birthday: bool = column(
        "生日月", "所属月为出生月;年龄自生日次月起算的地方要看", comes_from="population.birth_date"
    )
    is_alive: bool = column("当月在世", "当月在世或当月去世", comes_from="population.died_on")
    is_registered: bool = column(
        "本县户籍", comes_from="population.division_code population.moved_in_on population.moved_out_on"
    )
    hukou_code: pl.Enum = column(
        "户口性质", "本县的法规用到时才读", code=Hukou, required=False, comes_from="population.hukou_type"
    )
    low_income_code: pl.Enum = column(
        "低收入类别", "当月最强的一类", code=LowIncomeCategory, required=False, comes_from="low_income.category"
    )
    is_dibao_person: bool = column("低保对象", comes_from="low_income.category low_income.is_recipient")
    is_dibao_household: bool = column("低保家庭成员", comes_from="low_income.category")
    is_margin: bool = column("低保边缘", comes_from="low_income.category")
    is_expense_hardship: bool = column("支出型困难", comes_from="low_income.category")
    is_tekun: bool = column("特困人员", comes_from="low_income.category")
    area_code: pl.Enum = column("城乡", code=Area, required=False, comes_from="low_income.area")
    support_mode_code: pl.Enum = column(
        "供养方式", code=SupportMode, required=False, comes_from="low_income.support_mode"
    )
    self_care_code: pl.Enum = column("自理能力", code=SelfCare, required=False, comes_from="low_income.self_care")
    institution_id: str = column("供养机构", required=False, comes_from="low_income.institution_id")
    is_special_family: bool = column("计生特殊家庭", comes_from="family_planning.kind")
    family_planning_code: pl.Enum = column(
        "计生特殊家庭类别", code=FamilyPlanningKind, required=False, comes_from="family_planning.kind"
    )
    is_disabled: bool = column(
        "持有效残疾人证", comes_from="disability.grade disability.expires_on disability.cancelled_on"
    )
    is_severe: bool = column("重度残疾", comes_from="disability.grade")
    disability_grade: int = column("残疾等级", minimum=1, maximum=4, required=False, comes_from="disability.grade")
    disability_category_code: pl.Enum = column(
        "残疾类别", code=DisabilityCategory, required=False, comes_from="disability.category"
    )
    needs_long_term_care: bool = column("需长期照护", comes_from="disability.needs_long_term_care")
    ability_scale_code: pl.Enum = column("能力评估标准", code=AbilityScale, required=False, comes_from="ability.scale")
    ability_level: int = column("能力评估等级", minimum=0, maximum=4, required=False, comes_from="ability.level")
    is_unable: bool = column("生活不能自理", comes_from="ability.is_unable")
    is_limited: bool = column("失能", comes_from="ability.level")

    class Config(BaseConfig):
        strict = True
        unique = ["person_no", "benefit_month"]


class Entitled(Table):
    """应享:每人每项每月一行,本项自身条件已具备,尚未考虑兼领、申请、暂停和择高。"""

    person_no: int = person_no()
    benefit: pl.Enum = benefit()
    benefit_month: pl.Date = benefit_month()
    would_be_fen: int = fen("应享金额", "不计兼领与择高;标准未设定时为空", nullable=True)
    unset_code: pl.Enum = column("未设定原因", code=UnsetReason, required=False)
    rate_id: str = column("标准依据", "所用标准值的编号,见标准目录")
    is_excluded: bool = column("不得兼领", "因另一身份(如特困)不得领取")
    needs_claim: bool = column("须申请")
    start_rule: str = column("起算规则")
    choose_group: pl.Enum = column("择高组", code=ChoiceGroup, required=False)
    tie_rank: int = column("同额顺位", "同额时大者优先", minimum=0)
    is_to_institution: bool = column("付给机构")
    institution_id: str = column("供养机构", required=False)
    fact_code: int = column("情形代码", "本项目所看的事实,见 contracts/fact_code.py", minimum=0)

    class Config(BaseConfig):
        strict = True
        unique = ["person_no", "benefit", "benefit_month"]


class Coordinated(Table):
    """核定:每人每项每月一行的最终结果,含未领到的及其原因。"""

    person_no: int = person_no()
    benefit: pl.Enum = benefit()
    benefit_month: pl.Date = benefit_month()
    outcome: pl.Enum = column("结果", code=Outcome)
    amount_fen: int = fen("应发金额", "结果为应发时的金额,其余为0;标准未设定为空", nullable=True)
    would_be_fen: int = fen("应享金额", "不计兼领与择高;标准未设定时为空", nullable=True)
    winner: pl.Enum = column("择高中选项目", "结果为择高未选时,胜出的项目", code=Benefit, required=False)
    choose_group: pl.Enum = column("择高组", code=ChoiceGroup, required=False)
    unset_code: pl.Enum = column("未设定原因", code=UnsetReason, required=False)
    rate_id: str = column("标准依据")
    is_to_institution: bool = column("付给机构")
    institution_id: str = column("供养机构", required=False)
    fact_code: int = column("情形代码", minimum=0)

    class Config(BaseConfig):
        strict = True
        unique = ["person_no", "benefit", "benefit_month"]

    @pa.dataframe_check(error="标准未设定的金额必须为空,其余不得为空")
    @classmethod
    def unknown_means_no_standard(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """The amount is unknown exactly where no standard is set."""
        unset = pl.col("outcome") == Outcome.STANDARD_NOT_SET
        return data.lazyframe.select(pl.col("amount_fen").is_null() == unset)

    @pa.dataframe_check(error="只有应发的行才有金额,且等于应享金额")
    @classmethod
    def only_the_entitled_have_money(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """amount = would-be where ENTITLED, 0 otherwise."""
        owed = pl.when(pl.col("outcome") == Outcome.ENTITLED).then("would_be_fen").otherwise(0)
        return data.lazyframe.select((pl.col("amount_fen") == owed).fill_null(True))


class RateCatalogue(Table):
    """标准目录:每个标准依据由哪些标准值组成。"""

    rate_id: str = column("标准依据")
    benefit: pl.Enum = benefit()
    amount_status: pl.Enum = column("标准状态", "金额所依各值中最差的状态", code=ValueStatus)
    values_json: str = column(
        "标准值",
        "JSON 列表,每个值含 parameter, key, value, unit, effective_from, issued_on, role, status, level_code, "
        "level_name, title, number, clause, quote, note, label, text(给人看的值), is_amount",
    )

    class Config(BaseConfig):
        strict = True
        unique = ["rate_id"]


class Payable(Table):
    """可付:每笔未付的债务一行,及其收款账户;暂缓的不在其中。"""

    obligation_id: int = column("债务编号", minimum=1)
    person_no: int = person_no()
    benefit: pl.Enum = benefit()
    benefit_month: pl.Date = benefit_month()
    kind: pl.Enum = column("类型", code=Kind)
    pays_fen: int = fen("实付金额", "债务减去撤回与抵扣")
    attempt: int = column("发放次数", minimum=1)
    person_id: str = column("身份证号")
    name: str = column("姓名")
    township: str = column("乡镇")
    village: str = column("村社区")
    institution_id: str = column("供养机构", "付给机构时填写,否则为空", required=False)
    institution_name: str = column("供养机构名称", required=False)
    payee_name: str = column("收款人姓名")
    payee_id: str = column("收款人身份证号", required=False)
    relationship: str = column("与收款人关系", required=False)
    account_no: str = column("账号")
    bank_name: str = column("开户行")
    bank_code: str = column("联行号", required=False)
    village_group: str = column("村民小组", required=False)
    head_name: str = column("户主姓名", required=False)
    head_id: str = column("户主身份证号", required=False)
    phone: str = column("联系电话", required=False)
    origin_id: str = column("原指令号", "最近一次退回的那一行;没有退回过的,各原字段都为空", required=False)
    origin_batch: str = column("原批次", required=False)
    origin_line: int = column("原序号", minimum=1, required=False)
    origin_account: str = column("原账号", required=False)
    origin_fen: int = column(
        "原失败金额", "退回的那一行的金额", unit="fen", minimum=1, maximum=100 * MAX_FEN, required=False
    )
    origin_reason: str = column("失败原因", required=False)

    class Config(BaseConfig):
        strict = True
        unique = ["obligation_id"]


class AuditFinding(Table):
    """疑点:审计规则在发放之前查出的,每条规则每人一行;同一证据给出同一编号,经办人办理后不再问。"""

    finding_id: str = column("疑点编号", "规则、此人与所依事实的摘要")
    rule: pl.Enum = column("规则", code=AuditRule)
    is_blocking: bool = column("叫停", "未办理前不编批;由政策包决定")
    person_no: int = person_no()
    benefits: str = column("项目", "项目代码,以 + 相连;空为不涉及某一项")
    first_month: pl.Date = column("所属月起", unit="month", required=False)
    last_month: pl.Date = column("所属月止", unit="month", required=False)
    months: int = column("月数", "涉及几个所属月", unit="months", minimum=0)
    amount_fen: int = column("涉及金额", unit="fen", minimum=0, maximum=1000 * MAX_FEN)
    evidence: str = column("证据", "所依事实")

    class Config(BaseConfig):
        strict = True
        unique = ["finding_id"]


class InstructionLine(Table):
    """指令:一次付款,一行对应银行文件的一行;所有印出的字段原样保存。

    A person's line pays one obligation; an institution's line pays everyone on its roster.
    """

    instruction_id: str = column("指令号", "回盘时凭此对账;不含个人信息,不超过20位")
    line_no: int = column("序号", minimum=1)
    batch_id: str = column("批次号")
    benefit: pl.Enum = benefit()
    pay_month: str = column("发放年月", unit="YYYY-MM")
    period_from: str = column("所属期起", unit="YYYY-MM")
    period_to: str = column("所属期止", unit="YYYY-MM")
    kind: pl.Enum = column("发放类型", "一行含多笔时,有正常即为正常", code=Kind)
    attempt: int = column("发放次数", "大于1为重发", minimum=1)
    name: str = column("姓名", "享受人;机构行为机构名称")
    person_id: str = column("身份证号", required=False)
    relationship: str = column("与收款人关系", required=False)
    payee_name: str = column("收款人姓名")
    payee_id: str = column("收款人身份证号", required=False)
    account_no: str = column("账号")
    bank_name: str = column("开户行")
    bank_code: str = column("联行号", required=False)
    amount_fen: int = column("金额", unit="fen", minimum=1, maximum=100 * MAX_FEN)
    township: str = column("乡镇")
    village: str = column("村社区")
    people_count: int = column("人数", "机构行为名单人数", minimum=1)
    remark: str = column("备注", required=False)
    village_group: str = column("村民小组", "格式要印的才有,以下同", required=False)
    head_name: str = column("户主姓名", required=False)
    head_id: str = column("户主身份证号", required=False)
    phone: str = column("联系电话", required=False)
    origin_id: str = column("原指令号", "重发的才有,以下同;一行含几笔退回的,依次用顿号隔开", required=False)
    origin_batch: str = column("原批次", required=False)
    origin_line: str = column("原序号", required=False)
    origin_account: str = column("原账号", required=False)
    origin_amount: str = column("原失败金额", "按格式的写法", required=False)
    origin_reason: str = column("失败原因", required=False)

    class Config(BaseConfig):
        strict = True
        unique = ["instruction_id"]


class DesiredHold(Table):
    """应有的暂缓:本次运行按规则应当存在的暂缓。benefit 与 obligation_id 为空表示此人全部项目。"""

    person_no: int = person_no()
    obligation_id: int = column("债务编号", required=False)
    code: pl.Enum = column("暂缓代码", code=HoldCode)
    ground: str = column("依据", "同一依据(连同所涉、详情)的暂缓,经办人解除后不再自动设立")
    subject: str = column("所涉", "所涉名册、账户摘要或银行格式;没有的为空文本")
    detail: str = column("详情", "所依的日期、月份或缺口等;没有的为空文本")


class EntitlementExport(Table):
    """导出:应享待遇。Whole window; amount_fen is what is owed: 0 for all but ENTITLED, null for STANDARD_NOT_SET."""

    person_id: str = column("身份证号")
    benefit: str = column("项目")
    benefit_month: str = column("所属月", unit="YYYY-MM")
    amount_fen: int = column("应发金额", unit="fen", required=False)
    outcome: str = column("结果")
    would_be_fen: int = column("应享金额", unit="fen", required=False)


class PaymentExport(Table):
    """导出:发放。One row per obligation posted in the month and one per older obligation batched in it."""

    person_id: str = column("身份证号")
    benefit: str = column("项目")
    benefit_month: str = column("所属月", unit="YYYY-MM")
    kind: str = column("类型")
    amount_fen: int = column("金额", "毛额", unit="fen")
    set_off_fen: int = column("已抵扣", unit="fen")
    withdrawn_fen: int = column("已撤回", unit="fen")
    pays_fen: int = column("实付", unit="fen")
    attempt: int = column("发放次数")
    payee_name: str = column("收款人姓名", required=False)
    account_no: str = column("账号", required=False)
    batch_id: str = column("批次号", required=False)
    state: pl.Enum = column("状态", code=PaymentState)


class LineExport(Table):
    """导出:付款行。One row per obligation that a line of a batch of the month pays; of voided batches none."""

    batch_id: str = column("批次号")
    line_no: int = column("序号", "在付款文件中的行号")
    instruction_id: str = column("指令号")
    line_fen: int = column("本行金额", unit="fen")
    payee_name: str = column("收款人姓名")
    person_id: str = column("享受人身份证号")
    benefit: str = column("项目")
    benefit_month: str = column("所属月", unit="YYYY-MM")
    kind: str = column("类型")
    attempt: int = column("发放次数")
    amount_fen: int = column("其中本月金额", unit="fen")
    origin_batch: str = column("原批次", "重发的才有,以下同:退回的那一次", required=False)
    origin_line: int = column("原序号", required=False)
    origin_reason: str = column("失败原因", required=False)


class AgeingExport(Table):
    """导出:未达账龄。What went out and is not settled: a line without a final answer, or a month that came back."""

    what: pl.Enum = column("事项", code=OpenPayment)
    pay_month: pl.Date = column("发放月", unit="month")
    batch_id: str = column("批次号")
    line_no: int = column("序号", "在付款文件中的行号")
    instruction_id: str = column("指令号")
    benefit: str = column("项目")
    period_from: str = column("所属期起", unit="YYYY-MM")
    period_to: str = column("所属期止", unit="YYYY-MM")
    name: str = column("享受人")
    payee_name: str = column("收款人姓名")
    amount_fen: int = column("金额", unit="fen")
    since: pl.Date = column("起始日", "放行日,退回的为退回日")
    working_days: int = column("已过工作日", "起始日次日起,节假日和调休在内")
    due_on: pl.Date = column("应答复日", "按格式的期限,退回的没有", required=False)
    is_overdue: bool = column("逾期")
    reason: str = column("银行的话", required=False)
    held_by: int = column("暂缓编号", "退回后被哪一条暂缓留住", required=False)


class ReceivableExport(Table):
    """导出:应追回。What was posted in the month, whole."""

    person_id: str = column("身份证号")
    benefit: str = column("项目")
    benefit_month: str = column("所属月", unit="YYYY-MM")
    amount_fen: int = column("金额", unit="fen")
    cause: pl.Enum = column("原因", code=Cause)


class ServiceExport(Table):
    """导出:服务对象。One row per person and item of the list that the registers say he may have; no money."""

    list_item: str = column("序号", "清单中的序号")
    item_id: str = column("条目", "清单条目的代码")
    item_name: str = column("服务项目")
    person_id: str = column("身份证号")
    name: str = column("姓名")
    township: str = column("乡镇")
    village: str = column("村社区")
    clause: str = column("依据")

    class Config(BaseConfig):
        strict = True
        unique = ["list_item", "person_id"]


class HoldExport(Table):
    """导出:暂缓。Open holds with the money they keep back."""

    person_id: str = column("身份证号")
    name: str = column("姓名", required=False)
    township: str = column("乡镇", required=False)
    village: str = column("村社区", required=False)
    phone: str = column("联系电话", required=False)
    code: pl.Enum = column("暂缓代码", code=HoldCode)
    reason: str = column("原因")
    advice: str = column("处理办法")
    held_fen: int = column("暂缓金额", unit="fen")
    since: str = column("起始日", unit="YYYY-MM-DD")


class SamePeopleExport(Table):
    """导出:疑为同一人。Pairs of numbers that an officer has to decide on, and which of the two waits."""

    person_id: str = column("身份证号")
    other_id: str = column("另一身份证号")
    name: str = column("姓名", required=False)
    birth_date: pl.Date = column("出生日期", required=False)
    township: str = column("乡镇", required=False)
    village: str = column("村社区", required=False)
    absent: str = column("已不在名册的号码", required=False)
    held: str = column("暂缓的号码", required=False)
    evidence: str = column("依据")
    advice: str = column("处理办法")


class UnsetExport(Table):
    """导出:标准未设定。Who meets the conditions of a benefit whose standard nobody has set; no money."""

    person_id: str = column("身份证号")
    name: str = column("姓名", required=False)
    township: str = column("乡镇", required=False)
    village: str = column("村社区", required=False)
    benefit: str = column("项目")
    benefit_month: str = column("所属月", unit="YYYY-MM")

    class Config(BaseConfig):
        strict = True
        unique = ["person_id", "benefit", "benefit_month"]


TABLES: tuple[type[Table], ...] = (
    PersonNumbers,
    RefusedRow,
    ChangedCell,
    DoubtfulRow,
    Matched,
    ListedChange,
    GonePerson,
    SamePeople,
    IntakeCount,
    RegisterGap,
    Facts,
    Entitled,
    Coordinated,
    RateCatalogue,
    Payable,
    AuditFinding,
    InstructionLine,
    DesiredHold,
    EntitlementExport,
    PaymentExport,
    LineExport,
    AgeingExport,
    ReceivableExport,
    ServiceExport,
    HoldExport,
    SamePeopleExport,
    UnsetExport,
)
