"""What is told of one person: the shape of `reports.person.tell`. Amounts in fen, accounts only in part.

Whatever has a code list is told by its code; `plain` adds the labels, once for all.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from contracts.codes import (
    BankEvent,
    Benefit,
    Cause,
    Code,
    CorrectionGround,
    GapDecision,
    HoldCode,
    Kind,
    Outcome,
    PaymentState,
    RecoveryMeans,
    Relationship,
    Sex,
)
from contracts.months import month_text
from reports.masking import masked


def _text(found: object) -> str:
    return "" if found is None else str(found)


Text = Annotated[str, BeforeValidator(_text)]  # empty where the book or the register has nothing
Month = Annotated[str, BeforeValidator(lambda month: month_text(month) if month else "")]  # YYYY-MM
Account = Annotated[str, BeforeValidator(lambda number: masked(number or ""))]


def plain(told: object) -> Any:  # noqa: ANN401 what JSON can hold
    """For JSON: shapes as objects, and beside every code its label, under the same name with `_label`."""
    if isinstance(told, tuple | list):
        return [plain(one) for one in told]
    if not is_dataclass(told):
        return told
    found: dict[str, Any] = {}
    for name in (field.name for field in fields(told)):
        found[name] = plain(getattr(told, name))
        if isinstance(found[name], Code):
            found[f"{name}_label"] = found[name].label
    return found


@dataclass(frozen=True)
class Registered:
    """Who the person is, as a county's newest accepted registers say."""

    name: str
    sex: Sex | None
    birth_date: Text
    township: Text
    village: Text
    moved_in_on: Text
    moved_out_on: Text
    died_on: Text
    payee_name: Text = ""
    relationship: Relationship | None = None
    drawn_for: Text = ""
    bank_name: Text = ""
    account_no: Account = ""

    @property
    def payee(self) -> str:
        """Whose account it is; where another draws (代领) who he is to the person, or that nobody says so, and why."""
        if self.relationship in (None, Relationship.SELF) and self.payee_name == self.name:
            return self.payee_name
        if self.relationship is Relationship.SELF:
            return f"{self.payee_name}({Relationship.SELF.label})"
        ground = self.relationship.label if self.relationship else "没有写明关系"
        why = f",{self.drawn_for}" if self.drawn_for else ""
        return f"{self.payee_name}(代领:{ground}{why})"


@dataclass(frozen=True)
class ByRun:
    """The run that wrote a row: its pay month (empty: imported history), number and maker, what it knew and when."""

    pay_month: Month
    run_id: int
    maker: str
    known_on: str
    posted_at: str
    code_version: Text


@dataclass(frozen=True)
class VersionTold:
    """One decision. `amount_fen` is None where no standard is set; `correction` says why it was decided again."""

    version_no: int
    outcome: Outcome
    amount_fen: int | None
    would_be_fen: int | None
    winner: Benefit | None
    correction: CorrectionGround | None
    run: ByRun


@dataclass(frozen=True)
class AnswerTold:
    """What the bank said of an attempt."""

    bank_event: BankEvent
    reason_code: Text
    reason: Text
    recorded_at: str


@dataclass(frozen=True)
class AttemptTold:
    """One attempt to pay: batch, line, file, who signed, what the bank said."""

    attempt: int
    amount_fen: int
    instruction_id: str
    batch_id: str
    line_no: int
    file_name: Text
    payee_name: str
    bank_name: str
    account_no: Account
    batch_maker: Text
    checker: Text
    releaser: Text
    released_at: Text
    rejected_by: Text
    reject_reason: Text
    void_reason: Text
    answers: tuple[AnswerTold, ...]


@dataclass(frozen=True)
class TakenBack:
    """Money withdrawn from an obligation before it went out."""

    amount_fen: int
    cause: Cause
    correction: CorrectionGround | None
    run: ByRun


@dataclass(frozen=True)
class RecoveryTold:
    """Money that came back, was set off or given up. A set-off is a run's; the rest an officer's, with a document."""

    means: RecoveryMeans
    amount_fen: int
    receivable_id: int
    obligation_id: int | None
    officer: Text
    document: Text
    approved_by: Text
    recorded_at: str


@dataclass(frozen=True)
class ObligationTold:
    """Money owed and booked, and what became of it. `held_code`: of the hold that keeps what is left."""

    obligation_id: int
    kind: Kind
    amount_fen: int
    withdrawn_fen: int
    set_off_fen: int
    pays_fen: int  # left to be paid
    is_gone: bool  # on its way or arrived
    state: PaymentState
    held_code: HoldCode | None
    correction: CorrectionGround | None
    run: ByRun
    attempts: tuple[AttemptTold, ...]
    withdrawals: tuple[TakenBack, ...]
    set_offs: tuple[RecoveryTold, ...]

    @property
    def state_label(self) -> str:
        """How it stands, and what keeps it."""
        return f"{self.state.label}:{self.held_code.label}" if self.held_code and self.pays_fen else self.state.label


@dataclass(frozen=True)
class ReceivableTold:
    """Money owed back. `open_fen`: neither recovered nor given up."""

    receivable_id: int
    amount_fen: int
    open_fen: int
    cause: Cause
    correction: CorrectionGround | None
    run: ByRun
    recoveries: tuple[RecoveryTold, ...]


@dataclass(frozen=True)
class HoldTold:
    """A hold; `lifted_at` empty while it stands, obligation None where it keeps everything of the person."""

    hold_id: int
    code: HoldCode
    reason: str
    advice: str
    obligation_id: int | None
    actor: str
    recorded_at: str
    lifted_by: Text
    lift_reason: Text
    decision: GapDecision | None
    lifted_at: Text


@dataclass(frozen=True)
class Sums:
    """Gone out and not come back; set off against what was owed back; still unpaid, and how much of that is held; still
    owed back; and what came back in money or was given up.
    """

    paid_fen: int = 0
    set_off_fen: int = 0
    unpaid_fen: int = 0
    held_fen: int = 0
    owed_back_fen: int = 0
    recovered_fen: int = 0
    waived_fen: int = 0


@dataclass(frozen=True)
class MonthTold:
    """One benefit month: the newest decision (None: history only), the money, and everything that led there."""

    benefit_month: str
    benefit: Benefit
    outcome: Outcome | None
    amount_fen: int | None
    sums: Sums
    versions: tuple[VersionTold, ...]
    obligations: tuple[ObligationTold, ...]
    receivables: tuple[ReceivableTold, ...]


@dataclass(frozen=True)
class Standing:
    """A benefit at a glance: paid up to which month, which months wait, and what the newest month's decision is.

    `paid_state` is of the last paid month's newest money: history, released, accepted or unknown.
    """

    benefit: Benefit
    paid_to: str
    paid_state: PaymentState | None
    unpaid: tuple[tuple[str, int], ...]
    unpaid_labels: tuple[str, ...]
    owed_back: tuple[tuple[str, int], ...]
    newest_month: str
    newest_outcome: Outcome | None


@dataclass(frozen=True)
class CountyTold:
    """What one county knows and did."""

    county: str
    registered: Registered | None
    standings: tuple[Standing, ...]
    months: tuple[MonthTold, ...]
    holds: tuple[HoldTold, ...]
    sums: Sums
    other_ids: tuple[str, ...] = ()  # the person's other identity numbers, the one in use first


@dataclass(frozen=True)
class PersonTold:
    """The whole story. `person_no`: the row number by which other commands take this person."""

    person_no: int
    person_id: str
    counties: tuple[CountyTold, ...]
    sums: Sums
