"""Answers dropped into a county's folder are read as by hand; what cannot be used is put aside and told, once."""

import os
import time

import pytest

from contracts.actor import Actor
from contracts.codes import HowKnown
from contracts.errors import InputError, NotAllowedError
from contracts.settings import Home
from ledger import batches
from month import answers, closing, officers, progress
from month.running import MachineError
from tests import homes
from tests.cli.giving import asked, disburse
from tests.ledger.laws import breaches

ELDERS = [homes.resident_id(f"194{year}-03-05") for year in range(3)]
MAKER = homes.actor(homes.MAKER)
AS_MAKER = ("--county", homes.COUNTY, "--as", homes.MAKER)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Three elders' July, released; the bank drops its answers into `from_bank`."""
    return homes.released(tmp_path_factory.mktemp("answers") / "home", ELDERS, answers_folder='"from_bank"')


@pytest.fixture
def home(released, tmp_path):
    return homes.copied(released, tmp_path / "home")


@pytest.fixture
def ids(home):
    with homes.opened(home.database_url) as book, book.reading() as conn:
        (batch_id,) = batches.batches_of(conn, homes.COUNTY, None)["batch_id"]
        return batches.lines(conn, batch_id).sort("line_no")["instruction_id"].to_list()


def drop(home, name, *rows, header="指令号,状态,原因", age=60):
    """What the bank dropped `age` seconds ago."""
    path = home.answers_of(homes.COUNTY) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([header, *(",".join(row) for row in rows), ""]), "gb18030")
    os.utime(path, (time.time() - age,) * 2)
    return path


def lying(home):
    folder = home.answers_of(homes.COUNTY)
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def events(home):
    with homes.opened(home.database_url) as book:
        assert breaches(book) == []
        with book.reading() as conn:
            told = conn.exec_driver_sql("SELECT instruction_id, event FROM bank_event ORDER BY event_id")
            return [tuple(row) for row in told.fetchall()]


def matters(home):
    with homes.opened(home.database_url) as book:
        told = progress.status(home, book, homes.COUNTY, None)
    return {one.code: (one.label, one.advice) for one in told.matters}


def test_what_lies_there_is_read_as_by_hand_and_the_same_again_notes_nothing(home, ids):
    """The county's service reads: a line of another amount is listed and not paid, as by hand."""
    header, rows = "指令号,状态,金额", [(ids[0], "成功", "50.00"), (ids[1], "成功", "5.00")]
    drop(home, "回盘.csv", *rows, header=header)
    (one,) = answers.read_waiting(home, homes.COUNTY, officers.service(home, homes.COUNTY))
    assert (one.answered.noted.noted, one.answered.noted.listed) == (1, 1)
    assert lying(home) == [f"{answers.READ}/回盘.csv"]
    assert events(home) == [(ids[0], "accepted")]
    drop(home, "again.csv", *rows, header=header)
    by_hand = asked(home, "results", "--inbox", *AS_MAKER)
    assert [(one["noted"], one["already"]) for one in by_hand["files"]] == [(0, 1)]
    assert events(home) == [(ids[0], "accepted")]
    assert answers.read_waiting(home, homes.COUNTY, MAKER) == []


def test_what_cannot_be_used_is_put_aside_and_told_and_the_next_one_is_read(home, ids):
    drop(home, "a.csv", ("x", "y"), header="不是,回盘")
    drop(home, "b.csv", (ids[0], "成功", ""))
    told, _ = disburse(home, "results", "--inbox", *AS_MAKER)
    assert f"读不了,移到 {home.path / 'from_bank' / answers.UNUSABLE}" in told
    assert "共读 2 个文件" in told
    aside = f"{answers.UNUSABLE}/a.csv"
    assert lying(home) == [f"{answers.READ}/b.csv", aside, aside + answers.WHY]
    label, advice = matters(home)["answer_unusable"]
    assert "a.csv 读不了:" in label
    assert advice.endswith(f"放进收件目录,{answers.UNUSABLE}里的这一份移走")
    assert answers.read_waiting(home, homes.COUNTY, MAKER) == []
    (home.path / "from_bank" / aside).unlink()
    assert "answer_unusable" not in matters(home)


def test_an_unforeseen_fault_of_one_file_keeps_no_other_from_being_read(home, ids, monkeypatch):
    drop(home, "a.csv", (ids[0], "成功", ""))
    drop(home, "b.csv", (ids[1], "成功", ""))
    read = closing.read_results

    def faulty(home, county, path, by):
        return {}["x"] if path.name == "a.csv" else read(home, county, path, by)

    monkeypatch.setattr(answers, "read_results", faulty)
    first, second = answers.read_waiting(home, homes.COUNTY, MAKER)
    assert "程序错误" in first.refused.what
    assert second.answered.noted.noted == 1


def test_a_full_disk_is_no_fault_of_the_file_which_stays(home, ids, monkeypatch):
    drop(home, "a.csv", (ids[0], "成功", ""))

    def full(home, county, path, by):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(answers, "read_results", full)
        with pytest.raises(MachineError):
            answers.read_waiting(home, homes.COUNTY, MAKER)
    assert "answers_waiting" in matters(home)
    assert len(answers.read_waiting(home, homes.COUNTY, MAKER)) == 1


def test_half_copied_files_wait_and_another_file_of_the_same_name_keeps_its_place(home, ids):
    drop(home, "a.csv", (ids[0], "成功", ""), age=1)
    drop(home, "b.csv.part", (ids[0], "成功", ""))
    assert answers.read_waiting(home, homes.COUNTY, MAKER) == []
    assert "answers_waiting" in matters(home)
    drop(home, "a.csv", (ids[0], "成功", ""))
    answers.read_waiting(home, homes.COUNTY, MAKER)
    drop(home, "a.csv", (ids[1], "成功", ""))
    (second,) = answers.read_waiting(home, homes.COUNTY, MAKER)
    assert second.path.name.startswith("a_")
    assert len(lying(home)) == 3
    assert len(events(home)) == 2


def test_who_may_not_read_an_answer_reads_none_and_the_file_stays(home, ids):
    drop(home, "a.csv", (ids[0], "成功", ""))
    nobody = Actor("别的服务", MAKER.system_user, HowKnown.SERVICE)
    for by in (homes.actor(homes.CHECKER), nobody):
        with pytest.raises(NotAllowedError):
            answers.read_waiting(home, homes.COUNTY, by)
    assert (lying(home), events(home)) == (["a.csv"], [])


def test_a_county_without_a_folder_says_how_to_name_one(home):
    plain = homes.make_home(home.path / "plain")
    with pytest.raises(InputError, match="answers_folder"):
        answers.read_waiting(plain, homes.COUNTY, MAKER)


def test_two_counties_never_share_a_folder(tmp_path):
    told = '[county.{}]\nanswers_folder = "{}"\n'
    (tmp_path / "disburse.toml").write_text(told.format("410721", "in") + told.format("410722", "in/b"), "utf-8")
    with pytest.raises(InputError, match="互不包含"):
        Home(tmp_path).settings()
