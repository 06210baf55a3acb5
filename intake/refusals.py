"""Refused rows: how one is worded, masked and written down."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import CellKind, ColumnFacts, empty, polars_schema
from contracts.tables import RefusedRow

SCHEMA = polars_schema(RefusedRow)
WHOLE_FILE = 0  # the source_row of a refusal that concerns the file

ADVICE: dict[RefusalCode, str] = {
    RefusalCode.HEADER_MISSING: "叫别的名字的,不用改表:disburse intake inspect 会写好一份版式;确实没有的,请补上该列",
    RefusalCode.MONTHS_ABSENT: "请补上起止年月;只报今日在册人员的,请在 disburse.toml 的 current_lists 中写明",
    RefusalCode.HEADER_UNKNOWN: "该列未读取;如有用请改成规定的列名,否则不必处理",
    RefusalCode.HEADER_REPEATED: "请只保留一列",
    RefusalCode.LAYOUT_MISFIT: "请改正版式,或核对文件是否换了样子;可用 disburse intake inspect 查看文件",
    RefusalCode.SHEETS_SEVERAL: "请只留一张,或在版式的 sheet 里写明读哪几张、还是全部;用 disburse intake inspect 查看",
    RefusalCode.SHEET_IGNORED: "请核对其中有没有人员;有的,在版式的 sheet 里写明要读哪几张工作表",
    RefusalCode.FILE_UNREADABLE: "请重新导出后再报送",
    RefusalCode.FILE_EMPTY: "请核对导出条件后重新报送",
    RefusalCode.NO_ROWS: "如确无人员可不处理,否则请核对导出条件后重新报送",
    RefusalCode.NOT_DATA: "未作为人员读取,不必处理",
    RefusalCode.VALUE_MISSING: "请补填",
    RefusalCode.HIDDEN_CELLS: "隐藏的内容也已读取;请取消筛选和隐藏后核对,不该报送的请删去后重新报送",
    RefusalCode.NUMERIC_ID: "请把该列设为文本格式,从原系统重新导出,不要手工补尾数;号码原本就以零结尾的,前面加撇号(')",
    RefusalCode.CELL_ERROR: "请改正公式,或粘贴为数值后重新报送",
    RefusalCode.ID_SHAPE: "应为18位:前17位数字,末位数字或X;请核对原件",
    RefusalCode.ID_CHECK_DIGIT: "可能录错一位或两位颠倒,请核对原件",
    RefusalCode.ID_DATE: "第7至14位应为真实的出生日期,不晚于今日且不超过130岁;请核对原件",
    RefusalCode.BIRTH_DATE_CONFLICT: "请以户口簿为准改正其中之一",
    RefusalCode.DATE_INVALID: "请写成 2024-03-05、2024/3/5、20240305 或 2024年3月5日;长期有效的请留空",
    RefusalCode.DAY_TO_COME: "已经发生的事不会晚于今日;请核对年月日,没有的请留空",
    RefusalCode.PRIVATE_USE: "别的电脑和银行显示不了这个字;请改用国家标准中的字,或按存折、银行卡上的写法",
    RefusalCode.MONTH_INVALID: "请写成 2024-03、2024/3、202403 或 2024年3月",
    RefusalCode.AMOUNT_INVALID: "请写成 1234.50 或 1,234.50 元,大于零,最多两位小数",
    RefusalCode.BEFORE_GO_LIVE: "本系统不计算该月,不必导入,请删去该行;起算月设错的,请改 disburse.toml 的 go_live_month",
    RefusalCode.AFTER_FIRST_PAY_MONTH: "该月由本系统发放,请删去该行;所属月写错的请改正",
    RefusalCode.ALREADY_IMPORTED: "请与先前导入的花名册核对:同一笔的请删去该行,所属月写错的请改正",
    RefusalCode.ANSWER_UNPLACED: "请核对是否为本县、已放行批次的回盘",
    RefusalCode.ANSWER_CONTRADICTS: "请与银行查明该笔的最终结果后,另文读入",
    RefusalCode.ANSWER_TWICE: "第一次已按其结果处理;请与银行核实是否重复入账",
    RefusalCode.ANSWER_AMOUNT: "没有记入,该指令仍待回盘;请与银行核实后重新取回盘",
    RefusalCode.ANSWER_ACCOUNT: "没有记入,该指令仍待回盘;请与银行核实付到了哪个账户",
    RefusalCode.ANSWER_PAYEE: "没有记入,该指令仍待回盘;请与银行核实收款人",
    RefusalCode.ANSWER_ORDER: "请逐笔报送结果",
    RefusalCode.DUPLICATE_ROW: "已采用第一行,请删去重复行",
    RefusalCode.AMBIGUOUS: "各行均未采用,请只保留正确的一行",
    RefusalCode.OLD_NUMBER: "已采用现用号码的一行,请删去旧号码的一行",
}
SHOWN_WHOLE = 11  # longer cell texts are always masked: a shifted column may hold a number that names a person
PERSONAL_KINDS = frozenset({CellKind.RESIDENT_ID, CellKind.ACCOUNT, CellKind.KEY, CellKind.TEXT})


def advice_for(code: RefusalCode, column: ColumnFacts) -> str:
    """What the sender should do about a cell of this column."""
    if code is RefusalCode.CODE_UNKNOWN:
        words = [member.label for member in column.code] if column.code else ["是", "否"]
        return f"可填:{'、'.join([*words, *column.null_words[:1]])}"
    if code is RefusalCode.NUMBER_INVALID:
        return f"应为 {column.minimum} 至 {column.maximum} 的整数"
    if code is RefusalCode.TEXT_INVALID:
        return TEXT_ADVICE[column.kind]
    return ADVICE[code]


TEXT_ADVICE: dict[CellKind, str] = {
    CellKind.TEXT: "不得含换行、制表符等控制字符,不超过100字",
    CellKind.KEY: "应为不超过40位的编号,中间不得有空格",
    CellKind.ACCOUNT: "应为6至32位数字,请按银行存折或卡面核对",
    CellKind.DIVISION: "应为6至12位数字的行政区划代码",
}

LINE_BREAK_ADVICE = "单元格内有换行,可能是引号不配对,把后面的行并了进来;请打开原文件核对该行"


def masked(kind: CellKind, text: str) -> pl.Expr:
    """An expression over the text column `text`: enough to find the cell again, never a whole identity number,
    account or name.
    """
    shown = pl.col(text).str.replace_all(r"\p{C}", "?")
    length = shown.str.len_chars()
    ends = pl.concat_str(shown.str.head(3), pl.lit("***"), shown.str.tail(2))
    hidden = pl.when(length > 7).then(ends).otherwise(pl.concat_str(shown.str.head(1), pl.lit("***")))
    if kind in PERSONAL_KINDS:
        return hidden
    return pl.when(length > SHOWN_WHOLE).then(ends).otherwise(shown)


def note(
    register: str, code: RefusalCode, *, column: str | None = None, reason: str = "", advice: str = ""
) -> dict[str, object]:
    """A refusal or warning about the whole file, as a record of `RefusedRow`; the file's name comes later."""
    return {
        "register": register,
        "source_file": "",
        "source_row": WHOLE_FILE,
        "source_column": column,
        "code": code.value,
        "reason": reason or code.label,
        "advice": advice or ADVICE[code],
    }


def refused_frame(records: Sequence[dict[str, object]]) -> pl.DataFrame:
    """Records of `RefusedRow` as a frame."""
    return pl.DataFrame(records, schema=SCHEMA) if records else empty(RefusedRow)
