"""Whatever goes wrong, an officer reads what and what to do, and never a traceback."""

import errno
import sys

import pytest

from cli import main as command
from contracts.errors import InputError
from contracts.settings import Home
from ledger.book import open_book
from tests import homes
from tests.cli.giving import disburse


def given(monkeypatch, capfd, home, trouble, *arguments):
    """Give a command whose work ends in trouble; its exit code and what it said."""

    def failing(**_):
        raise trouble

    monkeypatch.setenv("DISBURSE_HOME", str(home.path))
    monkeypatch.setattr(sys, "argv", ["disburse", *arguments])
    monkeypatch.setattr(command.disburse, "main", failing)
    with pytest.raises(SystemExit) as left:
        command.main()
    said = capfd.readouterr()
    assert "Traceback" not in said.out + said.err
    return left.value.code, said.out + said.err


@pytest.fixture
def home(tmp_path):
    return homes.make_home(tmp_path / "home")


def test_an_unforeseen_error_is_one_sentence_and_a_trace_in_the_home(monkeypatch, capfd, home):
    secret = homes.resident_id("1940-03-05")
    code, said = given(monkeypatch, capfd, home, KeyError(secret))
    assert (code, "程序错误 KeyError" in said, secret in said) == (1, True, False)
    trace = (home.path / "logs" / "command.trace").read_text("utf-8")
    assert "in failing" in trace
    assert "KeyError" in trace
    assert secret not in trace


def test_a_full_disk_says_to_make_room(monkeypatch, capfd, home):
    code, said = given(monkeypatch, capfd, home, OSError(errno.ENOSPC, "No space left on device"))
    assert (code, "磁盘已满" in said) == (1, True)


def test_trouble_is_told_in_json_too(monkeypatch, capfd, home):
    _, said = given(monkeypatch, capfd, home, ValueError("x"), "--json")
    assert '"error": "程序错误 ValueError"' in said


def test_a_closed_pipe_is_no_error(monkeypatch, home, capfd):
    monkeypatch.setattr(command.os, "dup2", lambda *_: None)
    code, said = given(monkeypatch, capfd, home, BrokenPipeError())
    assert (code, said) == (0, "")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("no address", "数据库地址写法不对"),
        ("mysql+nothing_of_that_name://host/book", "数据库地址写法不对"),
        ("mysql+pymysql://host/book", "缺少连接数据库的程序包 pymysql"),
    ],
)
def test_a_database_address_that_leads_nowhere_says_what_is_missing(url, told):
    with pytest.raises(InputError, match=told):
        open_book(url)


def test_a_file_that_is_no_book_says_so(tmp_path):
    (tmp_path / "book.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(InputError, match="总账文件打不开或已损坏"):
        open_book(Home(tmp_path).database_url)


@pytest.mark.parametrize("month", ["1999-01", "2199-01"])
def test_a_month_that_cannot_be_a_pay_month_is_told_with_what_can(home, month):
    where = ("--county", homes.COUNTY, "--month", month)
    _, said = disburse(home, "run", *where, "--as", homes.MAKER, code=3)
    assert f"{month} 不能运行" in said
    assert "月份从 2020-01 起" in said
