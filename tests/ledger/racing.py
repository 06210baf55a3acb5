"""Eight processes that begin the same act at the same moment, and what each of them then says."""

import multiprocessing
import os
import traceback

from contracts.errors import OfficerError

COUNT = 8
SECONDS = 120  # after which somebody is taken to hang


class Racers:
    """Processes that wait for an act; started once, since each has to import everything."""

    def __init__(self):
        context = multiprocessing.get_context("spawn")
        self.barrier = context.Barrier(COUNT)  # kept: a process that starts late still has to find it
        self.lines, self.processes = [], []
        for number in range(COUNT):
            here, there = context.Pipe()
            self.lines.append(here)
            self.processes.append(
                context.Process(target=_wait_for_acts, args=(number, self.barrier, there), daemon=True)
            )
            self.processes[-1].start()

    def race(self, act, *told, **environment):
        """What each racer ended with: what `act(number, *told)` gave, or the officer's message it was refused with."""
        for line in self.lines:
            line.send((act, told, environment))
        ended = [line.recv() if line.poll(SECONDS) else ("broke", "hangs") for line in self.lines]
        broken = [what for how, what in ended if how == "broke"]
        assert not broken, broken[0]
        return [what for _, what in ended]

    def close(self):
        for line, process in zip(self.lines, self.processes, strict=True):
            line.send(None)
            process.join(SECONDS)


def _wait_for_acts(number, barrier, line):
    os.environ["POLARS_MAX_THREADS"] = "1"  # before the first act brings polars in: there are more racers than cores
    while asked := line.recv():
        act, told, environment = asked
        os.environ.update(environment)
        barrier.wait(SECONDS)
        line.send(_ended(act, number, told))


def _ended(act, number, told):
    try:
        return "done", act(number, *told)
    except OfficerError as refused:
        return "refused", str(refused)
    except Exception:
        return "broke", traceback.format_exc()
