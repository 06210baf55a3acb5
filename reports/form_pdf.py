"""A county's paper as PDF, laid out by typst (extra `pdf`) from `forms/paper.typ`: same paper, same bytes.

Titles stand on every page, page x of y below, sums and signatures after the last line. A font with Chinese letters must
be installed: the first of FONTS that is there is used, and none is an error.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from contracts.errors import InputError
from contracts.files import write_whole
from contracts.money import yuan_label
from reports.forms import SHIPPED, Filled

if TYPE_CHECKING:
    from typst import Fonts

LAYOUT = SHIPPED / "paper.typ"
FONTS = ("FangSong_GB2312", "FangSong", "仿宋", "SimSun", "宋体", "Noto Serif CJK SC", "Noto Sans CJK SC")


def write(paper: Filled, target: Path) -> Path:
    """Write a paper (.pdf), whole or not at all; InputError where the extra `pdf` or a Chinese font is missing."""
    fonts, family = _fonts()
    import typst

    # read by what it holds: a folder of the county's has no business in how its papers look
    page = typst.compile(
        LAYOUT.read_bytes(), font_paths=fonts, sys_inputs={"paper": _told(paper), "font": family}, pdf_tags=False
    )
    write_whole(target, page)
    return target


def require() -> None:
    """InputError where no PDF can be written here: the extra `pdf` or a Chinese font is missing."""
    _fonts()


@cache
def _fonts() -> tuple[Fonts, str]:
    """The fonts of this machine, and the family that papers are printed in."""
    try:
        from typst import Fonts
    except ModuleNotFoundError:
        raise InputError(
            "没有安装 PDF 组件", "请安装:pip install --require-hashes -r requirements-pdf.lock;或只用 .xlsx", "pdf"
        ) from None
    fonts = Fonts(include_embedded_fonts=False)
    there = set(fonts.families())
    for family in FONTS:
        if family in there:
            return fonts, family
    raise InputError(
        "这台机器没有可用的中文字体", f"请安装其中之一:{'、'.join(FONTS)}(Debian:apt install fonts-noto-cjk)", "pdf"
    )


def _told(paper: Filled) -> str:
    """What the layout reads, as JSON."""
    heading = paper.heading
    columns = [
        {"header": printed.header, "width": printed.width, "is_number": _is_number(paper, name)}
        for name, printed in paper.columns
    ]
    totals = paper.totals
    return json.dumps(
        {
            "title": paper.form.title,
            "heading": heading.told,
            "foot": f"{heading.county} {heading.month}",
            "columns": columns,
            "rows": [list(map(_text, paper.form.columns, row)) for row in paper.lines.iter_rows()],
            "totals": [_text(name, totals.get(name)) for name in paper.form.columns] if totals else [],
            "notes": paper.notes,
            "signatures": paper.form.signatures,
        },
        ensure_ascii=False,
    )


def _is_number(paper: Filled, name: str) -> bool:
    return name == "number" or paper.rows.schema[name] == pl.Int64()


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    return yuan_label(value) if name.endswith("_fen") and isinstance(value, int) else str(value)
