"""The tables of the book, and the guards that keep it append-only.

Months are text "YYYY-MM", days and instants ISO text (instants in UTC), money whole fen, codes the words of
`contracts.codes`: of a closed list by CHECK, of one that law or practice extends by the rows of a word table. State is
never stored: it follows from the rows, so nothing is ever updated. One table is derived, `open_obligation`: triggers
keep it (KEEPERS), a row of it goes only when the other rows say so, and ledger.proving holds it against them.

A key is (county, person_no, benefit, benefit_month).
"""

# ruff: noqa: S608 - guards are put together from constants of this file

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

from contracts.codes import (
    AuditRule,
    BankEvent,
    BatchEvent,
    Benefit,
    Cause,
    ChoiceGroup,
    Code,
    CorrectionGround,
    FindingDecision,
    GapDecision,
    HoldCode,
    HoldEvent,
    Kind,
    Outcome,
    RecoveryMeans,
    ReturnReason,
    SamePerson,
    SignatureStep,
    ValueStatus,
)

WHOLE = BigInteger().with_variant(Integer(), "sqlite")
metadata = MetaData()


def _table(name: str, *columns: SchemaItem, with_rowid: bool = True) -> Table:
    """STRICT where SQLite offers it: it would otherwise keep text in a column of numbers."""
    return Table(name, metadata, *columns, sqlite_strict=True, sqlite_with_rowid=with_rowid)


def _id(name: str) -> Column[int]:
    return Column(name, WHOLE, primary_key=True, autoincrement=False)


def _whole(name: str, *constraints: SchemaItem, nullable: bool = False) -> Column[int]:
    return Column(name, WHOLE, *constraints, nullable=nullable)


def _text(
    name: str, *constraints: SchemaItem, nullable: bool = False, unique: bool = False, primary_key: bool = False
) -> Column[str]:
    return Column(name, Text, *constraints, nullable=nullable, unique=unique or None, primary_key=primary_key)


def _fen(name: str = "amount_fen") -> Column[int]:
    return _whole(name, CheckConstraint(f"{name} > 0"))


def _known_fen(name: str) -> Column[int]:
    return _whole(name, CheckConstraint(f"{name} >= 0"), nullable=True)


def _yes_no(name: str) -> Column[int]:
    return _whole(name, CheckConstraint(f"{name} IN (0, 1)"))


def _month(name: str) -> Column[str]:
    return _text(name, CheckConstraint(f"length({name}) = 7"))


def _code(name: str, codes: type[Code], *, nullable: bool = False) -> Column[str]:
    return _text(name, CheckConstraint(_is_in(name, *codes)), nullable=nullable)


def _is(column: str, code: Code) -> str:
    return f"{column} = '{code.value}'"


def _is_in(column: str, *codes: Code) -> str:
    return f"{column} IN ({', '.join(repr(code.value) for code in codes)})"


def _of(column: Column[int] | Column[str]) -> ForeignKey:
    return ForeignKey(column)


def _words(name: str) -> Table:
    """The words of a list that law or practice extends; opening the book adds those it does not have."""
    return _table(name, _text("word", primary_key=True), with_rowid=False)


def _known(name: str, words: Table, *, nullable: bool = False) -> Column[str]:
    """A word of an open list: a further one is a row, no migration."""
    return _text(name, _of(words.c.word), nullable=nullable)


benefit_word = _words("benefit_word")
hold_code_word = _words("hold_code_word")
cause_word = _words("cause_word")
correction_word = _words("correction_word")
return_reason_word = _words("return_reason_word")
audit_rule_word = _words("audit_rule_word")
OPEN_LISTS: dict[Table, type[Code]] = {
    benefit_word: Benefit,
    hold_code_word: HoldCode,
    cause_word: Cause,
    correction_word: CorrectionGround,
    return_reason_word: ReturnReason,
    audit_rule_word: AuditRule,
}

person = _table(
    "person",
    _id("person_no"),
    _text("person_id", unique=True),
    _text("numbered_at"),
)

# From a decision on a number counts as `head_no`, in the county that decided; of several rows of a number the newest
# counts. `other_no` is the number it was told the same as, or another than. A join moves along whoever counted as the
# joined number, and its split brings them back: rows of one decision, the first of which is of the number told.
identity = _table(
    "identity",
    _id("identity_row"),
    _whole("decision_id", ForeignKey("identity.identity_row")),
    _code("decision", SamePerson),
    _text("county"),
    _whole("person_no", _of(person.c.person_no)),
    _whole("head_no", _of(person.c.person_no)),
    _whole("other_no", _of(person.c.person_no)),
    _text("officer"),
    _text("system_user"),
    _text("document"),
    _text("recorded_at"),
    UniqueConstraint("decision_id", "person_no"),
    CheckConstraint("person_no <> other_no"),
    CheckConstraint("decision = 'split' OR (head_no = other_no)"),
    Index("identity_of_county", "county", "person_no"),
)

cycle = _table(
    "cycle",
    _id("cycle_id"),
    _text("county"),
    _month("pay_month"),
    _whole("sequence", CheckConstraint("sequence > 0")),
    _text("opened_at"),
    UniqueConstraint("county", "pay_month", "sequence"),
)

# A run without a cycle took in history: its manifest is that of the file.
run = _table(
    "run",
    _id("run_id"),
    _whole("cycle_id", _of(cycle.c.cycle_id), nullable=True),
    _text("manifest_json"),
    _text("manifest_digest"),
    _text("known_on"),
    _text("maker"),
    _text("system_user"),
    _text("posted_at"),
    _text("code_version", nullable=True),
    Index("run_of_cycle", "cycle_id"),
)

rate = _table(
    "rate",
    _id("rate_no"),
    _text("rate_id", unique=True),
    _known("benefit", benefit_word),
    _code("amount_status", ValueStatus),
    _text("values_json"),
)

# Clustered by month and person: a window is one range, a person one seek a month, a new pay month goes at the end.
entitlement_version = _table(
    "entitlement_version",
    _text("county"),
    _month("benefit_month"),
    _whole("person_no", _of(person.c.person_no)),
    _known("benefit", benefit_word),
    _whole("version_no", CheckConstraint("version_no > 0")),
    _whole("run_id", _of(run.c.run_id)),
    _code("outcome", Outcome),
    _known_fen("amount_fen"),
    _known_fen("would_be_fen"),
    _known("winner", benefit_word, nullable=True),
    _whole("rate_no", _of(rate.c.rate_no), nullable=True),
    _whole("fact_code"),
    _known("correction", correction_word, nullable=True),
    PrimaryKeyConstraint("county", "benefit_month", "person_no", "benefit", "version_no"),
    CheckConstraint("(amount_fen IS NULL) = (outcome = 'STANDARD_NOT_SET')"),
    CheckConstraint("outcome = 'ENTITLED' OR coalesce(amount_fen, 0) = 0"),
    with_rowid=False,
)

# `version_no` is the version that made it owed; 0 for history, which no version made.
obligation = _table(
    "obligation",
    _id("obligation_id"),
    _whole("run_id", _of(run.c.run_id)),
    _text("county"),
    _month("benefit_month"),
    _whole("person_no", _of(person.c.person_no)),
    _known("benefit", benefit_word),
    _code("kind", Kind),
    _whole("version_no"),
    _fen(),
    _code("choose_group", ChoiceGroup, nullable=True),
    _yes_no("is_to_institution"),
    _text("institution_id", nullable=True),
    UniqueConstraint("county", "benefit_month", "person_no", "benefit", "kind", "version_no"),
    Index("obligation_of_run", "run_id"),
)

# Derived: what has not gone out and is not wholly taken back, so that a month's cost does not grow with the book.
open_obligation = _table(
    "open_obligation",
    _text("county"),
    _whole("obligation_id", _of(obligation.c.obligation_id)),
    PrimaryKeyConstraint("county", "obligation_id"),
    with_rowid=False,
)

history_row = _table(
    "history_row",
    Column("obligation_id", WHOLE, _of(obligation.c.obligation_id), primary_key=True, autoincrement=False),
    _whole("source_row"),
)

withdrawal = _table(
    "withdrawal",
    _id("withdrawal_id"),
    _whole("run_id", _of(run.c.run_id)),
    _whole("obligation_id", _of(obligation.c.obligation_id)),
    _whole("version_no"),
    _fen(),
    _known("cause", cause_word),
    UniqueConstraint("obligation_id", "version_no"),
    Index("withdrawal_of_run", "run_id"),
)

receivable = _table(
    "receivable",
    _id("receivable_id"),
    _whole("run_id", _of(run.c.run_id)),
    _text("county"),
    _month("benefit_month"),
    _whole("person_no", _of(person.c.person_no)),
    _known("benefit", benefit_word),
    _whole("version_no"),
    _fen(),
    _code("choose_group", ChoiceGroup, nullable=True),
    _known("cause", cause_word),
    UniqueConstraint("county", "benefit_month", "person_no", "benefit", "version_no"),
    Index("receivable_of_run", "run_id"),
)

# A set-off is made by a run and names an obligation; every other means is an officer's, with its document, and giving
# up collection is approved by a second one.
recovery = _table(
    "recovery",
    _id("recovery_id"),
    _whole("receivable_id", _of(receivable.c.receivable_id)),
    _whole("obligation_id", _of(obligation.c.obligation_id), nullable=True),
    _whole("run_id", _of(run.c.run_id), nullable=True),
    _code("means", RecoveryMeans),
    _fen(),
    _text("officer", nullable=True),
    _text("document", nullable=True),
    _text("recorded_at"),
    _text("approved_by", nullable=True),
    CheckConstraint("(means = 'set_off') = (obligation_id IS NOT NULL)"),
    CheckConstraint("(means = 'set_off') = (run_id IS NOT NULL)"),
    CheckConstraint("(means = 'set_off') = (officer IS NULL)"),
    Index("recovery_of_receivable", "receivable_id"),
    Index("recovery_of_obligation", "obligation_id"),
    Index("recovery_of_run", "run_id"),
)

# `hold_id` of a lifting is the row that placed it; `cycle_id` is the county's newest cycle when the row was written.
# Rows of before 0004 have no subject and detail: their ground is one text (ledger.grounds reads it).
hold = _table(
    "hold",
    _id("hold_row"),
    _whole("hold_id", ForeignKey("hold.hold_row")),
    _code("event", HoldEvent),
    _text("county"),
    _whole("cycle_id", _of(cycle.c.cycle_id), nullable=True),
    _whole("person_no", _of(person.c.person_no)),
    _whole("obligation_id", _of(obligation.c.obligation_id), nullable=True),
    _known("code", hold_code_word),
    _text("ground"),
    _text("actor"),
    _text("reason"),
    _code("decision", GapDecision, nullable=True),
    _text("recorded_at"),
    _text("subject", nullable=True),
    _text("detail", nullable=True),
    UniqueConstraint("hold_id", "event"),
    CheckConstraint(f"({_is('event', HoldEvent.PLACED)}) = (hold_row = hold_id)"),
    CheckConstraint(f"{_is('event', HoldEvent.LIFTED)} OR decision IS NULL"),
    Index("hold_of_county", "county", "person_no"),
)

# What an officer decided of a finding; of several rows of one the newest counts. `finding_id` is a digest of the rule,
# the person and the evidence, so that other evidence is another finding.
finding_decision = _table(
    "finding_decision",
    _id("decision_row"),
    _text("county"),
    _whole("cycle_id", _of(cycle.c.cycle_id), nullable=True),
    _text("finding_id"),
    _known("rule", audit_rule_word),
    _whole("person_no", _of(person.c.person_no)),
    _code("decision", FindingDecision),
    _text("until_month", CheckConstraint("length(until_month) = 7"), nullable=True),
    _whole("hold_id", _of(hold.c.hold_row), nullable=True),
    _text("officer"),
    _text("system_user"),
    _text("reason", CheckConstraint("length(reason) > 0")),
    _text("recorded_at"),
    CheckConstraint(f"({_is('decision', FindingDecision.ACCEPT)}) = (until_month IS NOT NULL)"),
    CheckConstraint(f"({_is('decision', FindingDecision.HOLD)}) = (hold_id IS NOT NULL)"),
    Index("finding_decision_of_county", "county", "finding_id"),
)

batch = _table(
    "batch",
    _text("batch_id", primary_key=True),
    _whole("cycle_id", _of(cycle.c.cycle_id)),
    _whole("ordinal", CheckConstraint("ordinal > 0")),
    _text("profile"),
    _text("part"),
    _text("content_digest"),
    _text("profile_digest"),
    _whole("line_count", CheckConstraint("line_count > 0")),
    _fen("total_fen"),
    _text("claimed_at"),
    _text("law_digest", nullable=True),
    UniqueConstraint("cycle_id", "ordinal"),
)

batch_event = _table(
    "batch_event",
    _id("event_id"),
    _text("batch_id", _of(batch.c.batch_id)),
    _code("event", BatchEvent),
    _text("file_name", nullable=True),
    _text("file_digest", nullable=True),
    _text("reason", nullable=True),
    _text("recorded_at"),
    UniqueConstraint("batch_id", "event"),
    CheckConstraint(f"({_is('event', BatchEvent.RENDERED)}) = (file_digest IS NOT NULL)"),
)

approval = _table(
    "approval",
    _id("approval_id"),
    _text("batch_id", _of(batch.c.batch_id)),
    _code("step", SignatureStep),
    _text("officer"),
    _text("system_user"),
    _text("content_digest"),
    _text("reason"),
    _text("signed_at"),
    _text("known_by", nullable=True),  # null: signed before it was asked
    UniqueConstraint("batch_id", "step", "officer"),
    Index(
        "released_once",
        "batch_id",
        unique=True,
        sqlite_where=text(_is("step", SignatureStep.RELEASED)),
        postgresql_where=text(_is("step", SignatureStep.RELEASED)),
    ),
)

# Every printed field as printed (contracts.tables.InstructionLine).
instruction = _table(
    "instruction",
    _text("instruction_id", CheckConstraint("length(instruction_id) <= 20"), primary_key=True),
    _text("batch_id", _of(batch.c.batch_id)),
    _whole("line_no"),
    _known("benefit", benefit_word),
    _month("pay_month"),
    _month("period_from"),
    _month("period_to"),
    _code("kind", Kind),
    _whole("attempt"),
    _text("name"),
    _text("person_id", nullable=True),
    _text("relationship", nullable=True),
    _text("payee_name"),
    _text("payee_id", nullable=True),
    _text("account_no"),
    _text("bank_name"),
    _text("bank_code", nullable=True),
    _fen(),
    _text("township"),
    _text("village"),
    _whole("people_count"),
    _text("remark", nullable=True),
    *(_text(name, nullable=True) for name in ("village_group", "head_name", "head_id", "phone")),
    *(
        _text(f"origin_{name}", nullable=True)  # of a line that is sent again, where its profile prints it
        for name in ("id", "batch", "line", "account", "amount", "reason")
    ),
    UniqueConstraint("batch_id", "line_no"),
)

instruction_item = _table(
    "instruction_item",
    _whole("obligation_id", _of(obligation.c.obligation_id)),
    _whole("attempt", CheckConstraint("attempt > 0")),
    _text("instruction_id", _of(instruction.c.instruction_id)),
    _fen(),
    *(_text(column, nullable=True) for column in ("name", "person_id")),  # on an institution's roster, as printed there
    PrimaryKeyConstraint("obligation_id", "attempt"),
    Index("item_of_instruction", "instruction_id"),
    with_rowid=False,
)

bank_event = _table(
    "bank_event",
    _id("event_id"),
    _text("instruction_id", _of(instruction.c.instruction_id)),
    _code("event", BankEvent),
    _text("reason_code"),
    _text("reason"),
    _text("source_digest"),
    _whole("source_row"),
    _text("recorded_at"),
    _known("return_reason", return_reason_word, nullable=True),  # of a return, since such are told apart
    _text("answered_on", nullable=True),
    UniqueConstraint("source_digest", "source_row"),
    Index("bank_event_of_instruction", "instruction_id"),
    Index(
        "bank_event_returned",  # few among many: who came back is found without reading every answer
        "instruction_id",
        sqlite_where=text(_is("event", BankEvent.RETURNED)),
        postgresql_where=text(_is("event", BankEvent.RETURNED)),
    ),
)

# A line of an answer that was not noted, and why: it fits nothing that went out, or says something else than it.
answer_misfit = _table(
    "answer_misfit",
    _id("misfit_id"),
    _text("county"),
    _text("instruction_id", _of(instruction.c.instruction_id), nullable=True),
    _text("misfit"),
    _text("source_digest"),
    _whole("source_row"),
    _text("recorded_at"),
    UniqueConstraint("source_digest", "source_row"),
    Index("misfit_of_instruction", "instruction_id"),
)

# The bank took nothing of a batch; each of its lines has a return of the same source beside it.
refused_order = _table(
    "refused_order",
    _text("batch_id", _of(batch.c.batch_id), primary_key=True),
    _text("reason_code"),
    _text("reason"),
    _text("source_digest"),
    _text("officer"),
    _text("recorded_at"),
)

# A sealed cycle takes no more runs and batches. What it held is digested table by table, up to the newest row of each.
seal = _table(
    "seal",
    _id("seal_id"),
    _whole("cycle_id", _of(cycle.c.cycle_id)),
    _text("county"),
    _text("tables_json"),
    _whole("unanswered_count", CheckConstraint("unanswered_count >= 0")),
    _whole("unanswered_fen", CheckConstraint("unanswered_fen >= 0")),
    _text("unanswered_digest"),
    _text("officer"),
    _text("system_user"),
    _text("reason"),
    _text("sealed_at"),
    _text("previous_digest"),
    _text("digest", unique=True),
    UniqueConstraint("cycle_id"),
    Index("seal_of_county", "county", "seal_id"),
)

# Every file that was handed in, once; a later one for the same register and month stands from its known_on on.
receipt = _table(
    "receipt",
    _id("receipt_id"),
    _text("county"),
    _text("register"),
    _month("inbox_month"),
    _text("file_name"),
    _text("file_digest"),
    _text("known_on"),
    _text("system_user"),
    _text("received_at"),
    Index("receipt_of_county", "county", "register", "inbox_month"),
)

# An officer took a file that a threshold had stopped.
register_acceptance = _table(
    "register_acceptance",
    _id("acceptance_id"),
    _text("county"),
    _text("register"),
    _text("file_digest"),
    _text("officer"),
    _text("system_user"),
    _text("reason"),
    _text("recorded_at"),
    Index("acceptance_of_county", "county", "register", "file_digest"),
)

# What a run left in the store for the next one, by the digest of each table; `digest` is that of `tables_json`.
# A month that was run by mistake and booked back: its cycle counts no more.
taken_back = _table(
    "taken_back",
    _id("taken_back_id"),
    _whole("cycle_id", _of(cycle.c.cycle_id)),
    _text("county"),
    _text("officer"),
    _text("system_user"),
    _text("reason"),
    _text("recorded_at"),
    UniqueConstraint("cycle_id"),
)

kept_content = _table(
    "kept_content",
    _id("keep_id"),
    _text("county"),
    _text("manifest_digest"),
    _text("tables_json"),
    _text("digest"),
    _text("recorded_at"),
    UniqueConstraint("county", "manifest_digest", "digest"),
)

audit_log = _table(
    "audit_log",
    _id("entry_id"),
    _text("county"),
    _text("actor"),
    _text("system_user"),
    _text("action"),
    _text("object"),
    _text("detail_json"),
    _text("recorded_at"),
    _text("prev_hash"),
    _text("hash", unique=True),
    _text("known_by", nullable=True),  # null: written before it was asked
    Index("audit_of_county", "county", "entry_id"),
    Index("audit_of_object", "object"),
)


@dataclass(frozen=True)
class Guard:
    """A row of `table` is refused where `when` holds; both engines read the same condition.

    `parts_officers`: it keeps apart what two different people must do.
    """

    name: str
    table: str
    when: str
    message: str
    parts_officers: bool = False


_IS_RELEASED = (
    f"EXISTS (SELECT 1 FROM approval r WHERE r.batch_id = {{batch}} AND {_is('r.step', SignatureStep.RELEASED)})"
)
_IS_VOIDED = (
    f"EXISTS (SELECT 1 FROM batch_event v WHERE v.batch_id = {{batch}} AND {_is('v.event', BatchEvent.VOIDED)})"
)
_IS_RETURNED = (
    "EXISTS (SELECT 1 FROM bank_event e WHERE e.instruction_id = {instruction}"
    f" AND {_is('e.event', BankEvent.RETURNED)})"
)
# A live attempt is waiting in a batch, or has gone out and has not come back.
_HAS_LIVE_ATTEMPT = (
    "EXISTS (SELECT 1 FROM instruction_item i JOIN instruction n ON n.instruction_id = i.instruction_id"
    " WHERE i.obligation_id = {obligation}"
    " AND NOT "
    + _IS_VOIDED.format(batch="n.batch_id")
    + " AND NOT "
    + _IS_RETURNED.format(instruction="i.instruction_id")
    + ")"
)
_IS_SIGNED_ON = _is_in("NEW.step", SignatureStep.APPROVED, SignatureStep.RELEASED)
# The number that a row's person counts as.
_HEAD = (
    "coalesce((SELECT h.head_no FROM identity h WHERE h.county = {row}.county AND h.person_no = {row}.person_no"
    " ORDER BY h.identity_row DESC LIMIT 1), {row}.person_no)"
)
_IS_SEALED = "EXISTS (SELECT 1 FROM seal s WHERE s.cycle_id = {cycle})"
_IS_TAKEN_BACK = "EXISTS (SELECT 1 FROM taken_back t WHERE t.cycle_id = NEW.cycle_id)"
_TAKEN_OFF = (
    "((SELECT coalesce(sum(w.amount_fen), 0) FROM withdrawal w WHERE w.obligation_id = {obligation})"
    " + (SELECT coalesce(sum(s.amount_fen), 0) FROM recovery s WHERE s.obligation_id = {obligation}))"
)

# Nothing of it is on its way or has arrived, and something of it is left. The rows alone say so.
IS_OPEN = (
    "o.kind <> 'history' AND o.amount_fen > "
    + _TAKEN_OFF.format(obligation="o.obligation_id")
    + " AND NOT EXISTS (SELECT 1 FROM instruction_item i JOIN instruction n ON n.instruction_id = i.instruction_id"
    " WHERE i.obligation_id = o.obligation_id AND "
    + _IS_RELEASED.format(batch="n.batch_id")
    + " AND NOT "
    + _IS_RETURNED.format(instruction="i.instruction_id")
    + ")"
)
_ROW_IS_OPEN = (
    "EXISTS (SELECT 1 FROM obligation o WHERE o.obligation_id = {row}.obligation_id AND o.county = {row}.county AND "
    + IS_OPEN
    + ")"
)

# A run whose entry stands in the log has said how many rows it made: nothing joins it afterwards.
_JOINS_NO_OPEN_RUN = (
    "NOT EXISTS (SELECT 1 FROM run r WHERE r.run_id = NEW.run_id)"
    " OR EXISTS (SELECT 1 FROM audit_log l WHERE l.object = 'run ' || NEW.run_id"
    " AND l.action IN ('post', 'import history'))"
)

GUARDS = (
    Guard(
        "finding_waits_on_its_persons_hold",
        "finding_decision",
        "NEW.hold_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.hold_row = NEW.hold_id"
        f" AND h.county = NEW.county AND h.person_no = NEW.person_no AND {_is('h.event', HoldEvent.PLACED)})",
        "疑点的暂缓须是此人的",
    ),
    Guard(
        "version_joins_its_run",
        "entitlement_version",
        _JOINS_NO_OPEN_RUN,
        "核定须属于正在入账的一次运行",
    ),
    Guard(
        "obligation_joins_its_run",
        "obligation",
        _JOINS_NO_OPEN_RUN + " OR (NEW.kind <> 'history' AND NOT EXISTS (SELECT 1 FROM entitlement_version v"
        " WHERE v.county = NEW.county AND v.benefit_month = NEW.benefit_month AND v.person_no = NEW.person_no"
        " AND v.benefit = NEW.benefit AND v.version_no = NEW.version_no))",
        "应付款须属于正在入账的一次运行,并有核定作依据",
    ),
    Guard(
        "withdrawal_joins_its_run",
        "withdrawal",
        _JOINS_NO_OPEN_RUN,
        "撤回须属于正在入账的一次运行",
    ),
    Guard(
        "receivable_joins_its_run",
        "receivable",
        _JOINS_NO_OPEN_RUN,
        "应追回款须属于正在入账的一次运行",
    ),
    Guard(
        "set_off_joins_its_run",
        "recovery",
        "NEW.run_id IS NOT NULL AND (" + _JOINS_NO_OPEN_RUN + ")",
        "抵扣须属于正在入账的一次运行",
    ),
    Guard(
        "instruction_joins_an_unsigned_batch",
        "instruction",
        "EXISTS (SELECT 1 FROM approval a WHERE a.batch_id = NEW.batch_id) OR "
        + _IS_VOIDED.format(batch="NEW.batch_id"),
        "批次已签或已作废,不能再加付款",
    ),
    Guard(
        "instruction_item_joins_an_unsigned_batch",
        "instruction_item",
        "EXISTS (SELECT 1 FROM instruction n JOIN approval a ON a.batch_id = n.batch_id"
        " WHERE n.instruction_id = NEW.instruction_id)",
        "批次已签,不能再加付款明细",
    ),
    Guard(
        "instruction_item_follows_its_return",
        "instruction_item",
        "NEW.attempt > 1 AND (" + _HAS_LIVE_ATTEMPT.format(obligation="NEW.obligation_id") + " OR NOT EXISTS"
        " (SELECT 1 FROM instruction_item p"
        " WHERE p.obligation_id = NEW.obligation_id AND p.attempt = NEW.attempt - 1))",
        "上一次付款既未退票也未作废,不能再付",
    ),
    Guard(
        "instruction_item_is_what_is_unpaid",
        "instruction_item",
        "NOT EXISTS (SELECT 1 FROM obligation o WHERE o.obligation_id = NEW.obligation_id AND o.kind <> 'history'"
        " AND o.amount_fen = NEW.amount_fen + " + _TAKEN_OFF.format(obligation="NEW.obligation_id") + ")",
        "付款与未付金额不符,或所付为历史发放",
    ),
    Guard(
        "batch_is_the_only_live_one",
        "batch",
        "EXISTS (SELECT 1 FROM batch b WHERE b.cycle_id = NEW.cycle_id AND b.part = NEW.part AND NOT "
        + _IS_VOIDED.format(batch="b.batch_id")
        + ")",
        "同一批次已在,须先作废",
    ),
    Guard(
        "released_batch_is_never_voided",
        "batch_event",
        _is("NEW.event", BatchEvent.VOIDED) + " AND " + _IS_RELEASED.format(batch="NEW.batch_id"),
        "批次已发放,不能作废",
    ),
    Guard(
        "signature_is_on_a_live_batch",
        "approval",
        _IS_VOIDED.format(batch="NEW.batch_id") + " OR " + _IS_RELEASED.format(batch="NEW.batch_id"),
        "批次已作废或已发放,不能再签",
    ),
    Guard(
        "signature_is_on_this_content",
        "approval",
        "NOT EXISTS (SELECT 1 FROM batch b WHERE b.batch_id = NEW.batch_id AND b.content_digest = NEW.content_digest)",
        "所签内容与批次不符",
    ),
    Guard(
        "signed_batch_adds_up",
        "approval",
        _is("NEW.step", SignatureStep.MADE) + " AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.batch_id = NEW.batch_id"
        " AND b.line_count = (SELECT count(*) FROM instruction n WHERE n.batch_id = b.batch_id)"
        " AND b.total_fen = (SELECT sum(n.amount_fen) FROM instruction n WHERE n.batch_id = b.batch_id)"
        " AND b.total_fen = (SELECT sum(i.amount_fen) FROM instruction n JOIN instruction_item i"
        " ON i.instruction_id = n.instruction_id WHERE n.batch_id = b.batch_id))",
        "批次的笔数或金额与明细不符",
    ),
    Guard(
        "maker_checker_and_releaser_differ",
        "approval",
        _IS_SIGNED_ON + " AND EXISTS (SELECT 1 FROM approval a"
        " WHERE a.batch_id = NEW.batch_id AND a.officer = NEW.officer)",
        "经办、复核、发放须为不同的人",
        parts_officers=True,
    ),
    Guard(
        "rejected_batch_is_not_signed",
        "approval",
        _IS_SIGNED_ON + " AND EXISTS (SELECT 1 FROM approval a"
        f" WHERE a.batch_id = NEW.batch_id AND {_is('a.step', SignatureStep.REJECTED)})",
        "批次已被驳回,须重新编批",
    ),
    Guard(
        "release_follows_approval_and_file",
        "approval",
        _is("NEW.step", SignatureStep.RELEASED) + " AND NOT ("
        f"EXISTS (SELECT 1 FROM approval a WHERE a.batch_id = NEW.batch_id AND {_is('a.step', SignatureStep.MADE)})"
        " AND EXISTS (SELECT 1 FROM approval a WHERE a.batch_id = NEW.batch_id"
        f" AND {_is('a.step', SignatureStep.APPROVED)})"
        " AND EXISTS (SELECT 1 FROM batch_event f WHERE f.batch_id = NEW.batch_id"
        f" AND {_is('f.event', BatchEvent.RENDERED)}))",
        "批次未经复核,或付款文件尚未登记",
    ),
    Guard(
        "withdrawal_is_of_unpaid_money",
        "withdrawal",
        "NOT EXISTS (SELECT 1 FROM obligation o WHERE o.obligation_id = NEW.obligation_id AND o.kind <> 'history'"
        " AND o.amount_fen >= NEW.amount_fen + "
        + _TAKEN_OFF.format(obligation="NEW.obligation_id")
        + ") OR "
        + _HAS_LIVE_ATTEMPT.format(obligation="NEW.obligation_id"),
        "撤回超过未付金额",
    ),
    Guard(
        "set_off_is_of_unpaid_money",
        "recovery",
        "NEW.means = 'set_off' AND (" + _HAS_LIVE_ATTEMPT.format(obligation="NEW.obligation_id") + " OR NOT EXISTS"
        " (SELECT 1 FROM obligation o JOIN receivable r ON r.county = o.county AND "
        + _HEAD.format(row="r")
        + " = "
        + _HEAD.format(row="o")
        + " AND ((r.benefit_month = o.benefit_month"
        " AND (r.benefit = o.benefit OR coalesce(r.choose_group = o.choose_group, 1 = 1)))"
        " OR (r.benefit_month < o.benefit_month AND r.benefit = o.benefit AND o.kind = 'regular'))"
        " WHERE o.obligation_id = NEW.obligation_id AND r.receivable_id = NEW.receivable_id AND o.kind <> 'history'"
        " AND o.amount_fen >= NEW.amount_fen + " + _TAKEN_OFF.format(obligation="NEW.obligation_id") + "))",
        "抵扣的不是同一人同一月(或同一项目以前月份)的未付款项",
    ),
    Guard(
        "recovery_within_its_receivable",
        "recovery",
        "(SELECT r.amount_fen FROM receivable r WHERE r.receivable_id = NEW.receivable_id) < NEW.amount_fen"
        " + (SELECT coalesce(sum(s.amount_fen), 0) FROM recovery s"
        " WHERE s.receivable_id = NEW.receivable_id AND (NEW.means = 'waived' OR s.means <> 'waived'))",
        "追回超过应追回金额",
    ),
    Guard(
        "giving_up_is_approved_by_another",
        "recovery",
        "(NEW.means = 'waived') <> coalesce(NEW.approved_by <> NEW.officer, 1 = 0)",
        "核销须由另一人批准,其余追回方式不需批准人",
        parts_officers=True,
    ),
    Guard(
        "sealed_cycle_takes_no_run",
        "run",
        _IS_SEALED.format(cycle="NEW.cycle_id"),
        "该期已结账封存,后来的差额请在新的一期办理",
    ),
    Guard(
        "sealed_cycle_takes_no_batch",
        "batch",
        _IS_SEALED.format(cycle="NEW.cycle_id"),
        "该期已结账封存,不能再编批",
    ),
    Guard(
        "cycle_taken_back_takes_no_run",
        "run",
        _IS_TAKEN_BACK,
        "该期已撤回,不能再运行",
    ),
    Guard(
        "cycle_taken_back_takes_no_batch",
        "batch",
        _IS_TAKEN_BACK,
        "该期已撤回,不能再编批",
    ),
    Guard(
        "cycle_is_taken_back_when_all_is_voided",
        "taken_back",
        _IS_SEALED.format(cycle="NEW.cycle_id")
        + " OR EXISTS (SELECT 1 FROM batch b WHERE b.cycle_id = NEW.cycle_id AND NOT "
        + _IS_VOIDED.format(batch="b.batch_id")
        + ")",
        "该期已结账,或有批次没有作废,不能撤回",
    ),
    Guard(
        "cycle_is_sealed_when_nothing_waits",
        "seal",
        "EXISTS (SELECT 1 FROM batch b WHERE b.cycle_id = NEW.cycle_id AND NOT "
        + _IS_VOIDED.format(batch="b.batch_id")
        + " AND NOT "
        + _IS_RELEASED.format(batch="b.batch_id")
        + ")",
        "有批次尚未放行,不能结账",
    ),
    Guard(
        "seal_follows_the_one_before",
        "seal",
        "NEW.previous_digest <> coalesce((SELECT s.digest FROM seal s WHERE s.county = NEW.county"
        " ORDER BY s.seal_id DESC LIMIT 1), '')",
        "封存与上一期不相连",
    ),
    Guard(
        "bank_answers_a_released_batch",
        "bank_event",
        "NOT EXISTS (SELECT 1 FROM instruction n WHERE n.instruction_id = NEW.instruction_id AND "
        + _IS_RELEASED.format(batch="n.batch_id")
        + ")",
        "该指令所在批次尚未发放",
    ),
    Guard(
        "refused_order_went_out",
        "refused_order",
        "NOT " + _IS_RELEASED.format(batch="NEW.batch_id"),
        "该批次尚未发放",
    ),
    Guard(
        "returned_stays_returned",
        "bank_event",
        f"NEW.event <> '{BankEvent.RETURNED.value}' AND " + _IS_RETURNED.format(instruction="NEW.instruction_id"),
        "该指令已退票,又报其他结果,须先查明",
    ),
    Guard(
        "open_obligation_is_open",
        "open_obligation",
        "NOT " + _ROW_IS_OPEN.format(row="NEW"),
        "这笔应付款没有未付的金额",
    ),
)


@dataclass(frozen=True)
class Keeper:
    """After a row of `table` for which `when` holds, `act` brings the derived table up to it; read alike by both."""

    name: str
    table: str
    when: str
    act: str


_CLOSE = "DELETE FROM open_obligation WHERE (county, obligation_id) IN (SELECT o.county, o.obligation_id FROM {of})"
_CLOSE_IF_NOTHING_IS_LEFT = _CLOSE.format(
    of="obligation o WHERE o.obligation_id = NEW.obligation_id AND o.amount_fen <= "
    + _TAKEN_OFF.format(obligation="NEW.obligation_id")
)

KEEPERS = (
    Keeper(
        "obligation_opens",
        "obligation",
        "NEW.kind <> 'history'",
        "INSERT INTO open_obligation (county, obligation_id) VALUES (NEW.county, NEW.obligation_id)",
    ),
    Keeper("withdrawal_closes", "withdrawal", "1 = 1", _CLOSE_IF_NOTHING_IS_LEFT),
    Keeper("set_off_closes", "recovery", "NEW.obligation_id IS NOT NULL", _CLOSE_IF_NOTHING_IS_LEFT),
    Keeper(
        "release_closes",
        "approval",
        _is("NEW.step", SignatureStep.RELEASED),
        _CLOSE.format(
            of="instruction n JOIN instruction_item i ON i.instruction_id = n.instruction_id"
            " JOIN obligation o ON o.obligation_id = i.obligation_id WHERE n.batch_id = NEW.batch_id"
        ),
    ),
    Keeper(
        "return_opens",
        "bank_event",
        _is("NEW.event", BankEvent.RETURNED),
        # the same return told again, after the next attempt, opens nothing
        "INSERT INTO open_obligation (county, obligation_id) SELECT o.county, o.obligation_id"
        " FROM instruction_item t JOIN obligation o ON o.obligation_id = t.obligation_id"
        " WHERE t.instruction_id = NEW.instruction_id AND NOT EXISTS (SELECT 1 FROM open_obligation p"
        " WHERE p.county = o.county AND p.obligation_id = o.obligation_id) AND " + IS_OPEN,
    ),
)
APPEND_ONLY = "账簿只增不改"


def create_guards(conn: Connection) -> None:
    """Create every guard and keeper, once the tables are the present ones: rebuilding a table drops its triggers."""
    make = postgresql_guards if conn.dialect.name == "postgresql" else sqlite_guards
    for statement in make():
        conn.exec_driver_sql(statement)


def sqlite_guards() -> Iterable[str]:
    """The statements that make every guard and keeper, as SQLite reads them; those it had are dropped first."""
    for table in metadata.sorted_tables:
        for act in ("UPDATE", "DELETE"):
            name = f"{table.name}_no_{act.lower()}"
            when = f" WHEN {_refused_when(table, act)}" if _refused_when(table, act) else ""
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} BEFORE {act} ON {table.name}{when}"
                f" BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
            )
        yield f"DROP TRIGGER IF EXISTS {table.name}_no_replace"
        yield (
            f"CREATE TRIGGER {table.name}_no_replace BEFORE INSERT ON {table.name} WHEN {_is_there(table)}"
            f" BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        )
    for guard in GUARDS:
        yield f"DROP TRIGGER IF EXISTS {guard.name}"
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE INSERT ON {guard.table} WHEN {guard.when}"
            f" BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
        )
    for keeper in KEEPERS:
        yield f"DROP TRIGGER IF EXISTS {keeper.name}"
        yield (
            f"CREATE TRIGGER {keeper.name} AFTER INSERT ON {keeper.table} WHEN {keeper.when} BEGIN {keeper.act}; END"
        )


def _refused_when(table: Table, act: str) -> str:
    """On what condition a row may not be updated or deleted; empty where it never may."""
    return _ROW_IS_OPEN.format(row="OLD") if table is open_obligation and act == "DELETE" else ""


def _is_there(table: Table) -> str:
    """Whether the table has a key of the new row already: REPLACE would delete that row, and on a connection that
    somebody else opened no trigger on DELETE fires for it.
    """
    keys = [(table.primary_key.columns, "")]
    keys += [(one.columns, "") for one in table.constraints if isinstance(one, UniqueConstraint)]
    keys += [(one.columns, str(one.dialect_options["sqlite"]["where"])) for one in table.indexes if one.unique]
    same = (_has_key(table.name, [column.name for column in columns], where) for columns, where in keys)
    return " OR ".join(sorted(same))


def _has_key(table: str, columns: Sequence[str], where: str) -> str:
    """`where`: the condition of a partial index, which begins with its column; empty for a whole one."""
    same = [f"t.{column} = NEW.{column}" for column in columns]
    both = [f"{row}.{where}" for row in ("t", "NEW") if where]
    return f"EXISTS (SELECT 1 FROM {table} t WHERE {' AND '.join([*same, *both])})"


def postgresql_guards() -> Iterable[str]:
    """The statements that make or replace every guard and keeper, as PostgreSQL reads them: a function, then its
    trigger.
    """
    yield _refusing("book_is_append_only", APPEND_ONLY)
    yield _refusing("open_obligation_no_delete", APPEND_ONLY, _refused_when(open_obligation, "DELETE"), "OLD")
    for table in metadata.sorted_tables:
        for name, acts, each, function in _postgresql_refusals(table):
            yield (
                f"CREATE OR REPLACE TRIGGER {table.name}_{name} BEFORE {acts} ON {table.name}"
                f" FOR EACH {each} EXECUTE FUNCTION {function}()"
            )
    for guard in GUARDS:
        yield _refusing(guard.name, guard.message, guard.when)
        yield (
            f"CREATE OR REPLACE TRIGGER {guard.name} BEFORE INSERT ON {guard.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {guard.name}()"
        )
    for keeper in KEEPERS:
        yield _function(keeper.name, f"IF {keeper.when} THEN {keeper.act}; END IF; RETURN NULL;")
        yield (
            f"CREATE OR REPLACE TRIGGER {keeper.name} AFTER INSERT ON {keeper.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {keeper.name}()"
        )


def _postgresql_refusals(table: Table) -> Iterable[tuple[str, str, str, str]]:
    """Name, acts, level and function of the triggers that refuse what would change the table."""
    if table is open_obligation:
        yield "no_change", "UPDATE", "ROW", "book_is_append_only"
        yield "no_delete", "DELETE", "ROW", "open_obligation_no_delete"
    else:
        yield "no_change", "UPDATE OR DELETE", "ROW", "book_is_append_only"
    yield "no_truncate", "TRUNCATE", "STATEMENT", "book_is_append_only"


def _refusing(name: str, message: str, when: str = "true", row: str = "NEW") -> str:
    """`row`: what the trigger gives back where it refuses nothing."""
    return _function(name, f"IF {when} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {row};")


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
