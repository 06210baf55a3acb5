"""One person's whole story: who he is and paid up to which month, and how it came to that.

For every benefit month what was decided, owed, paid, answered, taken back and held, when and by whom. What is told of
each stands in `person_told.py`, in sentences in `person_course.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import polars as pl
from pydantic import TypeAdapter

from contracts.codes import Benefit, PaymentState, RecoveryMeans
from contracts.months import month_text
from ledger import identity
from ledger.book import Book
from ledger.people import identities
from ledger.story import KEY, Story, counties_of, story
from payments import grounds
from reports.person_told import (
    CountyTold,
    HoldTold,
    MonthTold,
    ObligationTold,
    PersonTold,
    ReceivableTold,
    Registered,
    Standing,
    Sums,
    VersionTold,
)

Registers = Mapping[str, pl.LazyFrame]  # population and account, as accepted
Row = dict[str, Any]

# a row in its shape: codes as members of their list, nothing as empty text, an account in part
_REGISTERED, _VERSION, _HOLD = TypeAdapter(Registered), TypeAdapter(VersionTold), TypeAdapter(HoldTold)
_OBLIGATION, _RECEIVABLE = TypeAdapter(ObligationTold), TypeAdapter(ReceivableTold)


def tell(book: Book, person_no: int, county: str | None, registers_of: Callable[[str], Registers | None]) -> PersonTold:
    """The story of a person, of one county or of all that know him.

    `registers_of` gives a county's newest accepted population and account; None where it has none.
    """
    with book.reading() as conn:
        told = story(conn, person_no, county)
        (person_id,) = identities(conn, pl.DataFrame({"person_no": [person_no]}))["person_id"]
        numbers = {name: identity.of_county(conn, name).numbers_of(person_no) for name in counties_of(conn)}
        of_all = pl.DataFrame({"person_no": [number for of in numbers.values() for number in of]})
        ids = dict(identities(conn, of_all.cast(pl.Int64)).iter_rows())
    months: dict[str, list[MonthTold]] = {name: [] for name in told.holds["county"]}
    for name, month in months_of(told):
        months.setdefault(name, []).append(month)
    counties = tuple(
        CountyTold(
            county=name,
            registered=_registered(numbers[name][0], registers) if (registers := registers_of(name)) else None,
            standings=tuple(_standings(of_county)),
            months=tuple(of_county),
            holds=tuple(_hold(row) for row in _rows(told.holds.filter(pl.col("county") == name))),
            sums=_added(month.sums for month in of_county),
            other_ids=tuple(ids[number] for number in numbers[name] if number != person_no),
        )
        for name, of_county in sorted(months.items())
    )
    return PersonTold(person_no, person_id, counties, _added(one.sums for one in counties))


def months_of(told: Story) -> Iterator[tuple[str, MonthTold]]:
    """Every county and benefit month of a story, by county, month and the order of the benefits."""
    answers = _grouped(_rows(told.answers), "instruction_id")
    attempts = _grouped(
        (row | {"answers": answers.get((row["instruction_id"],), ())} for row in _rows(told.payments)), "obligation_id"
    )
    withdrawals = _grouped(map(_with_run, _rows(told.withdrawals)), "obligation_id")
    recoveries = [row | {"officer": row["officer"] or row["maker"]} for row in _rows(told.recoveries)]
    set_offs, back = _grouped(recoveries, "obligation_id"), _grouped(recoveries, "receivable_id")
    held = dict(zip(told.holds["hold_id"], told.holds["code"], strict=True))
    versions = _grouped(map(_with_run, _rows(told.versions)), *KEY)
    owed = _grouped(map(_with_run, _rows(told.obligations)), *KEY)
    owed_back = _grouped(map(_with_run, _rows(told.receivables)), *KEY)

    def obligation(row: Row) -> ObligationTold:
        number = (row["obligation_id"],)
        of_it = {"attempts": attempts.get(number, ()), "withdrawals": withdrawals.get(number, ())}
        on_it = {"set_offs": set_offs.get(number, ()), "held_code": held.get(row["held_by"])}
        return _OBLIGATION.validate_python(row | of_it | on_it)

    def receivable(row: Row) -> ReceivableTold:
        of_it = back.get((row["receivable_id"],), [])
        left = row["amount_fen"] - sum(one["amount_fen"] for one in of_it)
        return _RECEIVABLE.validate_python(row | {"recoveries": of_it, "open_fen": max(left, 0)})

    order = {benefit: place for place, benefit in enumerate(Benefit.values())}
    keys = {*versions, *owed, *owed_back}
    for key in sorted(keys, key=lambda one: (one[0], one[2], order[one[1]])):
        county, benefit, benefit_month = key
        yield (
            county,
            _month(
                benefit_month,
                Benefit(benefit),
                [_VERSION.validate_python(row) for row in versions.get(key, ())],
                [obligation(row) for row in owed.get(key, ())],
                [receivable(row) for row in owed_back.get(key, ())],
            ),
        )


def _month(
    benefit_month: Any,  # noqa: ANN401 a date, as polars gives it
    benefit: Benefit,
    versions: list[VersionTold],
    obligations: list[ObligationTold],
    receivables: list[ReceivableTold],
) -> MonthTold:
    newest = versions[-1] if versions else None
    back = [one for owed in receivables for one in owed.recoveries]
    return MonthTold(
        benefit_month=month_text(benefit_month),
        benefit=benefit,
        outcome=newest.outcome if newest else None,
        amount_fen=newest.amount_fen if newest else None,
        sums=Sums(
            paid_fen=sum(one.amount_fen - one.withdrawn_fen - one.set_off_fen for one in obligations if one.is_gone),
            set_off_fen=sum(one.set_off_fen for one in obligations),
            unpaid_fen=sum(one.pays_fen for one in obligations),
            held_fen=sum(one.pays_fen for one in obligations if one.held_code),
            owed_back_fen=sum(one.open_fen for one in receivables),
            recovered_fen=sum(one.amount_fen for one in back if one.means in _MONEY_BACK),
            waived_fen=sum(one.amount_fen for one in back if one.means is RecoveryMeans.WAIVED),
        ),
        versions=tuple(versions),
        obligations=tuple(obligations),
        receivables=tuple(receivables),
    )


_MONEY_BACK = (RecoveryMeans.BANK_RECALL, RecoveryMeans.CASH, RecoveryMeans.FAMILY)


def _rows(frame: pl.DataFrame) -> Iterator[Row]:
    return frame.iter_rows(named=True)


def _with_run(row: Row) -> Row:
    return row | {"run": row}


def _grouped(rows: Iterable[Row], *by: str) -> dict[tuple[Any, ...], list[Row]]:
    """The rows of each value of `by`, in order."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in by), []).append(row)
    return found


def _hold(row: Row) -> HoldTold:
    worded = grounds.told(row["code"], grounds.Ground(row["ground"], row["subject"], row["detail"]))
    return _HOLD.validate_python(row | {"reason": row["reason"] or worded.reason, "advice": worded.advice})


def _added(parts: Iterable[Sums]) -> Sums:
    columns = zip(*(vars(part).values() for part in (Sums(), *parts)), strict=True)
    return Sums(*(sum(column) for column in columns))


def _standings(months: Iterable[MonthTold]) -> Iterator[Standing]:
    """Each benefit at a glance, in the order of the code list."""
    of_benefit: dict[Benefit, list[MonthTold]] = {}
    for month in months:
        of_benefit.setdefault(month.benefit, []).append(month)
    return (_standing(benefit, of_benefit[benefit]) for benefit in Benefit if benefit in of_benefit)


def _standing(benefit: Benefit, months: list[MonthTold]) -> Standing:
    paid = [month for month in months if month.sums.paid_fen]
    last = next((one for one in reversed(paid[-1].obligations) if one.state in _GONE), None) if paid else None
    waiting = [month for month in months if month.sums.unpaid_fen]
    labels = [one.state_label for month in waiting for one in month.obligations if one.pays_fen]
    return Standing(
        benefit=benefit,
        paid_to=paid[-1].benefit_month if paid else "",
        paid_state=last.state if last else None,
        unpaid=tuple((month.benefit_month, month.sums.unpaid_fen) for month in waiting),
        unpaid_labels=tuple(dict.fromkeys(labels)),
        owed_back=tuple(
            (month.benefit_month, month.sums.owed_back_fen) for month in months if month.sums.owed_back_fen
        ),
        newest_month=months[-1].benefit_month,
        newest_outcome=months[-1].outcome,
    )


_GONE = (PaymentState.ACCEPTED, PaymentState.RELEASED, PaymentState.UNKNOWN)


def _registered(person_no: int, registers: Registers) -> Registered | None:
    """The person's newest rows; None where the population has none."""
    rows = registers["population"].filter(pl.col("person_no") == person_no).collect()
    if rows.is_empty():
        return None
    person = rows.sort("moved_in_on", nulls_last=False).row(-1, named=True)
    accounts = registers["account"].filter(pl.col("person_no") == person_no).collect()
    account: Row = accounts.row(-1, named=True) if accounts.height else {}
    return _REGISTERED.validate_python(account | person)
