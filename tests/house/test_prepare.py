"""`scripts/prepare.sh` names what is missing, and leaves a current .venv alone."""

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def clone(root, tmp_path):
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(root / name, tmp_path)
    shutil.copytree(root / "scripts", tmp_path / "scripts")
    return tmp_path


def prepare(clone, kind, python):
    return subprocess.run(
        ["sh", "scripts/prepare.sh", kind],
        cwd=clone,
        env=os.environ | {"PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )


def program(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def test_a_machine_without_python_is_told_the_package(clone):
    told = prepare(clone, "run", clone / "nowhere")
    assert told.returncode == 1
    assert "apt install python3 python3-venv" in told.stderr
    assert not (clone / ".venv").exists()


def test_a_python_that_is_too_old_is_no_python(clone):
    told = prepare(clone, "run", program(clone / "old", "exit 1"))
    assert "Python 3.11" in told.stderr


def test_a_python_without_venv_is_told_the_package(clone):
    bare = program(clone / "bare", 'case "$2" in *ensurepip*) exit 1 ;; esac', f'exec {sys.executable} "$@"')
    told = prepare(clone, "run", bare)
    assert told.returncode == 1
    assert "apt install python3-venv" in told.stderr
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize(("made", "asked"), [("run", "run"), ("dev", "dev"), ("dev", "run")])
def test_a_current_venv_is_left_alone_without_network(clone, made, asked):
    program(clone / ".venv/bin/python", "exit 0")
    lock = "requirements.lock" if made == "run" else "requirements-dev.lock"
    inputs = f"{clone}\n" + (clone / lock).read_text() + (clone / "pyproject.toml").read_text()
    (clone / f".venv/prepared-{made}").write_text(inputs)
    told = prepare(clone, asked, clone / "nowhere")
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_venv_of_another_lock_or_project_is_not_current(clone, changed):
    program(clone / ".venv/bin/python", "exit 0")
    inputs = f"{clone}\n" + (clone / "requirements.lock").read_text() + (clone / "pyproject.toml").read_text()
    (clone / ".venv/prepared-run").write_text(inputs)
    with (clone / changed).open("a") as opened:
        opened.write("# changed\n")
    assert prepare(clone, "run", clone / "nowhere").returncode == 1
