"""Giving commands as an officer does, in a process of their own."""

import json
import os
import subprocess
import sys


def disburse(home, *arguments, code=0):
    """Give a command; what it said on stdout and on stderr."""
    told = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"DISBURSE_HOME": str(home.path), "PYTHONUTF8": "1"},
    )
    assert told.returncode == code, told.stdout + told.stderr
    return told.stdout, told.stderr


def asked(home, *arguments):
    return json.loads(disburse(home, *arguments, "--json")[0])
