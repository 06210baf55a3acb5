"""Match lists on the way through a month: what they give evidence of is taken back, what they leave in doubt waits."""

import pytest

from contracts.actor import Actor
from contracts.months import parse_month
from ledger import holds
from ledger.grounds import GROUND
from month.month import opened_month
from reports.explain import explain
from tests import homes

ELDER, OTHER = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """Two elders, paid for July 2024."""
    made = homes.make_home(tmp_path_factory.mktemp("paid") / "home")
    people = [homes.person(ELDER, "样本甲"), homes.person(OTHER, "样本乙")]
    homes.hand_in(made, "2024-07", population=people, account=[homes.account(ELDER), homes.account(OTHER)])
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    return made


@pytest.fixture
def home(paid, tmp_path):
    return homes.copied(paid, tmp_path / "home")


def open_grounds(month):
    with month.book.reading() as conn:
        return holds.open_holds(conn, homes.COUNTY).select("code", *GROUND).rows()


def test_lists_that_were_never_handed_in_are_no_part_of_the_manifest(home):
    assert {given.name for given in homes.tables_of(home, "2024-07").manifest.registers} & {
        "cremation",
        "custody",
    } == set()


def test_a_cremation_is_evidence_and_what_was_paid_after_it_is_owed_back(home):
    homes.hand_in(home, "2024-08", cremation=[{"person_id": ELDER, "cremated_on": "2024-06-20"}])
    posted, batched = homes.run(home, "2024-08")
    assert posted["应追回笔数"] == 1
    assert batched["笔数"] == 1
    month = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    numbers = dict(
        zip(
            month.tables.read("accepted_population")["name"],
            month.tables.read("accepted_population")["person_no"],
            strict=True,
        )
    )
    proof = explain(month.book, numbers["样本甲"], parse_month("2024-08"), month.rules, month.scope, month.registers)
    month.close()
    told = {row.label: row.cells for row in proof.rows}
    assert told["人口"]["死亡日期"] == "2024-06-20(据殡葬火化名单)"
    assert told["殡葬火化"]["火化日期"] == "2024-06-20"


def test_a_list_is_carried_forward_like_a_register(home):
    homes.hand_in(home, "2024-08", cremation=[{"person_id": ELDER, "cremated_on": "2024-06-20"}])
    homes.run(home, "2024-08")
    homes.sign(home, "2024-08")
    homes.run(home, "2024-09")
    counted = homes.tables_of(home, "2024-09").read("intake_counts").rows_by_key("register", named=True)
    assert counted["cremation"][0]["carried_months"] == 1


def test_a_doubt_waits_until_an_officer_lifts_it_and_then_for_good(home):
    homes.hand_in(home, "2024-08", custody=[{"person_id": ELDER, "taken_in_on": "2024-03-01"}])
    homes.run(home, "2024-08")
    month = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    assert open_grounds(month) == [("UNDER_REVIEW", "IN_CUSTODY", "custody", "2024-03-01")]
    with month.book.reading() as conn:
        waiting = holds.open_holds(conn, homes.COUNTY)
    holds.lift(month.book, homes.COUNTY, waiting["hold_id"][0], Actor(homes.MAKER, "test"), "已核实,非本人")
    homes.run(home, "2024-08")
    assert open_grounds(month) == []
    month.close()


def test_a_namesake_waits_and_is_listed(home):
    stranger = homes.resident_id("1940-03-05", 77)
    homes.hand_in(
        home,
        "2024-08",
        deregistration=[
            {"person_id": stranger, "name": "样本甲", "deregistered_on": "2024-06-20", "reason_code": "死亡"}
        ],
    )
    posted, batched = homes.run(home, "2024-08")
    assert (posted["应追回笔数"], batched["笔数"]) == (0, 1)
    doubtful = homes.tables_of(home, "2024-08").read("doubtful_rows").rows_by_key("register", named=True)
    assert [(row["source_row"], row["doubt"]) for row in doubtful["deregistration"]] == [(2, "NAMESAKE")]


def test_the_same_benefit_in_another_county_waits(home):
    paid = {"person_id": ELDER, "benefit": "高龄津贴", "from_month": "2024-08", "paid_by": "示例外县"}
    homes.hand_in(home, "2024-08", elsewhere=[paid])
    _, batched = homes.run(home, "2024-08")
    month = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    assert open_grounds(month) == [("DUPLICATE_ELSEWHERE", "PAID_ELSEWHERE", "elsewhere", "2024-08-01")]
    month.close()
    assert batched["笔数"] == 1
