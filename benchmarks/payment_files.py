"""What a payment file of so many lines costs, profile by profile: written, read back and compared, answered.

    python benchmarks/payment_files.py --lines 200000 --write
    python benchmarks/payment_files.py --lines 48000 --months 24 --profile yikatong_18

For every profile that is shipped: the file's body is written, read back by other means and compared with the order cell
by cell, and the bank's answer (every line of it paid, returned or unknown in turn) is read in the profile's form and
compared with its instructions. Each in a process of its own: CPU seconds, and the peak of the process with the lines in
it. `--months`: every payee is owed so many months of arrears, which a profile with a line a payee puts into one; the
making of the lines is measured with it. `--write` rewrites the table of `README.md`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from watch import Stopwatch, rewrite

from contracts.months import add_months
from payments import profiles, trial
from payments.answer_comparing import compared
from payments.answer_reading import read_answer
from payments.answer_sample import file_name_of, sample_answer
from payments.bodies import write_body
from payments.file_forms import Profile
from payments.instructions import instructions
from payments.orders import Order
from payments.verify import differences_in

STEPS = {"write": "写出 written", "read": "读回核对 read back", "answer": "回盘 answer read"}
MAKE, SAMPLE = "make", "sample"
MIB = 1024 * 1024


def owed_to(count: int, months: int, profile: Profile) -> pl.DataFrame:
    """The made-up people of `disburse profiles try` again and again, until there are so many: Payable."""
    sample = trial.sample(profile.own_bank).drop_nulls(["bank_code", "head_id"])
    fitting = sample.filter(
        pl.col("institution_id").is_null(),
        pl.col("pays_fen") < MIB,
        pl.col("attempt") == 1,
        ~pl.col("name").str.contains("[䶮𠮷㐂]"),
    )
    people = pl.concat([fitting] * -(-count // fitting.height)).head(count)
    number = pl.int_range(1, count + 1)
    people = people.with_columns(
        person_no=number,
        account_no=pl.format("99000721{}", number.cast(pl.String).str.zfill(9)),
        kind=pl.lit("regular" if months == 1 else "arrears", people["kind"].dtype),
    )
    each = pl.DataFrame({"benefit_month": [add_months(trial.MONTH, -back) for back in range(months)]})
    owed = people.drop("benefit_month").join(each, how="cross").select(people.columns)
    return owed.with_columns(obligation_id=pl.int_range(1, owed.height + 1))


def measure(name: str, count: int, months: int, step: str, folder: Path) -> dict[str, float]:
    """One step of one profile, in this process; what it leaves in the folder the next one reads."""
    profile = trial.try_out(profiles.load()[name]).profile
    owed, watch = owed_to(count, months, profile), Stopwatch()
    lines = watch.measured(MAKE, lambda: instructions(owed, trial.IDENTITY, profile).lines)
    if step == MAKE:
        return {"s": watch.told[MAKE], "MiB": watch.peak_mib}
    order, watch = Order(lines, trial.COUNTY, trial.MONTH), Stopwatch()
    path, answer = folder / "file", folder / file_name_of(profile)
    wrong = order.lines.height != count
    if step == "write":
        watch.measured(step, write_body, path, order, profile)
    elif step == "read":
        wrong |= bool(watch.measured(step, lambda: list(differences_in(path, order, profile))))
    elif step == SAMPLE:
        answer.write_bytes(sample_answer(order.lines, profile))
    else:
        rows = watch.measured(
            step, lambda: compared(read_answer(answer, folder, profile.answer).taken.rows, order.lines)
        )
        wrong |= rows.height != count or rows["misfit"].null_count() < count
    if wrong:
        raise SystemExit(f"{name}: {step} does not tie")
    return {"s": watch.told.get(step, 0.0), "MiB": watch.peak_mib, "size": path.stat().st_size / MIB}


def in_own_processes(name: str, count: int, months: int) -> dict[str, dict[str, float]]:
    """Every step of one profile, each in a process of its own."""
    told = {}
    with tempfile.TemporaryDirectory() as folder:
        for step in (MAKE, "write", "read", SAMPLE, "answer"):
            size = ["--lines", str(count), "--months", str(months)]
            command = [sys.executable, __file__, *size, "--step", name, step, folder]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            told[step] = dict(json.loads(done.stdout))
    return told


def table(told: dict[str, dict[str, dict[str, float]]], count: int) -> str:
    """The table of the README."""
    titles = " | ".join(f"{title}, CPU s | MiB" for title in STEPS.values())
    lines = [f"| {count:,} 笔 lines | 文件 file, MiB | {titles} |", f"| --- |{' ---: |' * (1 + 2 * len(STEPS))}"]
    for name, steps in told.items():
        cells = " | ".join(f"{steps[one]['s']:.1f} | {steps[one]['MiB']:,.0f}" for one in STEPS)
        lines.append(f"| `{name}` | {steps['write']['size']:.0f} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Measure one step, one profile, or all."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--lines", type=int, default=200_000)
    asked.add_argument("--months", type=int, default=1)
    asked.add_argument("--profile", help="this one only")
    asked.add_argument("--step", nargs=3, metavar=("PROFILE", "STEP", "FOLDER"), help="one step, told as JSON")
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    if given.step:
        name, step, folder = given.step
        print(json.dumps(measure(name, given.lines, given.months, step, Path(folder))))
        return
    told = {
        name: in_own_processes(name, given.lines, given.months)
        for name in ([given.profile] if given.profile else sorted(profiles.load()))
    }
    text = table(told, given.lines)
    print(text)
    print({name: steps[MAKE] for name, steps in told.items()})
    if given.write:
        rewrite("payment_files.py", text)


if __name__ == "__main__":
    main()
