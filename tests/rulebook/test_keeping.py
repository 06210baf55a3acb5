"""The law of a run is kept by content and found again."""

import shutil
import subprocess
import sys
from datetime import date

import pytest

import rulebook
from contracts.errors import PolicyError
from tests.cases.reading import write_overlay

NOTICE = {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": 100, "unit": "yuan/month",
          "effective_from": "2024-05-01", "issued_on": "2024-04-20", "role": "fixed", "status": "in_force"}  # fmt: skip
JULY, TODAY = date(2024, 7, 1), date(2024, 7, 15)


def amount(law):
    return law.resolve("410721", [JULY], TODAY).benefits["elder_care_subsidy"].rates["p_amount_fen"].item()


def test_folders_are_the_shipped_law_and_the_homes_own_where_there_is_one(tmp_path):
    assert rulebook.folders(tmp_path / "policies") == [rulebook.POLICIES]
    (tmp_path / "policies").mkdir()
    assert rulebook.folders(tmp_path / "policies") == [rulebook.POLICIES, tmp_path / "policies"]


def test_what_is_kept_is_what_was_loaded_even_when_the_home_changes(tmp_path):
    overlay = tmp_path / "policies"
    write_overlay([NOTICE], overlay)
    digest = rulebook.keep(rulebook.folders(overlay), tmp_path / "store")
    shutil.rmtree(overlay)
    kept = rulebook.load_kept(tmp_path / "store", digest)
    assert kept.digest == digest
    assert amount(kept) == 10000
    assert kept.resolve("410721", [JULY], TODAY).pack_digest == digest


def test_the_digest_is_of_the_content_and_not_of_the_place(tmp_path):
    for name in ("one", "other"):
        write_overlay([NOTICE], tmp_path / name)
    digests = {rulebook.load(rulebook.POLICIES, tmp_path / name).digest for name in ("one", "other")}
    assert len(digests) == 1
    assert rulebook.load(rulebook.POLICIES).digest not in digests


def test_keeping_twice_writes_nothing_new(tmp_path):
    first = rulebook.keep([rulebook.POLICIES], tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.yaml")}
    assert rulebook.keep([rulebook.POLICIES], tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.yaml")} == times
    assert times


def test_a_kept_law_that_was_touched_is_refused(tmp_path):
    digest = rulebook.keep([rulebook.POLICIES], tmp_path)
    file = next(tmp_path.rglob("410721_新乡县/elder_care_subsidy.yaml"))
    file.write_text(file.read_text("utf-8").replace("value: 60", "value: 600"), "utf-8")
    with pytest.raises(PolicyError, match="已被改动"):
        rulebook.load_kept(tmp_path, digest)


def test_a_law_that_was_never_kept_is_refused(tmp_path):
    with pytest.raises(PolicyError, match="找不到"):
        rulebook.load_kept(tmp_path, "0" * 64)


def test_a_broken_law_is_not_kept(tmp_path):
    write_overlay([NOTICE | {"role": "minimum"}], tmp_path / "policies")
    with pytest.raises(PolicyError):
        rulebook.keep(rulebook.folders(tmp_path / "policies"), tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_importing_the_room_brings_no_yaml_pydantic_or_polars():
    code = "import sys, rulebook; print([m for m in ('yaml', 'pydantic', 'polars', 'pandera') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_notice_saved_by_a_windows_editor_is_read_like_any_other(tmp_path):
    write_overlay([NOTICE], tmp_path)
    file = tmp_path / "410721" / "assumed.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert amount(rulebook.load(rulebook.POLICIES, tmp_path)) == 10000
