"""A state, an event or a decision is written by its name in contracts.codes: a bare string is misspelt in silence."""

import ast

import pytest

from contracts.codes import BatchEvent, BatchState, GapDecision, HoldEvent, SignatureStep

ROOMS = ("ledger", "payments", "reports")
WORDS = {word for codes in (BatchEvent, BatchState, GapDecision, HoldEvent, SignatureStep) for word in codes.values()}
OF_ANOTHER_KIND = {("payments/outbox.py", "voided")}  # a folder


@pytest.mark.parametrize("room", ROOMS)
def test_no_word_of_a_code_list_stands_bare(root, room):
    found = {
        (path.relative_to(root).as_posix(), node.value)
        for path in sorted((root / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in WORDS
    }
    assert found <= OF_ANOTHER_KIND
