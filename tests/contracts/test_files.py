"""Files are whole or not there."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from contracts.files import digest_of, half_written, own_folder, remembered, sweep, whole_file, write_whole

# Begins a file, a folder beside it and a temporary one, says so, and waits to be killed.
WRITER = """
import sys, time
from pathlib import Path
from contracts.files import own_folder, whole_file
folder = Path(sys.argv[1])
with whole_file(folder / "deep" / "list.txt") as half, own_folder(folder) as beside, own_folder() as temporary:
    half.write_text("half")
    (beside / "sheet").write_text("half")
    (temporary / "rows").write_text("half")
    print("begun", flush=True)
    time.sleep(60)
"""


def test_a_file_is_written_whole_with_its_folder_and_mode(tmp_path):
    target = tmp_path / "outbox" / "list.txt"
    write_whole(target, b"one")
    assert target.read_bytes() == b"one"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    write_whole(target, b"two")
    assert target.read_bytes() == b"two"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_writer_that_fails_leaves_what_was_there(tmp_path):
    target = tmp_path / "list.txt"
    write_whole(target, b"old")

    def fail_half_way():
        with whole_file(target) as temporary:
            temporary.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_nothing_is_seen_before_the_file_is_whole(tmp_path):
    target = tmp_path / "list.txt"
    with whole_file(target) as temporary:
        temporary.write_bytes(b"half")
        assert not target.exists()
        assert temporary.parent == target.parent
    assert target.exists()


def test_a_digest_is_of_the_bytes(tmp_path):
    target = tmp_path / "list.txt"
    write_whole(target, "高龄津贴".encode("gb18030"))
    assert digest_of(target) == hashlib.sha256("高龄津贴".encode("gb18030")).hexdigest()


def test_what_was_worked_out_is_remembered_until_the_stamp_is_another(tmp_path):
    worked = []

    def work_out():
        worked.append("第一行\n第二行")
        return worked[-1]

    told = [remembered(tmp_path / "kept", stamp, work_out) for stamp in ("1", "1", "2", "2")]
    assert told == ["第一行\n第二行"] * 4
    assert len(worked) == 2


def test_a_disk_that_takes_no_file_is_no_trouble(tmp_path):
    (tmp_path / "no folder").write_bytes(b"")
    with pytest.raises(OSError, match="no folder"):
        write_whole(tmp_path / "no folder" / "kept", b"")
    assert remembered(tmp_path / "no folder" / "kept", "1", lambda: "说过") == "说过"


def test_what_a_kill_leaves_is_swept_and_what_a_living_process_writes_is_not(tmp_path, monkeypatch):
    temporary, folder = tmp_path / "tmp", tmp_path / "home"
    temporary.mkdir()
    folder.mkdir()
    (folder / ".kept").write_text("an officer's own")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    command = [sys.executable, "-c", WRITER, str(folder)]
    with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(temporary)}, stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"begun\n"
        sweep(folder)
        assert list(half_written(folder)) == []
        assert len([*folder.rglob("*.half"), *temporary.glob("*.half")]) == 3
        writer.send_signal(signal.SIGKILL)
    assert len(list(half_written(folder))) == 3
    sweep(folder)
    sweep(folder)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [".kept"]
    assert list(temporary.iterdir()) == []


def test_a_writer_that_was_swept_before_it_held_its_file_makes_another(tmp_path, monkeypatch):
    made = []
    begin = tempfile.mkstemp

    def swept_at_once(**told):
        handle, name = begin(**told)
        made.append(name)
        if len(made) == 1:
            Path(name).unlink()
        return handle, name

    monkeypatch.setattr(tempfile, "mkstemp", swept_at_once)
    write_whole(tmp_path / "list.txt", b"whole")
    assert (tmp_path / "list.txt").read_bytes() == b"whole"
    assert len(made) == 2


def test_a_folder_of_its_own_is_gone_whatever_happens(tmp_path):
    def fail_half_way():
        with own_folder(tmp_path) as folder:
            (folder / "rows").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert list(tmp_path.iterdir()) == []
