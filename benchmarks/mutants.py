"""How many small faults the tests of a room notice: `make mutants`, written to benchmarks/mutants.md.

A mutant is one module with one operator, sign, bound or yes/no turned round. It is put in the place of the module in a
process of its own, and the tests of its room run until one fails. What no test notices is listed with its line.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 240  # after which a mutant is taken to hang, which is noticed
PAGE = ROOT / "benchmarks" / "mutants.md"


@dataclass(frozen=True)
class Room:
    """Modules that are made faulty, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _modules(*names: str) -> tuple[str, ...]:
    return tuple(sorted(str(path.relative_to(ROOT)) for name in names for path in ROOT.glob(name)))


LEDGER_TESTS = (
    *("posting", "cancelling", "deducting", "fate", "holds", "book", "returns", "identity", "signing", "sealing"),
)
ROOMS = {
    "calculators": Room(
        _modules("calculators/[a-z]*.py"), ("tests/calculators", "tests/oracle/test_situations.py", "tests/properties")
    ),
    "rulebook": Room(
        ("rulebook/figures.py", "rulebook/resolving.py", "rulebook/conditions.py"),
        ("tests/rulebook", "tests/oracle/test_situations.py"),
    ),
    "ledger": Room(
        ("ledger/differences.py", "ledger/posting.py", "ledger/receivables.py", "ledger/fate.py"),
        (
            *(
                f"tests/ledger/test_{name}.py"
                for name in ("posting", "cancelling", "deducting", "fate", "holds", "book")
            ),
            *(f"tests/ledger/test_{name}.py" for name in ("returns", "identity", "signing", "sealing")),
            "tests/protocol",
            "tests/ledger/test_laws.py",
        ),
    ),
    "payments": Room(
        ("payments/payable.py", "payments/claim.py"), ("tests/payments", "tests/scenarios/test_stories.py")
    ),
}
TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True)
class Mutant:
    """One fault: the module's path, which of its places, and how the line reads then."""

    path: str
    place: int
    line: int
    was: str
    now: str


def _turn(node: ast.AST) -> bool:
    """Turn a node round in place; whether it can be."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
        node.ops[0] = TURNED[type(node.ops[0])]()  # type: ignore[call-overload]
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in TURNED:
        node.op = TURNED[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        node.value = not node.value
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value += 1
    else:
        return False
    return True


def _nodes(tree: ast.AST) -> list[ast.AST]:
    """The nodes of a module in order, without annotations: those change nothing."""
    without = {id(part) for node in ast.walk(tree) for part in _annotations(node)}
    return [node for node in ast.walk(tree) if id(node) not in without]


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("annotation", "returns"):
        told = getattr(node, name, None)
        if isinstance(told, ast.AST):
            yield from ast.walk(told)


def mutants(path: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    source = (ROOT / path).read_text("utf-8")
    for place in range(len(_nodes(ast.parse(source)))):
        tree = ast.parse(source)
        node = _nodes(tree)[place]
        was = ast.unparse(node) if isinstance(node, ast.expr) else ""
        if _turn(node):
            yield Mutant(path, place, node.lineno, was, ast.unparse(node))  # type: ignore[attr-defined]


class _Faulty(importlib.machinery.SourceFileLoader):
    """Compiles a module with one place turned round."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(ROOT / mutant.path))
        self.place = mutant.place

    def get_code(self, fullname: str) -> CodeType:
        """The module's code, faulty; never what was compiled before."""
        tree = ast.parse(Path(self.path).read_text("utf-8"))
        if self.place >= 0:
            _turn(_nodes(tree)[self.place])
        return compile(ast.fix_missing_locations(tree), self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    """Gives the faulty module in the place of the right one."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant, self.name = mutant, mutant.path.removesuffix(".py").replace("/", ".")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of the one module that is faulty."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_loader(fullname, _Faulty(fullname, self.mutant))


def is_noticed(mutant: Mutant, tests: tuple[str, ...]) -> bool:
    """Whether a test fails, in a process of its own."""
    command = [sys.executable, __file__, "--mutant", mutant.path, str(mutant.place), *tests]
    child = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return child.wait(SECONDS) != 0
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return True


def run_tests(path: str, place: int, tests: list[str]) -> int:
    """Run the tests over one mutant, in this process."""
    import pytest

    sys.path.insert(0, str(ROOT))
    sys.meta_path.insert(0, _Finder(Mutant(path, place, 0, "", "")))
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))


def score(name: str, at_most: int, seed: int) -> tuple[int, int, list[Mutant]]:
    """How many mutants a room has, how many of it were tried, and who survived."""
    room = ROOMS[name]
    every = [mutant for path in room.modules for mutant in mutants(path)]
    tried = random.Random(seed).sample(every, min(at_most, len(every)))  # noqa: S311 - a sample, no secret
    survivors: list[Mutant] = []
    if is_noticed(Mutant(room.modules[0], -1, 0, "", ""), room.tests):
        raise SystemExit(f"{name}: its tests fail without a fault")
    for number, mutant in enumerate(tried, 1):
        started = time.monotonic()
        noticed = is_noticed(mutant, room.tests)
        print(
            f"{name} {number}/{len(tried)} {mutant.path}:{mutant.line} {mutant.was} → {mutant.now} "
            f"{'noticed' if noticed else 'SURVIVED'} {time.monotonic() - started:.0f} s",
            flush=True,
        )
        if not noticed:
            survivors.append(mutant)
    return len(every), len(tried), survivors


def page(found: dict[str, tuple[int, int, list[Mutant]]], seed: int) -> str:
    """The page of scores and survivors."""
    lines = [
        "# 变异得分 Mutation score",
        "",
        "Written by `make mutants`: one operator, bound or yes/no of a module turned round at a time, and whether the",
        f"tests of its room notice. Drawn at random (seed {seed}) from all there are.",
        "",
        "| room | mutants there are | tried | noticed | score |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, (every, tried, survivors) in found.items():
        noticed = tried - len(survivors)
        lines.append(f"| `{name}` | {every} | {tried} | {noticed} | {100 * noticed // max(tried, 1)} % |")
    lines += ["", "Not noticed:", ""]
    lines += [
        f"- `{one.path}:{one.line}` `{one.was}` → `{one.now}`"
        for _, _, survivors in found.values()
        for one in survivors
    ] or ["- none"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Score every room asked for, and write the page."""
    if sys.argv[1:2] == ["--mutant"]:
        sys.exit(run_tests(sys.argv[2], int(sys.argv[3]), sys.argv[4:]))
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("rooms", nargs="*", default=list(ROOMS), choices=[*ROOMS, []], metavar="ROOM")
    asked.add_argument("--at-most", type=int, default=40, help="mutants of a room")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    found = {name: score(name, given.at_most, given.seed) for name in given.rooms}
    PAGE.write_text(page(found, given.seed), "utf-8")


if __name__ == "__main__":
    main()
