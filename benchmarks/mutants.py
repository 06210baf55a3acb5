"""How many small faults the tests of a room notice: `make mutants`, written to benchmarks/mutants.md.

What was tried is kept in `.mutants/`, so that it can be run in pieces: what has an outcome is not tried again unless
asked for. The page tells the first outcome of every fault and the newest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars: small tables, and other work on the machine

import pytest
from faults import Fault, faults
from noticing import PATIENCE, Hits, Noticing, is_noticed_alone, tests_for

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".mutants"
PAGE = ROOT / "benchmarks" / "mutants.md"
EQUIVALENT = ROOT / "benchmarks" / "equivalent.json"  # fault → why it changes nothing
Outcomes = dict[str, list[bool]]  # fault → whether it was noticed, at each trial


@dataclass(frozen=True)
class Room:
    """Modules that are made faulty, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _modules(*names: str) -> tuple[str, ...]:
    return tuple(sorted(str(path.relative_to(ROOT)) for name in names for path in ROOT.glob(name)))


_LEDGER = (
    *("differences", "receivables", "posting", "cancelling", "deducting", "fate", "holds", "book", "returns"),
    *("identity", "signing", "sealing"),
)
ROOMS = {
    "payments": Room(
        ("payments/payable.py", "payments/claim.py"), ("tests/payments", "tests/scenarios/test_stories.py")
    ),
    "rulebook": Room(
        ("rulebook/figures.py", "rulebook/resolving.py", "rulebook/conditions.py"),
        ("tests/rulebook", "tests/oracle/test_situations.py"),
    ),
    "ledger": Room(
        ("ledger/differences.py", "ledger/posting.py", "ledger/receivables.py", "ledger/fate.py"),
        (*(f"tests/ledger/test_{name}.py" for name in _LEDGER), "tests/protocol", "tests/ledger/test_laws.py"),
    ),
    "calculators": Room(
        _modules("calculators/[a-z]*.py"),
        (
            *("tests/calculators", "tests/oracle/test_situations.py", "tests/properties"),
            *("tests/reports/test_proof.py", "tests/reports/test_missing.py"),
        ),
    ),
}


def drawn(room: Room, at_most: int, seed: int) -> list[Fault]:
    """The faults of a room, of each module at most so many, drawn by the seed."""
    every = [list(faults(ROOT, path)) for path in room.modules]
    return [one for some in every for one in random.Random(seed).sample(some, min(at_most, len(some)))]  # noqa: S311 - a sample, no secret


def read(name: str) -> Outcomes:
    """What was tried of a room before."""
    file = KEPT / f"{name}.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def keep(name: str, what: object) -> None:
    """Keep a room's outcomes, whole or not at all."""
    KEPT.mkdir(exist_ok=True)
    fresh = KEPT / f"{name}.tmp"
    fresh.write_text(json.dumps(what, ensure_ascii=False, indent=0), "utf-8")
    fresh.replace(KEPT / f"{name}.json")


def hits(noticing: Noticing, name: str, room: Room) -> Hits:
    """Which tests run which statement; kept as long as neither changes."""
    files = sorted({*room.modules, *(test.split("::")[0] for test in noticing.items)})
    state = hashlib.sha256(b"".join((ROOT / file).read_bytes() for file in files)).hexdigest()
    file = KEPT / f"{name}-{state[:12]}.json"
    if not file.exists():
        started = time.monotonic()
        keep(file.stem, noticing.hits())
        print(f"{name}: {len(noticing.items)} tests, {time.monotonic() - started:.0f} s", flush=True)
    return dict(json.loads(file.read_text("utf-8")))


def score(name: str, given: argparse.Namespace, until: float) -> None:
    """Try what has no outcome yet; asked to try again, what was not noticed."""
    room, outcomes = ROOMS[name], read(name)
    meant = json.loads(EQUIVALENT.read_text("utf-8"))
    left = [
        one
        for one in drawn(room, given.at_most, given.seed)
        if one.key not in meant and (one.key not in outcomes or (given.again and not outcomes[one.key][-1]))
    ]
    if not left:
        return

    def ask(noticing: Noticing) -> None:
        known = hits(noticing, name, room)
        for number, fault in enumerate(left, 1):
            if time.monotonic() > until:
                return
            started = time.monotonic()
            tests = tests_for(fault, known, given.seconds)
            seconds = PATIENCE + 3 * sum(known["tests"][test] for test in tests)
            if not tests:
                noticed = False
            elif fault.statement:
                noticed = noticing.is_noticed(fault, tests, seconds)
            else:
                noticed = is_noticed_alone(ROOT, fault, tests, seconds + PATIENCE)
            outcomes.setdefault(fault.key, []).append(noticed)
            keep(name, outcomes)
            told = "noticed" if noticed else "SURVIVED"
            took = f"{time.monotonic() - started:.1f} s of {len(tests)} tests"
            print(f"{name} {number}/{len(left)} {fault.path}:{fault.line} {fault.was} → {fault.now}", flush=True)
            print(f"    {told}, {took}", flush=True)

    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    quiet = ["-p", "no:cacheprovider", "-p", "no:xdist", "-s", "--no-header", "-q"]
    pytest.main([*quiet, *room.tests], plugins=[Noticing(ROOT, room.modules, ask)])


def page(given: argparse.Namespace) -> str:
    """The page of scores and of what is not noticed."""
    meant = json.loads(EQUIVALENT.read_text("utf-8"))
    lines = [
        "# 变异得分 Mutation score",
        "",
        "Written by `make mutants`: one operator, bound, yes/no, kind of join, kept row or narrowing of a module",
        "turned round or left out at a time, and whether a test of its room notices: the module's own tests first,",
        f"then those that run its statement, the likeliest first, for {given.seconds:.0f} s, so that the score is one",
        "at least. Of a module whose faults were not all tried the sample is drawn by a seed. A fault that changes",
        "nothing is told as such and not counted.",
        "",
        "| module | faults there are | tried | change nothing | noticed at first | noticed now | score |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    survivors: list[Fault] = []
    same: list[Fault] = []
    sums = [0] * 5
    for name, room in ROOMS.items():
        outcomes, of_room = read(name), [0] * 5
        for path in room.modules:
            every = list(faults(ROOT, path))
            if not every:
                continue
            tried = [one for one in every if one.key in outcomes or one.key in meant]
            nothing = [one for one in tried if one.key in meant]
            real = [one for one in tried if one.key not in meant]
            first = sum(outcomes[one.key][0] for one in real)
            now = sum(outcomes[one.key][-1] for one in real)
            figures = [len(every), len(tried), len(nothing), first, now]
            of_room = [was + more for was, more in zip(of_room, figures, strict=True)]
            lines.append(_row(f"`{path}`", figures))
            survivors += [one for one in real if not outcomes[one.key][-1]]
            same += nothing
        sums = [was + more for was, more in zip(sums, of_room, strict=True)]
        lines.append(_row(f"**{name}**", of_room))
    real_ones = sums[1] - sums[2]
    lines.append(_row("**all**", sums))
    lines += ["", f"At first {_percent(sums[3], real_ones)}, now {_percent(sums[4], real_ones)}. {_error(sums)}"]
    lines += ["", "## Not noticed", ""]
    lines += [_told(one) for one in survivors] or ["- none"]
    lines += ["", "## Changes nothing", ""]
    lines += [f"{_told(one)}: {meant[one.key]}" for one in same] or ["- none"]
    return "\n".join(lines) + "\n"


def _row(what: str, figures: list[int]) -> str:
    _, tried, nothing, _, now = figures
    return f"| {what} | {' | '.join(map(str, figures))} | {_percent(now, tried - nothing)} |"


def _told(one: Fault) -> str:
    return f"- `{one.path}:{one.line}` in `{one.within or 'the module'}`: `{_short(one.was)}` → `{_short(one.now)}`"


def _short(code: str) -> str:
    return code if len(code) <= 60 else f"{code[:40]} … {code[-18:]}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _error(sums: list[int]) -> str:
    every, tried, nothing, _, now = sums
    if tried == every:
        return "All there are were tried."
    share = now / max(tried - nothing, 1)
    error = 196 * (share * (1 - share) / max(tried, 1) * (1 - tried / every)) ** 0.5
    return f"A sample drawn by seed: give or take {error:.1f} points (95 %)."


def main() -> None:
    """Score every room asked for, and write the page."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("rooms", nargs="*", metavar="ROOM", help=" ".join(ROOMS))
    asked.add_argument("--at-most", type=int, default=10_000, help="faults of a module")
    asked.add_argument("--seconds", type=float, default=60, help="of tests asked about one fault")
    asked.add_argument("--minutes", type=float, default=600, help="stop after so long; 0: the page only")
    asked.add_argument("--again", action="store_true", help="try again what was not noticed")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    if unknown := set(given.rooms) - set(ROOMS):
        asked.error(f"no such room: {' '.join(sorted(unknown))}")
    os.nice(10)
    until = time.monotonic() + 60 * given.minutes
    for name in (given.rooms or ROOMS) if given.minutes else ():
        score(name, given, until)
    PAGE.write_text(page(given), "utf-8")


if __name__ == "__main__":
    main()
