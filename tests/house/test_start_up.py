"""A command that runs no graph answers at once: the heavy libraries are imported when they are used."""

import importlib
import os
import subprocess
import sys

import pytest

from cli.main import COMMANDS

WRITING = {"dagster", "xlsxwriter", "openpyxl", "lxml", "jinja2", "pyarrow", "cn2an"}
DECIDING = {"intake", "calculators", "audit", "generator"}
LOOKS = {"status": WRITING, "hold list": WRITING | DECIDING, "person": WRITING | DECIDING}
HEAVY = {"polars", "dagster", "sqlalchemy", "pandera", "pyarrow", "jinja2", "xlsxwriter", "rich"}


def imported_by(root, *arguments, check=True, **environment):
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=root,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=check,
    )
    return {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in told.stderr.splitlines()}


@pytest.mark.parametrize("arguments", [("-c", "import cli.main"), ("-m", "cli.main", "--help")], ids=["import", "help"])
def test_the_command_starts_light(root, arguments):
    imported = imported_by(root, *arguments)
    assert "click" in imported
    assert imported & HEAVY == set()


@pytest.mark.parametrize("command", LOOKS)
def test_whoever_only_looks_waits_for_nothing_that_decides_or_writes(root, tmp_path, command):
    """In a home where nothing was run: what a command may need it has imported before it finds nothing."""
    asked = {"person": ("--number", "1")}.get(command, ("--county", "410721"))
    arguments = ("-m", "cli.main", *command.split(), *asked)
    imported = imported_by(root, *arguments, check=False, DISBURSE_HOME=str(tmp_path))
    assert "ledger" in imported
    assert imported & LOOKS[command] == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_listed_is_there(command):
    module, function, help_line = COMMANDS[command]
    assert getattr(importlib.import_module(module), function).help
    assert help_line
