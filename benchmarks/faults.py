"""The small faults that `make mutants` puts into a module, one at a time.

A fault is one operator, bound, yes/no, end of a list, kind of join or kept row turned round, or one narrowing left out.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("min_horizontal", "max_horizontal"),
    ("any_horizontal", "all_horizontal"),
    ("is_null", "is_not_null"),
    ("first", "last"),
    ("anti", "semi"),
    ("left", "inner"),
)
OTHER = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
NARROWING = {"filter", "unique", "drop_nulls", "sort"}  # a method that can be left out: its receiver stands for it


@dataclass(frozen=True)
class Fault:
    """One fault: a module's path, which of its places, where that is, and how the place reads without and with it.

    `statement`: the line of the statement it stands in; 0 where it is read when the module is imported.
    """

    path: str
    place: int
    line: int
    statement: int
    within: str
    was: str
    now: str
    turn: int  # of faults of one function that read alike, which

    @property
    def key(self) -> str:
        """What names it as long as the code around it does not change."""
        return f"{self.path} {self.within} {self.was} → {self.now} {self.turn}"


def faults(root: Path, path: str) -> Iterator[Fault]:
    """Every fault of a module."""
    seen: dict[tuple[str, str, str], int] = {}
    places = _places(ast.parse((root / path).read_text("utf-8")))
    for place, (node, statement, within) in enumerate(places):
        was = ast.unparse(node)
        turned = _turned(copy.deepcopy(node))
        if turned is None:
            continue
        now = ast.unparse(turned)
        turn = seen[within, was, now] = seen.get((within, was, now), -1) + 1
        yield Fault(path, place, node.lineno, statement, within, was, now, turn)


def faulty(root: Path, path: str, place: int) -> CodeType:
    """A module's code with one fault; as it is written where `place` is below 0."""
    file = root / path
    tree = ast.parse(file.read_text("utf-8"))
    if place >= 0:
        node = list(_places(tree))[place][0]
        turned = _turned(node)
        tree = _Replace(node, turned).visit(tree)
    return compile(ast.fix_missing_locations(tree), str(file), "exec")


def counted(root: Path, path: str, name: str) -> CodeType:
    """A module's code in which every statement of a function first calls the built-in `name` with its line."""
    file = root / path
    tree = _Count(name).visit(ast.parse(file.read_text("utf-8")))
    return compile(ast.fix_missing_locations(tree), str(file), "exec")


def _places(tree: ast.Module) -> Iterator[tuple[ast.expr, int, str]]:
    """Every expression outside annotations: with the line of its statement (0: at import) and its function."""
    for statement in tree.body:
        yield from _in_statement(statement, "", is_run=False)


def _in_statement(node: ast.stmt, within: str, is_run: bool) -> Iterator[tuple[ast.expr, int, str]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        inner = f"{within}.{node.name}".lstrip(".")
        header = [part for name, value in ast.iter_fields(node) if name != "body" for part in _parts(name, value)]
        for part in header:
            yield from _expressions(part, node.lineno if is_run else 0, within)
        for statement in node.body:
            yield from _in_statement(statement, inner, is_run or not isinstance(node, ast.ClassDef))
        return
    line = node.lineno if is_run else 0
    for name, value in ast.iter_fields(node):
        for part in _parts(name, value):
            if isinstance(part, ast.stmt):
                yield from _in_statement(part, within, is_run)
            elif isinstance(part, ast.ExceptHandler | ast.match_case):
                for statement in part.body:
                    yield from _in_statement(statement, within, is_run)
            else:
                yield from _expressions(part, line, within)


def _parts(name: str, value: object) -> list[ast.AST]:
    if name in ("annotation", "returns"):
        return []
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST)]


def _expressions(node: ast.AST, line: int, within: str) -> Iterator[tuple[ast.expr, int, str]]:
    if isinstance(node, ast.expr):
        yield node, line, within
    for name, value in ast.iter_fields(node):
        for part in _parts(name, value):
            yield from _expressions(part, line, within)


def _turned(node: ast.expr) -> ast.expr | None:
    """The expression turned round, made in place or its stand-in; None where nothing of it can be."""
    match node:
        case ast.Compare(ops=[first, *_]) if type(first) in TURNED:
            node.ops[0] = TURNED[type(first)]()  # type: ignore[call-overload]
        case ast.BoolOp() | ast.BinOp() if type(node.op) in TURNED:
            node.op = TURNED[type(node.op)]()  # type: ignore[assignment]
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            return node.operand
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int()):
            node.value = int(node.value) + 1
        case ast.Constant(value=str() as word) if word in OTHER:
            node.value = OTHER[word]
        case ast.Call(func=ast.Attribute(attr=name) as called) if name in NARROWING:
            return called.value
        case ast.Call(func=ast.Attribute(attr=name) as called) if name in OTHER:
            called.attr = OTHER[name]
        case _:
            return None
    return node


class _Replace(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST | None) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST | None:  # type: ignore[override]
        """The node, or the one that stands for it."""
        return self.new if node is self.old else super().generic_visit(node)


class _Count(ast.NodeTransformer):
    """Puts a call before every statement of a function."""

    def __init__(self, name: str) -> None:
        self.name, self.depth = name, 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function, counted all through."""
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Any node; its lists of statements counted where it stands in a function."""
        super().generic_visit(node)
        if self.depth:
            for name in ("body", "orelse", "finalbody"):
                held = getattr(node, name, None)
                if isinstance(held, list) and held and isinstance(held[0], ast.stmt):
                    setattr(node, name, [part for one in held for part in (self._call(one), one)])
        return node

    def _call(self, statement: ast.stmt) -> ast.stmt:
        called = ast.Call(ast.Name(self.name, ast.Load()), [ast.Constant(statement.lineno)], [])
        return ast.copy_location(ast.Expr(ast.copy_location(called, statement)), statement)
