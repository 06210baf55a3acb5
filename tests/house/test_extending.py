"""The guide on how to add things is true: what it names is there, and its examples do what they say."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import calculators
from contracts import policy
from contracts.codes import Benefit
from month import stages
from month.running import do
from payments import profiles
from tests import homes
from tests.audit.months import SOUND, month

PAGE = Path(__file__).parents[2] / "docs/guides/extending.md"
ELDER = homes.resident_id("1940-03-05")


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text("utf-8")


def example(page, kind):
    (found,) = re.findall(rf"```\w+ {kind}\n(.*?)```", page, re.DOTALL)
    return found


def run(source):
    names = {"__name__": "example"}
    exec(compile(source, str(PAGE), "exec"), names)
    return names


def test_every_place_it_names_is_there(page, root):
    named = {one for one in re.findall(r"`([\w./]+/(?:[\w.]+)?)`", page) if not one.startswith("profiles/")}
    assert {"month/stages.py", "calculators/benefits.py", "tests/oracle/", "fixtures/policies/"} <= named
    assert [one for one in named if not (root / one).exists()] == []


def test_every_list_it_names_is_there(page):
    lists = {
        "CALCULATORS": calculators.CALCULATORS,
        "RATE_MONEY": policy.RATE_MONEY,
        "STAGES": stages.STAGES,
    }
    assert all(f"`{name}`" in page and value for name, value in lists.items())
    assert set(calculators.CALCULATORS) == set(policy.RATE_MONEY) == set(Benefit)


def test_no_other_file_names_every_benefit(root, rooms):
    """A tenth benefit is added where the guide says, and forgotten nowhere else."""
    everywhere = {benefit.name for benefit in Benefit} | {benefit.value for benefit in Benefit}
    told = {
        source.relative_to(root).as_posix()
        for room in rooms
        for source in (root / room).rglob("*.py")
        if len(everywhere & set(re.findall(r"\w+", source.read_text("utf-8")))) >= len(Benefit)
    }
    assert told == {"contracts/codes.py", "rulebook/parameters.py", "calculators/benefits.py"}


def test_its_bank_profile_is_one(page, tmp_path):
    (tmp_path / "example_bank.yaml").write_text(example(page, "profile"), "utf-8")
    known = profiles.load(tmp_path)
    assert profiles.of(known, "example_bank").label == "示例银行"


def test_its_audit_rule_finds(page):
    rule = run(example(page, "rule"))["five_benefits"]
    evidence = month()
    found = rule(evidence.lines, evidence.month, limit=3).collect()
    assert found["person_no"].unique().to_list() == [SOUND]


def test_its_command_answers_as_text_and_as_json(page, tmp_path):
    command, home = run(example(page, "command"))["example"], homes.make_home(tmp_path / "home")
    asked, in_words = ["--county", "410721"], f"410721 {home.path}\n"
    assert CliRunner().invoke(command, asked, obj=home).output == in_words
    assert '"county": "410721"' in CliRunner().invoke(command, [*asked, "--json"], obj=home).output


def test_its_stage_runs_and_its_finding_looks(page, tmp_path):
    home = homes.make_home(tmp_path / "home")
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    begun = homes.begin(home, "2024-07")
    homes.decide(begun)
    done = do(begun, run(example(page, "stage"))["WITH_MONEY"])
    begun.close()
    assert done.problem is None
    assert done.counts == {"行数": 1}
    assert [finding.name for finding in done.found] == ["contract", "money"]
