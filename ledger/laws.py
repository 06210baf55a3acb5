"""The laws of the book over its rows: to every key its money, nothing twice, every sum the same at each hop.

Each law gives sentences for an officer; a person is told by his number in the book, never by his identity number. What
follows from the laws is not proved again: with every key booked as owed, and nothing taken off or paid beyond an
obligation, what went out less what came back is what is owed plus what is still to be collected less what waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    true,
    union,
    union_all,
)

from contracts.codes import BankEvent, Benefit, Kind, RecoveryMeans, SignatureStep
from contracts.money import yuan_label
from contracts.months import month_text
from ledger import cycles, identity, totals
from ledger.attempts import is_released, is_return, is_voided
from ledger.book import read_frame
from ledger.fate import read_of, unpaid
from ledger.identity import Identity
from ledger.tables import (
    IS_OPEN,
    approval,
    bank_event,
    batch,
    cycle,
    entitlement_version,
    instruction,
    instruction_item,
    obligation,
    open_obligation,
    receivable,
    recovery,
    run,
    withdrawal,
)
from ledger.tables import identity as decisions
from ledger.totals import fen_sum
from ledger.versions import KEY

SHOWN = 20  # findings of one law in one place that are told one by one
_VERSION = (*KEY, "version_no", "outcome", "amount_fen")
_TOLD_OF = ("benefit_month", "person_no", "benefit", "amount_fen", "booked_fen")


def counties(conn: Connection) -> list[str]:
    """Every county that the book has rows of."""
    named = union_all(select(cycle.c.county), select(obligation.c.county)).subquery()
    return list(conn.execute(select(named.c.county).distinct().order_by(named.c.county)).scalars())


def as_last_run_knew(conn: Connection, county: str) -> Identity:
    """Whose numbers were whose in the county's newest run: what was decided since is booked by the next."""
    latest = cycles.latest_run(conn, county)
    return identity.as_of(conn, county, latest.manifest.identity_digest) if latest else identity.NOBODY


def months_of(conn: Connection, county: str) -> list[date]:
    """The benefit months of which the county has versions or money, in order."""
    v, o = entitlement_version.c, obligation.c
    named = union_all(
        select(v.benefit_month).where(v.county == county).distinct(),
        select(o.benefit_month).where(o.county == county).distinct(),
    ).subquery()
    return read_frame(conn, select(named.c.benefit_month))["benefit_month"].unique().sort().to_list()


def month_is_booked_as_owed(conn: Connection, county: str, month: date, known: Identity) -> Iterator[str]:
    """Law 3 and the winners of law 6 over one benefit month of a county."""
    v = entitlement_version.c
    of_month = select(*(v[name] for name in _VERSION)).where(v.county == county, v.benefit_month == month_text(month))
    booked = totals.booked(conn, county, month, month, known)
    yield from _told_unlike(county, _unlike(read_frame(conn, of_month), booked))
    yield from _two_winners(conn, county, month)


def batches_are_booked_as_owed(conn: Connection, county: str, batch_ids: Collection[str]) -> Iterator[str]:
    """Law 3 over the keys that these batches pay.

    The database compares the keys of numbers that nobody ever decided about, and gives only what is wrong; whose number
    may count as another is summed as the county's last run knew it.
    """
    paid = _paid_keys(batch_ids)
    decided = _numbers_decided_about(county)
    number = obligation.c.person_no
    of_decided = read_frame(conn, paid.where(number.in_(decided))).unique()
    unlike = read_frame(conn, _keys_unlike(county, paid.where(number.not_in(decided))))
    yield from _told_unlike(county, pl.concat([unlike, _unlike_of(conn, county, of_decided)]))


def _paid_keys(batch_ids: Collection[str]) -> Select[Any]:
    """The keys that these batches pay, once for each obligation."""
    return (
        select(*(obligation.c[name] for name in KEY))
        .select_from(instruction.join(instruction_item).join(obligation))
        .where(instruction.c.batch_id.in_(batch_ids))
    )


def _numbers_decided_about(county: str) -> CompoundSelect[Any]:
    """Every number that a decision of the county names, whatever it decided and whenever."""
    i = decisions.c
    return union(*(select(column).where(i.county == county) for column in (i.person_no, i.head_no, i.other_no)))


def _keys_unlike(county: str, paid: Select[Any]) -> Select[Any]:
    """Of keys whose numbers stand for themselves those of which booked is not owed: KEY, amount_fen, booked_fen."""
    in_order = [obligation.c[name] for name in ("benefit_month", "person_no", "benefit")]  # as the rows lie in the book
    p = paid.group_by(*in_order).subquery().c
    owed, o, r, w = entitlement_version.c, obligation.alias("owed").c, receivable.c, withdrawal.c

    def of_key(table: Any) -> ColumnElement[bool]:  # noqa: ANN401 - the columns of a table that has a key
        return and_(table.county == county, *(table[name] == p[name] for name in KEY))

    def summed(amount: ColumnElement[int], *where: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(select(fen_sum(amount)).where(*where).scalar_subquery(), 0)

    newest = select(owed.amount_fen).where(of_key(owed)).order_by(owed.version_no.desc()).limit(1).scalar_subquery()
    left_fen = o.amount_fen - summed(w.amount_fen, w.obligation_id == o.obligation_id)
    booked = summed(left_fen, of_key(o)) - summed(r.amount_fen, of_key(r))
    both = select(*(p[name] for name in KEY), newest.label("amount_fen"), booked.label("booked_fen")).subquery()
    return select(both).where(both.c.amount_fen != both.c.booked_fen)


def _unlike_of(conn: Connection, county: str, paid: pl.DataFrame) -> pl.DataFrame:
    """The same of keys whose numbers may count as another, as the county's last run knew them."""
    known = as_last_run_knew(conn, county)
    keys = known.of(paid).unique()
    v = entitlement_version
    every = read_of(conn, select(*(v.c[name] for name in _VERSION)), v, county, paid, identity.NOBODY)
    versions = every.join(pl.concat([paid, keys]).unique(), on=KEY, how="semi")
    return _unlike(versions, totals.booked_of(conn, county, keys, known))


def _unlike(versions: pl.DataFrame, booked: pl.DataFrame) -> pl.DataFrame:
    """Keys whose newest version says another amount than was booked: KEY, amount_fen, booked_fen."""
    newest = versions.sort("version_no").unique(KEY, keep="last", maintain_order=True)
    both = (
        newest.drop_nulls("amount_fen").join(booked, on=KEY, how="left").with_columns(pl.col("booked_fen").fill_null(0))
    )
    return both.filter(pl.col("booked_fen") != pl.col("amount_fen")).select(*KEY, "amount_fen", "booked_fen")


def _told_unlike(county: str, unlike: pl.DataFrame) -> Iterator[str]:
    wrong = unlike.sort(KEY)
    for month, person, benefit, owed, fen in wrong.select(_TOLD_OF).head(SHOWN).iter_rows():
        whose = f"{county} {month:%Y-%m} {Benefit.label_of(benefit)},人员编号 {person}"
        yield f"{whose}:应发 {yuan_label(owed)} 元,入账 {yuan_label(fen)} 元"
    if wrong.height > SHOWN:
        yield f"{county}:另有 {wrong.height - SHOWN} 项应发与入账不符"


def _two_winners(conn: Connection, county: str, month: date) -> Iterator[str]:
    """People whose money of one month stands under two benefits of a choose-higher group."""
    o, later = obligation.c, obligation.alias("later")
    of_month = and_(o.county == county, o.benefit_month == month_text(month))
    same = and_(*(later.c[name] == o[name] for name in ("county", "benefit_month", "person_no", "benefit")))
    is_newest = ~exists().where(same, later.c.version_no > o.version_no)
    v, after = entitlement_version.c, entitlement_version.alias("after")
    key = ("county", "benefit_month", "person_no", "benefit")
    is_last = ~exists().where(*(after.c[name] == v[name] for name in key), after.c.version_no > v.version_no)
    wins = exists().where(*(v[name] == o[name] for name in key), is_last, v.amount_fen > 0)
    twice = (
        select(o.person_no)
        .where(of_month, o.choose_group.is_not(None), is_newest, wins)
        .group_by(o.person_no, o.choose_group)
        .having(func.count(o.benefit.distinct()) > 1)
    )
    for person in conn.execute(twice.limit(SHOWN)).scalars():
        yield f"{county} {month:%Y-%m},人员编号 {person}:择高的项目发了两项"


def every_obligation_has_its_version(conn: Connection) -> Iterator[str]:
    """Money is owed by a version that says so; what was imported is owed by none."""
    o, v = obligation.c, entitlement_version.c
    key = ("county", "benefit_month", "person_no", "benefit", "version_no")
    by_one = exists().where(*(v[name] == o[name] for name in key))
    for number in conn.execute(_told(select(o.obligation_id).where(o.kind != Kind.HISTORY.value, ~by_one))).scalars():
        yield f"应付款 {number} 没有核定作依据"
    imported = select(o.obligation_id).join(run).where(o.kind == Kind.HISTORY.value, run.c.cycle_id.is_not(None))
    for number in conn.execute(_told(imported)).scalars():
        yield f"应付款 {number} 记作历史发放,却不是导入的"


def nothing_is_paid_beyond_what_is_owed(conn: Connection, batch_ids: Collection[str] | None = None) -> Iterator[str]:
    """Of an obligation at most its amount is withdrawn, set off, on its way or out; and one attempt at a time is alive.

    With `batch_ids` of what these batches pay.
    """
    i = instruction_item.c
    returned = exists().where(bank_event.c.instruction_id == i.instruction_id, is_return())
    alive = (
        select(i.obligation_id, i.amount_fen, literal(1).label("attempts"))
        .select_from(instruction_item.join(instruction))
        .where(not_(returned), not_(is_voided(instruction.c.batch_id)))
    )
    off = select(withdrawal.c.obligation_id, withdrawal.c.amount_fen, literal(0).label("attempts"))
    set_off = select(recovery.c.obligation_id, recovery.c.amount_fen, literal(0).label("attempts")).where(
        recovery.c.obligation_id.is_not(None)
    )
    parts = [alive, off, set_off]
    if batch_ids is not None:
        wanted = select(i.obligation_id).join(instruction).where(instruction.c.batch_id.in_(batch_ids))
        columns = (i.obligation_id, withdrawal.c.obligation_id, recovery.c.obligation_id)
        parts = [part.where(column.in_(wanted)) for part, column in zip(parts, columns, strict=True)]
    taken = union_all(*parts).subquery()
    sums = (
        select(
            taken.c.obligation_id, fen_sum(taken.c.amount_fen).label("fen"), func.sum(taken.c.attempts).label("tries")
        )
        .group_by(taken.c.obligation_id)
        .subquery()
    )
    o = obligation.c
    wrong = (
        select(o.obligation_id, o.amount_fen, sums.c.fen, sums.c.tries)
        .join_from(obligation, sums, sums.c.obligation_id == o.obligation_id)
        .where(or_(sums.c.fen > o.amount_fen, sums.c.tries > 1, o.kind == Kind.HISTORY.value))
    )
    for number, owed, fen, tries in conn.execute(_told(wrong)):
        if tries > 1:
            yield f"应付款 {number} 有 {tries} 笔付款同时有效"
        else:
            yield f"应付款 {number} 应付 {yuan_label(owed)} 元,已付、撤回和抵扣共 {yuan_label(fen)} 元"


def what_is_unpaid_is_kept(conn: Connection) -> Iterator[str]:
    """What triggers keep as unpaid is what the rows leave unpaid, and nothing else: what is missing goes to nobody."""
    o = obligation.alias("o").c
    is_kept = exists().where(open_obligation.c.county == o.county, open_obligation.c.obligation_id == o.obligation_id)
    is_open = text(f"({IS_OPEN})")
    for number in conn.execute(_told(select(o.obligation_id).where(is_open, ~is_kept))).scalars():
        yield f"应付款 {number} 还没有付,却不在未付之列"
    kept = open_obligation.c
    by_rows = exists(
        select(o.obligation_id).where(o.county == kept.county, o.obligation_id == kept.obligation_id, is_open)
    )
    for number in conn.execute(_told(select(kept.obligation_id).where(~by_rows))).scalars():
        yield f"应付款 {number} 已没有未付的金额,却在未付之列"


def every_attempt_follows_a_return(conn: Connection) -> Iterator[str]:
    """An attempt after the first is there because the one before it came back or was voided."""
    i, before, line = instruction_item.c, instruction_item.alias("before"), instruction.alias("before_line")
    came_back = exists().where(bank_event.c.instruction_id == before.c.instruction_id, is_return())
    ended = (
        select(before.c.attempt)
        .select_from(before.join(line, line.c.instruction_id == before.c.instruction_id))
        .where(
            before.c.obligation_id == i.obligation_id,
            before.c.attempt == i.attempt - 1,
            or_(came_back, is_voided(line.c.batch_id)),
        )
    )
    for number in conn.execute(_told(select(i.obligation_id).where(i.attempt > 1, ~exists(ended)))).scalars():
        yield f"应付款 {number} 再次付款,而上一次既未退回也未作废"


def nothing_is_recovered_beyond_what_is_owed_back(conn: Connection) -> Iterator[str]:
    """Of a receivable at most its amount is recovered; a waiver ends collection, not the debt, and counts by itself."""
    r, s = receivable.c, recovery.c
    is_waiver = case((s.means == RecoveryMeans.WAIVED.value, 1), else_=0)
    sums = select(s.receivable_id, fen_sum(s.amount_fen).label("fen")).group_by(s.receivable_id, is_waiver).subquery()
    wrong = (
        select(r.receivable_id, r.amount_fen, sums.c.fen)
        .join_from(receivable, sums, sums.c.receivable_id == r.receivable_id)
        .where(sums.c.fen > r.amount_fen)
    )
    for number, owed, fen in conn.execute(_told(wrong)):
        yield f"应追回款 {number} 应追回 {yuan_label(owed)} 元,已追回或核销 {yuan_label(fen)} 元"


def sums_are_the_same_at_every_hop(conn: Connection, batch_ids: Collection[str] | None = None) -> Iterator[str]:
    """Law 7: a batch is the sum of its lines, a line the sum of what it pays."""
    n, i, b = instruction.c, instruction_item.c, batch.c
    lines = select(n.batch_id, func.count().label("lines"), fen_sum(n.amount_fen).label("fen")).group_by(n.batch_id)
    paid = (
        select(i.instruction_id, fen_sum(i.amount_fen).label("fen"))
        .select_from(instruction_item.join(instruction))
        .group_by(i.instruction_id)
    )
    of_batches: ColumnElement[bool] = true() if batch_ids is None else n.batch_id.in_(batch_ids)
    of_lines, of_items = lines.where(of_batches).subquery(), paid.where(of_batches).subquery()
    unlike = (
        select(b.batch_id)
        .outerjoin(of_lines, of_lines.c.batch_id == b.batch_id)
        .where(
            true() if batch_ids is None else b.batch_id.in_(batch_ids),
            or_(
                of_lines.c.lines.is_distinct_from(b.line_count),
                of_lines.c.fen.is_distinct_from(b.total_fen),
            ),
        )
    )
    for batch_id in conn.execute(_told(unlike)).scalars():
        yield f"批次 {batch_id} 的笔数或金额与其明细不符"
    other = (
        select(n.instruction_id)
        .outerjoin(of_items, of_items.c.instruction_id == n.instruction_id)
        .where(of_batches, of_items.c.fen.is_distinct_from(n.amount_fen))
    )
    for instruction_id in conn.execute(_told(other)).scalars():
        yield f"指令 {instruction_id} 的金额与所付各款之和不符"


def what_went_out_is_answered_or_open(conn: Connection) -> Iterator[str]:
    """Law 11: of every batch and benefit, what the book pays = what was sent = what was answered + what is open."""
    n, i, e, o = instruction.c, instruction_item.c, bank_event.c, obligation.c
    group = (n.batch_id, o.benefit)
    books = (
        select(*group, fen_sum(i.amount_fen).label("fen"))
        .select_from(instruction_item.join(instruction).join(obligation))
        .where(is_released(n.batch_id))
        .group_by(*group)
        .subquery()
    )
    newest = select(e.instruction_id, func.max(e.event_id).label("event_id")).group_by(e.instruction_id).subquery()
    said = newest.join(bank_event, e.event_id == newest.c.event_id)
    is_final = e.event.in_([BankEvent.ACCEPTED.value, BankEvent.RETURNED.value])
    sent = (
        select(
            n.batch_id,
            n.benefit,
            fen_sum(n.amount_fen).label("fen"),
            fen_sum(case((is_final, n.amount_fen), else_=0)).label("answered"),
            fen_sum(
                case(
                    (func.coalesce(e.event, BankEvent.UNKNOWN.value) == BankEvent.UNKNOWN.value, n.amount_fen), else_=0
                )
            ).label("open"),
        )
        .select_from(instruction.outerjoin(said, newest.c.instruction_id == n.instruction_id))
        .where(is_released(n.batch_id))
        .group_by(n.batch_id, n.benefit)
        .subquery()
    )
    same = and_(books.c.batch_id == sent.c.batch_id, books.c.benefit == sent.c.benefit)
    paid_unlike = select(books.c.batch_id, books.c.benefit).select_from(books.outerjoin(sent, same))
    paid_by_none = select(sent.c.batch_id, sent.c.benefit).select_from(sent.outerjoin(books, same))
    for unlike in (
        paid_unlike.where(books.c.fen.is_distinct_from(sent.c.fen)),
        paid_by_none.where(books.c.fen.is_(None)),
    ):
        for batch_id, benefit in conn.execute(_told(unlike)):
            yield f"批次 {batch_id} 的{Benefit.label_of(benefit)}:账上所付与送出的不等"
    torn = select(sent.c.batch_id, sent.c.benefit).where(sent.c.fen != sent.c.answered + sent.c.open)
    for batch_id, benefit in conn.execute(_told(torn)):
        yield f"批次 {batch_id} 的{Benefit.label_of(benefit)}:送出的不等于已答复与未答复之和"


def every_owed_fen_is_somewhere(conn: Connection, county: str) -> Iterator[str]:
    """Law 11: of what is owed, whatever nobody was paid and nothing took off is what the book pays next, to the fen."""
    o, i = obligation.c, instruction_item.c
    gone = (
        select(i.obligation_id, i.amount_fen)
        .select_from(instruction_item.join(instruction))
        .where(
            is_released(instruction.c.batch_id),
            ~exists().where(bank_event.c.instruction_id == i.instruction_id, is_return()),
        )
    )
    off = select(withdrawal.c.obligation_id, withdrawal.c.amount_fen)
    set_off = select(recovery.c.obligation_id, recovery.c.amount_fen).where(recovery.c.obligation_id.is_not(None))
    taken = union_all(gone, off, set_off).subquery()
    sums = select(taken.c.obligation_id, fen_sum(taken.c.amount_fen).label("fen")).group_by(taken.c.obligation_id)
    used = sums.subquery()
    left = o.amount_fen - func.coalesce(used.c.fen, 0)
    statement = (
        select(o.obligation_id, left.label("left_fen"))
        .select_from(obligation.outerjoin(used, used.c.obligation_id == o.obligation_id))
        .where(o.county == county, o.kind != Kind.HISTORY.value, left != 0)
    )
    rows = read_frame(conn, statement)
    waits = unpaid(conn, county).select("obligation_id", "pays_fen")
    both = rows.join(waits, on="obligation_id", how="full", coalesce=True)
    wrong = both.filter(pl.col("left_fen").ne_missing(pl.col("pays_fen"))).sort("obligation_id")
    for number in wrong["obligation_id"].head(SHOWN):
        yield f"应付款 {number} 未付的与待付清单不符"


def every_step_has_its_signature(conn: Connection) -> Iterator[str]:
    """What went out was made, approved and released by three people over one content; answers follow a release."""
    a, b = approval.c, batch.c
    approved = exists().where(a.batch_id == b.batch_id, a.step == SignatureStep.APPROVED.value)
    made = exists().where(a.batch_id == b.batch_id, a.step == SignatureStep.MADE.value)
    alone = select(b.batch_id).where(is_released(b.batch_id), not_(and_(approved, made)))
    for batch_id in conn.execute(_told(alone)).scalars():
        yield f"批次 {batch_id} 已放行,却缺经办或批准的签署"
    both = approval.alias("both")
    signs = [SignatureStep.MADE.value, SignatureStep.APPROVED.value, SignatureStep.RELEASED.value]
    same = select(a.batch_id).join(
        both,
        and_(
            both.c.batch_id == a.batch_id,
            both.c.officer == a.officer,
            both.c.step > a.step,
            both.c.step.in_(signs),
            a.step.in_(signs),
        ),
    )
    for batch_id in conn.execute(_told(same)).scalars():
        yield f"批次 {batch_id} 由同一人签了两道"
    other = select(a.batch_id).join(batch).where(a.content_digest != b.content_digest)
    for batch_id in conn.execute(_told(other)).scalars():
        yield f"批次 {batch_id} 所签内容不是批次的内容"
    e, n = bank_event.c, instruction.c
    early = select(e.event_id).join(instruction).where(not_(is_released(n.batch_id)))
    for number in conn.execute(_told(early)).scalars():
        yield f"回盘记录 {number} 所答的批次尚未放行"
    later = bank_event.alias("later")
    after = exists().where(
        later.c.instruction_id == e.instruction_id,
        later.c.event_id > e.event_id,
        later.c.event != BankEvent.RETURNED.value,
    )
    for number in conn.execute(_told(select(e.event_id).where(is_return(), after))).scalars():
        yield f"回盘记录 {number} 已报退回,其后又报其他结果"


def _told(statement: Select[Any]) -> Select[Any]:
    return statement.limit(SHOWN)
