"""There and back: from a register row to the payments it decided, from a payment line to the rows it rests on."""

import json

import pytest

from contracts.codes import Benefit, Outcome
from contracts.errors import InputError
from contracts.months import parse_month
from ledger import batches
from ledger.book import opened
from month import tracing
from tests import homes
from tests.cli.giving import asked, disburse

ELDER, TEKUN, REFUSED = (
    homes.resident_id("1940-03-05"),
    homes.resident_id("1950-02-03"),
    homes.resident_id("1941-02-03"),
)
JULY, AUGUST = "2024-07", "2024-08"
HOME_FOR_ELDERS = {"institution_id": "YL01", "name": "示范镇敬老院", "account_name": "示范镇敬老院"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July and August paid: an elder by age, one in an institution by his low income, and a row that is refused."""
    made = homes.make_home(tmp_path_factory.mktemp("home") / "home")
    registers = {
        "population": [homes.person(ELDER), homes.person(TEKUN), homes.person(REFUSED, birth_date="1941-02-04")],
        "account": [homes.account(ELDER), homes.account(TEKUN)],
        "institution": [{**HOME_FOR_ELDERS, **homes.BANK, "account_no": "9900000000011001"}],
        "low_income": [
            {
                "person_id": TEKUN,
                "household_id": "H1",
                "category": "特困",
                "area": "农村",
                "is_recipient": "是",
                "support_mode": "集中",
                "self_care": "全护理",
                "institution_id": "YL01",
                "from_month": "2024-01",
            }
        ],
    }
    for month in (JULY, AUGUST):
        homes.hand_in(made, month, **registers)
        homes.run(made, month)
        homes.sign(made, month)
    return made


def row(home, file_name, number, **more):
    return tracing.trace_row(home, homes.COUNTY, file_name, number, **more)


@pytest.fixture(scope="module")
def traced(home):
    """The one line of each of August's files."""
    with opened(home.database_url) as book, book.reading() as conn:
        known = batches.batches_of(conn, homes.COUNTY, parse_month(AUGUST))["batch_id"]
    return [tracing.trace_line(home, homes.COUNTY, 1, batch) for batch in known]


def test_a_row_of_the_population_touches_every_month_that_was_paid_by_age(home):
    (told,) = row(home, "population.csv", 2).rows
    assert [(one.benefit, one.benefit_month, one.amount_fen, one.without_outcome) for one in told.touched] == [
        (Benefit.OLD_AGE_ALLOWANCE, month, 50_00, None) for month in (JULY, AUGUST)
    ]
    (attempt,) = told.touched[1].obligations[0].attempts
    assert attempt.batch_id.startswith("410721-2024-08")


def test_a_row_of_low_income_decides_the_money_that_goes_to_the_institution(home):
    (told,) = row(home, "low_income.csv", 2).rows
    paid = {one.benefit for one in told.touched if one.outcome is Outcome.ENTITLED}
    assert paid == {Benefit.TEKUN_LIVING, Benefit.TEKUN_CARE}
    excluded = [one for one in told.touched if one.outcome is Outcome.EXCLUDED]
    assert all(one.obligations == () for one in excluded)


def test_every_line_leads_to_rows_that_lead_back_to_it(home, traced):
    assert len(traced) == 3
    for line in traced:
        (item,) = line.items
        assert item.proof is not None
        assert item.proof.values
        deciding = [used for used in item.rows if used.role == "决定金额"]
        assert deciding
        for used in deciding:
            file_name, _, number = used.told.source.removesuffix(" 行").partition(" 第 ")
            (back,) = row(home, file_name, int(number)).rows
            attempts = [a for one in back.touched for owed in one.obligations for a in owed.attempts]
            assert (line.batch_id, line.line_no) in {(a.batch_id, a.line_no) for a in attempts}


def test_an_account_and_an_institution_decide_no_amount_but_are_paid_to(home):
    (own,) = row(home, "account.csv", 2).rows
    assert own.touched == ()
    assert [(one.pay_month, one.line_no, one.amount_fen) for one in own.paid_to] == [
        (JULY, 1, 50_00),
        (AUGUST, 1, 50_00),
    ]
    (unused,) = row(home, "account.csv", 3).rows
    assert (unused.touched, unused.paid_to) == ((), ())
    (house,) = row(home, "institution.csv", 2).rows
    assert {one.benefit for one in house.paid_to} == {Benefit.TEKUN_LIVING, Benefit.TEKUN_CARE}


def test_a_refused_row_says_why(home):
    told = row(home, "population.csv", 4)
    assert told.rows == ()
    assert any("出生日期" in cell.column for cell in told.refused)


def test_an_older_run_is_asked_by_its_month(home):
    (told,) = row(home, "population.csv", 2, pay_month=parse_month(JULY)).rows
    assert [one.benefit_month for one in told.touched] == [JULY]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("elsewhere.csv", 2), "没有用这个文件"),
        (("population.csv", 1), "既没有收下,也没有拒收"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(home, given, said):
    with pytest.raises(InputError, match=said):
        row(home, *given)


def test_a_line_that_is_not_there_is_told_with_the_numbers_there_are(home, traced):
    batch = traced[0].batch_id
    with pytest.raises(InputError, match="行号从 1 到 1"):
        tracing.trace_line(home, homes.COUNTY, 2, batch)
    with pytest.raises(InputError, match="本县没有发放文件"):
        tracing.trace_line(home, homes.COUNTY, 1, file_name="a.txt")


def test_a_file_names_its_batch(home, traced):
    line = traced[0]
    assert tracing.trace_line(home, homes.COUNTY, 1, file_name=line.file_name) == line


def test_the_command_shows_both_ways_without_a_whole_number(home, traced, tmp_path):
    page = tmp_path / "page.html"
    by_row = ("trace", "--county", homes.COUNTY, "--file", "low_income.csv", "--row", "2")
    by_line = ("trace", "--county", homes.COUNTY, "--batch", traced[0].batch_id, "--line", "1")
    for given in (by_row, by_line):
        said, _ = disburse(home, *given)
        as_json = json.dumps(asked(home, *given, "-o", str(page)), ensure_ascii=False)
        for told in (said, page.read_text("utf-8"), as_json):
            assert "特困" in told or "高龄津贴" in told
            assert not any(number in told for number in (ELDER, TEKUN, "9900000000011001"))


def test_the_command_asks_for_a_row_or_a_line(home):
    _, warned = disburse(home, "trace", "--county", homes.COUNTY, "--row", "2", code=2)
    assert "--file" in warned


def test_where_a_runs_tables_are_gone_the_books_part_is_told(home, tmp_path):
    home = homes.copied(home, tmp_path / "home")
    for table in homes.tables_of(home, JULY).folder.glob("*.parquet"):
        table.rename(table.with_suffix(".gone"))
    with opened(home.database_url) as book, book.reading() as conn:
        batch = batches.batches_of(conn, homes.COUNTY, parse_month(JULY))["batch_id"][0]
    line = tracing.trace_line(home, homes.COUNTY, 1, batch)
    (item,) = line.items
    assert (item.amount_fen, item.proof, item.rows, item.note) == (line.amount_fen, None, (), tracing.GONE)
