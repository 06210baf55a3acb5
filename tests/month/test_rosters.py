"""What goes to an institution has beside it whom it is for: to the fen, digested, moved with the file, read back."""

import hashlib
import zipfile

import pytest
from openpyxl import load_workbook

from contracts.errors import BookError
from contracts.months import parse_month
from month import reviewing, signing
from payments.render import strangers
from payments.verify import live_batches, verify_batches
from reports.status import status_of
from tests import homes

FIRST, SECOND, ELDER = (homes.resident_id(born) for born in ("1950-02-03", "1951-02-03", "1940-03-05"))
JULY = "2024-07"
ROSTER = ".roster.xlsx"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two people in an institution and an elder at home, who draws by another's account, run in July."""
    made = homes.make_home(tmp_path_factory.mktemp("rosters") / "home")
    drawn = {"payee_name": "样本二", "payee_id": FIRST, "relationship": ""}
    homes.hand_in(
        made,
        JULY,
        population=[homes.person(FIRST, name="示范甲"), homes.person(SECOND, name="买买提·示范"), homes.person(ELDER)],
        account=[homes.account(ELDER) | drawn],
        institution=[homes.institution()],
        low_income=[homes.in_institution(FIRST, "全护理"), homes.in_institution(SECOND, "全自理")],
    )
    homes.run(made, JULY)
    return made


@pytest.fixture(scope="module")
def folder(home):
    return home.review / homes.COUNTY / JULY


def rosters(folder):
    return sorted(folder.glob(f"*{ROSTER}"))


def told(home):
    with homes.opened(home.database_url) as book:
        found = verify_batches(book, home, homes.COUNTY, live_batches(book, homes.COUNTY, parse_month(JULY)))
    return [one.what for one in found]


def test_the_roster_names_everybody_and_ties_to_the_line(home, folder):
    living = next(path for path in rosters(folder) if "tekun_living" in path.name)
    header, *rows, total = load_workbook(living).worksheets[0].values
    people = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(one["享受人"], one["身份证号"], one["所属月份"], one["发放类型"]) for one in people] == [
        ("示范甲", FIRST, JULY, "正常"),
        ("买买提·示范", SECOND, JULY, "正常"),
    ]
    paid = living.with_name(living.name.removesuffix(ROSTER)).read_bytes().decode("gb18030")
    assert total[4:6] == ("本行合计", "2 人")
    assert total[-1] == sum(one["金额(元)"] for one in people) > 0
    assert f"|{total[-1]:.2f}|" in paid
    assert people[0]["指令号"] in paid


def test_nothing_in_a_roster_hangs_on_a_compressor(folder):
    with zipfile.ZipFile(rosters(folder)[0]) as opened:
        assert {info.compress_type for info in opened.infolist()} == {zipfile.ZIP_STORED}
        assert {info.date_time[0] for info in opened.infolist()} == {1980}


def test_what_pays_no_institution_has_no_roster(folder):
    assert {path.name.split("_", 1)[1] for path in rosters(folder)} == {
        f"tekun_{kind}.txt{ROSTER}" for kind in ("living", "care")
    }


def test_the_sidecar_digests_both_and_counts_what_the_lines_are(folder):
    roster = rosters(folder)[0]
    file = roster.with_name(roster.name.removesuffix(ROSTER))
    lines = file.with_name(f"{file.name}.sha256").read_text("utf-8").splitlines()
    of_file, of_roster = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in (file, roster))
    assert lines[0] == of_file  # as `sha256sum -c` takes it, also where the bank has the file and not the roster
    assert lines[1].startswith("# 供养人员名单(不交银行)")
    assert lines[1].endswith(of_roster)
    assert any(line.startswith("# 付给供养机构 1 笔") for line in lines)
    (of_elders,) = folder.glob("*old_age_allowance*.sha256")
    assert "# 代领 1 笔,其中没有写明关系 1 笔" in of_elders.read_text("utf-8").splitlines()


def test_whoever_approves_or_asks_where_the_month_stands_is_told_what_the_lines_are(home):
    shown = reviewing.review(home, homes.COUNTY, parse_month(JULY)).payees
    assert "代领 1 笔,其中没有写明关系 1 笔" in shown
    assert shown[0].startswith("共 3 笔 ")
    with homes.opened(home.database_url) as book:
        assert status_of(book, home.settings(), homes.COUNTY, parse_month(JULY)).payees == shown


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda sheet: sheet.cell(2, 5, "示范乙"), "供养人员名单第 2 行与总账不符"),
        (lambda sheet: sheet.cell(3, 10, 1.5), "供养人员名单第 3 行与总账不符"),
        (lambda sheet: sheet.delete_rows(3), "供养人员名单有 2 行,应为 3 行"),
    ],
)
def test_a_roster_that_was_changed_is_found_and_nothing_is_released(home, folder, spoil, what):
    roster = next(path for path in rosters(folder) if "tekun_living" in path.name)
    whole = roster.read_bytes()
    book = load_workbook(roster)
    spoil(book.worksheets[0])
    book.save(roster)
    assert {what, ".sha256 校验文件与文件不符"} <= set(told(home))
    with pytest.raises(BookError):
        signing.approve(home, homes.COUNTY, parse_month(JULY), homes.actor(homes.CHECKER))
    roster.unlink()
    assert "缺少供养人员名单" in told(home)
    roster.write_bytes(whole)
    assert told(home) == []


def test_the_roster_goes_out_with_its_file_and_is_no_stranger_there(home, folder):
    before = {path.name: path.read_bytes() for path in rosters(folder)}
    homes.sign(home, JULY)
    out = home.outbox / homes.COUNTY / JULY
    assert {path.name: path.read_bytes() for path in rosters(out)} == before
    assert rosters(folder) == []
    assert told(home) == []
    with homes.opened(home.database_url) as book:
        assert strangers(book, home, homes.COUNTY, [parse_month(JULY)]) == []
