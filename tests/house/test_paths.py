"""A path is made of a name in one place, and what is needed meanwhile lies where a sweep finds it."""

import ast

import pytest

NAMED = {"county", "register", "part", "officer", "profile"}


def told(node):
    return getattr(node, "id", getattr(node, "attr", ""))


def joins_of(tree):
    """Where a path is made with a bare name on its right."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and told(node.right) in NAMED:
            yield node.lineno


def modules_named(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.fixture(scope="module")
def trees(root, rooms):
    paths = [path for room in rooms if room != "generator" for path in (root / room).rglob("*.py")]
    return {str(path.relative_to(root)): ast.parse(path.read_text("utf-8")) for path in paths}


def test_no_path_is_made_of_a_county_beside_the_home(trees):
    found = [f"{name}:{line}" for name, tree in trees.items() for line in joins_of(tree)]
    assert found == [], "use Home.of_county"


def test_temporary_folders_are_made_in_one_place(trees):
    found = [name for name, tree in trees.items() if "tempfile" in modules_named(tree)]
    assert found == ["contracts/files.py"], "use contracts.files.own_folder: what a kill leaves is swept"
