"""Papers as PDF, where the extra `pdf` and a Chinese font are there: read back with other people's programs."""

import shutil
import subprocess
import sys

import polars as pl
import pytest

from contracts.errors import InputError
from reports import form_pdf, forms

HEADING = forms.Heading("示范县", "2024年08月")


@pytest.fixture(scope="module")
def roster():
    """A roster of 150 lines, which are several pages."""
    columns = forms.COLUMNS["roster"]
    text = {name: [f"{printed.header}{place}" for place in range(150)] for name, printed in columns.items()}
    money = {name: list(range(1_00, 151_00, 100)) for name in ("standard_fen", "amount_fen")}
    return forms.Filled(forms.load()["roster"], HEADING, pl.DataFrame(text | money).drop("number"))


@pytest.fixture(scope="module")
def pages(roster, tmp_path_factory):
    """The pages of its PDF as text, in lines."""
    _skip_without_fonts()
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext(poppler-utils)is not there to read the PDF back")
    written = form_pdf.write(roster, tmp_path_factory.mktemp("pdf") / "roster.pdf")
    told = subprocess.run(["pdftotext", "-layout", written, "-"], capture_output=True, check=True)
    return told.stdout.decode().split("\f")[:-1]


def _skip_without_fonts():
    pytest.importorskip("typst", reason="the extra `pdf` is not installed (make pdf)")
    try:
        form_pdf._fonts()
    except InputError as missing:
        pytest.skip(str(missing))


def test_titles_stand_on_every_page_and_each_says_which_it_is(pages):
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert "发放花名册" in page
        assert "享受人身份证号" in page
        assert f"第{number}页共{len(pages)}页" in page.replace(" ", "")


def test_the_sum_in_figures_and_words_and_room_to_sign_stand_after_the_last_line(pages):
    last, rest = pages[-1], "".join(pages[:-1])
    assert "11,325.00" in last
    assert "壹万壹仟叁佰贰拾伍元整" in last
    assert all(office in last for office in ("制表人", "复核人", "负责人"))
    assert "复核人" not in rest


def test_the_same_paper_is_the_same_bytes(roster, tmp_path):
    _skip_without_fonts()
    first, second = (form_pdf.write(roster, tmp_path / name).read_bytes() for name in ("a.pdf", "b.pdf"))
    assert first == second


def test_without_a_chinese_font_nothing_is_printed(roster, tmp_path, monkeypatch):
    pytest.importorskip("typst", reason="the extra `pdf` is not installed (make pdf)")
    form_pdf._fonts.cache_clear()
    monkeypatch.setattr(form_pdf, "FONTS", ("a font nobody has",))
    with pytest.raises(InputError, match="没有可用的中文字体"):
        form_pdf.write(roster, tmp_path / "roster.pdf")
    assert not (tmp_path / "roster.pdf").exists()
    form_pdf._fonts.cache_clear()


def test_without_the_extra_an_officer_is_told_what_to_install(roster, tmp_path, monkeypatch):
    form_pdf._fonts.cache_clear()
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(InputError, match="没有安装 PDF 组件"):
        form_pdf.write(roster, tmp_path / "roster.pdf")
    form_pdf._fonts.cache_clear()
