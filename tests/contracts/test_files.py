"""Files are whole or not there."""

import hashlib
import stat

import pytest

from contracts.files import digest_of, whole_file, write_whole


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
