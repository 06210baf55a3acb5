"""What `disburse ui` starts."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from click.testing import CliRunner

from cli import ui
from contracts.errors import InputError, NotAllowedError
from dagster_project.page import serving
from tests import homes


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A home that Dagster was never on."""
    made = homes.make_home(tmp_path / "home")
    monkeypatch.setenv("DISBURSE_HOME", str(made.path))
    monkeypatch.setenv("DAGSTER_HOME", "")  # the command sets it for its children
    return made


@pytest.fixture
def served(monkeypatch):
    """What was asked for, in place of a server."""
    asked = []

    def serve(home, port, by, tell):
        asked.append(by and by.officer)
        tell(f"http://127.0.0.1:{port}/enter?token=t")

    monkeypatch.setattr(serving, "serve", serve)
    return asked


@pytest.fixture
def told(home):
    """What the command says."""
    return lambda *options: CliRunner().invoke(ui.ui, options, obj=home, catch_exceptions=False).output


def test_it_only_shows_unless_an_officer_asks_to_operate(told, served):
    assert "只看不动" in told()
    assert "只看不动" in told("--read-only")
    assert f"由“{homes.MAKER}”经办" in told("--operate", "--as", f" {homes.MAKER}")
    assert json.loads(told("--json"))["operates"] is None
    assert served == [None, None, homes.MAKER, None]


def test_only_who_may_make_a_run_operates(told, served):
    for name in (homes.CHECKER, "路人甲"):
        with pytest.raises(NotAllowedError):
            told("--operate", "--as", name)
    assert "须同时给出" in told("--operate")
    assert "须同时给出" in told("--as", homes.MAKER)
    assert served == []


def test_a_port_that_is_taken_is_said_in_words(home):
    with serving._listening(0) as taken, pytest.raises(InputError) as refused:
        serving.serve(home, taken.getsockname()[1], None, print)
    assert "--port" in str(refused.value)


def test_it_serves_dagsters_page_behind_the_door_until_it_is_ended(home, root):
    """Through the command, as an officer starts it: nobody without the address gets anything."""
    started = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "ui", "--port", "0", "--json"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        address = json.loads("".join(iter(started.stdout.readline, "}\n")) + "}")["address"]
        page = address.partition("/enter")[0]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(page)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert "Dagster" in browser.open(address).read().decode()
        asked = {"query": "{ assetNodes { assetKey { path } } }"}
        question = urllib.request.Request(
            f"{page}/graphql",
            json.dumps(asked).encode(),
            {"Content-Type": "application/json", "Origin": page},
        )
        nodes = json.load(browser.open(question))["data"]["assetNodes"]
        assert ["released"] in [node["assetKey"]["path"] for node in nodes]
    finally:
        started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert (started.returncode, err) == (0, "")
