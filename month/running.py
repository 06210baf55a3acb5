"""A county's month, stage by stage, without an orchestrator: one run at a time, failures without personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from filelock import FileLock, Timeout

from contracts.errors import BookError, OfficerError, trace_of
from contracts.files import sweep
from contracts.settings import Home
from contracts.wording import OF_MACHINE, refused_by_system, room_or_rights
from month.findings import Found
from month.gathering import begin
from month.month import Choices, Counts, Month
from month.stages import RECEIVED, STAGES, Finding, Stage

LOCK_SECONDS = 900


class ProgramError(OfficerError):
    """A stage failed for a reason that no officer can mend. Its text holds no personal data; the trace is in logs/."""


class MachineError(ProgramError):
    """The machine refused a stage something: room, rights, a disk. The same again may go well."""


@dataclass(frozen=True)
class Done:
    """What a stage did, and what its findings found: each of them, in order."""

    stage: Stage
    counts: Counts
    found: Mapping[Finding, Found]

    @property
    def problem(self) -> OfficerError | None:
        """What stops the month, in an officer's words; None where nothing does."""
        broken = [finding for finding, found in self.found.items() if found and finding.is_blocking]
        if not broken:
            return None
        first = broken[0]
        told = ",".join(f"{label} {value}" for label, value in self.found[first].items())
        return OfficerError(
            f"核对未通过:{self.stage.name}.{first.name}({first.text.split()[0]}):{told}",
            first.advice or "请在 disburse ui 中查看该核对的明细;输入更正后重新运行",
        )


def run_month(
    home: Home,
    county: str,
    pay_month: date,
    known_on: date,
    choices: Choices,
    stages: Sequence[Stage] = STAGES,
    on_stage: Callable[[str], None] = lambda name: None,
    doing: Callable[[Month, Stage], Done] | None = None,
) -> None:
    """Run a month's stages; the same again posts nothing. OfficerError where a stage or a blocking finding stops it.

    `doing`: how a stage is done, as `do` unless said (month.buckets).
    """
    with holding(home, county):
        on_stage(RECEIVED.name)
        with guarded(RECEIVED.name, home):
            begun = begin(home, county, pay_month, known_on, choices)
        with begun as month:
            for stage in stages:
                if stage is not RECEIVED:
                    on_stage(stage.name)
                done = (doing or do)(month, stage)
                if done.problem:
                    raise done.problem


def do(month: Month, stage: Stage) -> Done:
    """Do one stage on the tables it declares, and look for everything it should not find."""
    counts = work(month, stage)
    with guarded(stage.name, month.home):
        at_work = month.opening(stage.tables(month.tables))
        return Done(stage, counts, {finding: finding.find(at_work) for finding in stage.findings})


def work(month: Month, stage: Stage) -> Counts:
    """Do one stage's step, on the tables it declares; what it did, counted."""
    with guarded(stage.name, month.home):
        return stage.step(month.opening(stage.tables(month.tables)))


@contextmanager
def guarded(step: str, home: Home) -> Iterator[None]:
    """Turn what goes wrong unforeseen into ProgramError: libraries quote the offending values, which hold people."""
    try:
        yield
    except OfficerError:
        raise
    except Exception as unexpected:
        if isinstance(unexpected, OSError) and unexpected.errno in OF_MACHINE:
            raise MachineError(f"{step}:{refused_by_system(unexpected)}", room_or_rights(unexpected)) from None
        trace = home.keep_log(f"{step}.trace", trace_of(unexpected).encode())
        kind = type(unexpected).__name__
        raise ProgramError(
            f"{step} 出现程序错误 {kind}", f"详情见数据目录的 logs/{trace.name},请交给维护人员"
        ) from None


@contextmanager
def holding(home: Home, county: str) -> Iterator[None]:
    """Hold the county's lock; whoever holds it in this process may take it again. BookError where another keeps it.

    The operating system frees it when the process dies. What a killed process left half-written is removed first.
    """
    locks = home.path / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.of_county(locks, county).with_suffix(".lock"), thread_local=False, is_singleton=True)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise BookError("本县另有一次运行正在进行", "请等它结束后再试", county) from None
    try:
        if lock.lock_counter == 1:
            sweep(*home.of_files(county))
        yield
    finally:
        lock.release()
