"""Batches: what waits to go out together, what each holds, and where it stands.

Every state follows from rows: claimed (decided), rendered (its file is known), approved, rejected, released, voided.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import chain, count

import polars as pl
from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, case, func, insert, select

from contracts.actor import Actor
from contracts.codes import BatchEvent, BatchState, Code, SignatureStep
from contracts.columns import polars_schema
from contracts.errors import BookError
from contracts.months import month_text
from contracts.tables import InstructionLine
from ledger import audit, fate
from ledger.attempts import is_voided, last_answer
from ledger.book import insert_frame, next_id, now, read_among, read_frame
from ledger.cycles import SHARE
from ledger.identity import Identity
from ledger.tables import (
    approval,
    batch,
    batch_event,
    cycle,
    instruction,
    instruction_item,
    obligation,
    open_obligation,
    run,
)

UNPAID = (
    "obligation_id",
    "person_no",
    "benefit",
    "benefit_month",
    "posted_month",
    "kind",
    "amount_fen",
    "withdrawn_fen",
    "set_off_fen",
    "pays_fen",
    "attempt",
    "is_to_institution",
    "institution_id",
    "live_batch_id",
    "held_by",
)
SIGNATURES = {
    SignatureStep.MADE: "maker",
    SignatureStep.APPROVED: "checker",
    SignatureStep.REJECTED: "rejected_by",
    SignatureStep.RELEASED: "releaser",
}


@dataclass(frozen=True)
class NewBatch:
    """A batch about to be claimed; lines (InstructionLine) and items come beside it."""

    batch_id: str
    cycle_id: int
    ordinal: int
    profile: str
    profile_digest: str
    part: str
    content_digest: str
    law_digest: str | None = None  # of the policies it was worked out by; the content digest covers it


def unpaid(conn: Connection, county: str, known: Identity | None = None) -> pl.DataFrame:
    """Everything of the county that has not gone out: columns of UNPAID, in order of obligation_id.

    `attempt` is what the next payment carries in print, 1 + returns; a voided batch never left the house. `known`:
    whose numbers are whose, by default as decided now.
    """
    return fate.unpaid(conn, county, known).select(UNPAID)


def batches_of(conn: Connection, county: str, pay_month: date | None) -> pl.DataFrame:
    """Every batch of a county, or of one of its pay months, in order of batch_id.

    batch_id, cycle_id, pay_month, sequence, ordinal, profile, part (its benefit), share (what of it, where it goes into
    several files), line_count, total_fen, content_digest, law_digest, profile_digest, claimed_at, file_name,
    file_digest, void_reason, maker, checker, rejected_by, releaser, reject_reason, state (BatchState).
    """
    wanted = cycle.c.county == county
    if pay_month is not None:
        wanted = wanted & (cycle.c.pay_month == month_text(pay_month))
    file, void = batch_event.alias("file"), batch_event.alias("void")
    told = select(
        batch,
        cycle.c.pay_month,
        cycle.c.sequence,
        file.c.file_name,
        file.c.file_digest,
        void.c.reason.label("void_reason"),
        *(_first(step, approval.c.officer).label(officer) for step, officer in SIGNATURES.items()),
        _first(SignatureStep.REJECTED, approval.c.reason).label("reject_reason"),
    )
    of_batch = batch.join(cycle)
    for event, one in ((BatchEvent.RENDERED, file), (BatchEvent.VOIDED, void)):
        of_batch = of_batch.outerjoin(one, and_(one.c.batch_id == batch.c.batch_id, one.c.event == event.value))
    rows = read_frame(conn, told.select_from(of_batch).where(wanted))
    parts = pl.col("part").str.splitn(SHARE, 2).struct
    benefit, share = parts.field("field_0"), parts.field("field_1").fill_null("")
    return rows.with_columns(part=benefit, share=share, state=_STATE.cast(BatchState.dtype())).sort("batch_id")


def lines(conn: Connection, batch_id: str) -> pl.DataFrame:
    """The lines of a batch as printed: InstructionLine, in order of line_no."""
    schema = polars_schema(InstructionLine)
    statement = select(*(instruction.c[name] for name in schema)).where(instruction.c.batch_id == batch_id)
    rows = read_frame(conn, statement).with_columns(pl.col("pay_month").dt.strftime("%Y-%m"))
    return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort("line_no")


def dated_on(conn: Connection, batch_id: str) -> date:
    """The day an order is dated: what was known was known on it when the batch's cycle was opened, by its first run.

    A supplement may be opened without a run, to pay again what came back: then by the cycle before it of the month.
    A run that comes after the claim changes nothing.
    """
    of_month = cycle.alias("of_month")
    same = and_(of_month.c.county == cycle.c.county, of_month.c.pay_month == cycle.c.pay_month)
    came_after = case((run.c.posted_at <= batch.c.claimed_at, 0), else_=1)
    runs = batch.join(cycle).join(of_month, same).join(run, run.c.cycle_id == of_month.c.cycle_id)
    first = (
        select(run.c.known_on)
        .select_from(runs)
        .where(batch.c.batch_id == batch_id, of_month.c.cycle_id <= batch.c.cycle_id)
        .order_by(came_after, of_month.c.cycle_id.desc(), run.c.run_id)
        .limit(1)
    )
    return date.fromisoformat(conn.execute(first).scalar_one())


def items(conn: Connection, batch_id: str) -> pl.DataFrame:
    """Which obligations each line of a batch pays: instruction_id, obligation_id, attempt, amount_fen.

    Of a line to an institution also who is on its roster, as printed there: name, person_id.
    """
    names = ("instruction_id", "obligation_id", "attempt", "amount_fen", "name", "person_id")
    statement = select(*(instruction_item.c[name] for name in names)).join(instruction)
    return read_frame(conn, statement.where(instruction.c.batch_id == batch_id)).sort("obligation_id")


def roster(conn: Connection, batch_id: str) -> pl.DataFrame:
    """Whom the lines of a batch to institutions pay for: as items(), with benefit and benefit_month.

    Nobody of a batch that was claimed before rosters were kept.
    """
    i, o = instruction_item.c, obligation.c
    names = ("instruction_id", "obligation_id", "amount_fen", "name", "person_id")
    statement = (
        select(*(i[name] for name in names), o.benefit, o.benefit_month)
        .select_from(instruction.join(instruction_item).join(obligation))
        .where(instruction.c.batch_id == batch_id, instruction.c.person_id.is_(None), i.person_id.is_not(None))
    )
    return read_frame(conn, statement).sort("obligation_id")


def payees(conn: Connection, batch_ids: Collection[str]) -> pl.DataFrame:
    """Who is paid in some batches, line by line: the columns of InstructionLine that say so, as printed."""
    names = ("kind", "attempt", "person_id", "payee_id", "relationship", "account_no", "amount_fen", "people_count")
    statement = select(*(instruction.c[name] for name in names)).where(instruction.c.batch_id.in_(batch_ids))
    return read_frame(conn, statement)


def lines_paid_to(conn: Connection, county: str, account_no: str) -> pl.DataFrame:
    """Every line of a county that was made out to an account, in order of batch and line, of voided batches too.

    instruction_id, batch_id, line_no, benefit, pay_month, people_count, amount_fen, answer (BankEvent, the last one;
    null: none).
    """
    c = instruction.c
    told = (c.instruction_id, c.batch_id, c.line_no, c.benefit, c.pay_month, c.people_count, c.amount_fen)
    lines = select(*told, last_answer(c.instruction_id).label("answer")).select_from(
        instruction.join(batch).join(cycle)
    )
    to_account = lines.where(cycle.c.county == county, c.account_no == account_no)
    return read_frame(conn, to_account.order_by(c.batch_id, c.line_no))


def pay_months_of(conn: Connection, county: str, instruction_ids: pl.Series) -> list[str]:
    """The pay months ("YYYY-MM") of the county's cycles that these instructions went out in."""
    statement = select(cycle.c.pay_month.label("month"), instruction.c.instruction_id)
    of_county = statement.select_from(instruction.join(batch).join(cycle)).where(cycle.c.county == county)
    rows = read_among(conn, of_county, instruction.c.instruction_id, instruction_ids.unique())
    return rows["month"].unique().sort().to_list()


def next_ordinal(conn: Connection, cycle_id: int) -> int:
    """The next free number of a batch within its cycle; voided ones keep theirs."""
    taken = conn.execute(select(batch.c.ordinal).where(batch.c.cycle_id == cycle_id)).scalars().all()
    return max(taken, default=0) + 1


def free_part(conn: Connection, cycle_id: int, benefit: str, name: str = "") -> str:
    """What the next batch of a benefit pays of a cycle: the benefit, or a further share where that has a batch.

    `name`: of the share, where the bank wants shares apart.
    """
    of_cycle = select(batch.c.part).where(batch.c.cycle_id == cycle_id, ~is_voided(batch.c.batch_id))
    taken = set(conn.execute(of_cycle).scalars())
    first = f"{benefit}{SHARE}{name}" if name else benefit
    shares = (f"{benefit}{SHARE}{name}{' ' if name else ''}{number}" for number in count(2))
    return next(part for part in chain([first], shares) if part not in taken)


def claim(conn: Connection, county: str, new: NewBatch, lines: pl.DataFrame, items: pl.DataFrame, by: Actor) -> None:
    """Write a batch with its lines and items, signed as made by the maker, in the caller's transaction.

    `items`: instruction_id, obligation_id, amount_fen; each is counted as the obligation's next attempt.
    """
    total = int(lines["amount_fen"].sum())
    conn.execute(insert(batch).values(**vars(new), line_count=lines.height, total_fen=total, claimed_at=now()))
    insert_frame(conn, instruction, lines.sort("line_no"))
    insert_frame(conn, instruction_item, _counted(conn, county, items))
    sign(conn, new.batch_id, new.content_digest, SignatureStep.MADE, by)
    detail = {"content": new.content_digest, "lines": lines.height, "fen": total}
    audit.append(conn, county, by, "claim", new.batch_id, detail)


def void(conn: Connection, county: str, batch_id: str, reason: str, by: Actor) -> None:
    """Give up a batch that has not gone out, in the caller's transaction; what it held is free again."""
    _add_event(conn, batch_id, BatchEvent.VOIDED, reason=reason)
    audit.append(conn, county, by, "void", batch_id, {"reason": reason})


def record_file(conn: Connection, batch_id: str, file_name: str, file_digest: str) -> None:
    """Note the file of a batch, in the caller's transaction; the same again changes nothing, another one is refused."""
    rendered = select(batch_event.c.file_name, batch_event.c.file_digest).where(
        batch_event.c.batch_id == batch_id, batch_event.c.event == BatchEvent.RENDERED.value
    )
    known = conn.execute(rendered).first()
    if known is None:
        _add_event(conn, batch_id, BatchEvent.RENDERED, file_name=file_name, file_digest=file_digest)
    elif tuple(known) != (file_name, file_digest):
        raise BookError("写出的付款文件与总账登记的摘要不同", "请停止发放并联系维护人员", batch_id)


def sign(
    conn: Connection,
    batch_id: str,
    content_digest: str,
    step: SignatureStep,
    by: Actor,
    reason: str = "",
) -> None:
    """Put an officer's signature under a batch's content, in the caller's transaction."""
    conn.execute(
        insert(approval).values(
            approval_id=next_id(conn, approval),
            batch_id=batch_id,
            step=step.value,
            officer=by.officer,
            system_user=by.system_user,
            content_digest=content_digest,
            reason=reason,
            signed_at=now(),
            known_by=by.known_by.value,
        )
    )


def _word(code: Code) -> pl.Expr:
    return pl.lit(code.value)


_STATE = (
    pl.when(pl.col("void_reason").is_not_null())
    .then(_word(BatchState.VOIDED))
    .when(pl.col("releaser").is_not_null())
    .then(_word(BatchState.RELEASED))
    .when(pl.col("rejected_by").is_not_null())
    .then(_word(BatchState.REJECTED))
    .when(pl.col("checker").is_not_null())
    .then(_word(BatchState.APPROVED))
    .when(pl.col("file_digest").is_not_null())
    .then(_word(BatchState.RENDERED))
    .otherwise(_word(BatchState.CLAIMED))
)


def _first(step: SignatureStep, column: ColumnElement[str]) -> ScalarSelect[str]:
    """A column of the first signature of a step under a batch; null where nobody has taken the step."""
    taken = select(column).where(approval.c.batch_id == batch.c.batch_id, approval.c.step == step.value)
    return taken.order_by(approval.c.approval_id).limit(1).correlate(batch).scalar_subquery()


def _counted(conn: Connection, county: str, items: pl.DataFrame) -> pl.DataFrame:
    """Items with their attempt: every claim of an obligation counts, also one whose batch was voided."""
    i, its_own = instruction_item.c, open_obligation.c.obligation_id == instruction_item.c.obligation_id
    tried = select(i.obligation_id, func.max(i.attempt).label("before"))
    of_county = tried.select_from(open_obligation.join(instruction_item, its_own)).where(
        open_obligation.c.county == county
    )
    counts = read_frame(conn, of_county.group_by(i.obligation_id))
    numbered = items.drop("attempt", strict=False).join(counts, on="obligation_id", how="left")
    numbered = numbered.with_columns(attempt=pl.col("before").fill_null(0) + 1)
    printed = [name for name in ("name", "person_id") if name in items.columns]
    return numbered.select("obligation_id", "attempt", "instruction_id", "amount_fen", *printed).sort("obligation_id")


def _add_event(conn: Connection, batch_id: str, event: BatchEvent, **told: str) -> None:
    conn.execute(
        insert(batch_event).values(
            event_id=next_id(conn, batch_event), batch_id=batch_id, event=event.value, recorded_at=now(), **told
        )
    )
