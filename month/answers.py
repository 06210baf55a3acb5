"""Answers that come by themselves: what lies in the county's folder for them is read as if an officer had named it.

What was read goes into a folder of its own beside them, what cannot be used into another, with the reason: what still
lies there waits. So nothing is tried twice by itself, and to have a file tried again is to put it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import intake
from contracts.actor import Actor
from contracts.errors import InputError, OfficerError
from contracts.files import digest_of, may_be_copying, move_whole, write_whole
from contracts.settings import Home
from month import failures
from month.closing import Answered, read_results
from month.running import MachineError, ProgramError, guarded, holding
from reports.status import UnusableAnswer

READ, UNUSABLE = "已读入", "读不了"  # folders beside the files
WHY = ".原因.txt"  # how the name of the reason ends, beside what cannot be used
HALF_SENT = (".part", ".filepart", ".tmp", ".crdownload")  # how transfer programs call what they have not all of


@dataclass(frozen=True)
class Tried:
    """A file of the folder that was tried, where it lies now, and what came of it: one of the two."""

    path: Path
    answered: Answered | None = None
    refused: OfficerError | None = None


@dataclass(frozen=True)
class Waiting:
    """What lies in a county's folder: files to be read, files that may still be being copied, and what is unusable."""

    ready: tuple[Path, ...] = ()
    copying: tuple[Path, ...] = ()
    unusable: tuple[UnusableAnswer, ...] = ()


def waiting(home: Home, county: str) -> Waiting:
    """What waits in the folder of a county's answers; nothing where the settings name none. Read-only."""
    folder = home.answers_of(county)
    if folder is None or not folder.is_dir():
        return Waiting()
    files = [path for path in sorted(folder.iterdir()) if _is_answer(path)]
    broken = [path for path in sorted((folder / UNUSABLE).glob("*")) if _is_answer(path)]
    return Waiting(
        tuple(path for path in files if not may_be_copying(path)),
        tuple(path for path in files if may_be_copying(path)),
        tuple(_unusable(path) for path in broken),
    )


def read_waiting(home: Home, county: str, by: Actor) -> list[Tried]:
    """Read every answer that waits, each as `closing.read_results` does; the same content again notes nothing.

    `by`: an officer, or the county's service. A file that cannot be used is put aside with the reason and the next one
    is read. NotAllowedError; InputError where the settings name no folder; whatever is no fault of a file stops it, and
    that file stays.
    """
    if home.answers_of(county) is None:
        raise InputError(
            "没有写明回盘放在哪个目录", f'请在 disburse.toml 的 [county.{county}] 写 answers_folder = "目录"', county
        )
    with holding(home, county):
        failures.forget(home, county, failures.ANSWERS)
        return [_tried(home, county, path, by) for path in waiting(home, county).ready]


def _tried(home: Home, county: str, path: Path, by: Actor) -> Tried:
    try:
        with guarded("results", home):
            answered = read_results(home, county, path, by)
    except MachineError:
        raise
    except (InputError, ProgramError) as refused:
        aside = _moved(path, UNUSABLE)
        write_whole(aside.with_name(aside.name + WHY), f"{refused.what}\n{refused.advice}\n".encode())
        return Tried(aside, refused=refused)
    return Tried(_moved(path, READ), answered)


def _moved(path: Path, folder: str) -> Path:
    """Where the file lies now; one of the same name and other content keeps its place."""
    target = path.parent / folder / path.name
    if target.exists() and digest_of(target) != (digest := digest_of(path)):
        target = target.with_name(f"{path.stem}_{digest[:12]}{path.suffix}")
    move_whole(path, target)
    target.with_name(target.name + WHY).unlink(missing_ok=True)
    return target


def _unusable(path: Path) -> UnusableAnswer:
    told = path.with_name(path.name + WHY)
    what, _, advice = (told.read_text("utf-8") if told.is_file() else "").partition("\n")
    return UnusableAnswer(path, what, advice.strip())


def _is_answer(path: Path) -> bool:
    return path.is_file() and not intake.is_the_systems(path) and not path.name.endswith((WHY, *HALF_SENT))
