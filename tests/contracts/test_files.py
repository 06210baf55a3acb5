"""Files are whole or not there."""

import hashlib
import stat

import pytest

from contracts.files import digest_of, remembered, whole_file, write_whole


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
