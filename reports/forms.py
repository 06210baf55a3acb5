"""A county's papers, each declared once as `forms/<name>.yaml`: columns by name, sums, notes, signatures.

A county's own folder is read after the shipped one; the same name there replaces the shipped form. A form can only name
columns of the rows it is made of (COLUMNS), so that what must not be published has no name in a published list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from contracts.errors import InputError
from contracts.money import yuan_text
from contracts.strict_yaml import Problem, check, read_file
from reports import funds

SHIPPED = Path(__file__).parent / "forms"
NOT_IN_NAMES = re.compile(r"[^\w().-]")  # of a file; a township is named by whoever wrote the register
NOWHERE = "未填"
LONGEST_NAME = 60
_ROOM = "　" * 6
NOT_YET_PUBLIC: Mapping[str, str] = dict.fromkeys(("public_from", "public_until", "telephone"), _ROOM)
Rows = Literal[
    "roster",
    "arrears",
    "sent_again",
    "totals",
    "borne",
    "movements",
    "movers",
    "public",
    "application",
    "cover",
    "coming",
    "findings",
]


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
    "sent_again": {
        **_NUMBER,
        "batch_id": Printed("批次号", 22),
        "line_no": Printed("文件行号", 8),
        **_WHERE,
        **_WHO,
        **_WHAT,
        "payee_name": Printed("收款人姓名", 14),
        "origin_account": Printed("原银行账号", 22),
        "account_no": Printed("新银行账号", 22),
        "bank_name": Printed("开户银行", 18),
        "origin_batch": Printed("原批次", 22),
        "origin_line": Printed("原序号", 8),
        "origin_part_fen": Printed("原失败金额", YUAN),
        "amount_fen": Printed("本次发放金额", YUAN),
        "origin_reason": Printed("失败原因", 18),
        "attempt": Printed("发放次数", COUNT),
        "remark": Printed("备注", 16),
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
    "borne": {
        **_NUMBER,
        "township": Printed("乡镇(街道)", 14),
        "benefit": Printed("补贴项目", 20),
        "people": Printed("人数", COUNT),
        "lines": Printed("人次", COUNT),
        "amount_fen": Printed("实发合计", 14),
        **{part: Printed(f"其中:{label}", 14) for part, label in funds.PARTS.items()},
        "shares": Printed("分担比例", 26),
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
    "cover": {
        "section": Printed("栏目", 11),
        "benefit": Printed("项目", 18),
        "item": Printed("内容", 22),
        "told": Printed("规定", 34),
        "status": Printed("状态", 10),
        "people": Printed("人数", COUNT),
        "amount_fen": Printed("金额", 14),
        "source": Printed("依据", 46),
    },
    "coming": {
        **_NUMBER,
        "from_month": Printed("自何月", 9),
        **_WHERE,
        **_WHO,
        "phone": Printed("联系电话", 13),
        "age_years": Printed("届时周岁", 6),
        "cause": Printed("原因", 18),
        "benefit": Printed("项目", 18),
        "before_fen": Printed("原每月", YUAN),
        "after_fen": Printed("届时每月", YUAN),
        "delta_fen": Printed("差额", YUAN),
        "remark": Printed("备注", 14),
    },
    "findings": {
        **_NUMBER,
        "owner": Printed("责任部门", 12),
        **_WHERE,
        "name": Printed("姓名", 11),
        "person_id": Printed("身份证号", 20),
        "rule": Printed("疑点", 18),
        "finding_id": Printed("编号", 14),
        "evidence": Printed("证据", 40),
        "benefits": Printed("项目", 18),
        "period": Printed("所属月", 16),
        "amount_fen": Printed("涉及金额", YUAN),
        "effect": Printed("未办理时", 9),
        "state": Printed("办理", 18),
        "ground": Printed("依据", 30),
        "verdict": Printed("核查结果", 16),
        "verified_by": Printed("核查人、日期", 14),
    },
}


class Form(BaseModel):
    """One paper. `sums`: columns added up on the last page; `notes` may name {county}, {month}, {sum}, {capital}, and
    {public_from}, {public_until}, {telephone}.

    `each`: one paper for each value of these columns, in a folder of the form's name; the values stand in its heading.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    rows: Rows
    columns: tuple[str, ...]
    each: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()


def load(*folders: Path) -> Mapping[str, Form]:
    """Every form of the shipped folder and then of `folders`, by name; InputError with all problems at once."""
    found: dict[str, Form] = {}
    problems: list[Problem] = []
    for path in (path for folder in (SHIPPED, *folders) for path in sorted(folder.glob("*.yaml"))):
        document = read_file(path)
        form, wrong = check(Form, document)
        problems += wrong
        if form is None:
            continue
        known = COLUMNS[form.rows]
        for key, named in (("columns", form.columns), ("sums", form.sums), ("each", form.each)):
            unknown = [name for name in named if name not in known]
            problems += [document.problem((key,), f"这种表没有 {name} 一栏;有:{'、'.join(known)}") for name in unknown]
        found[path.stem] = form
    if problems:
        raise InputError("表册式样有误:\n" + "\n".join(map(str, problems)), "请改正后重试", "forms")
    return found


@dataclass(frozen=True)
class Heading:
    """What every paper of a month carries: county and month as an officer writes them; whom or what this one is for.

    `public`: from when to when its list is public, and the telephone for objections; room for them where it is not yet.
    """

    county: str
    month: str
    of: str = ""
    public: Mapping[str, str] = field(default_factory=lambda: NOT_YET_PUBLIC)

    @property
    def told(self) -> str:
        """The line below the title."""
        return "    ".join(filter(None, (self.county, self.of, f"发放月份:{self.month}", "金额单位:元")))


def capital(fen: int) -> str:
    """Money in 大写: 12345 → 壹佰贰拾叁元肆角伍分."""
    import cn2an  # a tenth of a second to import, needed where a paper is written

    return str(cn2an.an2cn(yuan_text(fen), "rmb"))


@dataclass(frozen=True)
class Filled:
    """A paper with its rows: what a sheet or a page has to show, in order. `rows`: columns of COLUMNS[form.rows]."""

    form: Form
    heading: Heading
    rows: pl.DataFrame

    @property
    def columns(self) -> list[tuple[str, Printed]]:
        """What stands in each column, from the left."""
        return [(name, COLUMNS[self.form.rows][name]) for name in self.form.columns]

    @property
    def lines(self) -> pl.DataFrame:
        """The rows in the form's columns, numbered where it numbers them."""
        return self.rows.with_columns(number=pl.int_range(1, pl.len() + 1)).select(self.form.columns)

    @property
    def totals(self) -> Mapping[str, int | str]:
        """The last line: sums, and 合计 in the first column that is none; nothing where the form adds nothing up."""
        if not self.form.sums:
            return {}
        first = next(name for name in self.form.columns if name not in self.form.sums)
        return {name: int(self.rows[name].sum() or 0) for name in self.form.sums} | {first: "合计"}

    @property
    def notes(self) -> list[str]:
        """The form's notes with what they name."""
        fen = int(self.rows["amount_fen"].sum() or 0) if "amount_fen" in self.rows.columns else 0
        heading = self.heading
        words = {"county": heading.county, "month": heading.month, "sum": yuan_text(fen), **heading.public}
        if any("{capital}" in note for note in self.form.notes):
            words["capital"] = capital(fen)
        return [note.format_map(words) for note in self.form.notes]


def filled(name: str, form: Form, heading: Heading, rows: pl.DataFrame) -> Iterator[tuple[Path, Filled]]:
    """The papers of a form that have rows, each with where it lies below the month's folder, without suffix."""
    if rows.is_empty():
        return
    if not form.each:
        yield Path(name), Filled(form, heading, rows)
        return
    taken: set[str] = set()
    for values, part in rows.partition_by(form.each, as_dict=True, maintain_order=True).items():
        own = " ".join(str(value or NOWHERE) for value in values)
        called = NOT_IN_NAMES.sub("_", own)[:LONGEST_NAME]
        while called in taken:
            called += "_"
        taken.add(called)
        yield Path(name) / called, Filled(form, replace(heading, of=own), part)
