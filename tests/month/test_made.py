"""A run that changes nothing leaves its workbooks as they lie; what is not as it was made is made again."""

import pytest

from contracts.files import digest_of
from month.running import do
from month.stages import BY_NAME
from reports import form_sheet, tables
from tests import homes

MONTH = "2024-08"
PEOPLE = [homes.resident_id("1940-03-05"), homes.resident_id("1941-05-06")]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A month of two people that ran."""
    home = homes.make_home(tmp_path_factory.mktemp("made") / "home")
    homes.hand_in(
        home,
        MONTH,
        population=[homes.person(one, "样本", township="样本镇") for one in PEOPLE],
        account=[homes.account(one, "样本") for one in PEOPLE],
    )
    homes.run_whole(home, MONTH)
    return home


@pytest.fixture
def papers(home):
    """The folder of the month's papers."""
    return home.lists(homes.COUNTY, homes.parse_month(MONTH))


@pytest.fixture
def again(home, monkeypatch):
    """List the month again; the workbooks that were written for it, below its folder."""
    written = []
    write_paper, write_sheets = form_sheet.write, tables.write_sheets
    monkeypatch.setattr(form_sheet, "write", lambda paper, to: written.append(to) or write_paper(paper, to))
    monkeypatch.setattr(tables, "write_sheets", lambda sheets, to: written.append(to) or write_sheets(sheets, to))

    def listed():
        written.clear()
        with homes.begin(home, MONTH) as month:
            do(month, BY_NAME["listed"])
        return {path.relative_to(home.lists(homes.COUNTY, month.manifest.pay_month)).as_posix() for path in written}

    return listed


def lying(folder):
    return {path.relative_to(folder): digest_of(path) for path in folder.rglob("*.*")}


def test_the_same_again_writes_no_paper_and_all_of_them_are_there(papers, again):
    before = lying(papers)
    assert again() == set()
    assert lying(papers) == before


def test_what_is_not_as_it_was_made_is_made_again(papers, again):
    before = lying(papers)
    gone, short, emptied = "totals.xlsx", "explained.xlsx", "roster_by_township/样本镇.xlsx"
    (papers / gone).unlink()
    (papers / short).write_bytes((papers / short).read_bytes()[:-9])
    (papers / emptied).write_bytes(b"")
    assert again() == {gone, short, emptied}
    assert lying(papers) == before


def test_without_notes_that_can_be_read_everything_is_made_again(papers, again):
    before, kept = lying(papers), papers.with_name(f".{papers.name}.made.json")
    kept.write_bytes(b'{"totals.xlsx": 3}')
    assert {"totals.xlsx", "explained.xlsx", "application.xlsx"} <= again()
    assert lying(papers) == before


def test_a_paper_of_other_content_is_made_again_and_what_no_paper_is_goes(papers, again, home):
    (papers / "roster_by_township" / "旧镇.xlsx").write_bytes(b"old")
    (papers / "totals.pdf").write_bytes(b"old")
    own = home.path / "forms" / "totals.yaml"
    own.parent.mkdir()
    own.write_text("title: 本县汇总\nrows: totals\ncolumns: [township, benefit, amount_fen]\n", "utf-8")
    assert again() == {"totals.xlsx"}
    assert not (papers / "roster_by_township" / "旧镇.xlsx").exists()
    assert not (papers / "totals.pdf").exists()
    own.unlink()
    assert again() == {"totals.xlsx"}


def test_another_program_makes_its_own(again, monkeypatch):
    assert again() == set()
    monkeypatch.setattr(tables, "digest_of_rooms", lambda *rooms: "another")
    assert {"totals.xlsx", "explained.xlsx"} <= again()
