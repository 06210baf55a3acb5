"""How many small faults the tests of a room notice: `make mutants`, written to benchmarks/mutants.md.

What came of each is kept in benchmarks/tried/ and holds as long as the module and the tests it rests on read the same:
the next run goes on with what has no outcome. Faults are tried in an order drawn by a seed, so that those tried so far
are a sample of all at any time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars: small tables, and other work on the machine

import pytest
from faults import Fault, faults
from noticing import HANGS, PATIENCE, Hits, Noticing, noticed_alone
from outcomes import Outcome, Outcomes

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".mutants"  # who runs which statement
TRIED = ROOT / "benchmarks" / "tried"
PAGE = ROOT / "benchmarks" / "mutants.md"
EQUIVALENT = ROOT / "benchmarks" / "equivalent.json"  # fault → why it changes nothing


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
    "payments": Room(("payments/payable.py", "payments/claim.py"), ("tests/payments",)),
    "rulebook": Room(
        ("rulebook/figures.py", "rulebook/resolving.py", "rulebook/conditions.py"),
        ("tests/rulebook", "tests/oracle/test_situations.py"),
    ),
    "ledger": Room(
        ("ledger/differences.py", "ledger/posting.py", "ledger/receivables.py", "ledger/fate.py"),
        tuple(f"tests/ledger/test_{name}.py" for name in _LEDGER),
    ),
    "calculators": Room(
        _modules("calculators/[a-z]*.py"),
        (
            *("tests/calculators", "tests/oracle/test_situations.py", "tests/properties"),
            *("tests/reports/test_proof.py", "tests/reports/test_missing.py"),
        ),
    ),
}


def drawn(every: Sequence[Fault], seed: int) -> list[Fault]:
    """Faults in the order drawn by the seed, whichever others there are."""
    return sorted(every, key=lambda one: hashlib.sha256(f"{seed} {one.key}".encode()).digest())


def outcomes(name: str) -> Outcomes:
    """What was tried of a room."""
    return Outcomes(ROOT, TRIED / f"{name}.json")


def equivalent() -> dict[str, str]:
    """Why a fault changes nothing."""
    return dict(json.loads(EQUIVALENT.read_text("utf-8")))


def hits(noticing: Noticing, name: str, room: Room) -> Hits:
    """Which tests run which statement; of each file of tests kept as long as neither it nor a module changes."""
    found = Hits()
    modules = b"".join((ROOT / path).read_bytes() for path in room.modules)
    for test_file in noticing.files():
        state = hashlib.sha256(modules + (ROOT / test_file).read_bytes()).hexdigest()
        kept = KEPT / name / f"{state[:16]}.json"
        if not kept.exists():
            started = time.monotonic()
            one = noticing.hits(test_file)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(vars(one), ensure_ascii=False), "utf-8")
            print(f"{name}: {test_file}, {time.monotonic() - started:.0f} s", flush=True)
        found.add(Hits(**json.loads(kept.read_text("utf-8"))))
    return found


def try_room(name: str, given: argparse.Namespace, until: float) -> None:
    """Try what has no outcome, or not noticed by tests that were not asked yet."""
    room, known, meant = ROOMS[name], outcomes(name), equivalent()
    every = [one for path in room.modules for one in faults(ROOT, path)]
    known.keep_only(every)
    chosen = [one for one in every if not given.module or one.path in given.module]
    wanted = [one for one in drawn(chosen, given.seed)[: given.at_most] if one.key not in meant]
    if given.anew:
        known.all = {key: one for key, one in known.all.items() if key not in {fault.key for fault in wanted}}

    def ask(noticing: Noticing) -> None:
        ran = hits(noticing, name, room)
        for number, fault in enumerate(wanted, 1):
            if time.monotonic() > until:
                return
            tests, was = ran.asked(fault, given.seconds), known.of(fault)
            if was and was.is_settled(tests):
                continue
            started = time.monotonic()
            by = noticed(noticing, fault, tests, ran)
            known.keep(fault, Outcome.of(ROOT, fault, by, tests))
            print(f"{name} {number}/{len(wanted)} {fault.path}:{fault.line} {fault.was} → {fault.now}", flush=True)
            took = f"{time.monotonic() - started:.1f} s, {len(tests)} tests of {ran.cost(tests):.1f} CPU s"
            print(f"    {by or 'SURVIVED'}: {took}", flush=True)

    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    quiet = ["-p", "no:cacheprovider", "-p", "no:xdist", "-s", "--no-header", "-q"]
    pytest.main([*quiet, *room.tests], plugins=[Noticing(ROOT, room.modules, ask)])


def noticed(noticing: Noticing, fault: Fault, tests: Sequence[str], ran: Hits) -> str:
    """The test that notices a fault; empty where none does."""
    seconds = PATIENCE + 3 * ran.cost(tests)
    if not tests:
        return ""
    if ran.is_run(fault):
        return noticing.noticed_by(fault, tests, seconds)
    return noticed_alone(ROOT, fault, tests, seconds + PATIENCE)


@dataclass(frozen=True)
class Count:
    """How many faults there are, that change nothing, were noticed (hanging among them), survived; the rest untried."""

    every: int = 0
    same: int = 0
    noticed: int = 0
    hanging: int = 0
    survived: int = 0
    is_sample: bool = True  # whether those tried are the first of the drawn order

    @property
    def tried(self) -> int:
        """Faults with an outcome, beyond those that change nothing."""
        return self.noticed + self.survived

    @property
    def untried(self) -> int:
        """Faults nothing is known of."""
        return self.every - self.same - self.tried

    def row(self, what: str) -> str:
        """A row of the page."""
        figures = (self.every, self.same, self.tried, self.noticed, self.hanging, self.survived, self.untried)
        return f"| {what} | {' | '.join(map(str, figures))} | {self._score()} |"

    def _score(self) -> str:
        real = self.every - self.same
        if not self.untried:
            return _percent(self.noticed, real) if real else "–"
        bounds = f"{_percent(self.noticed, real)} to {_percent(real - self.survived, real)}"
        if not self.is_sample or not self.tried:
            return f"no score: {bounds} for certain"
        low, high = interval(self.noticed, self.tried, real)
        return f"no score: {bounds} for certain, {100 * low:.0f}–{100 * high:.0f} % by the sample"


def interval(part: int, tried: int, real: int) -> tuple[float, float]:
    """What a sample tells of the share of the whole it was drawn from, at 95 %: Wilson's, for a finite whole."""
    weight = tried * (real - 1) / (real - tried)
    share, square = part / tried, 1.96**2
    middle = (share + square / (2 * weight)) / (1 + square / weight)
    reach = 1.96 * (share * (1 - share) / weight + square / (4 * weight**2)) ** 0.5 / (1 + square / weight)
    return max(middle - reach, 0), min(middle + reach, 1)


def count(every: Sequence[Fault], known: Outcomes, meant: dict[str, str], seed: int) -> Count:
    """How the faults stand."""
    real = [one for one in drawn(every, seed) if one.key not in meant]
    told = [known.of(one) for one in real]
    by = [one.noticed for one in told if one]
    survived = by.count("")
    is_sample = None not in told[: len(by)]
    return Count(len(every), len(every) - len(real), len(by) - survived, by.count(HANGS), survived, is_sample)


def page(given: argparse.Namespace) -> str:
    """The page of scores and of what is not noticed."""
    meant = equivalent()
    lines = [
        "# 变异得分 Mutation score",
        "",
        "Written by `make mutants`: one operator, bound, yes/no, kind of join, kept row or narrowing of a module",
        "turned round or left out at a time, and whether a test of its room that runs the statement notices: the",
        "module's own first, then the quickest, within some CPU seconds. One that hangs counts as noticed. What",
        "changes nothing is told as such and not counted. A score is written only where every other fault was tried;",
        "elsewhere stands between what it lies for certain and, where those tried are a sample drawn by a seed, what",
        "that says of the whole (95 %).",
        "",
        "| module | faults | change nothing | tried | noticed | of these hanging | survived | untried | score |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    of_rooms: list[Count] = []
    survivors: list[str] = []
    same: list[Fault] = []
    for name, room in ROOMS.items():
        known = outcomes(name)
        of_room: list[Fault] = []
        for path in room.modules:
            if every := list(faults(ROOT, path)):
                lines.append(count(every, known, meant, given.seed).row(f"`{path}`"))
                of_room += every
        of_rooms.append(count(of_room, known, meant, given.seed))
        lines.append(of_rooms[-1].row(f"**{name}**"))
        survivors += [
            f"{_told(one)} ({len(told.asked)} tests asked)"
            for one in of_room
            if one.key not in meant and (told := known.of(one)) and not told.noticed
        ]
        same += [one for one in of_room if one.key in meant]
    lines.append(_together(of_rooms).row("**all**"))
    lines += ["", "## Not noticed", ""]
    lines += survivors or ["- none"]
    lines += ["", "## Changes nothing", ""]
    lines += [f"{_told(one)}: {meant[one.key]}" for one in same] or ["- none"]
    return "\n".join(lines) + "\n"


def _together(rooms: Sequence[Count]) -> Count:
    every, same, noticed, hanging, survived = (
        sum(getattr(one, name) for one in rooms) for name in ("every", "same", "noticed", "hanging", "survived")
    )
    return Count(every, same, noticed, hanging, survived, is_sample=False)


def _told(one: Fault) -> str:
    return f"- `{one.path}:{one.line}` in `{one.within or 'the module'}`: `{_short(one.was)}` → `{_short(one.now)}`"


def _short(code: str) -> str:
    return code if len(code) <= 60 else f"{code[:40]} … {code[-18:]}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def main() -> None:
    """Try every room asked for, and write the page."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("rooms", nargs="*", metavar="ROOM", help=" ".join(ROOMS))
    asked.add_argument("--module", action="append", metavar="PATH", help="only these modules of the room")
    asked.add_argument("--at-most", type=int, default=10_000, help="faults of a room, the first drawn")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--seconds", type=float, default=30, help="CPU seconds of tests asked about one fault")
    asked.add_argument("--minutes", type=float, default=600, help="stop after so long; 0: the page only")
    asked.add_argument("--anew", action="store_true", help="try again what has an outcome")
    given = asked.parse_args()
    if unknown := set(given.rooms) - set(ROOMS):
        asked.error(f"no such room: {' '.join(sorted(unknown))}")
    os.nice(10)
    until = time.monotonic() + 60 * given.minutes
    for name in (given.rooms or ROOMS) if given.minutes else ():
        try_room(name, given, until)
    PAGE.write_text(page(given), "utf-8")


if __name__ == "__main__":
    main()
