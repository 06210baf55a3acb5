"""Doors call and show: what is written, and that it is whole, is the business of the rooms below."""

import ast

import pytest

DOORS = ("cli", "cluster", "dagster_project")
WRITES = {"write_whole", "whole_file", "move_whole", "have_bytes", "write_text", "write_bytes"}
OF_ITSELF = {("dagster_project/instance.py", "write_whole")}  # how Dagster itself is set up, which no room below knows


@pytest.mark.parametrize("door", DOORS)
def test_no_file_is_written_in_a_door(root, door):
    found = {
        (path.relative_to(root).as_posix(), name)
        for path in sorted((root / door).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (getattr(node, "attr", ""), getattr(node, "id", ""))
        if name in WRITES
    }
    assert found <= OF_ITSELF
