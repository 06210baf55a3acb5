"""Whether a test notices a fault: tests are collected once, and each fault is put into a copy (fork) of that process.

Which tests are asked: those that run the faulty statement, by themselves or through a fixture that several tests share:
those of the module's own file first, then the quickest, until the first that fails. A fault in what is run
at import is tried in a process of its own.
"""

from __future__ import annotations

import builtins
import functools
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

import polars as pl  # noqa: F401 its own threads start with it
import pytest
from faults import Fault, counted, faulty
from hypothesis import Phase, settings

PATIENCE = 10.0  # CPU seconds beyond three times what the tests take, after which a fault is taken to hang
WAIT = 20  # times as long by the clock: other work may have the machine
MEMORY = 6 * 2**30  # bytes of addresses: a fault that takes more is stopped before the machine is
COUNTER = "statement_is_run_"
HANGS = "hangs"  # told in the place of the test that noticed


@dataclass
class Hits:
    """What tests run: CPU seconds of a test or fixture, the fixtures a test shares, who runs "path:line"."""

    seconds: dict[str, float] = field(default_factory=dict)
    shares: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, other: Hits) -> None:
        """Those of another file as well."""
        self.seconds |= other.seconds
        self.shares |= other.shares
        for at, by in other.lines.items():
            self.lines.setdefault(at, []).extend(by)

    def running(self, fault: Fault) -> set[str]:
        """The tests that run what is faulty."""
        if self.is_run(fault):
            by = set(self.lines[f"{fault.path}:{fault.statement}"])
        else:
            by = {one for at, those in self.lines.items() if at.split(":")[0] == fault.path for one in those}
        return {test for test, shared in self.shares.items() if test in by or by.intersection(shared)}

    def cost(self, tests: Sequence[str]) -> float:
        """CPU seconds of some tests, what they share made once."""
        made = {(_file(test), fixture) for test in tests for fixture in self.shares[test]}
        return sum(self.seconds[test] for test in tests) + sum(self.seconds.get(fixture, 0) for _, fixture in made)

    def is_run(self, fault: Fault) -> bool:
        """Whether a test runs the statement; what is run at import only is none's."""
        return bool(self.lines.get(f"{fault.path}:{fault.statement}"))

    def asked(self, fault: Fault, at_most: float) -> list[str]:
        """The tests to ask about a fault, as many as take so many CPU seconds, and one at least.

        One case of each function before a second of any, the quickest first; asked file by file, the own first.
        """
        own = f"tests/{fault.path.replace('/', '/test_')}"
        cases: dict[str, int] = defaultdict(int)
        ranked: list[tuple[bool, int, float, str]] = []
        for test in sorted(self.running(fault), key=lambda test: (self.seconds[test], test)):
            function = test.split("[")[0]
            ranked.append((_file(test) != own, cases[function], self.seconds[test], test))
            cases[function] += 1
        chosen: dict[str, list[str]] = defaultdict(list)
        made: set[tuple[str, str]] = set()
        left = at_most
        for *_, test in sorted(ranked):
            fresh = {(_file(test), fixture) for fixture in self.shares[test]} - made
            cost = self.seconds[test] + sum(self.seconds.get(fixture, 0) for _, fixture in fresh)
            if cost <= left or not chosen:
                chosen[_file(test)].append(test)
                made |= fresh
                left -= cost
        files = sorted(chosen, key=lambda file: (file != own, self.cost(chosen[file])))
        return [test for file in files for test in chosen[file]]


class Noticing:
    """A pytest plugin: in the place of running the tests it runs `ask` with the collected tests."""

    def __init__(self, root: Path, paths: Sequence[str], ask: Callable[[Noticing], None]) -> None:
        self.root, self.paths, self.ask = root, paths, ask
        self.items: dict[str, pytest.Item] = {}
        self.alone: dict[
            str, bool
        ] = {}  # test → whether it holds without a fault, asked apart from the others of its file
        self.functions: list[FunctionType] = []  # of the modules, wherever they are held
        self.caches: list[functools._lru_cache_wrapper[Any]] = []  # of the project
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
        for path in self.paths:
            importlib.import_module(path.removesuffix(".py").replace("/", "."))
        self.functions = _functions(self.root, self.paths)
        self.caches = _caches(self.root)
        gc.freeze()  # what is here is no copy's to look through
        self.ask(self)
        return True

    def files(self) -> list[str]:
        """The files of the tests."""
        return sorted({_file(test) for test in self.items})

    def hits(self, file: str) -> Hits:
        """Run a file's tests once, in a copy: how long each takes, and who runs which statement."""
        status, told = _in_copy(lambda tell: self._count(file, tell), None)
        if status:
            raise SystemExit(f"{file}: the tests fail without a fault: {told}")
        return Hits(**json.loads(told))

    def noticed_by(self, fault: Fault, tests: Sequence[str], seconds: float) -> str:
        """The test that fails over a fault, in a copy; empty where none does."""
        asked = list(tests)
        while asked:
            status, told = _in_copy(lambda tell: self._try(fault, asked, tell), seconds)
            if not status:
                return ""
            if told not in self.items:
                return told or HANGS
            if self._holds(told, asked):
                return told
            asked.remove(told)
        return ""

    def _holds(self, test: str, asked: Sequence[str]) -> bool:
        """Whether a test passes without the fault as it was asked: some need those before them in their file."""
        if test not in self.alone:
            before = list(asked[: asked.index(test) + 1])
            self.alone[test] = not _in_copy(lambda tell: self._try(None, before, tell), None)[0]
        return self.alone[test]

    def _count(self, file: str, tell: Tell) -> None:
        direct: dict[str, dict[str, None]] = defaultdict(dict)
        for place, path in enumerate(self.paths):
            _put(counted(self.root, path, f"{COUNTER}{place}"), self.functions)
        items = [item for test, item in self.items.items() if _file(test) == file]
        shared = _Shared(items[0])
        for place, path in enumerate(self.paths):
            counter = lambda line, of=path: direct[f"{of}:{line}"].setdefault(shared.now)  # noqa: E731
            setattr(builtins, f"{COUNTER}{place}", counter)
        items[0].config.pluginmanager.register(shared)
        found = Hits()
        for item, after in zip(items, [*items[1:], None], strict=True):
            for cache in self.caches:
                cache.cache_clear()
            before, made = _cpu(), shared.taken
            shared.now = item.nodeid
            if _fails(item, after):
                tell(item.nodeid)
                os._exit(1)
            found.seconds[item.nodeid] = _cpu() - before - (shared.taken - made)
            found.shares[item.nodeid] = _shares(item)
        found.seconds |= shared.seconds
        found.lines = {at: list(by) for at, by in direct.items()}
        tell(json.dumps(vars(found)))

    def _try(self, fault: Fault | None, tests: Sequence[str], tell: Tell) -> None:
        if fault:
            _put(faulty(self.root, fault.path, fault.place), self.functions)
        for cache in self.caches:
            cache.cache_clear()
        items = [self.items[test] for test in tests]
        for item, after in zip(items, [*items[1:], None], strict=True):
            _without_shrinking(item)
            if _fails(item, after):
                tell(item.nodeid)
                os._exit(1)


Tell = Callable[[str], None]


class _Shared:
    """Tells what a fixture shared by several tests runs apart from what the test runs that happens to make it."""

    def __init__(self, first: pytest.Item) -> None:
        self.now = first.nodeid
        self.seconds: dict[str, float] = {}
        self.taken = 0.0  # CPU seconds of all of them

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[object]:
        """Name the fixture while it is made."""
        if fixturedef.scope == "function":
            return (yield)
        was, before, inner = self.now, _cpu(), self.taken
        self.now = _named(fixturedef)
        try:
            return (yield)
        finally:
            own = _cpu() - before - (self.taken - inner)
            self.seconds[self.now] = self.seconds.get(self.now, 0) + own
            self.taken += own
            self.now = was


def _named(fixture: pytest.FixtureDef[object]) -> str:
    return f"{fixture.baseid} {fixture.argname}"


def _shares(item: pytest.Item) -> list[str]:
    known = item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]
    return sorted(_named(fixtures[-1]) for fixtures in known if fixtures[-1].scope != "function")


def _file(test: str) -> str:
    return test.split("::")[0]


def _cpu() -> float:
    return sum(os.times()[:4])


def threads() -> list[str]:
    """The names of this process's threads."""
    return [told.read_text("utf-8").strip() for told in Path("/proc/self/task").glob("*/comm")]


def noticed_alone(root: Path, fault: Fault, tests: Sequence[str], seconds: float) -> str:
    """The test that fails in a process of its own, which imports the faulty module; empty where none does."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "failed"
        command = [sys.executable, str(Path(__file__)), str(root), fault.path, str(fault.place), str(report), *tests]
        child = subprocess.Popen(
            command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        resource.prlimit(child.pid, resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.prlimit(child.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            status = child.wait(seconds * WAIT)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            return HANGS
        if status < 0:
            return HANGS
        told = report.read_text("utf-8") if report.exists() else "the import"
        return told if status else ""


def _in_copy(act: Callable[[Tell], None], seconds: float | None) -> tuple[int, str]:
    """What a copy of this process ends with (0 where `act` returns, below it where it hangs) and what it told."""
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as report:
        child = os.fork()
        if child == 0:
            _act(act, seconds, lambda told: os.pwrite(report.fileno(), told.encode(), 0))
        watched = os.pidfd_open(child)
        if not select.select([watched], [], [], seconds * WAIT if seconds else None)[0]:
            os.killpg(child, signal.SIGKILL)
        os.close(watched)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), os.pread(
            report.fileno(), os.fstat(report.fileno()).st_size, 0
        ).decode()


def _act(act: Callable[[Tell], None], seconds: float | None, tell: Tell) -> NoReturn:
    os.setsid()
    if seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        act(tell)
    except BaseException as broken:  # a fault may break anything
        tell(f"broke pytest: {type(broken).__name__}")
        os._exit(2)
    os._exit(0)


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


def _put(module: CodeType, functions: Sequence[FunctionType]) -> None:
    """Give every function made of a module's code its new code."""
    new: dict[tuple[str, int], CodeType] = {}
    for code in _codes(module):
        new.setdefault((code.co_qualname, code.co_firstlineno), code)
    for held in functions:
        if held.__code__.co_filename == module.co_filename:
            code = new.get((held.__code__.co_qualname, held.__code__.co_firstlineno), held.__code__)
            if code.co_freevars == held.__code__.co_freevars:
                held.__code__ = code


def _functions(root: Path, paths: Sequence[str]) -> list[FunctionType]:
    files = {str(root / path) for path in paths}
    return [one for one in gc.get_objects() if type(one) is FunctionType and one.__code__.co_filename in files]


def _codes(code: CodeType) -> Iterator[CodeType]:
    for held in code.co_consts:
        if isinstance(held, CodeType):
            yield held
            yield from _codes(held)


def _caches(root: Path) -> list[functools._lru_cache_wrapper[Any]]:
    """Every cache of the project's own functions, its tests' too."""
    held = [one for one in gc.get_objects() if type(one) is functools._lru_cache_wrapper]
    return [one for one in held if _is_ours(root, getattr(one.__wrapped__, "__code__", None))]


def _is_ours(root: Path, code: CodeType | None) -> bool:
    return code is not None and code.co_filename.startswith(f"{root}/") and "/.venv/" not in code.co_filename


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


class _Report:
    """Writes down which test failed first."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the first failure."""
        if report.failed and not self.file.exists():
            self.file.write_text(report.nodeid, "utf-8")


def run_alone(root: Path, path: str, place: int, report: Path, tests: list[str]) -> int:
    """Run the tests over one fault, in this process."""
    sys.path.insert(0, str(root))
    sys.meta_path.insert(0, _Finder(root, path, place))
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return int(pytest.main([*options, *tests], plugins=[_Report(report)]))


if __name__ == "__main__":
    sys.exit(run_alone(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]), sys.argv[5:]))
