"""Readers take `conn`, acts take `book`: see ledger/README.md."""

import ast

import pytest

WRITES = {"insert", "insert_frame"}


def functions(root):
    for path in sorted((root / "ledger").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and path.name != "book.py":
                yield f"{path.stem}.{node.name}", node


def calls(function):
    return {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}


@pytest.fixture(scope="module")
def public(root):
    return dict(functions(root))


def test_whoever_takes_the_book_acts(public):
    taking = {name: node for name, node in public.items() if "book" in [arg.arg for arg in node.args.args]}
    assert taking
    assert [name for name, node in taking.items() if "book.writing" not in calls(node)] == []
    assert [name for name, node in taking.items() if node.args.args[0].arg != "book"] == []


def test_whoever_takes_a_connection_reads_or_says_that_it_is_a_part_of_an_act(public):
    taking = {name: node for name, node in public.items() if "conn" in [arg.arg for arg in node.args.args]}
    parts = [name for name, node in taking.items() if "in the caller's transaction" in (ast.get_docstring(node) or "")]
    assert parts
    writing = WRITES | set(parts) | {name.partition(".")[2] for name in parts}
    assert [name for name, node in taking.items() if calls(node) & writing and name not in parts] == []
    assert [name for name, node in taking.items() if node.args.args[0].arg != "conn"] == []
