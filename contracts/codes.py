"""The code lists: every word that stands for a fixed meaning, with its Chinese label.

A member is its code (English, stored); `label` is what an officer reads; `aliases` are other spellings that
county files use. `of()` finds a member by code, label or alias. `dtype()` is the polars type of a `_code` column.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

import polars as pl


class Code(StrEnum):
    """A code list; members are declared as `NAME = "code", "标签", "别名", …`."""

    label: str
    aliases: tuple[str, ...]

    def __new__(cls, code: str, label: str = "", *aliases: str) -> Self:
        """Make a member whose value is the code alone."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label or code
        member.aliases = aliases
        return member

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return the member that `text` names by code, label or alias, or None."""
        return cls.spellings().get(text.strip())

    @classmethod
    def spellings(cls) -> dict[str, Self]:
        """Every accepted spelling and the member it means."""
        return {word: member for member in cls for word in (member.value, member.label, *member.aliases)}

    @classmethod
    def dtype(cls) -> pl.Enum:
        """The polars type of a column of this list."""
        return pl.Enum(cls.values())

    @classmethod
    def values(cls) -> list[str]:
        """The codes, in the order of the list."""
        return [member.value for member in cls]

    @classmethod
    def label_of(cls, code: str) -> str:
        """The Chinese label of a code; the code itself where the list does not know it."""
        return cls(code).label if code in cls.values() else code


class Benefit(Code):
    """The nine monthly cash benefits."""

    OLD_AGE_ALLOWANCE = "old_age_allowance", "高龄津贴", "高龄补贴"
    ELDER_SERVICE_SUBSIDY = (
        "elder_service_subsidy",
        "养老服务补贴",
        "经济困难老年人养老服务补贴",
        "(经济困难老年人)养老服务补贴",
    )
    ELDER_CARE_SUBSIDY = (
        "elder_care_subsidy",
        "护理补贴",
        "经济困难失能老年人护理补贴",
        "(经济困难失能老年人)护理补贴",
        "失能老年人护理补贴",
        "经济困难老年人护理补贴",
        "经济困难老年人补贴·护理补贴",
    )
    HARDSHIP_ELDER_SUBSIDY = (
        "hardship_elder_subsidy",
        "经济困难老年人生活补贴",
        "经济困难老年人补贴",
        "经济困难老年人补贴·生活补贴",
    )
    TEKUN_LIVING = "tekun_living", "特困供养基本生活", "特困基本生活", "特困人员基本生活"
    TEKUN_CARE = "tekun_care", "特困供养照料护理", "特困照料护理", "特困人员照料护理"
    DISABILITY_LIVING_SUBSIDY = "disability_living_subsidy", "困难残疾人生活补贴"
    DISABILITY_CARE_SUBSIDY = "disability_care_subsidy", "重度残疾人护理补贴"
    FAMILY_PLANNING_SUPPORT = "family_planning_support", "计划生育特别扶助金", "计划生育特别扶助", "计生特别扶助金"


class Outcome(Code):
    """What became of one person's benefit in one month; the first that applies."""

    EXCLUDED = "EXCLUDED", "不得兼领"
    NOT_CLAIMED = "NOT_CLAIMED", "未申请"
    SUSPENDED = "SUSPENDED", "暂停"
    STANDARD_NOT_SET = "STANDARD_NOT_SET", "标准未设定"
    LOST_TO_HIGHER = "LOST_TO_HIGHER", "择高未选"
    ENTITLED = "ENTITLED", "应发"
    NOT_MET = "NOT_MET", "条件不再符合"  # book only: a row stood here before


class LeafOutcome(Code):
    """How one condition stands with a person in a month."""

    MET = "met", "满足"
    NOT_MET = "not_met", "不满足"
    MISSING = "missing", "登记缺项"


class UnsetReason(Code):
    """Why a standard is not set."""

    NOT_SET = "NOT_SET", "无人设定标准"
    BELOW_FLOOR = "BELOW_FLOOR", "低于最低标准"
    ABOVE_CEILING = "ABOVE_CEILING", "高于最高标准"


class Kind(Code):
    """Kinds of obligation. 重发 (a second attempt) is not a kind."""

    REGULAR = "regular", "正常"
    ARREARS = "arrears", "补发"
    HISTORY = "history", "历史"


class Cause(Code):
    """Why money is owed back or taken back; the first that holds in the month."""

    DEATH = "DEATH", "死亡"
    MOVED_OUT = "MOVED_OUT", "户籍迁出"
    EXCLUDED = "EXCLUDED", "不得兼领"
    NOT_CLAIMED = "NOT_CLAIMED", "未申请"
    SUSPENDED = "SUSPENDED", "暂停"
    REPLACED = "REPLACED", "择领其他待遇"
    STANDARD_CHANGED = "STANDARD_CHANGED", "标准调整"
    DATA_CORRECTED = "DATA_CORRECTED", "信息更正"
    INELIGIBLE = "INELIGIBLE", "条件不再符合"


class CorrectionGround(Code):
    """Why a month that was decided before is decided again; the first that holds."""

    REVIEW_DECISION = "REVIEW_DECISION", "核查决定"
    LATE_FACT = "LATE_FACT", "情况迟报"
    CORRECTED_FACT = "CORRECTED_FACT", "情况更正"
    LAW_CHANGED = "LAW_CHANGED", "政策或标准变动"
    OUR_ERROR = "OUR_ERROR", "本系统差错更正"
    MONTH_TAKEN_BACK = "MONTH_TAKEN_BACK", "误运行的月份撤回"


class HoldCode(Code):
    """Why an entitlement is not paid yet."""

    CERTIFICATION_LAPSED = "CERTIFICATION_LAPSED", "资格认证逾期"
    ACCOUNT_MISSING = "ACCOUNT_MISSING", "缺少账户"
    ACCOUNT_REJECTED = "ACCOUNT_REJECTED", "账户被退回"
    DECEASED_ARREARS = "DECEASED_ARREARS", "逝者补发待核"
    UNDER_REVIEW = "UNDER_REVIEW", "核查中"
    DUPLICATE_ELSEWHERE = "DUPLICATE_ELSEWHERE", "外县重复"
    MANUAL = "MANUAL", "人工暂缓"
    NOT_YET_DUE = "NOT_YET_DUE", "未到发放月"


class HoldGround(Code):
    """The word of a hold's ground: what the hold rests on; its subject and detail say the rest.

    What another office's list leaves in doubt has the word of the doubt (Doubt), what a bank cannot print that of the
    misfit (Misfit).
    """

    NO_ACCOUNT = "account", "账户名册中没有此人的账户"
    NO_INSTITUTION_ACCOUNT = "institution", "供养机构没有收款账户"
    NOT_IN_POPULATION = "population", "人口名册中没有此人"
    NO_STANDARD = "standard", "该月标准未设定"
    PAY_MONTH = "pay_month", "未到发放月"
    BEYOND_WINDOW = "window", "该月已超出追溯期,所知与已入账不符"
    DIED_ON = "died_on", "已去世"
    CERTIFIED_UNTIL = "certified_until", "资格认证已逾期"
    GAP = "gap", "名册缺口"
    OLD_FILE = "old_file", "名册本月没有报送或不能使用"
    REJECTED = "rejected", "账户被银行退回过,没有更正"
    RETURN_UNCLEAR = "return_unclear", "被银行退回,原因须判明"
    BANK_AGAIN = "bank_again", "银行一再不能办理"
    TOLD_DEAD = "told_dead", "银行称本人已死亡"
    SAME_PERSON = "same_person", "与另一号码疑为同一人"
    BY_HAND = "manual", "经办人设立"


class Misfit(Code):
    """Why a bank cannot print a text."""

    CONTROL = "control", "含有控制字符"
    PRIVATE_USE = "private_use", "含有自造字"
    FORBIDDEN = "forbidden", "含有银行不收的字符"
    UNENCODABLE = "unencodable", "含有银行编码没有的字"
    TOO_LONG = "too_long", "超过银行允许的长度"
    MISSING = "missing", "没有登记,而格式要求填写"
    WRONG_BANK_CODE = "wrong_bank_code", "不是 12 位,或校验位不符"
    ABOVE_LIMIT = "above_limit", "超过银行一个文件的限额"


class PaymentState(Code):
    """Where one obligation stands in a month's payment list."""

    HELD = "held", "暂缓"
    PAYABLE = "payable", "可付"
    BATCHED = "batched", "已编批"
    RELEASED = "released", "已发出"
    ACCEPTED = "accepted", "已到账"
    RETURNED = "returned", "退票"
    UNKNOWN = "unknown", "待查"
    SET_OFF = "set_off", "已抵扣"
    WITHDRAWN = "withdrawn", "已撤回"


class BankEvent(Code):
    """What a bank said of an instruction."""

    ACCEPTED = "accepted", "成功", "到账", "已到账", "发放成功", "交易成功", "支付成功"
    RETURNED = "returned", "退票", "失败", "退回", "发放失败", "交易失败", "支付失败"
    UNKNOWN = "unknown", "待查", "未知", "处理中", "未返回", "超时", "转下批"


class Fault(Code):
    """Whose matter it is that money came back; only the payee's puts his account in question."""

    PAYEE = "payee", "收款账户的问题"
    BANK = "bank", "银行一时的问题"
    ORDER = "order", "整批退回,与各账户无关"
    DEATH = "death", "银行称本人已死亡"
    OFFICER = "officer", "须经办人判明"


class ReturnReason(Code):
    """Why money came back; which of a bank's words mean which is data (payments/reasons.yaml, and each profile)."""

    NAME_MISMATCH = "NAME_MISMATCH", "户名与账号不符"
    NO_ACCOUNT = "NO_ACCOUNT", "没有此账户"
    CLOSED = "CLOSED", "账户已销户"
    FROZEN = "FROZEN", "账户冻结、止付或久悬"
    NOT_ACTIVATED = "NOT_ACTIVATED", "账户未激活"
    LIMIT = "LIMIT", "超过账户限额"
    BANK_TECH = "BANK_TECH", "银行一时不能办理"
    DUPLICATE = "DUPLICATE", "银行认为重复"
    DECEASED = "DECEASED", "银行称本人已死亡"
    BATCH_REFUSED = "BATCH_REFUSED", "整批退回"
    OTHER = "OTHER", "原因不明"

    @property
    def fault(self) -> Fault:
        """Whose matter it is."""
        return _FAULTS.get(self, Fault.PAYEE)


_FAULTS = {
    ReturnReason.BANK_TECH: Fault.BANK,
    ReturnReason.DUPLICATE: Fault.OFFICER,
    ReturnReason.DECEASED: Fault.DEATH,
    ReturnReason.BATCH_REFUSED: Fault.ORDER,
    ReturnReason.OTHER: Fault.OFFICER,
}


class BatchState(Code):
    """Where a batch stands; it follows from its events and signatures."""

    CLAIMED = "claimed", "已编批"  # its file is not known yet
    RENDERED = "rendered", "待批准"
    APPROVED = "approved", "已批准"
    REJECTED = "rejected", "已驳回"
    RELEASED = "released", "已放行"
    VOIDED = "voided", "已作废"


class BatchEvent(Code):
    """What happens to a batch without a signature."""

    RENDERED = "rendered", "生成文件"
    VOIDED = "voided", "作废"


class SignatureStep(Code):
    """What an officer signs a batch for."""

    MADE = "made", "编批"
    APPROVED = "approved", "批准"
    REJECTED = "rejected", "驳回"
    RELEASED = "released", "放行"


class HoldEvent(Code):
    """What happens to a hold."""

    PLACED = "placed", "设立"
    LIFTED = "lifted", "解除"


class RecoveryMeans(Code):
    """How money owed back is dealt with."""

    SET_OFF = "set_off", "抵扣"
    BANK_RECALL = "bank_recall", "银行追回"
    CASH = "cash", "现金退回"
    FAMILY = "family", "家属退回"
    WAIVED = "waived", "核销"


class Role(Code):
    """What a value says: the lowest allowed, the number itself, what is paid until set below, the highest allowed."""

    FLOOR = "floor", "最低标准"
    FIXED = "fixed", "确定标准"
    DEFAULT = "default", "默认标准"
    CEILING = "ceiling", "最高标准"


class ValueStatus(Code):
    """How far a value may be trusted; worst last."""

    IN_FORCE = "in_force", "现行有效"
    DRAFT = "draft", "征求意见稿"
    PLACEHOLDER = "placeholder", "占位待核"


class LowIncomeCategory(Code):
    """低收入类别, strongest first."""

    TEKUN = "tekun", "特困", "特困人员", "特困供养", "特困供养人员"
    DIBAO = "dibao", "低保", "最低生活保障", "最低社会保障", "低保对象", "低保家庭"
    MARGIN = "margin", "低保边缘", "边缘", "低保边缘家庭", "低保边缘人口"
    EXPENSE_HARDSHIP = "expense_hardship", "支出型困难", "支出型", "支出型困难家庭", "支出型困难人口"


class Area(Code):
    """城乡."""

    URBAN = "urban", "城市", "城镇", "城"
    RURAL = "rural", "农村", "乡村", "农"


class Hukou(Code):
    """户口性质."""

    URBAN = "urban", "城镇", "城镇户口", "城市", "非农业", "非农业户口", "非农"
    RURAL = "rural", "农村", "农村户口", "农业", "农业户口"


class SupportMode(Code):
    """供养方式."""

    HOME = "home", "分散", "分散供养"
    INSTITUTION = "institution", "集中", "集中供养"


class SelfCare(Code):
    """自理能力, fuller care last."""

    ABLE = "able", "全自理", "自理"
    HALF = "half", "半护理", "半自理"
    FULL = "full", "全护理", "不能自理"


class Sex(Code):
    """性别; the numbers are those of GB/T 2261.1, in which 0 and 9 say nothing."""

    MALE = "male", "男", "男性", "1"
    FEMALE = "female", "女", "女性", "2"


class DisabilityCategory(Code):
    """残疾类别, with its number on the certificate (GB/T 26341)."""

    VISUAL = "visual", "视力", "视力残疾", "1"
    HEARING = "hearing", "听力", "听力残疾", "2"
    SPEECH = "speech", "言语", "言语残疾", "3"
    PHYSICAL = "physical", "肢体", "肢体残疾", "4"
    INTELLECTUAL = "intellectual", "智力", "智力残疾", "5"
    MENTAL = "mental", "精神", "精神残疾", "6"
    MULTIPLE = "multiple", "多重", "多重残疾", "7"


class AbilityScale(Code):
    """The standard of an ability assessment."""

    GBT_42195 = "GB/T 42195-2022", "GB/T 42195-2022", "GB/T42195-2022", "GB/T 42195"
    MZT_039 = "MZ/T 039-2013", "MZ/T 039-2013", "MZ/T039-2013", "MZ/T 039"


class FamilyPlanningKind(Code):
    """计划生育特殊家庭类别; 死亡 counts before 伤残."""

    DEATH = "death", "死亡", "独生子女死亡", "独生子女死亡特别扶助对象"
    DISABILITY = "disability", "伤残", "独生子女伤残", "独生子女伤残特别扶助对象"


class ChoiceGroup(Code):
    """Groups in which a person draws the higher of two."""

    CARE = "care", "护理类", "护理"
    LIVING = "living", "生活类", "生活"


# What a person can choose in each group; a county's pack decides whether the group is in use.
GROUP_MEMBERS: dict[ChoiceGroup, tuple[Benefit, ...]] = {
    ChoiceGroup.CARE: (Benefit.ELDER_CARE_SUBSIDY, Benefit.DISABILITY_CARE_SUBSIDY),
    ChoiceGroup.LIVING: (Benefit.HARDSHIP_ELDER_SUBSIDY, Benefit.DISABILITY_LIVING_SUBSIDY),
}


class Relationship(Code):
    """与享受人关系."""

    SELF = "self", "本人"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女", "儿子", "女儿"
    GUARDIAN = "guardian", "监护人"
    OTHER = "other", "其他", "代领人", "亲属"


class SuspensionReason(Code):
    """暂停原因."""

    CERTIFICATION = "CERTIFICATION", "未按期认证"
    ACCOUNT = "ACCOUNT", "账户异常待更正"
    REVIEW = "REVIEW", "资格核查中"
    PAYEE_CHANGE = "PAYEE_CHANGE", "收款人变更待确认"
    UNREACHABLE = "UNREACHABLE", "短暂失联", "失联"
    OBJECTION = "OBJECTION", "异议"
    PRISON = "PRISON", "服刑"
    WORK_INJURY = "WORK_INJURY", "工伤生活护理费"
    OTHER = "OTHER", "其他"


class DeregistrationReason(Code):
    """户籍注销原因."""

    DEATH = "death", "死亡", "亡故"
    MOVED_OUT = "moved_out", "迁出", "迁移"


class PensionStopReason(Code):
    """养老金停发原因."""

    DEATH = "death", "死亡", "亡故"
    PRISON = "prison", "服刑", "判刑"
    CERTIFICATION = "certification", "未按期认证", "未认证"
    OTHER = "other", "其他"


class Enrolment(Code):
    """Whether a benefit is paid unasked or only on a claim."""

    AUTOMATIC = "automatic", "免申即享"
    CLAIM = "claim", "依申请"


class StartRule(Code):
    """From which month an approved claim counts."""

    CLAIM_MONTH = "claim_month", "申请当月"
    APPROVAL_MONTH = "approval_month", "审批当月"
    MONTH_AFTER_APPROVAL = "month_after_approval", "审批次月"
    JANUARY_OF_CLAIM_YEAR = "january_of_claim_year", "申请当年一月"
    FIRST_QUALIFYING_MONTH = "first_qualifying_month", "首次符合条件的月份"


class PayeeRule(Code):
    """Whose account a benefit goes to."""

    PERSON = "person", "本人账户"
    INSTITUTION = "institution", "集中供养的付给供养机构"


class RefusalCode(Code):
    """Why a register row, file or cell was refused."""

    HEADER_MISSING = "HEADER_MISSING", "缺少必需的列"
    HEADER_UNKNOWN = "HEADER_UNKNOWN", "有不认识的列"
    MONTHS_ABSENT = "MONTHS_ABSENT", "没有起止年月列"
    HEADER_REPEATED = "HEADER_REPEATED", "同一列出现多次"
    LAYOUT_MISFIT = "LAYOUT_MISFIT", "版式与文件不符"
    SHEETS_SEVERAL = "SHEETS_SEVERAL", "有几张工作表都有人员"
    SHEET_IGNORED = "SHEET_IGNORED", "有未读取的工作表"
    HIDDEN_CELLS = "HIDDEN_CELLS", "有隐藏的行或列"
    FILE_UNREADABLE = "FILE_UNREADABLE", "文件无法读取"
    FILE_EMPTY = "FILE_EMPTY", "文件没有数据"
    NO_ROWS = "NO_ROWS", "只有表头,没有数据行"
    NOT_DATA = "NOT_DATA", "不是数据行"
    VALUE_MISSING = "VALUE_MISSING", "必填项为空"
    NUMERIC_ID = "NUMERIC_ID", "号码为数字格式,尾数已丢失"
    CELL_ERROR = "CELL_ERROR", "单元格是错误值"
    ID_SHAPE = "ID_SHAPE", "身份证号格式不对"
    ID_CHECK_DIGIT = "ID_CHECK_DIGIT", "身份证号校验码不符"
    ID_DATE = "ID_DATE", "身份证号中的出生日期不成立"
    BIRTH_DATE_CONFLICT = "BIRTH_DATE_CONFLICT", "出生日期与身份证号不一致"
    DATE_INVALID = "DATE_INVALID", "日期不成立"
    DAY_TO_COME = "DAY_TO_COME", "日期晚于今日"
    MONTH_INVALID = "MONTH_INVALID", "年月不成立"
    NUMBER_INVALID = "NUMBER_INVALID", "不是整数或超出范围"
    AMOUNT_INVALID = "AMOUNT_INVALID", "金额不成立"
    CODE_UNKNOWN = "CODE_UNKNOWN", "不认识的取值"
    ANSWER_UNPLACED = "ANSWER_UNPLACED", "不是本县已放行的指令"
    ANSWER_CONTRADICTS = "ANSWER_CONTRADICTS", "与同一文件或此前的结果矛盾"
    ANSWER_TWICE = "ANSWER_TWICE", "同一指令在本文件中出现不止一次"
    ANSWER_AMOUNT = "ANSWER_AMOUNT", "金额与指令不符"
    ANSWER_ACCOUNT = "ANSWER_ACCOUNT", "账号与指令不符"
    ANSWER_PAYEE = "ANSWER_PAYEE", "收款人与指令不符"
    ANSWER_ORDER = "ANSWER_ORDER", "整批只能报退回"
    TEXT_INVALID = "TEXT_INVALID", "含有不允许的字符或过长"
    PRIVATE_USE = "PRIVATE_USE", "含有自造字"
    PERIOD_REVERSED = "PERIOD_REVERSED", "终止早于起始"
    OUTSIDE_GROUP = "OUTSIDE_GROUP", "所选项目不在该组之内"
    BEFORE_GO_LIVE = "BEFORE_GO_LIVE", "早于本系统起算月"
    AFTER_FIRST_PAY_MONTH = "AFTER_FIRST_PAY_MONTH", "晚于首个发放月"
    ALREADY_IMPORTED = "ALREADY_IMPORTED", "同一人同一项目同一月此前已经导入"
    DUPLICATE_ROW = "DUPLICATE_ROW", "与另一行完全相同"
    AMBIGUOUS = "AMBIGUOUS", "同一人有互相矛盾的多行"
    OLD_NUMBER = "OLD_NUMBER", "此人已改用另一号码,名册中另有一行"


class CellChange(Code):
    """How the text of a cell was made regular when it was read."""

    BLANKS = "BLANKS", "去空白"
    WIDE = "WIDE", "全角改半角"
    SMALL_X = "SMALL_X", "小写x改大写"
    APOSTROPHE = "APOSTROPHE", "去号码前撇号"
    EQUALS_SIGN = "EQUALS_SIGN", "去外面的等号引号"
    NO_VALUE = "NO_VALUE", "系统写法的“无”按空"
    LEFT_EMPTY = "LEFT_EMPTY", "读不出而不影响待遇,按空"
    OLD_ID = "OLD_ID", "15位身份证号升为18位"
    DATE_FORM = "DATE_FORM", "统一日期写法"
    DATE_SERIAL = "DATE_SERIAL", "表格日期序号改日期"
    MONEY_FORM = "MONEY_FORM", "统一金额写法"
    NUMBER_FORM = "NUMBER_FORM", "统一数字写法"
    OTHER_WORD = "OTHER_WORD", "别名改标准词"
    LAYOUT_WORD = "LAYOUT_WORD", "按版式改词"
    LAYOUT_DEFAULT = "LAYOUT_DEFAULT", "按版式补填"


class GapGround(Code):
    """Why a person's last accepted rows of a register still stand."""

    REFUSED = "REFUSED", "本月该行被拒收"
    VANISHED = "VANISHED", "本月名册中不见此人"
    AMBIGUOUS = "AMBIGUOUS", "本月多行互相矛盾"


class GapDecision(Code):
    """What an officer decides about a person's gap in a register."""

    ACCEPT_GONE = "accept_gone", "以本月名册为准"
    KEEP = "keep", "沿用上次收下的行", "沿用上次"


class SamePerson(Code):
    """What an officer decided of two numbers."""

    JOINED = "joined", "认定为同一人"
    SPLIT = "split", "认定为两个人"


class SameGround(Code):
    """Why two numbers may be one person's, beside an equal name and birth date."""

    NUMBER_CHANGED = "number_changed", "号码更正名单所列"
    GONE = "gone", "一个号码已不在人口名册"
    VILLAGE = "village", "同村"
    ACCOUNT = "account", "同一账号"
    HOUSEHOLD = "household", "同一户"
    CERTIFICATE = "certificate", "同一残疾证"


class Doubt(Code):
    """What registers together leave in doubt; the rows are accepted, and count as the rules say."""

    NOT_IN_POPULATION = "NOT_IN_POPULATION", "人口名册中没有此人:不算待遇"
    DIBAO_BESIDE_TEKUN = "DIBAO_BESIDE_TEKUN", "同月既有特困又有低保:按特困算"
    TWO_OPEN_TEKUN = "TWO_OPEN_TEKUN", "同一人有两条未终止的特困:按起始较晚的算"
    SEX_AGAINST_ID = "SEX_AGAINST_ID", "性别与身份证号第17位不符"
    OUTSIDE_LIST = "OUTSIDE_LIST", "原因或关系不在名单内:按“其他”收下,原文记在说明列"
    BEGUN_AFTER_DEATH = "BEGUN_AFTER_DEATH", "起始晚于本人死亡日期:死亡次月起不算待遇"
    ACCOUNT_SHARED = "ACCOUNT_SHARED", "同一账号收多人的款"
    PAYEE_AGAINST_POPULATION = (
        "PAYEE_AGAINST_POPULATION",
        "收款人与人口名册对不上:写为本人的姓名或身份证号不同,或写为他人的身份证号是本人的",
    )
    DRAWN_WITHOUT_GROUND = "DRAWN_WITHOUT_GROUND", "由他人代领,“与享受人关系”“代领原因”都没有写明"
    ACCOUNT_LENGTH = "ACCOUNT_LENGTH", "“账号”像银行卡号,位数与该行的卡不同:照付,请核对"
    ACCOUNT_DIGIT = "ACCOUNT_DIGIT", "“账号”像银行卡号,校验位不符:照付,请核对"
    CERTIFICATE_SHARED = "CERTIFICATE_SHARED", "同一残疾证号在几个身份证号名下:是否同一人待核"
    NAMESAKE = "NAMESAKE", "姓名和出生日期相同、身份证号不同:是否同一人待核"
    PENSION_STOPPED = "PENSION_STOPPED", "养老金因死亡停发,但没有死亡记录"
    IN_CUSTODY = "IN_CUSTODY", "发放月在押"
    PAID_ELSEWHERE = "PAID_ELSEWHERE", "外县同月在发同一项目"


class FirstList(Code):
    """From when somebody new on a current list counts."""

    FROM_INBOX_MONTH = "from_inbox_month", "自收件月起"
    FROM_GIVEN = "from_given", "自名单所写的月份起"


class Vanished(Code):
    """What becomes of somebody who is no longer on a current list."""

    END_BEFORE_INBOX_MONTH = "end_before_inbox_month", "至收件月的上月止"
    HOLD = "hold", "暂缓待核"


class ListChange(Code):
    """What the newest current list changes of what stood before."""

    BEGUN = "BEGUN", "新增"
    CHANGED = "CHANGED", "变更"
    ENDED = "ENDED", "终止"
    HELD = "HELD", "不见于名单,暂缓待核"


class MissingRegister(Code):
    """What a month does without a new file of a register."""

    CARRY = "carry", "沿用上次"
    HOLD = "hold", "沿用上次,有关待遇暂缓"
    STOP = "stop", "叫停"


class FundLevel(Code):
    """Whose money a benefit is paid from (资金级次), from the highest."""

    CENTRAL = "central", "中央"
    PROVINCE = "province", "省", "省级"
    CITY = "city", "市", "市级"
    COUNTY = "county", "县(区)", "县", "区", "县区", "县级"
    TOWNSHIP = "township", "乡镇"


class Control(Code):
    """What stops a run until an officer lets it go on."""

    MISSING_REGISTER = "missing_register", "名册未到"
    REFUSED_SHARE = "refused_share", "拒收过多"
    SHRINK = "shrink", "名册缩水"
    RECOVERY = "recovery", "撤回和追回过多"
    ORDER = "order", "月份或知悉日"
    FUNDS = "funds", "超出指标"


class Act(Code):
    """What officers do with a month after its run, in order."""

    APPROVED = "approved", "批准"
    RELEASED = "released", "放行"
    ANSWERED = "answered", "读入回盘"
    CLOSED = "closed", "结账"


class OfficerRole(Code):
    """What an officer may do to a batch; three different people."""

    MAKER = "maker", "经办"
    CHECKER = "checker", "复核"
    RELEASER = "releaser", "发放"


class HowKnown(Code):
    """How the program knew that whoever acted is the officer he said he is."""

    BARE = "bare", "只凭姓名"
    SYSTEM_USER = "system_user", "系统用户"
    PASSWORD = "password", "密码"
    SERVICE = "service", "定时服务"
    RULE = "rule", "程序按规则"


class Logged(Code):
    """An act as the audit log has it."""

    RECEIVED = "receive", "收下名册"
    POST = "post", "入账"
    OVERRIDE = "override", "叫停后同意继续"
    CLAIM = "claim", "编批"
    VOID = "void", "作废批次"
    APPROVED = "approved", "批准"
    REJECTED = "rejected", "驳回"
    RELEASED = "released", "放行"
    RESULTS = "results", "读入回盘"
    REFUSED_ORDER = "refused_order", "整批退回"
    CLOSE = "close", "结账"
    TAKE_BACK = "take_back", "撤回本月"
    HOLD = "hold", "暂缓"
    LIFT = "lift", "解除暂缓"
    RECOVER = "recover", "追回"
    IDENTITY = "identity", "认定号码"
    KEPT = "kept", "存档运行的表"
    ACCEPT = "accept", "采用被叫停的名册"
    HISTORY = "import history", "导入历史"
    FINDING = "finding", "办理疑点"
    OFFICER = "officer", "经办人密码"
    RECONCILED = "reconcile", "对账"
    FUND = "fund", "登记指标"
    PUBLISHED = "publish", "张贴公示名单"
    TAKEN_DOWN = "take down", "撤下公示名单"
    REFUSED = "refused", "被拒绝"


class CredentialChange(Code):
    """What became of an officer's password."""

    ISSUED = "issued", "发放一次性密码"
    CHANGED = "changed", "本人换了密码"
    DISABLED = "disabled", "停用"
    LOCKED = "locked", "错误过多,锁住"


class Department(Code):
    """Whose matter a finding is: the office that keeps what it was read from."""

    CIVIL_AFFAIRS = "civil_affairs", "民政局"
    DISABLED_FEDERATION = "disabled_federation", "残联"
    PUBLIC_SECURITY = "public_security", "公安局"
    HUMAN_RESOURCES = "human_resources", "人社局"
    JUSTICE = "justice", "司法局"
    FINANCE = "finance", "财政局"
    BANK = "bank", "代发银行"


class AuditRule(Code):
    """What auditors look for in a month of payments, by their numbers (audit/rules.py says how each is looked for)."""

    R01 = "R01", "死后领取"
    R02 = "R02", "停发不及时"
    R03 = "R03", "特困重叠残疾人两项补贴"
    R04 = "R04", "特困重叠低保"
    R05 = "R05", "特困重叠养老服务、护理补贴"
    R06 = "R06", "护理类重复"
    R07 = "R07", "生活类重复"
    R08 = "R08", "重复领取"
    R09 = "R09", "跨县重复"
    R10 = "R10", "一人多号"
    R11 = "R11", "年龄不符"
    R12 = "R12", "年龄段未调"
    R13 = "R13", "超标准"
    R14 = "R14", "低于标准"
    R15 = "R15", "调标未执行"
    R16 = "R16", "应享未享"
    R17 = "R17", "户籍不符"
    R18 = "R18", "低保退出未停"
    R19 = "R19", "残疾证失效"
    R20 = "R20", "残疾等级不符"
    R21 = "R21", "服刑领取"
    R22 = "R22", "工伤护理费重叠"
    R23 = "R23", "护理档次错"
    R24 = "R24", "未评估"
    R25 = "R25", "集中供养付个人"
    R26 = "R26", "账户集中"
    R27 = "R27", "户名不符"
    R28 = "R28", "认证缺失"
    R29 = "R29", "失败款滞留"
    R30 = "R30", "无批准"
    R31 = "R31", "未公示"
    R32 = "R32", "追回未入账"
    R33 = "R33", "资金渠道错"
    R34 = "R34", "财政供养人员享受低保"
    R35 = "R35", "汇总不平"
    R36 = "R36", "百岁老人核实"


class FindingDecision(Code):
    """What an officer decides of a finding."""

    HOLD = "hold", "暂缓"
    CORRECT = "correct", "更正名册"
    ACCEPT = "accept", "认可照发"


class PlatformDifference(Code):
    """In what a platform's list of who is enrolled differs from who should be paid now."""

    NOT_LISTED = "not_listed", "应发而不在册"
    NOT_ENTITLED = "not_entitled", "在册而不应发"
    OTHER_ACCOUNT = "other_account", "账号不同"
    LISTED_TWICE = "listed_twice", "在册不止一行"


class OpenPayment(Code):
    """What went out and is not settled."""

    UNANSWERED = "unanswered", "银行未答复"
    UNKNOWN = "unknown", "银行答复待查"
    RETURNED = "returned", "退回后未再付"


class AnswerState(Code):
    """How it stands with a payment that went out."""

    ACCEPTED = "accepted", "到账"
    WARNED = "warned", "到账、另有说明"
    RETURNED = "returned", "退回"
    UNANSWERED = "unanswered", "尚无结果"


class Movement(Code):
    """Why a person's regular money of a benefit differs between two months; the first that holds."""

    DEATH = "DEATH", "死亡"
    MOVED_OUT = "MOVED_OUT", "户籍迁出"
    SWITCHED = "SWITCHED", "择高改领"
    SUSPENDED = "SUSPENDED", "暂停"
    RESUMED = "RESUMED", "暂停期满或恢复"
    CLAIMED = "CLAIMED", "申请获批"
    UNCLAIMED = "UNCLAIMED", "申请撤销"
    UNSET = "UNSET", "标准未设定"
    EXCLUDED = "EXCLUDED", "转入不得兼领的身份"
    MOVED_IN = "MOVED_IN", "户籍迁入"
    TURNED = "TURNED", "到龄"
    STATUS_BEGAN = "STATUS_BEGAN", "身份或条件开始"
    STATUS_ENDED = "STATUS_ENDED", "身份或条件结束"
    BAND = "BAND", "年龄跨档"
    CATEGORY = "CATEGORY", "类别或等级变动"
    STANDARD = "STANDARD", "标准或政策调整"
    NEWLY_LISTED = "NEWLY_LISTED", "新登记(此前没有记录)"
    FIRST_RUN = "FIRST_RUN", "首次运行"


class Coming(Code):
    """Why a person's money of a benefit will change in a month ahead; the first that holds."""

    CERTIFICATE_ENDS = "CERTIFICATE_ENDS", "残疾人证到期"
    ASSESSMENT_ENDS = "ASSESSMENT_ENDS", "能力评估或认定到期"
    STATUS_CHANGES = "STATUS_CHANGES", "低收入身份起止"
    SUSPENSION = "SUSPENSION", "暂停起止"
    AGE = "AGE", "到龄"
    SWITCHED = "SWITCHED", "择高改领"
    STANDARD = "STANDARD", "标准或政策调整"


class Flow(Code):
    """What lies between the regular money owed for a month and the money in the month's files."""

    HISTORY = "HISTORY", "已由导入的历史发放"
    OWED_BACK = "OWED_BACK", "已经付出的多发,转应追回"
    UNSET = "UNSET", "标准未设定而已入账"
    SPLIT = "SPLIT", "分开认定的号码之间已抵扣"
    ARREARS = "ARREARS", "补发"
    WITHDRAWN = "WITHDRAWN", "补发后又撤回"
    SET_OFF = "SET_OFF", "抵扣"
    HELD = "HELD", "暂缓"
    WAITING = "WAITING", "留待以后编批"
    TAKEN_AFTER_RETURN = "TAKEN_AFTER_RETURN", "退票后撤回或抵扣"
    LIFTED = "LIFTED", "以前月份的,暂缓解除"
    CARRIED = "CARRIED", "以前月份的,此前未编批"
    AGAIN = "AGAIN", "更正发放(退票后再发)"
