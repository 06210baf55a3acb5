"""Giving commands as an officer does.

In this process, by the same `main` as the installed command: what a process of its own would cost is its imports, and
tests/house/test_start_up.py looks at those.
"""

import io
import json
import os
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from unittest.mock import patch

from cli.main import main


class Terminal(io.StringIO):
    """Somebody at a keyboard."""

    def isatty(self):
        return True


def disburse(home, *arguments, code=0, typed=None, piped=""):
    """Give a command; what it said on stdout and on stderr. `typed`: at a terminal, else `piped` into it."""
    said, warned, ended = io.StringIO(), io.StringIO(), 0
    with ExitStack() as given:
        given.enter_context(patch.dict(os.environ, {"DISBURSE_HOME": str(home.path)}))
        given.enter_context(patch.object(sys, "argv", ["disburse", *arguments]))
        given.enter_context(patch.object(sys, "stdin", io.StringIO(piped) if typed is None else Terminal(typed)))
        given.enter_context(redirect_stdout(said))
        given.enter_context(redirect_stderr(warned))
        try:
            main()
        except SystemExit as end:
            ended = end.code or 0
    assert ended == code, said.getvalue() + warned.getvalue()
    return said.getvalue(), warned.getvalue()


def asked(home, *arguments, piped=""):
    return json.loads(disburse(home, *arguments, "--json", piped=piped)[0])


def given(monkeypatch, capfd, home, *arguments):
    """Give a command on a terminal of another language; its exit code, what it said on stdout and on stderr."""
    if home is not None:
        monkeypatch.setenv("DISBURSE_HOME", str(home))
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr(sys, "argv", ["disburse", *arguments])
    try:
        main()
    except SystemExit as left:
        code = left.code
    else:
        code = 0
    return code, *capfd.readouterr()
