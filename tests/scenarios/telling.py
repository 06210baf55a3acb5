"""Stories of the book as an official can read them: `stories/*.yaml`, told step by step on a home of its own.

How a story is written: README.md beside this file. After every act the laws of the book are checked; after every step
what is new in the book, or reads differently on a payment list, is given as lines to be compared with those told.
"""

import re
import shutil
from collections import Counter
from datetime import timedelta
from functools import reduce
from operator import or_

import polars as pl
import pytest
from pydantic import BaseModel, ConfigDict

from contracts import codes, strict_yaml
from contracts.actor import Actor
from contracts.codes import Benefit, GapDecision, HoldCode, HoldEvent, PaymentState, RecoveryMeans
from contracts.errors import BookError
from contracts.money import parse_yuan, yuan_text
from contracts.months import month_text, months_between, parse_month, today
from ledger import exports, holds, identity, people, posting, recovery
from ledger.book import open_book
from ledger.tables import metadata
from month import booking, closing, reconciling
from payments import overdue
from tests import homes
from tests.cases.reading import write_overlay
from tests.ledger import laws
from tests.reports import unexplained

SUM = re.compile(r"  (\S+):(\d+) 笔,([\d.,]+) 元,校验和")
MONTHS = re.compile(r"(\d{4}-\d{2})\.\.(\d{4}-\d{2})")
CODES = {
    "benefit": Benefit,
    "against": Benefit,
    "kind": codes.Kind,
    "cause": codes.Cause,
    "means": RecoveryMeans,
    "code": HoldCode,
    "outcome": codes.Outcome,
    "correction": codes.CorrectionGround,
    "state": PaymentState,
}
# What a row of a register holds unless the story says otherwise.
ORDINARY = {
    "low_income": {"household_id": "H0001", "area": "农村", "is_recipient": "是"},
    "disability": {"category": "肢体", "needs_long_term_care": "是", "issued_on": "2020-03-10"},
    "ability": {"scale": "GB/T 42195-2022"},
}
# Table → the columns of its lines, and the rows they are read from.
BOOKED = {
    "cycles": (("month", "sequence"), "SELECT pay_month, sequence FROM cycle"),
    "obligations": (
        ("person_no", "benefit", "month", "kind", "fen"),
        "SELECT person_no, benefit, benefit_month, kind, amount_fen FROM obligation",
    ),
    "withdrawals": (
        ("person_no", "benefit", "month", "fen", "cause"),
        "SELECT o.person_no, o.benefit, o.benefit_month, w.amount_fen, w.cause"
        " FROM withdrawal w JOIN obligation o ON o.obligation_id = w.obligation_id",
    ),
    "receivables": (
        ("person_no", "benefit", "month", "fen", "cause"),
        "SELECT person_no, benefit, benefit_month, amount_fen, cause FROM receivable",
    ),
    "recoveries": (
        ("person_no", "benefit", "month", "means", "fen", "against"),
        "SELECT r.person_no, r.benefit, r.benefit_month, c.means, c.amount_fen, o.benefit"
        " FROM recovery c JOIN receivable r ON r.receivable_id = c.receivable_id"
        " LEFT JOIN obligation o ON o.obligation_id = c.obligation_id",
    ),
    "holds": (
        ("person_no", "event", "code", "benefit", "month"),
        "SELECT h.person_no, h.event, h.code, o.benefit, o.benefit_month"
        " FROM hold h LEFT JOIN obligation o ON o.obligation_id = h.obligation_id",
    ),
    "instructions": (
        ("payee", "benefit", "month", "fen"),
        "SELECT payee_name, benefit, period_from, amount_fen FROM instruction",
    ),
    "corrections": (
        ("person_no", "benefit", "month", "outcome", "fen", "correction"),
        "SELECT person_no, benefit, benefit_month, outcome, amount_fen, correction"
        " FROM entitlement_version WHERE correction IS NOT NULL",
    ),
}
PAYMENT = ("person_id", "benefit", "month", "kind", "fen", "state")
BEYOND = ("person_no", "benefit", "month", "fen", "fen")


class Strict(BaseModel):
    """A part of a story; a key it does not know is a slip of the pen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(Strict):
    """A run of a pay month, with what is known on a day: its 15th unless told."""

    month: str
    known_on: str | None = None


class Step(Strict):
    """What happens, in this order; then what there is more in the book.

    `instructions`, `corrections` and `rows` (how many each table has more) are compared where told.
    """

    told: str
    registers: dict[str, object] = {}
    notice: list[dict[str, str | None]] = []
    hold: list[str] = []
    lift: list[str] = []
    join: list[str] = []
    split: list[str] = []
    run: Run | None = None
    sign: str = ""
    bank: list[str] = []
    refuse: str = ""
    recover: list[str] = []
    blocked: str = ""
    close: str = ""
    reconcile: str = ""
    days_later: int = 0

    cycles: list[str] = []
    obligations: list[str] = []
    withdrawals: list[str] = []
    receivables: list[str] = []
    recoveries: list[str] = []
    holds: list[str] = []
    payments: list[str] = []
    beyond_window: list[str] = []
    instructions: list[str] | None = None
    corrections: list[str] | None = None
    rows: list[str] | None = None
    slip: list[str] = []
    unsettled: list[str] = []

    def tables(self):
        """Table → lines as told, one a month."""
        others = ("rows", "payments", "beyond_window", "slip", "unsettled")
        told = {name: getattr(self, name) for name in (*BOOKED, *others)}
        return {
            name: sorted(one for line in lines for one in by_month(" ".join(line.split())))
            for name, lines in told.items()
            if lines is not None
        }


class Story(Strict):
    """One file: the people by name and day of birth, and what happens."""

    title: str
    clause: str
    county: str
    go_live_month: str
    lookback_months: str = "24"
    people: dict[str, str]
    steps: list[Step]


def read(path):
    """A story as written; every slip is named with its line."""
    story, problems = strict_yaml.check(Story, strict_yaml.read(path.read_text("utf-8"), path.name))
    assert not problems, "\n".join(map(str, problems))
    return story


def by_month(line):
    """A line told for `2024-07..2024-09`, month by month."""
    found = MONTHS.search(line)
    if not found:
        return [line]
    months = months_between(parse_month(found[1]), parse_month(found[2]))
    return [line.replace(found[0], month_text(month)) for month in months]


def labelled(listed, label):
    """The member of a code list that an officer calls so."""
    return next(member for member in listed if member.label == label)


class Teller:
    """One story, on a home and a book of its own."""

    def __init__(self, story, path):
        self.story, self.county = story, story.county
        # The 17th digit of a woman's identity number is even, and homes.person says 女.
        self.ids = {name: homes.resident_id(born, 2 * n) for n, (name, born) in enumerate(story.people.items(), 1)}
        settings = {"go_live_month": f'"{story.go_live_month}"', "lookback_months": story.lookback_months}
        self.home = homes.make_home(path, self.county, **settings)
        self.book = open_book(self.home.database_url)
        self.registers, self.notices, self.beyond = {}, [], []
        self.slip, self.files = [], 0

    def tell(self):
        """Each step, told: what it says, and what there is more in the book."""
        before = self.tables()
        for step in self.story.steps:
            self.beyond, self.slip = [], []
            self.come(step)
            for act in self.acts(step):
                act()
                assert self.problems() == [], step.told
            after = self.tables()
            more = {name: lines - before.get(name, Counter()) for name, lines in after.items()}
            is_last = step is self.story.steps[-1]
            assert unexplained.found(self.book, self.county, only_newest=not is_last) == [], step.told
            told_beside = {"slip": self.slip, "unsettled": self.unsettled(step.days_later) if step.days_later else []}
            yield step, found_in(more, self.beyond) | told_beside
            before = after

    def come(self, step):
        """What comes to the county; the book does not know of it yet."""
        if step.registers:
            self.hand_in(**step.registers)
        if step.notice:
            self.publish(step.notice)

    def acts(self, step):
        """What is done in a step, act by act."""
        yield from (lambda line=line: self.hold(*line.split()) for line in step.hold)
        yield from (lambda line=line: self.lift(*line.split()) for line in step.lift)
        yield from (lambda line=line: self.decide(identity.join, *line.split()) for line in step.join)
        yield from (lambda line=line: self.decide(identity.split, *line.split()) for line in step.split)
        if step.run:
            yield lambda: self.run(step.run.month, step.run.known_on)
        if step.sign:
            yield lambda: homes.sign(self.home, step.sign, self.county)
        if step.bank:
            yield lambda: self.answer([line.split() for line in step.bank])
        if step.refuse:
            yield lambda: self.refuse(*step.refuse.split())
        yield from (lambda line=line: self.recover(*line.split()) for line in step.recover)
        if step.blocked:
            yield lambda: self.find_blocked(*step.blocked.split(maxsplit=1))
        if step.close:
            yield lambda: self.close(*step.close.split(maxsplit=1))
        if step.reconcile:
            yield lambda: self.reconcile(step.reconcile)

    def problems(self):
        """What must not be: a law of the book that does not hold, an act that its log tells otherwise."""
        return laws.breaches(self.book)

    def hand_in(self, month, **changed):
        """Registers of a month: the rows of the people named replace their earlier ones, all others stay."""
        for register, rows in changed.items():
            known = self.registers.setdefault(register, {})
            known.update({name: self.rows(register, name, told) for name, told in rows.items()})
        whole = {register: [row for rows in self.registers[register].values() for row in rows] for register in changed}
        homes.hand_in(self.home, month, self.county, **whole)

    def rows(self, register, name, told):
        """Rows of a person or an institution in a register: a mapping or a list of them; {} is an ordinary row."""
        listed = [told] if isinstance(told, dict) else told
        if register == "institution":
            return [{"institution_id": name, **homes.BANK, **row} for row in listed]
        person_id, called = self.ids[name], name.partition("·")[0]
        number = {"person_id": person_id[:6] + person_id[8:17]} if "15位" in name else {}
        if register == "population":
            rows = [homes.person(person_id, called, **{"division_code": self.county, **row}) for row in listed]
            return [{**row, **number} for row in rows]
        if register == "account":
            return [{**homes.account(person_id, called, **row), **number} for row in listed]
        if register == "number_change":
            return [{"person_id": person_id, **row, "old_id": self.ids[row["old_id"]]} for row in listed]
        ordinary = ORDINARY.get(register, {})
        if register == "disability":
            ordinary = {**ordinary, "certificate_no": f"{person_id}41"}
        return [{"person_id": person_id, **ordinary, **row} for row in listed]

    def publish(self, rows):
        """A notice of the county (tests.cases.reading.write_overlay), beside those before."""
        self.notices += [{"role": "fixed", "status": "in_force", "level": self.county, **row} for row in rows]
        shutil.rmtree(self.home.overlay, ignore_errors=True)
        write_overlay(self.notices, self.home.overlay)

    def run(self, month, known_on):
        """A run to its payment files; where something lies beyond the window, it is worked out once more."""
        posted, _ = homes.run(self.home, month, county=self.county, known_on=known_on)
        assert laws.uncancelled(self.book) == set()
        if posted["窗口之外的差异"]:
            begun = homes.begin(self.home, month, self.county, known_on)
            with self.book.reading() as conn:
                rows = posting.work_out(conn, booking.decided(begun)).beyond_window
            self.beyond = self.lines(BEYOND, rows.with_columns(pl.col("benefit_month").dt.strftime("%Y-%m")).rows())
            begun.close()

    def hold(self, name, code, *reason):
        """An officer holds everything of a person."""
        why = " ".join(reason)
        holds.place(
            self.book, self.county, self.number(name), labelled(HoldCode, code).value, why, Actor(homes.MAKER, "test")
        )

    def lift(self, name, code, *reason):
        """An officer lifts every open hold of a code of a person; of a register's gap the first word decides."""
        decision = GapDecision.of(reason[0])
        with self.book.reading() as conn:
            waiting = holds.open_holds(conn, self.county)
        of_person = (pl.col("person_no") == self.number(name)) & (pl.col("code") == labelled(HoldCode, code).value)
        for hold_id in waiting.filter(of_person)["hold_id"]:
            holds.lift(self.book, self.county, hold_id, Actor(homes.CHECKER, "test"), " ".join(reason), decision)

    def decide(self, act, one, other, *document):
        """An officer decides that two numbers are one person's, or two people's."""
        numbers = (self.number(one), self.number(other))
        act(self.book, self.county, *numbers, Actor(homes.CHECKER, "test"), " ".join(document))

    def answer(self, lines):
        """The bank's answers to the last payment of a person, benefit and benefit month, or to a whole batch (整批)."""
        rows = []
        for name, *told in lines:
            if name == "整批":
                batch_id, event, *reason = told
                rows.append(("", batch_id, event, " ".join(reason)))
            else:
                benefit, month, event, *reason = told
                rows.append((self.last_instruction(name, benefit, month), "", event, " ".join(reason)))
        self.files += 1
        path = self.home.path / f"回盘{self.files}.csv"
        path.write_text("\n".join(["指令号,批次号,状态,原因", *map(",".join, rows), ""]), "utf-8")
        done = closing.read_results(self.home, self.county, path, homes.actor(homes.MAKER))
        assert done.noted.listed == 0, done.noted.refused["reason"].to_list()

    def refuse(self, batch_id, reason):
        """The bank took nothing of a batch, on an officer's word."""
        closing.refuse_order(self.home, self.county, batch_id, reason, homes.actor(homes.MAKER))

    def find_blocked(self, month, words):
        """A month cannot be closed, in these words."""
        with pytest.raises(BookError, match=words):
            closing.close_month(self.home, self.county, parse_month(month), homes.actor(homes.CHECKER))

    def close(self, month, reason=""):
        """Close a month; with a reason what the bank has not answered is signed for. Its packages are checked."""
        told = (self.home, self.county, parse_month(month), homes.actor(homes.CHECKER))
        signature = ""
        if reason:
            with pytest.raises(BookError) as unanswered:
                closing.close_month(*told)
            signature = unanswered.value.found["signature"]
        for sealed in closing.close_month(*told, reason, signature).packages:
            code, said = homes.check_package(sealed.package, "--head", sealed.head)
            assert code == 0, said

    def reconcile(self, month):
        """What went out and was answered ties, and so does the whole book; `slip` is its sum, state by state."""
        maker = homes.actor(homes.MAKER)
        sent = reconciling.reconcile_sent(self.home, self.county, parse_month(month), maker)
        for slip in (sent, reconciling.reconcile_book(self.home, self.county, maker)):
            assert slip.differences == 0, slip.text
        total = sent.text.partition("\n合计\n")[2]
        sums = [(state, count, yuan.replace(",", "").removesuffix(".00")) for state, count, yuan in SUM.findall(total)]
        self.slip = sorted(map(" ".join, sums))

    def unsettled(self, days_later):
        """What is not settled so many days after today, and whether it is overdue."""
        on = today() + timedelta(days=days_later)
        with self.book.reading() as conn:
            rows = overdue.in_words(overdue.listed(self.home, conn, self.county, on))
        columns = ("name", "benefit", "period_from", "amount_fen", "what", "is_overdue")
        return sorted(
            f"{name} {benefit} {month} {yuan_text(fen).removesuffix('.00')} {what}{' 逾期' if late else ''}"
            for name, benefit, month, fen, what, late in rows.select(columns).iter_rows()
        )

    def last_instruction(self, name, benefit, month):
        [(found,)] = laws.rows(
            self.book,
            "SELECT max(i.instruction_id) FROM instruction_item i"
            " JOIN obligation o ON o.obligation_id = i.obligation_id"
            f" WHERE o.person_no = {self.number(name)} AND o.benefit_month = '{month}'"
            f" AND o.benefit = '{labelled(Benefit, benefit).value}'",
        )
        return found

    def recover(self, name, benefit, month, means, yuan, document):
        """Money that came back to the county; what it gives up is approved by a second officer."""
        key = recovery.Key(self.number(name), labelled(Benefit, benefit).value, parse_month(month))
        how, approved_by = (
            labelled(RecoveryMeans, means),
            homes.CHECKER if means == RecoveryMeans.WAIVED.label else None,
        )
        words = (Actor(homes.MAKER, "test"), document, approved_by)
        recovery.recover(self.book, self.county, key, how, parse_yuan(yuan), *words)

    def number(self, name):
        [(found,)] = laws.rows(self.book, f"SELECT person_no FROM person WHERE person_id = '{self.ids[name]}'")
        return found

    def tables(self):
        """Table → its lines; every pay month's payment list is a table of its own."""
        booked = {
            name: Counter(self.lines(columns, laws.rows(self.book, query))) for name, (columns, query) in BOOKED.items()
        }
        months = {line.split()[0] for line in booked["cycles"]}
        rows = Counter({name: self.height(name) for name in metadata.tables})
        return {**booked, "rows": rows, **{f"payments {month}": self.payments(month) for month in months}}

    def height(self, table):
        [(count,)] = laws.rows(self.book, f"SELECT count(*) FROM {table}")
        return count

    def payments(self, month):
        with self.book.reading() as conn:
            listed = exports.payments(conn, self.county, parse_month(month))
        columns = ("person_id", "benefit", "benefit_month", "kind", "pays_fen", "state")
        return Counter(self.lines(PAYMENT, listed.select(columns).rows()))

    def lines(self, columns, rows):
        """Rows as a person reads them: names, labels and yuan; what is empty is left out."""
        with self.book.reading() as conn:
            numbers = dict(people.identities(conn).select("person_no", "person_id").iter_rows())
        names = {person_id: name for name, person_id in self.ids.items()}
        written = {
            "person_no": lambda number: names[numbers[number]],
            "person_id": names.get,
            "fen": lambda fen: yuan_text(fen).removesuffix(".00"),
            "event": HoldEvent.label_of,
            **{column: listed.label_of for column, listed in CODES.items()},
        }
        return [
            " ".join(
                written.get(column, str)(value) for column, value in zip(columns, row, strict=True) if value is not None
            )
            for row in rows
        ]


def found_in(more, beyond):
    """Table → what there is more, as told in a step: a payment on two months' lists is told once."""
    listed = [lines for name, lines in more.items() if name.startswith("payments")]
    found = {name: sorted(more[name].elements()) for name in BOOKED}
    return {
        **found,
        "payments": sorted(reduce(or_, listed, Counter()).elements()),
        "rows": sorted(f"{name} {count}" for name, count in more["rows"].items()),
        "beyond_window": sorted(beyond),
    }
