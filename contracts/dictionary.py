"""The data dictionary, written from the declarations: `python -m contracts.dictionary > docs/data-dictionary.md`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

import pandera.polars as pa
import polars as pl

from contracts import codes
from contracts.columns import CellKind, ColumnFacts, columns_of, polars_schema
from contracts.registers import LISTS, REGISTERS, REQUIRED_REGISTERS, label_of
from contracts.row_rules import ROW_RULES
from contracts.tables import TABLES

INTRODUCTION = """\
# 数据字典 Data dictionary

本页由 `contracts/` 生成,请勿手改:`python -m contracts.dictionary > docs/data-dictionary.md`。
This page is generated from `contracts/`; a test fails when it is out of date.

- [名册 Registers](#名册-registers):县里按月交来的表
- [单列的清单 Lists](#单列的清单-lists):另行交来的表
- [内部表与导出 Tables and exports](#内部表与导出-tables-and-exports):各环节之间的表
- [代码表 Code lists](#代码表-code-lists):固定取值

金额一律为整数分(fen);内部的月份为当月第一天,文件中写作 YYYY-MM;号码和账号一律为文本。
“填写”一栏:必填,空了该行拒收;可空,可以不填;可缺列,文件可以没有这一列。
"""
KIND_LABELS = {
    CellKind.TEXT: "文本",
    CellKind.RESIDENT_ID: "身份证号(文本)",
    CellKind.ACCOUNT: "账号(文本)",
    CellKind.KEY: "编号(文本)",
    CellKind.DIVISION: "区划代码(文本)",
    CellKind.DAY: "日期",
    CellKind.MONTH: "年月",
    CellKind.YES_NO: "是/否",
    CellKind.WHOLE: "整数",
    CellKind.MONEY: "金额(元)",
    CellKind.CODE: "代码",
}
TYPE_LABELS: dict[type[pl.DataType], str] = {
    pl.String: "文本",
    pl.Int64: "整数",
    pl.Date: "日期",
    pl.Boolean: "是/否",
    pl.Enum: "代码",
}
UNIT_LABELS = {"fen": "分", "month": "月", "years": "岁"}


def render() -> str:
    """The whole page as Markdown."""
    parts = [INTRODUCTION, "## 名册 Registers\n"]
    parts += [
        _register(name, model, "必需" if name in REQUIRED_REGISTERS else "可缺") for name, model in REGISTERS.items()
    ]
    parts.append("## 单列的清单 Lists\n")
    parts += [_register(name, model, "不按月报送") for name, model in LISTS.items()]
    parts.append("## 内部表与导出 Tables and exports\n")
    parts += [_table(model) for model in TABLES]
    parts.append("## 代码表 Code lists\n")
    parts += [_code_list(listed) for listed in code_lists()]
    return "\n".join(parts)


def code_lists() -> Iterator[type[codes.Code]]:
    """Every code list that `contracts.codes` declares, in its order."""
    for declared in vars(codes).values():
        if inspect.isclass(declared) and issubclass(declared, codes.Code) and declared is not codes.Code:
            yield declared


def _register(name: str, model: type[pa.DataFrameModel], need: str) -> str:
    head = f"### {label_of(name)} `{name}`\n\n{inspect.getdoc(model)} ({need})\n"
    rows = (
        (
            f"`{facts.name}`",
            facts.header,
            KIND_LABELS[facts.kind],
            _unit(facts),
            "可缺列" if facts.optional_column else "必填" if facts.required else "可空",
            _allowed(facts),
            _meaning(facts),
            "、".join(facts.aliases),
        )
        for facts in columns_of(model)
    )
    listing = _grid(("列", "表头", "类型", "单位", "填写", "取值", "说明", "表头的其他写法"), rows)
    rules = [f"- `{rule.column}`:{rule.advice}({rule.code.label},`{rule.code}`)" for rule in ROW_RULES.get(name, ())]
    return "\n".join([head, listing, *(["整行规则:\n", *rules, ""] if rules else [])])


def _table(model: type[pa.DataFrameModel]) -> str:
    types = polars_schema(model)
    rows = (
        (
            f"`{facts.name}`",
            facts.header,
            TYPE_LABELS[type(types[facts.name])],
            _unit(facts),
            "可空" if facts.nullable else "",
            _allowed(facts),
            _meaning(facts),
        )
        for facts in columns_of(model)
    )
    key = model.to_schema().unique
    key_line = f"每行由 {'、'.join(f'`{name}`' for name in key)} 确定。\n" if key else ""
    return "\n".join(
        [
            f"### {model.__name__}\n\n{inspect.getdoc(model)}\n",
            _grid(("列", "名称", "类型", "单位", "可空", "取值", "说明"), rows),
            key_line,
        ]
    )


def _code_list(listed: type[codes.Code]) -> str:
    rows = ((f"`{member.value}`", member.label, "、".join(member.aliases)) for member in listed)
    return f"### {listed.__name__}\n\n{inspect.getdoc(listed)}\n\n" + _grid(("代码", "标签", "其他写法"), rows)


def _unit(facts: ColumnFacts) -> str:
    return UNIT_LABELS.get(facts.unit, facts.unit)


def _meaning(facts: ColumnFacts) -> str:
    parts = (
        "" if facts.description == facts.header else facts.description,
        f"空为{facts.blank}" if facts.blank else "",
        "" if facts.decides else "读不出的按空,不拒收该行",
        "不得晚于知悉日" if facts.happened else "",
        f"取自 {'、'.join(f'`{source}`' for source in facts.comes_from)}" if facts.comes_from else "",
        f"名单之外的按“{facts.otherwise[0].label}”,列为存疑" if facts.otherwise else "",
    )
    return ";".join(part for part in parts if part)


def _allowed(facts: ColumnFacts) -> str:
    """The values a column may take: a link to its code list, or its bounds."""
    if facts.code is not None:
        also = f",或 {'/'.join(facts.null_words)}" if facts.null_words else ""
        return f"[{facts.code.__name__}](#{facts.code.__name__.lower()}){also}"
    if facts.minimum is not None and facts.maximum is not None:
        return f"{facts.minimum}–{facts.maximum}"
    return f"≥ {facts.minimum}" if facts.minimum is not None else ""


def _grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    print(render(), end="")
