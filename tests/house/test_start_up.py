"""A command that runs no graph answers at once: the heavy libraries are imported when they are used."""

import importlib
import subprocess
import sys

import pytest

from cli.main import COMMANDS

HEAVY = {"polars", "dagster", "sqlalchemy", "pandera", "pyarrow", "jinja2", "xlsxwriter", "rich"}


def imported_by(root, *arguments):
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    return {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in told.stderr.splitlines()}


@pytest.mark.parametrize("arguments", [("-c", "import cli.main"), ("-m", "cli.main", "--help")], ids=["import", "help"])
def test_the_command_starts_light(root, arguments):
    imported = imported_by(root, *arguments)
    assert "click" in imported
    assert imported & HEAVY == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_listed_is_there(command):
    module, function, help_line = COMMANDS[command]
    assert getattr(importlib.import_module(module), function).help
    assert help_line
