"""The steps that move the book: post the differences, work out what can be paid, claim batches and write their files.

A replay of an older month compares and writes nothing.
"""

from __future__ import annotations

import polars as pl

import calculators
import intake
from contracts.codes import Benefit, MissingRegister, Outcome
from contracts.errors import BookError
from ledger import batches, cycles, fate, holds, people, posting, returns
from month.funding import require_covered
from month.gathering import oldest_month
from month.month import Counts, Month, settled_table, total_fen
from month.witnessing import bear_witness
from payments import claim, payable, profiles
from payments.render import render

PAYEE_REGISTERS = ("population", "account", "institution", "certification")
_WHENCE = {"register": pl.String(), "inbox_month": pl.String()}
REPLAYED = "重算核对(不入账)"


def decided(month: Month) -> posting.Decided:
    """What this run decided, all from one manifest."""
    died = month.tables.scan(settled_table("population")).filter(pl.col("died_on").is_not_null())
    return posting.Decided(
        month.manifest,
        month.tables.read("coordinated"),
        month.tables.read("rate_catalogue"),
        month.tables.read("facts"),
        month.rules.choose_groups(),
        posting.SetOffRule(
            tuple(benefit.value for benefit in month.settings.set_off),
            month.settings.set_off_per_mille,
            died.select("person_no").unique().collect(),
        ),
    )


def post(month: Month) -> Counts:
    """Book the differences between what is owed and what was booked; nothing where there are none."""
    month.note_left()
    posted = posting.post(
        month.book,
        decided(month),
        month.choices.by,
        posting.StopLimits(month.settings.recovery_stop_per_mille, month.settings.recovery_stop_at_least),
        month.choices.override,
    )
    bear_witness(month.home, month.book)
    month.tables.write("beyond_window", posted.differences.beyond_window)
    counts = difference_counts(posted.differences)
    return {REPLAYED: 1, **counts} if posted.is_replay else counts


def difference_counts(differences: posting.Differences) -> Counts:
    """Counts and sums of what a run books."""
    found = differences
    return {
        "新版本": found.versions.height,
        "新增应付笔数": found.obligations.height,
        "新增应付金额": total_fen(found.obligations["amount_fen"]),
        "撤回笔数": found.withdrawals.height,
        "撤回金额": total_fen(found.withdrawals["amount_fen"]),
        "应追回笔数": found.receivables.height,
        "应追回金额": total_fen(found.receivables["amount_fen"]),
        "抵扣金额": total_fen(found.set_offs["amount_fen"]),
        "抵扣后应追回金额": total_fen(found.left_to_recover["amount_fen"]),
        "窗口之外的差异": found.beyond_window.height,
    }


def work_out_payable(month: Month) -> Counts:
    """Set the holds that the registers call for, lift those they no longer do, and list what is left to be paid."""
    if month.is_replay:
        return {REPLAYED: 1}
    county, registers = month.manifest.county, _read(month)
    with month.book.reading() as conn:
        unpaid = batches.unpaid(conn, county, month.identity)
        identities = people.identities(conn, unpaid.select("person_no").unique())
        proposed = month.tables.read("same_people")
        paid = fate.paid_numbers(conn, county, payable.numbers_in(proposed), month.manifest.computed_months())
        came_back = month.identity.of(returns.came_back(conn, county))
    desired = payable.desired_holds(
        unpaid,
        registers,
        identities,
        month.tables.read("register_gaps"),
        month.tables.read("matched"),
        payable.second_numbers(proposed, paid),
        _resting_on_old_files(month, unpaid),
        _without_standard(month),
        month.tables.read("beyond_window"),
        came_back,
        month.rules.pay_rhythm,
        month.manifest.pay_month,
        month.profile_of,
    )
    placed, lifted = holds.reconcile(month.book, county, desired, month.choices.system_user)
    with month.book.reading() as conn:
        open_holds = holds.open_holds(conn, county, month.identity)
    rows = month.tables.write("payable", payable.payable(unpaid, open_holds, registers, identities, came_back))
    held = unpaid.join(rows, on="obligation_id", how="anti")
    return {
        "行数": rows.height,
        "可付人数": rows["person_no"].n_unique(),
        "可付金额": total_fen(rows["pays_fen"]),
        "暂缓笔数": held.height,
        "暂缓人数": held["person_no"].n_unique(),
        "暂缓金额": total_fen(held["pays_fen"]),
        "新设暂缓": placed,
        "自动解除": lifted,
    }


def batch(month: Month) -> Counts:
    """Claim what can be paid into batches, one per benefit, and write each batch's file."""
    if month.is_replay:
        return {REPLAYED: 1}
    county = month.manifest.county
    rows = month.tables.read("payable")
    with month.book.reading() as conn:
        cycle = cycles.newest_cycle(conn, county)
    if cycle is None:
        raise BookError("本月尚未入账", "请从入账(posted)开始重新运行", county)
    for benefit in rows["benefit"].unique():
        profiles.keep(month.profile_of[benefit], month.home.store)
    claimed = claim.claim(
        month.book,
        county,
        cycle,
        rows,
        month.profile_of,
        month.manifest.pack_digest,
        month.choices.by,
    )
    require_covered(month)
    files = render(month.book, month.home, county)
    bear_witness(month.home, month.book)
    return {
        "新编批次": len(claimed.claimed),
        "沿用批次": len(claimed.kept),
        "作废批次": len(claimed.voided),
        "文件": len(files),
        "笔数": rows.height,
        "发放金额": total_fen(rows["pays_fen"]),
    }


def _read(month: Month) -> dict[str, pl.DataFrame]:
    """The registers that say whom to pay, as this run accepted them."""
    month.require_as_left(settled_table(name) for name in PAYEE_REGISTERS)
    return {name: month.tables.read(settled_table(name)) for name in PAYEE_REGISTERS}


def _resting_on_old_files(month: Month, unpaid: pl.DataFrame) -> pl.DataFrame:
    """What rests on a register that the settings do not carry forward: person_no, benefit, register, inbox_month.

    A register is old where no file came this month, and where the one that came cannot be used; of one that came in
    part, the rows of the parts that did not.
    A person has something resting on a register by having a row in it; a benefit, by its conditions. A register that no
    condition looks at concerns every benefit.
    """
    kinds = {benefit.value: calculators.registers_of(rules) for benefit, rules in month.rules.benefits.items()}
    looked_at = frozenset[str]().union(*kinds.values())
    found = [pl.DataFrame(schema={"person_no": pl.Int64, "benefit": Benefit.dtype(), **_WHENCE})]
    for given in month.manifest.registers:
        counts = month.tables.read(f"counts_{given.name}").row(0, named=True)
        used, is_usable = counts["used_month"], not counts["is_refused_whole"]
        if (given.is_new and is_usable) or month.settings.without_file(given.name) is not MissingRegister.HOLD:
            continue
        resting = [kind for kind, registers in kinds.items() if given.name in registers or given.name not in looked_at]
        rows = month.tables.read(f"accepted_{given.name}")
        if is_usable and given.lacking:
            old = [name for name in rows["source_file"].unique() if intake.part_named(name) in given.lacking]
            rows = rows.filter(pl.col("source_file").is_in(old))
            used = oldest_month(month.manifest, given)
        people_in = rows.select("person_no")
        whence = {"register": pl.lit(given.name), "inbox_month": pl.lit(used or "")}
        owed = unpaid.join(people_in, on="person_no", how="semi").filter(pl.col("benefit").is_in(resting))
        found.append(owed.select("person_no", pl.col("benefit").cast(Benefit.dtype()), **whence).unique())
    return pl.concat(found)


def _without_standard(month: Month) -> pl.DataFrame:
    """Keys whose standard is not set: what was booked for them before waits."""
    rows = month.tables.scan("coordinated").filter(pl.col("outcome") == Outcome.STANDARD_NOT_SET.value)
    return rows.select("person_no", "benefit", "benefit_month").collect()
