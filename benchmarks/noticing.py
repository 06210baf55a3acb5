"""Whether a test notices a fault: tests are collected once, and each fault is put into a copy (fork) of that process.

Which tests are asked: those of every file in which a test runs the faulty statement, the ones that run it themselves
first. A fault in what is read at import is tried in a process of its own.
"""

from __future__ import annotations

import builtins
import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import polars as pl  # noqa: F401 its own threads start with it
import pytest
from faults import Fault, counted, faulty
from hypothesis import Phase, settings

PATIENCE = 20.0  # seconds beyond three times what the tests take, after which a fault is taken to hang
COUNTER = "statement_is_run_"
Hits = dict[str, Any]  # "tests": test → seconds; "lines": "path:line" → tests in order


class Noticing:
    """A pytest plugin: in the place of running the tests it runs `ask` with the collected tests."""

    def __init__(self, root: Path, paths: Sequence[str], ask: Callable[[Noticing], None]) -> None:
        self.root, self.paths, self.ask = root, paths, ask
        self.items: dict[str, pytest.Item] = {}
        self.threads = len(threads())  # those that polars keeps for itself; none works for us yet

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Ask instead of running."""
        if session.testsfailed:
            raise SystemExit("the tests cannot be collected")
        if len(threads()) > self.threads:
            raise SystemExit(f"collecting started threads, a copy of this process would hang: {threads()}")
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined] # one folder for all copies
        self.items = {item.nodeid: item for item in session.items}
        self.ask(self)
        return True

    def hits(self) -> Hits:
        """Run every test once, in a copy: how long each takes, and who runs which statement."""
        report = self.root / ".mutants" / "hits.tmp"
        report.parent.mkdir(exist_ok=True)
        if _in_copy(lambda: self._count(report), None) != 0:
            raise SystemExit("the tests fail without a fault")
        return dict(json.loads(report.read_text("utf-8")))

    def is_noticed(self, fault: Fault, tests: Sequence[str], seconds: float) -> bool:
        """Whether one of the tests fails, in a copy."""
        return _in_copy(lambda: self._try(fault, tests), seconds) != 0

    def _count(self, report: Path) -> None:
        lines: dict[str, dict[str, None]] = {}
        taken: dict[str, float] = {}
        now = [""]
        for place, path in enumerate(self.paths):
            counter = f"{COUNTER}{place}"
            _put(counted(self.root, path, counter))
            setattr(builtins, counter, lambda line, of=path: lines.setdefault(f"{of}:{line}", {}).setdefault(now[0]))
        shared = _Shared(now)
        next(iter(self.items.values())).config.pluginmanager.register(shared)
        for item, after in self._in_order(list(self.items)):
            if item.nodeid.split("::")[0] != now[0].split("::")[0]:
                _forget()
            now[0] = item.nodeid
            started = time.monotonic()
            if _fails(item, after):
                print(f"fails without a fault: {item.nodeid}", file=sys.__stderr__, flush=True)
                os._exit(1)
            taken[item.nodeid] = time.monotonic() - started
        report.write_text(json.dumps({"tests": taken, "lines": {at: list(by) for at, by in lines.items()}}), "utf-8")

    def _try(self, fault: Fault, tests: Sequence[str]) -> None:
        _put(faulty(self.root, fault.path, fault.place))
        _forget()
        for item, after in self._in_order(tests):
            _without_shrinking(item)
            if _fails(item, after):
                os._exit(1)

    def _in_order(self, tests: Sequence[str]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
        items = [self.items[test] for test in tests]
        yield from zip(items, [*items[1:], None], strict=True)


class _Shared:
    """Tells what a fixture of the whole session runs apart: every file sees it."""

    def __init__(self, now: list[str]) -> None:
        self.now = now

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[object]:
        """Name the session while such a fixture is made."""
        was = self.now[0]
        if fixturedef.scope in ("session", "package"):
            self.now[0] = ""
        try:
            return (yield)
        finally:
            self.now[0] = was


def threads() -> list[str]:
    """The names of this process's threads."""
    return [told.read_text("utf-8").strip() for told in Path("/proc/self/task").glob("*/comm")]


def tests_for(fault: Fault, hits: Hits, at_most: float) -> list[str]:
    """The tests to ask, as many as take so many seconds, and one at least.

    Those of the module's own file first, then the likeliest and quickest.
    """
    own = f"tests/{fault.path.replace('/', '/test_')}"
    lines: dict[str, list[str]] = hits["lines"]
    seconds: dict[str, float] = hits["tests"]
    if fault.statement:
        ran = set(lines.get(f"{fault.path}:{fault.statement}", ()))
    else:
        ran = {test for at, tests in lines.items() if at.split(":")[0] == fault.path for test in tests}
    is_anybodys = "" in ran or not (fault.statement or ran)  # a fixture of all runs it, or nothing but the import
    files = {test.split("::")[0] for test in (seconds if is_anybodys else ran)}
    asked = [test for test in seconds if test.split("::")[0] in files]
    cost: dict[str, float] = {}
    for test in asked:
        cost[test.split("::")[0]] = cost.get(test.split("::")[0], 0) + seconds[test] * (test in ran)

    def rank(test: str) -> tuple[bool, bool, float, str]:
        file = test.split("::")[0]
        return file != own, test not in ran, cost[file], file

    order = sorted(asked, key=rank)
    total = accumulate(seconds[test] for test in order)
    return [test for test, until in zip(order, total, strict=True) if until <= at_most or test == order[0]]


def is_noticed_alone(root: Path, fault: Fault, tests: Sequence[str], seconds: float) -> bool:
    """Whether one of the tests fails in a process of its own, which imports the faulty module."""
    command = [sys.executable, str(Path(__file__)), str(root), fault.path, str(fault.place), *tests]
    child = subprocess.Popen(
        command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return child.wait(seconds) != 0
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return True


def _in_copy(act: Callable[[], None], seconds: float | None) -> int:
    """What a copy of this process ends with: 0 where `act` returns."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        if seconds is not None:
            os.dup2(nowhere, 2)
        try:
            act()
        except BaseException:  # a fault may break anything
            traceback.print_exc()
            os._exit(2)
        os._exit(0)
    until = time.monotonic() + (seconds or 3600)
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 3


def _fails(item: pytest.Item, after: pytest.Item | None) -> bool:
    watch = _Watch()
    manager = item.config.pluginmanager
    manager.register(watch)
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
    manager.unregister(watch)
    return watch.has_failed


class _Watch:
    """Whether a report says failed."""

    has_failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self.has_failed |= report.failed


def _put(module: CodeType) -> None:
    """Give every function made of a module's code its new code, wherever it is held."""
    new: dict[tuple[str, int], CodeType] = {}
    for code in _codes(module):
        new.setdefault((code.co_qualname, code.co_firstlineno), code)
    for held in gc.get_objects():
        if type(held) is FunctionType and held.__code__.co_filename == module.co_filename:
            code = new.get((held.__code__.co_qualname, held.__code__.co_firstlineno), held.__code__)
            if code.co_freevars == held.__code__.co_freevars:
                held.__code__ = code


def _codes(code: CodeType) -> Iterator[CodeType]:
    for held in code.co_consts:
        if isinstance(held, CodeType):
            yield held
            yield from _codes(held)


def _forget() -> None:
    """Empty every cache of the project's functions."""
    for held in gc.get_objects():
        if type(held) is functools._lru_cache_wrapper:
            held.cache_clear()


def _without_shrinking(item: pytest.Item) -> None:
    """A random test that fails need not look for its smallest example."""
    test = getattr(item, "obj", None)
    told = getattr(test, "_hypothesis_internal_use_settings", None)
    if told is not None:
        quick = settings(told, phases=[Phase.explicit, Phase.generate])
        getattr(test, "__func__", test)._hypothesis_internal_use_settings = quick  # type: ignore[union-attr]


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles a module with one fault."""

    def __init__(self, name: str, root: Path, path: str, place: int) -> None:
        super().__init__(name, str(root / path))
        self.told = root, path, place

    def get_code(self, fullname: str) -> CodeType:
        """The module's code, faulty; never what was compiled before."""
        return faulty(*self.told)


class _Finder(importlib.abc.MetaPathFinder):
    """Gives the faulty module in the place of the right one."""

    def __init__(self, root: Path, path: str, place: int) -> None:
        self.told = root, path, place

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of the one module that is faulty."""
        if fullname != self.told[1].removesuffix(".py").replace("/", "."):
            return None
        return importlib.util.spec_from_loader(fullname, _Loader(fullname, *self.told))


def run_alone(root: Path, path: str, place: int, tests: list[str]) -> int:
    """Run the tests over one fault, in this process."""
    sys.path.insert(0, str(root))
    sys.meta_path.insert(0, _Finder(root, path, place))
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))


if __name__ == "__main__":
    sys.exit(run_alone(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:]))
