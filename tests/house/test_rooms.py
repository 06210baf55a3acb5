"""The rooms: what they are called, what they say of themselves, and which way they look."""

import ast
import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "core", "misc"}
ROOMS_WITHOUT_PYTHON = ["policies", "fixtures"]


def test_imports_only_go_down(root):
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_package_is_a_room_that_types_imports_and_installation_know(root, rooms, pyproject):
    packages = {init.parent.name for init in root.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages == set(rooms)
    assert packages == set(pyproject["tool"]["mypy"]["packages"])
    installed = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert packages | {"policies"} == set(installed)


def test_every_room_says_what_lives_in_it(root, rooms):
    wordless = [room for room in [*rooms, *ROOMS_WITHOUT_PYTHON] if not (root / room / "README.md").is_file()]
    assert wordless == []


def test_the_files_a_room_names_are_there(root, rooms):
    missing = []
    for room in [*rooms, *ROOMS_WITHOUT_PYTHON]:
        named = re.findall(r"`([\w/]+\.(?:py|yaml|md))`", (root / room / "README.md").read_text("utf-8"))
        missing += [
            f"{room}: {name}" for name in named if not (root / room / name).exists() and not (root / name).exists()
        ]
    assert missing == []


def test_nothing_is_called_by_a_name_that_means_nothing(root, tree):
    named = {part.removesuffix(".py") for path in tree for part in path.relative_to(root).parts}
    assert named & FORBIDDEN_NAMES == set()


def test_a_room_does_not_know_its_tests(root, rooms):
    for room in rooms:
        for source in (root / room).rglob("*.py"):
            for node in ast.walk(ast.parse(source.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    assert (node.module or "").split(".")[0] not in {"tests", "fixtures"}, source
                elif isinstance(node, ast.Import):
                    assert not {alias.name.split(".")[0] for alias in node.names} & {"tests", "fixtures"}, source


def test_nobody_leaves_work_for_later(texts):
    later = re.compile(r"\b(TOD[O]|FIXM[E])\b")
    assert [name for name, text in texts.items() if name.endswith(".py") and later.search(text)] == []


def lines_of(root, room, is_found):
    return [
        f"{source.relative_to(root)}:{node.lineno}"
        for source in (root / room).rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if is_found(node)
    ]


def word_of(node):
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_calculators_know_no_fractions_but_exact_ones(root):
    def is_inexact(node):
        divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
        return divides or is_float or word_of(node) in {"float", "round", "Float32", "Float64", "Decimal"}

    assert lines_of(root, "calculators", is_inexact) == []


def test_calculators_ask_no_clock_and_open_no_file(root):
    def is_outside(node):
        word = word_of(node)
        return word in {"today", "now", "utcnow", "open", "environ"} or word.startswith(("read_", "scan_", "sink_"))

    assert lines_of(root, "calculators", is_outside) == []
