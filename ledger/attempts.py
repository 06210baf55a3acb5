"""What the rows say of an attempt to pay, as conditions of SQL: state is never stored.

An attempt is an instruction item. It waits in a batch, or its batch was voided, or it went out (its batch was released)
and may have come back (the bank returned its instruction). Gone out is: released and not returned.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, exists, func, select

from contracts.codes import BankEvent, BatchEvent, SignatureStep
from ledger.tables import approval, bank_event, batch_event, instruction, instruction_item


def is_released(batch_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The batch has gone out."""
    return exists().where(approval.c.batch_id == batch_id, approval.c.step == SignatureStep.RELEASED.value)


def is_voided(batch_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The batch was given up before it went out."""
    return exists().where(batch_event.c.batch_id == batch_id, batch_event.c.event == BatchEvent.VOIDED.value)


def is_returned(instruction_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The bank sent the money back."""
    returned = bank_event.c.event == BankEvent.RETURNED.value
    return exists().where(bank_event.c.instruction_id == instruction_id, returned)


def has_gone_out(obligation_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Money of the obligation is on its way or has arrived; no answer and an unknown one count as gone."""
    gone = is_released(instruction.c.batch_id) & ~is_returned(instruction_item.c.instruction_id)
    return exists(select(1).select_from(_ATTEMPTS).where(instruction_item.c.obligation_id == obligation_id, gone))


def live_batch_id(obligation_id: ColumnElement[int]) -> ScalarSelect[str]:
    """The batch, neither released nor voided, in which the obligation waits."""
    waits = ~is_released(instruction.c.batch_id) & ~is_voided(instruction.c.batch_id)
    return (
        select(instruction.c.batch_id)
        .select_from(_ATTEMPTS)
        .where(instruction_item.c.obligation_id == obligation_id, waits)
        .scalar_subquery()
    )


def returned_count(obligation_id: ColumnElement[int]) -> ScalarSelect[int]:
    """How often the obligation came back."""
    return (
        select(func.count())
        .select_from(instruction_item)
        .where(instruction_item.c.obligation_id == obligation_id, is_returned(instruction_item.c.instruction_id))
        .scalar_subquery()
    )


_ATTEMPTS: FromClause = instruction_item.join(instruction)
