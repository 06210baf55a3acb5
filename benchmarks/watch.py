"""What a benchmark measures with: CPU seconds, peak memory, and the tables of the README that it rewrites."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

README = Path(__file__).resolve().parent / "README.md"
Told = dict[str, float]


def cpu_seconds() -> float:
    """CPU seconds of this process and its children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def cpu_of_children() -> float:
    """CPU seconds of the children that still run, such as a Java machine that is kept."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("utf-8").split()
    told = [Path(f"/proc/{child}/stat").read_text("utf-8").rsplit(")", 1)[1].split() for child in children]
    return sum(int(user) + int(system) for *_, user, system in (one[:13] for one in told)) / os.sysconf("SC_CLK_TCK")


class Stopwatch:
    """CPU seconds by name, and the highest memory that any of what was measured took."""

    def __init__(self) -> None:
        self.told: Told = {}
        self.peak_mib = 0

    def measured(self, name: str, work: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - what `work` gives
        """Do something and add what it took to what is told under the name."""
        Path("/proc/self/clear_refs").write_text("5", "utf-8")  # the peak starts anew
        before = cpu_seconds()
        done = work(*given)
        self.told[name] = self.told.get(name, 0.0) + cpu_seconds() - before
        status = Path("/proc/self/status").read_text("utf-8")
        self.peak_mib = max(self.peak_mib, int(status.split("VmHWM:")[1].split()[0]) // 1024)
        return done


def rewrite(script: str, table: str) -> None:
    """Put a table into the README, between the marks of the script that measured it."""
    begin, end = f"<!-- measured: {script} -->\n", f"<!-- end: {script} -->"
    before, rest = README.read_text("utf-8").split(begin)
    README.write_text(f"{before}{begin}{table}\n{end}{rest.split(end)[1]}", "utf-8")
