"""One person's whole story: who he is and paid up to which month, and how it came to that.

For every benefit month what was decided, owed, paid, answered, taken back and held, when and by whom. What is told of
each stands in `person_told.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from contracts.codes import (
    BankEvent,
    Benefit,
    Cause,
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
from ledger import identity
from ledger.book import Book
from ledger.people import identities
from ledger.story import KEY, Story, counties_of, story
from payments import grounds
from reports.masking import masked
from reports.person_told import (
    AnswerTold,
    AttemptTold,
    ByRun,
    CountyTold,
    HoldTold,
    MonthTold,
    ObligationTold,
    PersonTold,
    ReceivableTold,
    RecoveryTold,
    Registered,
    Standing,
    Sums,
    TakenBack,
    VersionTold,
)

Registers = Mapping[str, pl.LazyFrame]  # population and account, as accepted
Row = dict[str, Any]


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
    known = {name for frame in (told.versions, told.obligations, told.holds) for name in frame["county"]}
    counties = tuple(_county(name, numbers[name], person_no, ids, told, registers_of(name)) for name in sorted(known))
    return PersonTold(person_id, counties, _added(one.sums for one in counties))


def _county(
    county: str,
    numbers: list[int],
    asked: int,
    ids: Mapping[int, str],
    told: Story,
    registers: Registers | None,
) -> CountyTold:
    """`numbers`: of the person, the one in use first; `asked`: the one of them that was asked for."""
    teller = _Teller(told)
    keys: set[tuple[str, str]] = set()
    for frame in (told.versions, told.obligations, told.receivables):
        of_county = frame.filter(pl.col("county") == county)
        keys.update(zip(of_county["benefit_month"].dt.strftime("%Y-%m"), of_county["benefit"], strict=True))
    in_order = sorted(keys, key=lambda key: (key[0], Benefit.values().index(key[1])))
    months = tuple(teller.month(county, month, benefit) for month, benefit in in_order)
    return CountyTold(
        county=county,
        registered=_registered(numbers[0], registers) if registers else None,
        standings=tuple(_standings(months)),
        months=months,
        holds=tuple(_hold(row) for row in _rows(told.holds.filter(pl.col("county") == county))),
        sums=_added(month.sums for month in months),
        other_ids=tuple(ids[number] for number in numbers if number != asked),
    )


class _Teller:
    """A story's frames, looked up by what belongs together."""

    def __init__(self, told: Story) -> None:
        self.versions = _grouped(told.versions, *KEY)
        self.obligations = _grouped(told.obligations, *KEY)
        self.receivables = _grouped(told.receivables, *KEY)
        self.withdrawals = _grouped(told.withdrawals, "obligation_id")
        self.payments = _grouped(told.payments, "obligation_id")
        self.answers = _grouped(told.answers, "instruction_id")
        self.recoveries = _grouped(told.recoveries, "receivable_id")
        self.set_offs = _grouped(told.recoveries, "obligation_id")
        self.holds = {row["hold_id"]: HoldCode.label_of(row["code"]) for row in _rows(told.holds)}

    def month(self, county: str, month: str, benefit: str) -> MonthTold:
        """Everything of one key."""
        key = (county, benefit, month)
        versions = tuple(_version(row) for row in self.versions.get(key, ()))
        why = {version.version_no: version.correction for version in versions}
        owed, back = self.obligations.get(key, ()), self.receivables.get(key, ())
        obligations = tuple(self._obligation(row, why) for row in owed)
        receivables = tuple(self._receivable(row, why) for row in back)
        newest = versions[-1] if versions else None
        return MonthTold(
            benefit_month=month,
            benefit=benefit,
            label=Benefit.label_of(benefit),
            outcome=newest.outcome if newest else "",
            outcome_label=newest.label if newest else "",
            amount_fen=newest.amount_fen if newest else None,
            sums=Sums(
                paid_fen=sum(_gone_fen(row) for row in owed),
                set_off_fen=sum(row["set_off_fen"] for row in owed),
                unpaid_fen=sum(row["pays_fen"] for row in owed),
                held_fen=sum(row["pays_fen"] for row in owed if row["held_by"]),
                owed_back_fen=sum(one.open_fen for one in receivables),
                recovered_fen=_sum_of(receivables, _MONEY_BACK),
                waived_fen=_sum_of(receivables, (RecoveryMeans.WAIVED.value,)),
            ),
            versions=versions,
            obligations=obligations,
            receivables=receivables,
        )

    def _obligation(self, row: Row, why: Mapping[int, str]) -> ObligationTold:
        number, state = row["obligation_id"], row["state"]
        held = self.holds[row["held_by"]] if row["held_by"] and row["pays_fen"] else ""
        return ObligationTold(
            obligation_id=number,
            kind=row["kind"],
            kind_label=Kind.label_of(row["kind"]),
            amount_fen=row["amount_fen"],
            left_fen=row["pays_fen"],
            state=state,
            state_label=PaymentState.label_of(state) + (f":{held}" if held else ""),
            **_why(row, why),
            run=_run(row),
            attempts=tuple(self._attempt(paid) for paid in self.payments.get((number,), ())),
            withdrawals=tuple(
                TakenBack(
                    amount_fen=taken["amount_fen"],
                    cause=taken["cause"],
                    cause_label=Cause.label_of(taken["cause"]),
                    **_why(taken, why),
                    run=_run(taken),
                )
                for taken in self.withdrawals.get((number,), ())
            ),
            set_offs=tuple(_recovery(one) for one in self.set_offs.get((number,), ())),
        )

    def _attempt(self, row: Row) -> AttemptTold:
        return AttemptTold(
            attempt=row["attempt"],
            amount_fen=row["amount_fen"],
            instruction_id=row["instruction_id"],
            batch_id=row["batch_id"],
            line_no=row["line_no"],
            file_name=row["file_name"] or "",
            payee_name=row["payee_name"],
            bank_name=row["bank_name"],
            account=masked(row["account_no"]),
            maker=row["batch_maker"] or "",
            checker=row["checker"] or "",
            releaser=row["releaser"] or "",
            released_at=row["released_at"] or "",
            rejected_by=row["rejected_by"] or "",
            reject_reason=row["reject_reason"] or "",
            void_reason=row["void_reason"] or "",
            answers=tuple(
                AnswerTold(
                    event=said["bank_event"],
                    label=BankEvent.label_of(said["bank_event"]),
                    reason_code=said["reason_code"],
                    reason=said["reason"],
                    recorded_at=said["recorded_at"],
                )
                for said in self.answers.get((row["instruction_id"],), ())
            ),
        )

    def _receivable(self, row: Row, why: Mapping[int, str]) -> ReceivableTold:
        recoveries = tuple(_recovery(one) for one in self.recoveries.get((row["receivable_id"],), ()))
        done = sum(one.amount_fen for one in recoveries)
        return ReceivableTold(
            receivable_id=row["receivable_id"],
            amount_fen=row["amount_fen"],
            open_fen=max(row["amount_fen"] - done, 0),
            cause=row["cause"],
            cause_label=Cause.label_of(row["cause"]),
            **_why(row, why),
            run=_run(row),
            recoveries=recoveries,
        )


_NOTHING = Sums(0, 0, 0, 0, 0, 0, 0)
_MONEY_BACK = (RecoveryMeans.BANK_RECALL.value, RecoveryMeans.CASH.value, RecoveryMeans.FAMILY.value)


def _grouped(frame: pl.DataFrame, *by: str) -> dict[tuple[Any, ...], list[Row]]:
    """The rows of each value of `by`, in order; months as text."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in _rows(frame):
        key = tuple(month_text(row[name]) if name == "benefit_month" else row[name] for name in by)
        found.setdefault(key, []).append(row)
    return found


def _rows(frame: pl.DataFrame) -> Iterator[Row]:
    return frame.iter_rows(named=True)


def _run(row: Row) -> ByRun:
    return ByRun(
        pay_month=month_text(row["pay_month"]) if row["pay_month"] else "",
        run_id=row["run_id"],
        maker=row["maker"],
        known_on=row["known_on"],
        posted_at=row["posted_at"],
        code_version=row["code_version"] or "",
    )


def _version(row: Row) -> VersionTold:
    correction = row["correction"] or ""
    return VersionTold(
        version_no=row["version_no"],
        outcome=row["outcome"],
        label=Outcome.label_of(row["outcome"]),
        amount_fen=row["amount_fen"],
        would_be_fen=row["would_be_fen"],
        winner_label=Benefit.label_of(row["winner"]) if row["winner"] else "",
        correction=correction,
        correction_label=CorrectionGround.label_of(correction),
        run=_run(row),
    )


def _why(row: Row, why: Mapping[int, str]) -> dict[str, str]:
    """The ground of the version that made a posting."""
    correction = why.get(row["version_no"], "")
    return {"correction": correction, "correction_label": CorrectionGround.label_of(correction)}


def _recovery(row: Row) -> RecoveryTold:
    return RecoveryTold(
        means=row["means"],
        label=RecoveryMeans.label_of(row["means"]),
        amount_fen=row["amount_fen"],
        receivable_id=row["receivable_id"],
        obligation_id=row["obligation_id"],
        officer=row["officer"] or row["maker"],
        document=row["document"] or "",
        approved_by=row["approved_by"] or "",
        recorded_at=row["recorded_at"],
    )


def _hold(row: Row) -> HoldTold:
    worded = grounds.told(row["code"], grounds.Ground(row["ground"], row["subject"], row["detail"]))
    return HoldTold(
        hold_id=row["hold_id"],
        code=row["code"],
        label=HoldCode.label_of(row["code"]),
        reason=row["reason"] or worded.reason,
        advice=worded.advice,
        obligation_id=row["obligation_id"],
        actor=row["actor"],
        placed_at=row["recorded_at"],
        lifted_by=row["lifted_by"] or "",
        lift_reason=row["lift_reason"] or "",
        decision_label=GapDecision.label_of(row["decision"] or ""),
        lifted_at=row["lifted_at"] or "",
    )


def _gone_fen(owed: Row) -> int:
    """What of an obligation has gone out and not come back."""
    whole: int = owed["amount_fen"] - owed["withdrawn_fen"] - owed["set_off_fen"]
    return whole if owed["is_gone"] else 0


def _sum_of(receivables: Iterable[ReceivableTold], means: Iterable[str]) -> int:
    return sum(one.amount_fen for owed in receivables for one in owed.recoveries if one.means in means)


def _added(parts: Iterable[Sums]) -> Sums:
    columns = zip(*(vars(part).values() for part in (_NOTHING, *parts)), strict=True)
    return Sums(*(sum(column) for column in columns))


def _standings(months: Iterable[MonthTold]) -> Iterator[Standing]:
    """Each benefit at a glance, in the order of the code list."""
    of_benefit: dict[str, list[MonthTold]] = {}
    for month in months:
        of_benefit.setdefault(month.benefit, []).append(month)
    for benefit in Benefit:
        if benefit.value in of_benefit:
            yield _standing(benefit, of_benefit[benefit.value])


def _standing(benefit: Benefit, months: list[MonthTold]) -> Standing:
    paid = [month for month in months if month.sums.paid_fen]
    last = next((one for one in reversed(paid[-1].obligations) if one.state in _GONE), None) if paid else None
    waiting = [month for month in months if month.sums.unpaid_fen]
    labels = [one.state_label for month in waiting for one in month.obligations if one.left_fen]
    return Standing(
        benefit=benefit.value,
        label=benefit.label,
        paid_to=paid[-1].benefit_month if paid else "",
        paid_state=last.state if last else "",
        paid_label=last.state_label if last else "",
        unpaid=tuple((month.benefit_month, month.sums.unpaid_fen) for month in waiting),
        unpaid_labels=tuple(dict.fromkeys(labels)),
        owed_back=tuple(
            (month.benefit_month, month.sums.owed_back_fen) for month in months if month.sums.owed_back_fen
        ),
        newest_month=months[-1].benefit_month,
        newest_outcome=months[-1].outcome,
        newest_label=months[-1].outcome_label,
    )


_GONE = (PaymentState.ACCEPTED.value, PaymentState.RELEASED.value, PaymentState.UNKNOWN.value)


def _registered(person_no: int, registers: Registers) -> Registered | None:
    """The person's newest rows; None where the population has none."""
    rows = registers["population"].filter(pl.col("person_no") == person_no).collect()
    if rows.is_empty():
        return None
    person = rows.sort("moved_in_on", nulls_last=False).row(-1, named=True)
    accounts = registers["account"].filter(pl.col("person_no") == person_no).collect()
    account: Row = accounts.row(-1, named=True) if accounts.height else {}
    return Registered(
        name=person["name"],
        sex=Sex.label_of(person["sex"]),
        birth_date=str(person["birth_date"]),
        township=person["township"] or "",
        village=person["village"] or "",
        moved_in_on=str(person["moved_in_on"] or ""),
        moved_out_on=str(person["moved_out_on"] or ""),
        died_on=str(person["died_on"] or ""),
        payee_name=account.get("payee_name") or "",
        relationship=Relationship.label_of(account.get("relationship") or ""),
        bank_name=account.get("bank_name") or "",
        account=masked(account.get("account_no") or ""),
    )
