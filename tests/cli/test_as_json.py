"""What an officer is told in words, a program is given with `--json`: one whole object, also where a command fails."""

import json

import pytest

from tests import homes
from tests.cases.reading import write_overlay
from tests.cli.giving import asked, disburse

PUYANG = "410902"  # its law is a draft for comment
ELDER = homes.resident_id("1940-03-05")
MONTH = ("--county", PUYANG, "--month", "2024-07")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July was run, its money resting on drafts."""
    made = homes.make_home(tmp_path_factory.mktemp("json") / "home", PUYANG)
    here = {"division_code": PUYANG}
    homes.hand_in(made, "2024-07", PUYANG, population=[homes.person(ELDER, **here)], account=[homes.account(ELDER)])
    homes.run(made, "2024-07", county=PUYANG)
    return made


def test_an_approval_tells_the_chains_end_and_what_rests_on_drafts(home):
    told = asked(home, "approve", *MONTH, "--as", homes.CHECKER)
    assert (told["step"], len(told["batches"]), len(told["head"])) == ("approved", 1, 64)
    (rests,) = told["uncertain"]
    assert rests["fen"] > 0


def test_a_simulation_that_changes_nothing_has_the_shape_of_any_other(home, tmp_path):
    told = asked(home, "simulate", "--county", PUYANG, "--with", str(tmp_path))
    assert (told["pay_month"], told["known_on"]) == ("2024-07", "2024-07-15")
    (unmoved,) = told["benefits"]
    assert unmoved.pop("amount_fen") == unmoved.pop("amount_fen_simulated") > 0
    assert unmoved == {
        "benefit": "old_age_allowance",
        **dict.fromkeys(("people_count", "people_count_simulated"), 1),
        **dict.fromkeys(("gaining_count", "losing_count", "until_now_fen", "to_year_end_fen"), 0),
        **dict.fromkeys(("unset_count", "unset_to_year_end_fen"), 0),
    }


def test_a_comparison_names_its_months_and_its_file(home, tmp_path):
    target = tmp_path / "changes.csv"
    told = asked(home, "policies", "diff", "--county", PUYANG, "-o", str(target))
    assert (told["first_month"], told["last_month"]) == ("2024-07", "2024-12")
    assert (told["changed_rows"], told["file"], target.exists()) == (0, str(target), True)


def test_a_check_of_the_law_that_fails_lists_every_problem(tmp_path):
    home = homes.make_home(tmp_path / "home")
    below = {"level": homes.COUNTY, "value": 1, "role": "fixed", "status": "in_force", "unit": "yuan/month"}
    days = {"effective_from": "2024-07-01", "issued_on": "2024-06-20"}
    write_overlay([{**below, **days, "parameter": "elder_care_subsidy.amount"}], home.path / "policies")
    told = json.loads(disburse(home, "policies", "check", "--known-on", "2024-07-15", "--json", code=4)[0])
    assert told["problems"]
    assert all(problem in told["error"] for problem in told["problems"])
    assert homes.COUNTY in told["counties"]
