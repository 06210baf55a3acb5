"""An officer signs what he has read, and only what was released is said to go to the bank."""

from pathlib import Path

import pytest

from tests import homes
from tests.cli.giving import asked, disburse

JULY = ("--county", homes.COUNTY, "--month", "2024-07")
CHECKER, RELEASER = ("--as", homes.CHECKER), ("--as", homes.RELEASER)
ONE, TWO = (homes.resident_id(born) for born in ("1940-03-05", "1938-02-11"))


def hand_in(home, *people):
    homes.hand_in(home, "2024-07", population=map(homes.person, people), account=map(homes.account, people))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = homes.make_home(tmp_path_factory.mktemp("seen") / "home")
    hand_in(made, ONE)
    homes.run(made, "2024-07")
    return made


@pytest.fixture
def home(run, tmp_path):
    return homes.copied(run, tmp_path / "home")


def digest(home):
    """What status and the review say waits."""
    told = asked(home, "status", *JULY)["waiting_digest"]
    assert f"待签内容的摘要:{told[:16]}" in disburse(home, "status", *JULY)[0]
    return told


def test_what_was_seen_is_signed_and_nothing_else(home):
    seen = digest(home)
    hand_in(home, ONE, TWO)
    homes.run(home, "2024-07")
    _, said = disburse(home, "approve", *JULY, *CHECKER, "--seen", seen[:16], code=7)
    assert "待签的内容已不是所看的" in said
    assert asked(home, "status", *JULY)["step"] == "rendered"
    now = digest(home)
    assert now != seen
    disburse(home, "approve", *JULY, *CHECKER, "--seen", now[:16])
    assert asked(home, "status", *JULY)["step"] == "approved"


def test_at_a_terminal_the_checker_copies_the_digest_he_reads(home):
    said, _ = disburse(home, "approve", *JULY, *CHECKER, typed="y\n", code=130)
    assert f"待签内容的摘要:{digest(home)[:16]}" in said
    disburse(home, "approve", *JULY, *CHECKER, typed=f"{digest(home)[:16]}\n")
    assert asked(home, "status", *JULY)["step"] == "approved"


def test_without_a_terminal_somebody_has_to_say_what_he_saw(home):
    _, said = disburse(home, "approve", *JULY, *CHECKER, code=2)
    assert "--seen" in said


def test_a_release_names_each_file_with_its_digest(home):
    asked(home, "approve", *JULY, *CHECKER)
    said, _ = disburse(home, "release", *JULY, *RELEASER, "--yes")
    (file,) = (one for one in (home.outbox / homes.COUNTY / "2024-07").iterdir() if one.suffix != ".sha256")
    sidecar = file.with_name(f"{file.name}.sha256").read_text("utf-8")
    assert "# 未经银行确认" in sidecar
    assert f"  {sidecar.split()[0]}  {file}" in said.splitlines()
    assert asked(home, "status", *JULY)["waiting_digest"] == ""


def test_a_stranger_in_the_outbox_stops_the_release(home):
    asked(home, "approve", *JULY, *CHECKER)
    folder = home.outbox / homes.COUNTY / "2024-07"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "补发.txt").write_text("others")
    _, said = disburse(home, "release", *JULY, *RELEASER, "--yes", code=7)
    assert "补发.txt" in said
    assert asked(home, "status", *JULY)["step"] == "approved"
    (folder / "补发.txt").unlink()
    told = asked(home, "release", *JULY, *RELEASER)
    assert [len(file["digest"]) for file in told["files"]] == [64]


def test_a_released_file_that_was_changed_stops_the_next_release(home):
    asked(home, "approve", *JULY, *CHECKER)
    (file,) = asked(home, "release", *JULY, *RELEASER)["files"]
    with Path(file["path"]).open("a") as released:
        released.write("one more line\n")
    hand_in(home, ONE, TWO)
    homes.run(home, "2024-07", known_on="2024-07-20")
    asked(home, "approve", *JULY, *CHECKER)
    _, said = disburse(home, "release", *JULY, *RELEASER, "--yes", code=7)
    assert "发放目录里有不是放行过的文件" in said
