"""Holds: why money waits. Placed by rule from what the registers say, or by an officer; lifted once.

A ground is a word, a subject and a detail (payments/grounds.py): the same evidence gives the same ground. Where an
officer lifted a hold, the rule does not place it again on the same ground. A gap of a register is decided instead
(`accept_gone`, `keep`): the decision answers the gap in the pay month it was made in and in the next one, never a later
gap of other evidence.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, Select, exists, insert, select

from contracts.actor import Actor
from contracts.codes import GapDecision, HoldCode, HoldEvent, HoldGround, HowKnown
from contracts.errors import BookError
from contracts.months import month_text
from ledger import audit, cycles, identity
from ledger.book import Book, insert_frame, next_id, now, read_among, read_frame
from ledger.grounds import GROUND, with_grounds
from ledger.identity import Identity
from ledger.tables import cycle, hold

RULE = "系统规则"  # the actor of what no officer did
OF_WHAT = ["person_no", "obligation_id", "code"]
EVIDENCE = [*OF_WHAT, *GROUND]
LIFTED_FOR_GOOD = HoldCode.DECEASED_ARREARS  # an officer's lifting holds whatever the ground becomes


def gap_decisions(
    conn: Connection, county: str, pay_month: date | None = None, known: Identity | None = None
) -> pl.DataFrame:
    """What officers decided of register gaps and still counts in `pay_month` (the newest where none is given).

    register, person_no, decision; of several the last. What was decided of a number that counts as another does not
    count for that one. `known`: by default as decided now.
    """
    by = known or identity.of_county(conn, county)
    newest = cycles.newest_cycle(conn, county)
    if newest is None:
        return _decisions(read_frame(conn, _DECIDED.where(hold.c.hold_row < 0)))
    before = cycles.pay_month_before(conn, county, pay_month or newest.pay_month)
    decided = _DECIDED.where(hold.c.county == county)
    if before is not None:
        decided = decided.where(cycle.c.pay_month >= month_text(before))
    return _decisions(read_frame(conn, decided)).join(by.heads, on="person_no", how="anti")


def open_holds(conn: Connection, county: str, known: Identity | None = None) -> pl.DataFrame:
    """What waits, in order of hold_id; a null obligation_id holds everything of the person.

    hold_id, person_no, obligation_id, code, ground, subject, detail, actor, reason, recorded_at. A hold on any number
    of a person (`known`: by default as decided now) is on the number it counts as.
    """
    return (known or identity.of_county(conn, county)).of(_open(conn, county))


def _open(conn: Connection, county: str) -> pl.DataFrame:
    """As placed: person_no is the number that was held."""
    return with_grounds(read_frame(conn, _still_open(county))).sort("hold_id")


def _open_among(conn: Connection, county: str, numbers: pl.Series) -> pl.DataFrame:
    """The same, of some numbers (person_no) only."""
    return with_grounds(read_among(conn, _still_open(county), hold.c.person_no, numbers)).sort("hold_id")


def _still_open(county: str) -> Select[Any]:
    lifting = hold.alias("lifting")
    is_open = ~exists().where(lifting.c.hold_id == hold.c.hold_id, lifting.c.event == HoldEvent.LIFTED.value)
    return _holds(county, HoldEvent.PLACED).where(is_open)


def covered(owed: pl.DataFrame, open_holds: pl.DataFrame) -> pl.DataFrame:
    """Which holds keep back which obligations: hold_id, obligation_id, one row for each pair.

    `owed`: obligation_id, person_no of one county. `open_holds`: of the same county, as open_holds(); a hold covers its
    obligation, or everything of its person.
    """
    is_whole = pl.col("obligation_id").is_null()
    of_people = owed.join(open_holds.filter(is_whole).select("hold_id", "person_no"), on="person_no")
    of_one = open_holds.filter(~is_whole).join(owed.select("obligation_id"), on="obligation_id", how="semi")
    return pl.concat([rows.select("hold_id", "obligation_id") for rows in (of_people, of_one)])


def reconcile(book: Book, county: str, desired: pl.DataFrame, system_user: str) -> tuple[int, int]:
    """Bring the holds to what the rules call for (DesiredHold): how many were placed and lifted.

    Placed: what is neither open nor lifted by an officer on the same ground. Lifted: what a rule had placed and no rule
    calls for any more. An officer's hold waits for an officer.
    """
    with book.writing() as conn:
        known = identity.of_county(conn, county)
        placed_on = _open(conn, county)
        open_now = known.of(placed_on)
        wanted = desired.select(EVIDENCE).unique()
        missing = _without(wanted, open_now, EVIDENCE)
        missing = _undecided(missing, gap_decisions(conn, county))
        lifted = known.of(_lifted_by_officers(conn, county))
        for_good = lifted.filter(pl.col("code") == LIFTED_FOR_GOOD.value)
        missing = _without(_without(missing, lifted, EVIDENCE), for_good, OF_WHAT)
        by_rule = open_now.filter(pl.col("actor") == RULE)
        no_more = _without(by_rule, wanted, EVIDENCE)
        over = placed_on.join(no_more, on="hold_id", how="semi")
        _place_by_rule(conn, county, missing)
        _lift_by_rule(conn, county, over)
        if missing.height or over.height:
            detail = {HoldEvent.PLACED.value: missing.height, HoldEvent.LIFTED.value: over.height}
            audit.append(conn, county, Actor(RULE, system_user, HowKnown.RULE), "hold", "reconcile", detail)
    return missing.height, over.height


def place(
    book: Book,
    county: str,
    person_no: int,
    code: str,
    reason: str,
    by: Actor,
    obligation_id: int | None = None,
) -> int:
    """Hold one obligation, or everything of a person, for an officer's reason; the hold's number."""
    with book.writing() as conn:
        return placed(conn, county, person_no, code, reason, by, obligation_id)


def placed(
    conn: Connection,
    county: str,
    person_no: int,
    code: str,
    reason: str,
    by: Actor,
    obligation_id: int | None = None,
) -> int:
    """The same in the caller's transaction."""
    hold_id = next_id(conn, hold)
    row = {
        "hold_row": hold_id,
        "hold_id": hold_id,
        "event": HoldEvent.PLACED.value,
        "person_no": person_no,
        "obligation_id": obligation_id,
        "code": code,
        "ground": HoldGround.BY_HAND.value,
        "subject": "",
        "detail": "",
        "actor": by.officer,
        "reason": reason,
    }
    conn.execute(insert(hold).values(**row, **_when(conn, county)))
    audit.append(conn, county, by, "hold", f"hold {hold_id}", {"code": code})
    return hold_id


def lift(
    book: Book,
    county: str,
    hold_id: int,
    by: Actor,
    reason: str,
    decision: GapDecision | None = None,
) -> None:
    """End a hold, by an officer with a reason; a register gap needs a decision, nothing else may have one."""
    said = decision.value if decision else None
    with book.writing() as conn:
        found = _open(conn, county).filter(pl.col("hold_id") == hold_id)
        if found.is_empty():
            raise BookError(
                "没有这条未解除的暂缓",
                f"请查看现有暂缓的编号:disburse hold list --county {county}",
                f"{county} {hold_id}",
            )
        row = found.row(0, named=True)
        is_gap = row["ground"] == HoldGround.GAP
        if decision is GapDecision.ACCEPT_GONE and _is_in_question(conn, county, row["person_no"]):
            raise BookError(
                "此号码与另一号码疑为同一人,还没有认定",
                f"请先认定。同一人:disburse person join - - --county {county} --document 凭据 --as 姓名;"
                f"两个人:disburse person split - - --county {county} --document 凭据 --as 姓名",
                f"{county} {hold_id}",
            )
        if is_gap and decision is None:
            raise BookError(
                "名册缺口须写明如何处理",
                ";".join(
                    f"{one.label}:disburse hold lift {hold_id} --county {county} --decision {one.value}"
                    " --reason 理由 --as 姓名"
                    for one in GapDecision
                ),
                str(hold_id),
            )
        if decision is not None and not is_gap:
            raise BookError("只有名册缺口才须选择如何处理", "请直接解除", str(hold_id))
        same = {name: row[name] for name in EVIDENCE}
        lifting = {
            "hold_row": next_id(conn, hold),
            "hold_id": hold_id,
            "event": HoldEvent.LIFTED.value,
            "decision": said,
        }
        conn.execute(insert(hold).values(**lifting, **same, actor=by.officer, reason=reason, **_when(conn, county)))
        detail = {"code": row["code"], "decision": said or ""}
        audit.append(conn, county, by, "lift", f"hold {hold_id}", detail)


def _is_in_question(conn: Connection, county: str, person_no: int) -> bool:
    """Whether money waits because this number and another may be one person's."""
    proposed = _open(conn, county).filter(pl.col("ground") == HoldGround.SAME_PERSON.value)
    return str(person_no) in [*proposed["person_no"].cast(pl.String), *proposed["subject"]]


def place_by_rule(conn: Connection, county: str, desired: pl.DataFrame) -> int:
    """Place what a rule calls for (DesiredHold) and is not open yet, in the caller's transaction; how many."""
    wanted = desired.select(EVIDENCE).unique()
    missing = _without(wanted, _open_among(conn, county, wanted["person_no"].unique()), EVIDENCE)
    _place_by_rule(conn, county, missing)
    return missing.height


_DECIDED: Select[Any] = (
    select(hold.c.hold_row, hold.c.person_no, hold.c.decision, *(hold.c[name] for name in GROUND))
    .join(cycle, cycle.c.cycle_id == hold.c.cycle_id)
    .where(hold.c.event == HoldEvent.LIFTED.value, hold.c.decision.is_not(None))
)


def _decisions(rows: pl.DataFrame) -> pl.DataFrame:
    last = (
        with_grounds(rows)
        .rename({"subject": "register"})
        .sort("hold_row")
        .unique(["register", "person_no"], keep="last", maintain_order=True)
    )
    return last.select("register", "person_no", pl.col("decision").cast(GapDecision.dtype())).sort(
        "register", "person_no"
    )


def _holds(county: str, event: HoldEvent) -> Select[Any]:
    names = ("hold_id", *EVIDENCE, "actor", "reason", "recorded_at")
    return select(*(hold.c[name] for name in names)).where(hold.c.county == county, hold.c.event == event.value)


def _lifted_by_officers(conn: Connection, county: str) -> pl.DataFrame:
    lifted = with_grounds(read_frame(conn, _holds(county, HoldEvent.LIFTED).where(hold.c.actor != RULE)))
    return lifted.filter(pl.col("ground") != HoldGround.GAP.value).select(EVIDENCE).unique()


def _undecided(missing: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Without the gaps that have been decided: a list from before the decision does not hold the person again."""
    answered = missing.filter(pl.col("ground") == HoldGround.GAP.value).join(
        decisions, left_on=["subject", "person_no"], right_on=["register", "person_no"], how="semi"
    )
    return _without(missing, answered, EVIDENCE)


def _without(rows: pl.DataFrame, others: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return rows.join(others.select(by).unique(), on=by, how="anti", nulls_equal=True)


def _place_by_rule(conn: Connection, county: str, rows: pl.DataFrame) -> None:
    first = next_id(conn, hold)
    placed = rows.sort(EVIDENCE).with_columns(hold_row=pl.int_range(first, first + pl.len()))
    insert_frame(conn, hold, placed.with_columns(_by_rule(conn, county, HoldEvent.PLACED), hold_id="hold_row"))


def _lift_by_rule(conn: Connection, county: str, rows: pl.DataFrame) -> None:
    first = next_id(conn, hold)
    lifted = (
        rows.sort("hold_id").select("hold_id", *EVIDENCE).with_columns(hold_row=pl.int_range(first, first + pl.len()))
    )
    insert_frame(conn, hold, lifted.with_columns(_by_rule(conn, county, HoldEvent.LIFTED)))


def _by_rule(conn: Connection, county: str, event: HoldEvent) -> list[pl.Expr]:
    told = {"event": event.value, "actor": RULE, "reason": "", **_when(conn, county)}
    return [pl.lit(value, pl.Int64 if name == "cycle_id" else pl.String).alias(name) for name, value in told.items()]


def _when(conn: Connection, county: str) -> dict[str, Any]:
    newest = cycles.newest_cycle(conn, county)
    return {"county": county, "cycle_id": newest.cycle_id if newest else None, "recorded_at": now()}
