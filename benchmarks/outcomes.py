"""What came of each fault that was tried, kept in benchmarks/tried/, and whether it still says something.

An outcome holds as long as the faulty module reads the same (comments and layout aside) and so do the tests it rests
on: the one that noticed the fault, or all that were asked and did not. A helper of a test that changes is not seen:
`make mutants ANEW=1` tries everything again.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from faults import Fault


@dataclass(frozen=True)
class Outcome:
    """Which test noticed a fault, or which were asked and did not; and what all of that read like."""

    noticed: str
    asked: tuple[str, ...]
    state: str

    @classmethod
    def of(cls, root: Path, fault: Fault, noticed: str, asked: Sequence[str]) -> Self:
        """What has come of trying."""
        tests = () if noticed else tuple(sorted(asked))
        return cls(noticed, tests, state(root, fault.path, tests or (noticed,)))

    def holds(self, root: Path, fault: Fault) -> bool:
        """Whether nothing that it rests on has changed."""
        return self.state == state(root, fault.path, self.asked or (self.noticed,))

    def is_settled(self, tests: Sequence[str]) -> bool:
        """Whether asking these tests would tell nothing new."""
        return bool(self.noticed) or set(tests) <= set(self.asked)


class Outcomes:
    """The outcomes of a room by fault, kept in a file."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root, self.file = root, file
        held = json.loads(file.read_text("utf-8")) if file.exists() else {}
        self.all = {key: Outcome(noticed, tuple(asked), state) for key, (noticed, asked, state) in held.items()}

    def of(self, fault: Fault) -> Outcome | None:
        """What is known of a fault; None where nothing is, or no longer."""
        known = self.all.get(fault.key)
        return known if known and known.holds(self.root, fault) else None

    def keep(self, fault: Fault, outcome: Outcome) -> None:
        """Write one down, whole or not at all."""
        self.all[fault.key] = outcome
        self._write()

    def keep_only(self, room: Iterable[Fault]) -> None:
        """Drop what is known of places that are no more."""
        there = {fault.key for fault in room}
        if gone := set(self.all) - there:
            self.all = {key: outcome for key, outcome in self.all.items() if key not in gone}
            self._write()

    def _write(self) -> None:
        held = {key: [one.noticed, one.asked, one.state] for key, one in sorted(self.all.items())}
        lines = [json.dumps({key: one}, ensure_ascii=False)[1:-1] for key, one in held.items()]
        self.file.parent.mkdir(exist_ok=True)
        fresh = self.file.with_suffix(".tmp")
        fresh.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
        fresh.replace(self.file)


def state(root: Path, path: str, tests: Iterable[str]) -> str:
    """How a module and tests of it read, as a digest."""
    told = [_module(root / path), *(_test(root, test) for test in tests)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def forget() -> None:
    """Read files anew."""
    _module.cache_clear()
    _defined.cache_clear()


@functools.cache
def _module(file: Path) -> str:
    return ast.dump(_without_docstrings(ast.parse(file.read_text("utf-8"))))


@functools.cache
def _defined(file: Path) -> dict[str, str]:
    """Every function and class of a file of tests, by its name."""
    tree = _without_docstrings(ast.parse(file.read_text("utf-8"))) if file.is_file() else ast.Module([], [])
    found = {"": ast.dump(tree)}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = ast.dump(node)
    return found


def _test(root: Path, test: str) -> str:
    """How a test reads; all of its file where it is not written as a function or class of its own name."""
    file, _, name = test.partition("::")
    defined = _defined(root / file)
    return defined.get(name.split("::")[0].split("[")[0], defined[""])


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:]
    return tree
