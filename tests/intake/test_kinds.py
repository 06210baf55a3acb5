"""Whatever path a command is given, it is opened or said to be what it is, in one line and no other way."""

import os
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.errors import InputError
from intake import READABLE, inspect, open_given, receive
from tests.effort import tries

HEADER = "身份证号,姓名\n"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("低收入.et", b"\xd0\xcf\x11\xe0", r"不读取“\.et”文件\(WPS 表格\).*\.csv、.*另存为 \.xlsx"),
        ("名单.PDF", b"%PDF-1.7", r"不读取“\.pdf”文件.*向报送人要电子表格"),
        ("回盘", HEADER.encode(), "不读取没有扩展名的文件"),
        ("空.csv", b"", "文件是空的"),
        ("乱.csv", b"\x00\x01\xff\xfe\x00", "文件"),
        ("乱.xlsx", b"\x00" * 64, "不是文字"),
        ("乱.txt", b"\xff\xff\xff\xff", "编码"),
    ],
)
def test_a_file_that_is_not_read_is_named_with_what_is(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as told:
        open_given(path)
    assert told.value.exit_code == 3
    assert told.value.where == name


def test_a_folder_and_a_file_that_is_not_there_are_said(tmp_path):
    with pytest.raises(InputError, match="是一个目录"):
        open_given(tmp_path)
    with pytest.raises(InputError, match="没有这个文件"):
        open_given(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="打不开"):
        open_given(tmp_path / "a\0b.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_may_not_be_opened_is_said(tmp_path):
    path = tmp_path / "closed.csv"
    path.write_text(HEADER, "utf-8")
    path.chmod(0)
    with pytest.raises(InputError, match="没有权限"):
        open_given(path)


def test_a_command_may_read_other_kinds(tmp_path):
    path = tmp_path / "决定.pdf"
    path.write_bytes(b"%PDF")
    assert open_given(path, (".pdf",)) == b"%PDF"


FUZZ = settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(content=st.binary(max_size=200), ending=st.sampled_from([*READABLE, ".et", ""]))
def test_no_argument_raises_anything_but_words(content, ending, tmp_path, known_on):
    path = tmp_path / f"名单{ending}"
    path.write_bytes(content)
    for open_it in (open_given, lambda one: inspect(one, "results", None, known_on)):
        with suppress(InputError):
            open_it(path)


@pytest.mark.parametrize("name", ["answer.et", "answer.docx", "answer"])
def test_a_file_of_another_kind_that_is_received_says_so(tmp_path, store, name):
    path = tmp_path / name
    path.write_text(HEADER, "utf-8")
    problem = receive(path, "results", store).problem()
    assert problem is not None
    assert "不读取" in str(problem)
