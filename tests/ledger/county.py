"""A county of a few invented people, told month by month: what is decided, and what then happens to the book.

Decisions are rows of Coordinated made by hand, so nothing here knows the law. Payments are claimed without printed
fields that matter; profiles and files belong to tests/payments.
"""

import hashlib

import polars as pl
from sqlalchemy import select

from contracts.actor import Actor
from contracts.codes import Benefit, ChoiceGroup
from contracts.columns import polars_schema
from contracts.manifest import Manifest
from contracts.months import parse_month
from contracts.tables import Coordinated, Facts, RateCatalogue
from ledger import batches, cycles, history, identity, people, posting, results, signing
from ledger.attempts import is_released
from ledger.batches import NewBatch
from ledger.book import read_frame
from ledger.tables import instruction, instruction_item, obligation

CODE = "410721"
MAKER, CHECKER, RELEASER = "经办甲", "复核乙", "发放丙"
NO_STOP = posting.StopLimits(per_mille=1000, at_least=1_000_000)
CARE = ("elder_care_subsidy", "disability_care_subsidy")
GROUPS = pl.DataFrame(
    {"benefit": CARE, "group": ["care"] * 2}, schema={"benefit": Benefit.dtype(), "group": ChoiceGroup.dtype()}
)
AGED = {"age_years": 85, "is_alive": True, "is_registered": True}
YES_NO = [name for name, dtype in polars_schema(Facts).items() if dtype == pl.Boolean]


def resident_id(number):
    """An identity number of a region that exists nowhere, with the right check digit."""
    body = f"99072119400305{number:03d}"
    weighed = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[weighed % 11]


def row(person_no, month, fen=5000, benefit="old_age_allowance", outcome="ENTITLED", **more):
    """A decision: entitled to so many fen unless told otherwise."""
    owed = {"ENTITLED": fen, "STANDARD_NOT_SET": None}.get(outcome, 0)
    return {
        "person_no": person_no,
        "benefit": benefit,
        "benefit_month": parse_month(month),
        "outcome": outcome,
        "amount_fen": owed,
        "would_be_fen": None if outcome == "STANDARD_NOT_SET" else fen,
        "choose_group": "care" if benefit in CARE else None,
        "rate_id": f"{benefit}-{fen}",
        "is_to_institution": False,
        "fact_code": 1,
        **more,
    }


class County:
    """The book of one county, and the acts that move it. Months are text, amounts fen."""

    def __init__(self, book, go_live="2024-01", lookback=24, people_count=9):
        self.book, self.go_live, self.lookback = book, go_live, lookback
        ids = pl.DataFrame({"person_id": [resident_id(n) for n in range(1, people_count + 1)]})
        people.number_people(book, ids)
        self.facts = {}
        self.per_payee = False  # whether a line pays everything of a person that is of one kind
        self.set_off = posting.SetOffRule()
        self.grouped_since = parse_month(go_live)  # from when the law puts the two care benefits in a choose group

    def dies(self, person_no, month):
        """From the month after this one the facts say that the person is dead."""
        self.facts[person_no] = {"is_alive": parse_month(month)}

    def moves_out(self, person_no, month):
        self.facts[person_no] = {"is_registered": parse_month(month)}

    def manifest(self, pay_month, note=""):
        return Manifest(
            county=CODE,
            pay_month=parse_month(pay_month),
            known_on=parse_month(pay_month).replace(day=15),
            go_live_month=parse_month(self.go_live),
            lookback_months=self.lookback,
            pack_digest="pack",
            registers=(),
            decisions_digest=note,
            identity_digest=self.identity().digest(),
        )

    def identity(self):
        with self.book.reading() as conn:
            return identity.of_county(conn, CODE)

    def join(self, old_no, new_no, document="证明1号"):
        """An officer decides that two numbers are one person's, who goes by the second."""
        return identity.join(self.book, CODE, old_no, new_no, Actor(CHECKER, "tester"), document)

    def split(self, one_no, other_no, document="证明2号"):
        return identity.split(self.book, CODE, one_no, other_no, Actor(CHECKER, "tester"), document)

    def decided(self, pay_month, rows, note=""):
        manifest = self.manifest(pay_month, note or hashlib.sha256(repr(rows).encode()).hexdigest())
        coordinated = pl.DataFrame(rows, schema=polars_schema(Coordinated))
        rates = coordinated.select("rate_id", "benefit").unique().sort("rate_id")
        catalogue = rates.select(
            "rate_id", "benefit", pl.lit("in_force").alias("amount_status"), pl.lit("[]").alias("values_json")
        ).cast(dict(polars_schema(RateCatalogue)))
        facts = self._facts(manifest.computed_months())
        months = [month for month in manifest.computed_months() if month >= self.grouped_since]
        groups = GROUPS.join(pl.DataFrame({"benefit_month": months}, schema={"benefit_month": pl.Date}), how="cross")
        return posting.Decided(manifest, coordinated, catalogue, facts, groups, self.set_off)

    def _facts(self, months):
        with self.book.reading() as conn:
            everybody = people.identities(conn)["person_no"].to_list()
        rows = [
            {
                **dict.fromkeys(YES_NO, False),
                **AGED,
                "person_no": person_no,
                "benefit_month": month,
                **{name: month <= last for name, last in self.facts.get(person_no, {}).items()},
            }
            for person_no in everybody
            for month in months
        ]
        return pl.DataFrame(rows, schema=polars_schema(Facts))

    def run(self, pay_month, rows, limits=NO_STOP, override=None, note=""):
        """Post what was decided, without claiming."""
        return posting.post(self.book, self.decided(pay_month, rows, note), Actor(MAKER, "tester"), limits, override)

    def import_history(self, *paid, source="history"):
        """Payments made elsewhere: (person_no, month, benefit, fen)."""
        rows = [
            (person, benefit, parse_month(month), fen, n) for n, (person, month, benefit, fen) in enumerate(paid, 2)
        ]
        names = ("person_no", "benefit", "benefit_month", "amount_fen")
        schema = {**{name: polars_schema(Coordinated)[name] for name in names}, "source_row": pl.Int64()}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        origin = history.Source(f"{source}.csv", source, parse_month(self.go_live))
        return history.import_history(self.book, CODE, frame, origin, parse_month(self.go_live), Actor(MAKER, "tester"))

    def preview(self, pay_month, rows):
        with self.book.reading() as conn:
            return posting.work_out(conn, self.decided(pay_month, rows))

    def steps_of(self, ask) -> int:
        """How many steps of SQLite's machine a question to the book takes, asked with a connection."""
        counted = []
        with self.book.reading() as conn:
            conn.connection.driver_connection.set_progress_handler(lambda: counted.append(1), 1)
            ask(conn)
            conn.connection.driver_connection.set_progress_handler(None, 1)
        return len(counted)

    def unpaid(self):
        with self.book.reading() as conn:
            return batches.unpaid(conn, CODE)

    def claim(self):
        """Void what waits and claim everything unpaid that no hold keeps: one batch per benefit."""
        with self.book.writing() as conn:
            newest = cycles.newest_cycle(conn, CODE)
            waiting = batches.batches_of(conn, CODE, None).filter(~pl.col("state").is_in(["released", "voided"]))
            for batch_id in waiting["batch_id"]:
                batches.void(conn, CODE, batch_id, "again", Actor(MAKER, "tester"))
            owed = batches.unpaid(conn, CODE).filter(pl.col("held_by").is_null())
            return [self._claim_part(conn, newest, part) for part in owed.partition_by("benefit", maintain_order=True)]

    def _claim_part(self, conn, newest, rows):
        benefit = rows["benefit"][0]
        cycle = cycles.accepting(conn, newest, benefit)
        ordinal = batches.next_ordinal(conn, cycle.cycle_id)
        batch_id = f"{CODE}-{cycle.pay_month:%Y-%m}-{cycle.sequence:02d}-{ordinal:02d}"
        lines = printed(rows, batch_id, f"{cycle.pay_month:%Y-%m}", cycle.cycle_id)
        items = rows.select("obligation_id", instruction_id=lines["instruction_id"], amount_fen="pays_fen")
        if self.per_payee:
            together = pl.struct(rows["person_no"], rows["kind"], rows["attempt"] > 1)
            items = items.with_columns(pl.col("instruction_id").first().over(together))
            sums = items.group_by("instruction_id").agg(pl.sum("amount_fen"))
            lines = lines.drop("amount_fen").join(sums, on="instruction_id").select(lines.columns).sort("line_no")
        content = hashlib.sha256(items.write_csv().encode()).hexdigest()
        new = NewBatch(batch_id, cycle.cycle_id, ordinal, "generic_pipe", "profile", benefit, content)
        batches.claim(conn, CODE, new, lines, items, Actor(MAKER, "tester"))
        batches.record_file(conn, batch_id, f"{batch_id}.txt", content)
        return batch_id

    def sign(self, pay_month):
        signing.approve(self.book, CODE, parse_month(pay_month), Actor(CHECKER, "tester"))

    def release(self, pay_month):
        signing.release(self.book, CODE, parse_month(pay_month), Actor(RELEASER, "tester"))

    def pay(self, pay_month, rows):
        """A whole month: post, claim, approve, release."""
        posted = self.run(pay_month, rows)
        if self.claim():
            self.sign(pay_month)
            self.release(pay_month)
        return posted

    def answer(self, event, person_no=None, benefit=None, source="bank-1", reason_code="", reason="", **more):
        """The bank's answer to the newest payment of a person (and benefit), or of everybody."""
        paid = obligation.join(instruction_item).join(instruction)
        columns = (obligation.c.person_no, obligation.c.benefit, instruction.c.instruction_id, instruction.c.batch_id)
        with self.book.reading() as conn:
            every = read_frame(conn, select(*columns).select_from(paid).where(is_released(instruction.c.batch_id)))
        newest = every.sort("instruction_id").unique(["person_no", "benefit"], keep="last")
        if person_no is not None:
            newest = newest.filter(pl.col("person_no") == person_no)
        if benefit is not None:
            newest = newest.filter(pl.col("benefit") == benefit)
        told = {"event": event, "reason_code": reason_code, "reason": reason, **more}
        rows = newest.select("instruction_id", **{name: pl.lit(word) for name, word in told.items()})
        return results.record(self.book, CODE, source, rows.sort("instruction_id"), Actor(MAKER, "tester")).noted


def printed(rows, batch_id, pay_month, cycle_id):
    """InstructionLine of each obligation; what is printed does not matter here."""
    prefix = batch_id.replace("-", "")
    return rows.select(
        pl.format("{}{}", pl.lit(prefix[-12:]), pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)).alias(
            "instruction_id"
        ),
        pl.int_range(1, pl.len() + 1).alias("line_no"),
        pl.lit(batch_id).alias("batch_id"),
        "benefit",
        pl.lit(pay_month).alias("pay_month"),
        pl.col("benefit_month").dt.strftime("%Y-%m").alias("period_from"),
        pl.col("benefit_month").dt.strftime("%Y-%m").alias("period_to"),
        "kind",
        "attempt",
        pl.lit("样本").alias("name"),
        pl.lit("样本").alias("payee_name"),
        pl.format("99{}", pl.col("person_no").cast(pl.String).str.zfill(6)).alias("account_no"),
        pl.lit("示例农村商业银行").alias("bank_name"),
        pl.col("pays_fen").alias("amount_fen"),
        pl.lit("示范镇").alias("township"),
        pl.lit("示范村").alias("village"),
        pl.lit(1).alias("people_count"),
    )
