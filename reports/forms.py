"""A county's papers, each declared once as `forms/<name>.yaml`: columns by name, sums, notes, signatures.

A county's own folder is read after the shipped one; the same name there replaces the shipped form. A form can only name
columns of the rows it is made of (COLUMNS), so that what must not be published has no name in a published list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict
from xlsxwriter import Workbook

from contracts.errors import InputError
from contracts.files import whole_file
from contracts.money import yuan_text
from contracts.strict_yaml import Problem, check, read
from contracts.workbooks import new_workbook
from reports import funds

SHIPPED = Path(__file__).parent / "forms"
Rows = Literal["roster", "arrears", "totals", "movements", "movers", "public", "application"]


@dataclass(frozen=True)
class Printed:
    """A column: its header, and how wide it is in characters. Money is written in yuan, counts as numbers."""

    header: str
    width: int = 10


YUAN, COUNT = 12, 8
_WHERE = {"township": Printed("乡镇(街道)", 12), "village": Printed("村(居)委会", 12)}
_WHO = {"name": Printed("享受人姓名", 11), "person_id": Printed("享受人身份证号", 20)}
_WHAT = {"benefit": Printed("补贴项目", 18), "benefit_month": Printed("所属月份", 9)}
_NUMBER = {"number": Printed("序号", 6)}
# Rows → the columns a form of them may name.
COLUMNS: Mapping[str, Mapping[str, Printed]] = {
    "roster": {
        **_NUMBER,
        "batch_id": Printed("批次号", 22),
        "line_no": Printed("文件行号", 8),
        **_WHERE,
        **_WHO,
        **_WHAT,
        "kind": Printed("类别", 8),
        "standard_fen": Printed("补贴标准", YUAN),
        "amount_fen": Printed("实发金额", YUAN),
        "payee_name": Printed("收款人姓名", 14),
        "payee_id": Printed("收款人身份证号", 20),
        "relationship": Printed("与享受人关系", 9),
        "bank_name": Printed("开户银行", 18),
        "account_no": Printed("银行账号", 22),
        "phone": Printed("联系电话", 13),
        "remark": Printed("备注", 16),
    },
    "arrears": {
        **_NUMBER,
        **_WHERE,
        **_WHO,
        "benefit": Printed("补贴项目", 18),
        "standard_fen": Printed("标准", YUAN),
        "from_month": Printed("补发起", 9),
        "to_month": Printed("补发止", 9),
        "months": Printed("月数", 6),
        "amount_fen": Printed("金额", YUAN),
    },
    "totals": {
        **_NUMBER,
        "township": Printed("乡镇(街道)", 14),
        "benefit": Printed("补贴项目", 20),
        "people": Printed("人数", COUNT),
        "lines": Printed("人次", COUNT),
        "regular_fen": Printed("本月金额", 14),
        "arrears_lines": Printed("补发人次", COUNT),
        "arrears_fen": Printed("补发金额", 14),
        "amount_fen": Printed("实发合计", 14),
    },
    "movements": {
        "benefit": Printed("项目", 20),
        "people_before": Printed("上月人数", COUNT),
        "before_fen": Printed("上月金额", 14),
        "people_new": Printed("新增人数", COUNT),
        "new_fen": Printed("新增金额", YUAN),
        "people_gone": Printed("停发人数", COUNT),
        "gone_fen": Printed("停发金额", YUAN),
        "people_raised": Printed("增加人数", COUNT),
        "raised_fen": Printed("增加金额", YUAN),
        "people_lowered": Printed("减少人数", COUNT),
        "lowered_fen": Printed("减少金额", YUAN),
        "people_now": Printed("本月人数", COUNT),
        "now_fen": Printed("本月金额", 14),
        "check_fen": Printed("校验差额", 9),
    },
    "movers": {
        **_NUMBER,
        **_WHERE,
        **_WHO,
        "benefit": Printed("项目", 18),
        "movement": Printed("变动类型", 9),
        "cause": Printed("变动原因", 24),
        "before_fen": Printed("原标准", YUAN),
        "after_fen": Printed("新标准", YUAN),
        "delta_fen": Printed("差额", YUAN),
    },
    # 公示: whatever else there is of a person cannot be named here.
    "public": {
        **_NUMBER,
        **_WHERE,
        "name": Printed("姓名", 12),
        "masked_id": Printed("身份证号", 20),
        "benefit": Printed("项目", 22),
        "amount_fen": Printed("本月金额", YUAN),
        "arrears_fen": Printed("补发金额", YUAN),
    },
    "application": {
        **_NUMBER,
        "benefit": Printed("项目名称", 24),
        "people": Printed("人数", COUNT),
        "lines": Printed("人次", COUNT),
        "amount_fen": Printed("申请金额", 16),
        **{part: Printed(f"其中:{label}", 14) for part, label in funds.PARTS.items()},
        "shares": Printed("分担比例", 26),
        "capital": Printed("金额大写", 44),
    },
}


class Form(BaseModel):
    """One paper. `sums`: columns added up on the last page; `notes` may name {county}, {month}, {sum} and {capital}."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    rows: Rows
    columns: tuple[str, ...]
    sums: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()


def load(*folders: Path) -> Mapping[str, Form]:
    """Every form of the shipped folder and then of `folders`, by name; InputError with all problems at once."""
    found: dict[str, Form] = {}
    problems: list[Problem] = []
    for path in (path for folder in (SHIPPED, *folders) for path in sorted(folder.glob("*.yaml"))):
        document = read(path.read_text("utf-8"), path.name)
        form, wrong = check(Form, document)
        problems += wrong
        if form is None:
            continue
        known = COLUMNS[form.rows]
        for key in ("columns", "sums"):
            unknown = [name for name in getattr(form, key) if name not in known]
            problems += [document.problem((key,), f"这种表没有 {name} 一栏;有:{'、'.join(known)}") for name in unknown]
        found[path.stem] = form
    if problems:
        raise InputError("表册式样有误:\n" + "\n".join(map(str, problems)), "请改正后重试", "forms")
    return found


@dataclass(frozen=True)
class Heading:
    """What every paper of a month carries: county and month as an officer writes them."""

    county: str
    month: str


def capital(fen: int) -> str:
    """Money in 大写: 12345 → 壹佰贰拾叁元肆角伍分."""
    import cn2an  # a tenth of a second to import, needed where a paper is written

    return str(cn2an.an2cn(yuan_text(fen), "rmb"))


def write(form: Form, heading: Heading, rows: pl.DataFrame, target: Path) -> Path:
    """Write a paper made to be printed (.xlsx), whole or not at all. `rows`: columns of COLUMNS[form.rows]."""
    with whole_file(target) as temporary, new_workbook(temporary) as workbook:
        _Page(workbook, form, heading).fill(rows)
    return target


class _Page:
    """A sheet that is filled from the top: A4 across, titles on every page, page x of y, sums and signatures last."""

    def __init__(self, workbook: Workbook, form: Form, heading: Heading) -> None:
        self.form, self.heading = form, heading
        self.columns = [(name, COLUMNS[form.rows][name]) for name in form.columns]
        self.sheet = workbook.add_worksheet(form.title[:31])
        usual = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        cell = {**usual, "border": 1}
        self.styles = {
            "title": workbook.add_format({**usual, "font_size": 16, "bold": True, "align": "center"}),
            "plain": workbook.add_format(usual),
            "header": workbook.add_format({**cell, "bold": True, "align": "center", "text_wrap": True}),
            "text": workbook.add_format({**cell, "num_format": "@", "shrink": True}),
            "count": workbook.add_format({**cell, "num_format": "0"}),
            "yuan": workbook.add_format({**cell, "num_format": "#,##0.00"}),
        }
        self.at = 0

    def fill(self, rows: pl.DataFrame) -> None:
        self._set_up()
        self._across(self.form.title, "title", 28)
        self._across(f"{self.heading.county}    发放月份:{self.heading.month}    金额单位:元", "plain", 18)
        for place, (_, printed) in enumerate(self.columns):
            self.sheet.write_string(self.at, place, printed.header, self.styles["header"])
        self.at += 1
        names = [name for name in self.form.columns if name != "number"]
        for number, row in enumerate(rows.select(names).iter_rows(named=True), start=1):
            self._line({"number": number, **row})
        if self.form.sums:
            totals = {name: int(rows[name].sum() or 0) for name in self.form.sums}
            first = next(name for name in self.form.columns if name not in self.form.sums)
            self._line({**totals, first: "合计"})
        self._foot(int(rows["amount_fen"].sum() or 0) if "amount_fen" in rows.columns else 0)

    def _set_up(self) -> None:
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L{self.heading.county} {self.heading.month}&C第 &P 页 共 &N 页&R{self.form.title}")
        sheet.repeat_rows(0, 2)
        sheet.freeze_panes(3, 0)
        for place, (_, printed) in enumerate(self.columns):
            sheet.set_column(place, place, printed.width)

    def _across(self, text: str, style: str, height: int) -> None:
        self.sheet.set_row(self.at, height)
        self.sheet.merge_range(self.at, 0, self.at, len(self.columns) - 1, text, self.styles[style])
        self.at += 1

    def _line(self, row: Mapping[str, Any]) -> None:
        for place, (name, _) in enumerate(self.columns):
            value = row.get(name)
            if value is None:
                self.sheet.write_blank(self.at, place, None, self.styles["text"])
            elif name.endswith("_fen") and isinstance(value, int):
                self.sheet.write_number(self.at, place, Decimal(value).scaleb(-2), self.styles["yuan"])
            elif isinstance(value, int):
                self.sheet.write_number(self.at, place, value, self.styles["count"])
            else:
                self.sheet.write_string(self.at, place, str(value), self.styles["text"])
        self.at += 1

    def _foot(self, total_fen: int) -> None:
        words = {
            "county": self.heading.county,
            "month": self.heading.month,
            "sum": yuan_text(total_fen),
            "capital": capital(total_fen) if any("{capital}" in note for note in self.form.notes) else "",
        }
        for note in self.form.notes:
            self._across(note.format_map(words), "plain", 20)
        if self.form.signatures:
            self._across(signed_by(self.form.signatures), "plain", 30)


def signed_by(signatures: Sequence[str]) -> str:
    """The line to sign on: each office with room for a name."""
    return "".join(f"{office}:{'　' * 8}" for office in signatures)
