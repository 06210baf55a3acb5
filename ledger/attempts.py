"""What the rows say of an attempt to pay, as conditions of SQL: state is never stored.

An attempt is an instruction item. It waits in a batch, or its batch was voided, or it went out (its batch was released)
and may have come back (the bank returned its instruction). A next attempt follows a return or a voided batch only, so
of an obligation's attempts that were not voided the newest decides.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, case, exists, literal_column, select

from contracts.codes import BankEvent, BatchEvent, ReturnReason, SignatureStep
from ledger.tables import approval, bank_event, batch_event

# In the text of the statement: an index that holds only returns is used where the database sees the word.
_RETURNED: ColumnElement[str] = literal_column(f"'{BankEvent.RETURNED.value}'")


def is_released(batch_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The batch has gone out."""
    return exists().where(approval.c.batch_id == batch_id, approval.c.step == SignatureStep.RELEASED.value)


def is_voided(batch_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The batch was given up before it went out."""
    return exists().where(batch_event.c.batch_id == batch_id, batch_event.c.event == BatchEvent.VOIDED.value)


def is_return() -> ColumnElement[bool]:
    """The bank's answer is a return."""
    return bank_event.c.event == _RETURNED


def came_back(instruction_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Money that was on its way came back: of a refused order nothing ever left, so the next payment is no 重发."""
    had_left = bank_event.c.return_reason.is_distinct_from(ReturnReason.BATCH_REFUSED.value)
    return exists().where(bank_event.c.instruction_id == instruction_id, is_return(), had_left)


def last_answer(instruction_id: ColumnElement[str]) -> ScalarSelect[str]:
    """What the bank last said of an instruction; a return outweighs everything, null: it said nothing."""
    newest_first = (case((is_return(), 0), else_=1), bank_event.c.event_id.desc())
    said = select(bank_event.c.event).where(bank_event.c.instruction_id == instruction_id)
    return said.order_by(*newest_first).limit(1).scalar_subquery()
