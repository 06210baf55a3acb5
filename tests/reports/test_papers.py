"""The county's papers: made to be printed, tied to the book, and published lists that cannot hold what is private."""

import polars as pl
import pytest
from openpyxl import load_workbook

from contracts.errors import InputError
from contracts.months import parse_month
from month import papers as of_month
from month import running
from month.month import opened_month
from month.stages import BY_NAME
from reports import forms, funds, papers
from reports.masking import masked_id, masked_name
from tests import homes

AUGUST = parse_month("2024-08")


@pytest.fixture
def folder(month_of_changes):
    return month_of_changes.lists(homes.COUNTY, AUGUST)


def sheet(folder, name):
    return load_workbook(folder / f"{name}.xlsx").worksheets[0]


def test_every_run_leaves_the_papers(folder):
    assert {path.stem for path in folder.glob("*.xlsx")} >= {
        "roster",
        "arrears",
        "totals",
        "movements",
        "movers",
        "public",
        "application",
    }


def test_a_paper_is_made_to_be_printed(folder):
    page = sheet(folder, "roster")
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (
        1,
        0,
    ) or page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$1:$3"
    assert page.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert page["A1"].value == "发放花名册"
    assert page["A2"].value.startswith("新乡县")


def test_numbers_of_people_and_accounts_are_text_and_the_sum_stands_last(folder):
    page = sheet(folder, "roster")
    header = {cell.value: cell.column for cell in page[3]}
    lines = [row for row in page.iter_rows(min_row=4) if isinstance(row[0].value, int)]
    assert len(lines) == 6
    for row in lines:
        assert row[header["享受人身份证号"] - 1].data_type == row[header["银行账号"] - 1].data_type == "s"
    after = page[4 + len(lines)]
    assert (after[0].value, after[header["实发金额"] - 1].value) == ("合计", 350)
    assert page.cell(5 + len(lines), 1).value == "合计金额(大写):叁佰伍拾元整"
    assert "复核人" in page.cell(page.max_row, 1).value


def test_arrears_of_one_standard_are_one_line(told):
    rows, _ = told
    lines = rows["arrears"].select("name", "from_month", "to_month", "months", "amount_fen").rows()
    assert lines == [("样本甲", "2024-07", "2024-07", 1, 50_00), ("样本戊", "2024-07", "2024-07", 1, 50_00)]


def test_last_months_money_is_not_this_months_whatever_its_kind(told):
    rows, _ = told
    (line,) = rows["totals"].iter_rows(named=True)
    assert (line["people"], line["lines"], line["regular_fen"], line["arrears_fen"]) == (4, 6, 250_00, 100_00)


def test_months_on_both_sides_of_a_gap_are_two_lines():
    months = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 6, 1), "1mo", eager=True).gather([0, 1, 3, 4, 5])
    known = pl.DataFrame({"benefit_month": months}).with_columns(
        person_no=1,
        benefit=pl.lit("old_age_allowance"),
        standard_fen=pl.lit(50_00),
        amount_fen=pl.lit(50_00),
        is_own=False,
        attempt=1,
        township=pl.lit("甲镇"),
        village=pl.lit("乙村"),
        person_id=pl.lit("1"),
        name=pl.lit("样本"),
    )
    lines = papers._arrears(known).select("from_month", "to_month", "months", "amount_fen").rows()
    assert lines == [("2024-01", "2024-02", 2, 100_00), ("2024-04", "2024-06", 3, 150_00)]


def test_the_papers_tie_to_the_book_and_to_one_another(told):
    assert papers.ties(*[told[0], 350_00, told[1]]) == {}


def test_a_paper_that_does_not_tie_is_found(told):
    rows, explained = told
    assert papers.ties(rows, 349_99, explained)["批次合计(元)"] == "349.99"
    shorter = {**rows, "application": rows["application"].head(0)}
    assert papers.ties(shorter, 350_00, explained)["申请表合计(元)"] == "0.00"
    unbalanced = {**rows, "movements": rows["movements"].with_columns(check_fen=1)}
    assert papers.ties(unbalanced, 350_00, explained) == {"增减变动表校验差额不为零的项目": "1"}


def test_a_run_works_its_papers_out_once_and_looks_at_what_it_wrote(month_of_changes, tmp_path, monkeypatch):
    worked_out, times = papers.rows_of, []

    def one_line_short(*given):
        times.append(given)
        rows = worked_out(*given)
        return {**rows, "roster": rows["roster"][1:]}

    monkeypatch.setattr(papers, "rows_of", one_line_short)
    with opened_month(homes.copied(month_of_changes, tmp_path / "home"), homes.COUNTY, AUGUST) as month:
        done = running.do(month, BY_NAME["listed"])
    assert len(times) == 1
    assert "papers_tie" in done.problem.what
    assert "花名册合计(元)" in done.problem.what


def test_the_shares_of_the_application_are_those_of_its_orders_and_placeholders_are_called_so(told):
    rows, _ = told
    (line,) = rows["application"].iter_rows(named=True)
    assert line["county_fen"] == line["amount_fen"] == 350_00
    assert line["shares"] == "县(区) 1(占位待核)"


def test_shares_that_do_not_add_up_are_found(told):
    rows, explained = told
    short = {**rows, "application": rows["application"].with_columns(county_fen=pl.col("county_fen") - 1)}
    assert papers.ties(short, 350_00, explained) == {
        "资金分担合计不等于申请金额的项目": "1",
        "资金分担汇总表与申请表不等的级次": "1",
    }


def test_what_each_level_pays_is_told_by_township_and_adds_up_to_the_application(told):
    rows, _ = told
    totals, borne = rows["totals"], rows["borne"]
    assert borne.select("township", "benefit", "amount_fen").equals(totals.select("township", "benefit", "amount_fen"))
    assert borne["county_fen"].to_list() == totals["amount_fen"].to_list()
    assert set(borne["shares"]) == {"县(区) 1(占位待核)"}


def test_thirds_of_each_township_add_up_to_thirds_of_the_whole_and_nobodys_money_makes_no_paper():
    totals = pl.DataFrame({"benefit": ["a", "a", "b"], "amount_fen": [100, 101, 50]})
    nothing = {part: [0, 0] for part in funds.PARTS}
    of_benefits = pl.DataFrame({"benefit": ["a", "b"], **nothing, "shares": ["三分之一", "未定"]}).with_columns(
        central_fen=pl.Series([67, 0]), county_fen=pl.Series([134, 0]), unsettled_fen=pl.Series([0, 50])
    )
    borne = funds.by_place(totals, of_benefits)
    assert borne.select("central_fen", "county_fen", "unsettled_fen").rows() == [(33, 67, 0), (34, 67, 0), (0, 0, 50)]
    only_b = of_benefits.filter(benefit="b")
    assert funds.by_place(totals.filter(benefit="b"), only_b).is_empty()


def test_a_published_list_holds_the_living_and_no_private_column(told):
    rows, _ = told
    assert set(rows["public"].columns) <= set(forms.COLUMNS["public"])
    assert not {"person_id", "account_no", "phone", "birth_date"} & set(rows["public"].columns)
    assert set(rows["public"]["name"]) == {"样本甲", "样本丙", "样本丁", "样本戊"}


def test_a_county_changes_a_form_by_a_page_of_its_own(tmp_path):
    (tmp_path / "totals.yaml").write_text("title: 本县汇总\nrows: totals\ncolumns: [benefit, amount_fen]\n", "utf-8")
    assert forms.load(tmp_path)["totals"].title == "本县汇总"
    assert forms.load()["totals"].title == "发放汇总表"


def test_a_form_that_names_what_its_rows_do_not_have_is_refused_with_its_line(tmp_path):
    (tmp_path / "public.yaml").write_text("title: 公示\nrows: public\ncolumns:\n  [name, account_no]\n", "utf-8")
    with pytest.raises(InputError, match=r"public.yaml:4:.*没有 account_no 一栏"):
        forms.load(tmp_path)


def test_each_township_has_a_roster_of_its_own_and_together_they_are_the_whole(told, folder):
    rows, _ = told
    places = pl.Series("township", ["甲/镇", "甲_镇", None, "乙镇", "乙镇", "甲/镇"])
    scattered = rows["roster"].with_columns(places)
    form, heading = forms.load()["roster_by_township"], forms.Heading("示范县", "2024年08月")
    papers_of = dict(forms.filled("roster_by_township", form, heading, scattered))
    assert [str(path) for path in papers_of] == [
        f"roster_by_township/{name}" for name in ("甲_镇", "甲_镇_", "未填", "乙镇")
    ]
    assert sum(paper.totals["amount_fen"] for paper in papers_of.values()) == 350_00
    assert [paper.heading.of for paper in papers_of.values()] == ["甲/镇", "甲_镇", "未填", "乙镇"]
    page = load_workbook(*(folder / "roster_by_township").glob("*.xlsx")).worksheets[0]
    assert page["A2"].value.split()[1] == "示范镇"
    assert page.print_title_rows == "$1:$3"


def test_findings_go_to_each_department_and_township_with_room_for_what_is_found(told):
    columns = [name for name in forms.COLUMNS["findings"] if name != "number"]
    line = dict.fromkeys(columns, "甲") | {"amount_fen": 50_00, "verdict": None, "verified_by": None}
    places = [("民政", "甲镇"), ("残联", "甲镇"), ("民政", None), ("民政", "甲镇")]
    rows = pl.DataFrame([line | {"owner": owner, "township": township} for owner, township in places])
    form, heading = forms.load()["findings_to_verify"], forms.Heading("示范县", "2024年08月")
    papers_of = dict(forms.filled("findings_to_verify", form, heading, rows))
    assert {path.name: paper.rows.height for path, paper in papers_of.items()} == {
        "民政_甲镇": 2,
        "残联_甲镇": 1,
        "民政_未填": 1,
    }
    assert papers_of[next(iter(papers_of))].heading.told.startswith("示范县    民政 甲镇")


def test_papers_written_again_leave_none_of_a_township_that_is_gone(month_of_changes, tmp_path):
    (tmp_path / "roster_by_township").mkdir()
    (tmp_path / "roster_by_township" / "旧镇.xlsx").write_bytes(b"old")
    written = of_month.papers_again(month_of_changes, homes.COUNTY, AUGUST, tmp_path)
    assert tmp_path / "totals.xlsx" in written
    assert [path.suffix for path in tmp_path.glob("roster_by_township/*")] == [".xlsx"]
    assert not (tmp_path / "roster_by_township" / "旧镇.xlsx").exists()


def test_where_no_pdf_can_be_made_nothing_is_touched(month_of_changes, tmp_path, monkeypatch):
    def missing():
        raise InputError("没有安装 PDF 组件", "", "pdf")

    monkeypatch.setattr("reports.form_pdf.require", missing)
    (tmp_path / "totals.xlsx").write_bytes(b"as it was")
    with pytest.raises(InputError, match="没有安装 PDF 组件"):
        of_month.papers_again(month_of_changes, homes.COUNTY, AUGUST, tmp_path, is_pdf=True)
    assert [path.name for path in tmp_path.iterdir()] == ["totals.xlsx"]


def test_what_is_shown_of_a_number_and_a_name():
    shown = pl.DataFrame({"number": ["990721194003050012"]}).select(masked_id("number")).item()
    assert shown == "990721********0012"
    assert masked_name("样本甲") == "样**"
