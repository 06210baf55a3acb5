"""What is told of one person: the shape of `reports.person.tell`. Amounts in fen, accounts only in part."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Registered:
    """Who the person is, as a county's newest accepted registers say."""

    name: str
    sex: str
    birth_date: str
    township: str
    village: str
    moved_in_on: str
    moved_out_on: str
    died_on: str
    payee_name: str
    relationship: str
    bank_name: str
    account: str


@dataclass(frozen=True)
class ByRun:
    """The run that wrote a row: its pay month (empty: imported history), number and maker, what it knew and when."""

    pay_month: str
    run_id: int
    maker: str
    known_on: str
    posted_at: str
    code_version: str


@dataclass(frozen=True)
class VersionTold:
    """One decision. `amount_fen` is None where no standard is set; `correction` says why it was decided again."""

    version_no: int
    outcome: str
    label: str
    amount_fen: int | None
    would_be_fen: int | None
    winner_label: str
    correction: str
    correction_label: str
    run: ByRun


@dataclass(frozen=True)
class AnswerTold:
    """What the bank said of an attempt."""

    event: str
    label: str
    reason_code: str
    reason: str
    recorded_at: str


@dataclass(frozen=True)
class AttemptTold:
    """One attempt to pay: batch, line, file, who signed, what the bank said."""

    attempt: int
    amount_fen: int
    instruction_id: str
    batch_id: str
    line_no: int
    file_name: str
    payee_name: str
    bank_name: str
    account: str
    maker: str
    checker: str
    releaser: str
    released_at: str
    rejected_by: str
    reject_reason: str
    void_reason: str
    answers: tuple[AnswerTold, ...]


@dataclass(frozen=True)
class TakenBack:
    """Money withdrawn from an obligation before it went out."""

    amount_fen: int
    cause: str
    cause_label: str
    correction: str
    correction_label: str
    run: ByRun


@dataclass(frozen=True)
class RecoveryTold:
    """Money that came back, was set off or given up. A set-off is a run's; the rest an officer's, with a document."""

    means: str
    label: str
    amount_fen: int
    receivable_id: int
    obligation_id: int | None
    officer: str
    document: str
    approved_by: str
    recorded_at: str


@dataclass(frozen=True)
class ObligationTold:
    """Money owed and booked, and what became of it."""

    obligation_id: int
    kind: str
    kind_label: str
    amount_fen: int
    left_fen: int
    state: str
    state_label: str
    correction: str
    correction_label: str
    run: ByRun
    attempts: tuple[AttemptTold, ...]
    withdrawals: tuple[TakenBack, ...]
    set_offs: tuple[RecoveryTold, ...]


@dataclass(frozen=True)
class ReceivableTold:
    """Money owed back. `open_fen`: neither recovered nor given up."""

    receivable_id: int
    amount_fen: int
    open_fen: int
    cause: str
    cause_label: str
    correction: str
    correction_label: str
    run: ByRun
    recoveries: tuple[RecoveryTold, ...]


@dataclass(frozen=True)
class HoldTold:
    """A hold; `lifted_at` empty while it stands, obligation None where it keeps everything of the person."""

    hold_id: int
    code: str
    label: str
    reason: str
    advice: str
    obligation_id: int | None
    actor: str
    placed_at: str
    lifted_by: str
    lift_reason: str
    decision_label: str
    lifted_at: str


@dataclass(frozen=True)
class Sums:
    """Gone out and not come back; set off against what was owed back; still unpaid, and how much of that is held; still
    owed back; and what came back in money or was given up.
    """

    paid_fen: int
    set_off_fen: int
    unpaid_fen: int
    held_fen: int
    owed_back_fen: int
    recovered_fen: int
    waived_fen: int


@dataclass(frozen=True)
class MonthTold:
    """One benefit month: the newest decision, the money, and everything that led there."""

    benefit_month: str
    benefit: str
    label: str
    outcome: str
    outcome_label: str
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

    benefit: str
    label: str
    paid_to: str
    paid_state: str
    paid_label: str
    unpaid: tuple[tuple[str, int], ...]
    unpaid_labels: tuple[str, ...]
    owed_back: tuple[tuple[str, int], ...]
    newest_month: str
    newest_outcome: str
    newest_label: str


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
    """The whole story."""

    person_id: str
    counties: tuple[CountyTold, ...]
    sums: Sums

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)
