"""A proof of a month whose standard nobody has set names the text that leaves it open."""

from contracts.months import parse_month
from ledger import people
from month.month import opened_month
from reports.explain import explain
from rulebook import load_kept
from rulebook.telling import in_force
from tests import homes

COUNTY, JULY = "370828", parse_month("2024-07")
ELDER = homes.resident_id("1940-03-05", 2)


def test_the_text_that_leaves_a_standard_open_is_named_where_it_is_open(tmp_path):
    home = homes.make_home(tmp_path / "home", COUNTY)
    rows = [homes.person(ELDER, division_code=COUNTY)]
    homes.hand_in(home, "2024-07", COUNTY, population=rows, account=[homes.account(ELDER)])
    homes.run(home, "2024-07", county=COUNTY)
    month = opened_month(home, COUNTY, JULY)
    with month.book.reading() as conn:
        number = people.person_no_of(conn, ELDER)
    law = load_kept(home.store, month.manifest.pack_digest)
    told = in_force(law.chain_of(COUNTY), JULY, month.manifest.known_on)
    proof = explain(month.book, number, JULY, month.rules, month.scope, month.registers, told)
    month.close()
    benefits = {one.benefit: one for one in proof.benefits}
    left_open = benefits["old_age_allowance"].left_open
    assert benefits["old_age_allowance"].outcome == "STANDARD_NOT_SET"
    assert any("无人设定标准" in line and ";" in line for line in left_open), left_open
    assert all(one.left_open == () for one in proof.benefits if one.outcome != "STANDARD_NOT_SET")
