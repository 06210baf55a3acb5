"""Run a county's month from the command line: the Dagster job in this process, lineage and checks recorded."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import date
from typing import Any, TextIO, cast

from contracts.errors import BookError, InputError, OfficerError
from contracts.months import month_text
from contracts.settings import Home
from contracts.wording import AGAIN, trouble_of_machine
from dagster_project.engines import CHOSEN, Chosen
from dagster_project.guard import WATCHER, Watcher
from dagster_project.instance import open_instance, prepare_environment
from dagster_project.partitions import FIRST_PAY_MONTH, MONTHS_AHEAD, partition_key
from month import vouchers
from month.month import Choices
from month.running import holding


def run_month(
    home: Home,
    county: str,
    pay_month: date,
    known_on: date | None,
    choices: Choices,
    *,
    preview: bool = False,
    on_stage: Callable[[str], None] = lambda name: None,
    engine: Chosen | None = None,
) -> str:
    """Run the month's job for one county; the run's id. `engine`: what decides it instead of the stages.

    OfficerError where a stage or a blocking finding stopped it, InputError for a month that has no partition, and
    BookError where Dagster's own storage is in trouble: the same command again goes on from what is in the book.
    """
    chosen = CHOSEN.set(engine)
    try:
        return _run_month(home, county, pay_month, known_on, choices, preview=preview, on_stage=on_stage)
    except OfficerError:
        raise
    except Exception as trouble:
        unforeseen = (f"不能用({type(trouble).__name__})", f"请核对磁盘和 dagster 目录{AGAIN}")
        what, advice = trouble_of_machine(str(trouble)) or unforeseen
        raise BookError(f"血缘记录库:{what}", advice, county) from trouble
    finally:
        CHOSEN.reset(chosen)


QUOTED = "Exception while writing logger call to event log"


class _Unquoted:
    """A stream without the lines in which Dagster quotes its own storage: that is told in an officer's words."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text, unless it is such a quotation."""
        return len(text) if text.startswith(QUOTED) else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 whatever the stream has
        return getattr(self._stream, name)


@contextmanager
def unquoted() -> Iterator[None]:
    """Keep Dagster's English from whoever runs a month, and whatever its statements hold."""
    with redirect_stderr(cast("TextIO", _Unquoted(sys.stderr))):
        yield


def _run_month(
    home: Home,
    county: str,
    pay_month: date,
    known_on: date | None,
    choices: Choices,
    *,
    preview: bool,
    on_stage: Callable[[str], None],
) -> str:
    prepare_environment(home)
    from dagster_project.definitions import CYCLES, DECIDE_JOB, MONTH_JOB, defs  # reads the home prepared above

    key = partition_key(county, pay_month)
    if not CYCLES.has_partition_key(key):
        raise InputError(
            f"{county} {month_text(pay_month)} 不能运行:没有这个县的政策,或月份太早、太远",
            f"县须在政策包中(disburse policies show);月份从 {FIRST_PAY_MONTH} 起,至多早于本月 {MONTHS_AHEAD} 个月发放",
        )
    watcher = Watcher(on_stage)
    token = WATCHER.set(watcher)
    try:
        with holding(home, county), open_instance(home) as instance, unquoted():
            result = defs.resolve_job_def(DECIDE_JOB if preview else MONTH_JOB).execute_in_process(
                instance=instance,
                partition_key=key,
                run_config={
                    "ops": {
                        "manifest": {
                            "config": {
                                "known_on": known_on.isoformat() if known_on else "",
                                "maker": choices.maker,
                                "override_by": choices.override_by,
                                "override_reason": choices.override_reason,
                                "voucher": vouchers.give(home, choices.by),
                                "override_voucher": vouchers.give(home, choices.agrees) if choices.agrees else "",
                            }
                        }
                    },
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                raise_on_error=False,
            )
    finally:
        WATCHER.reset(token)
    if watcher.error is not None:
        raise watcher.error
    if not result.success:
        raise OfficerError("运行中断:原因见 Dagster 运行记录", "请在 disburse ui 中查看该次运行", county)
    return str(result.run_id)
