"""One person on one page: answers to what clerks are asked, the month's proof, and everything that led there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from contracts.codes import BankEvent, Benefit, CorrectionGround, HoldCode, Kind, Outcome, PaymentState
from contracts.money import yuan_label
from contracts.months import add_months, month_text, parse_month
from reports import person_course
from reports.explain import Proof
from reports.html import as_html
from reports.person_told import CountyTold, HoldTold, MonthTold, ObligationTold

OF_ACCOUNT = (HoldCode.ACCOUNT_MISSING, HoldCode.ACCOUNT_REJECTED)
NOTHING_YET = {  # the conditions are met, and nothing is owed
    Outcome.SUSPENDED: "暂停,当月不发;恢复时暂停名册写明补发的,才补",
    Outcome.STANDARD_NOT_SET: "条件具备,但标准还没有定,算不出金额",
}
AT_THE_BANK = {
    PaymentState.RELEASED: "已发出,银行还没有答复到账没有",
    PaymentState.UNKNOWN: "已发出,银行说要查,还不知到账没有",
}


@dataclass(frozen=True)
class Answer:
    """One of the questions that clerks are asked, answered in plain sentences."""

    question: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Segment:
    """Benefit months on end that were decided alike, as now known."""

    benefit: Benefit
    first: str
    last: str
    months: int
    outcome: Outcome | None
    amount_fen: int | None

    @property
    def span(self) -> str:
        """The months from the first to the last."""
        return self.first if self.first == self.last else f"{self.first} 至 {self.last}"


@dataclass(frozen=True)
class Corrected:
    """A month that was decided again: what it is owed now, what before, and by which run. Amounts in fen."""

    benefit: Benefit
    benefit_month: str
    now_fen: int
    before_fen: int
    ground: CorrectionGround
    pay_month: str
    known_on: str
    maker: str

    @property
    def difference_fen(self) -> int:
        """To be paid besides, or (below nothing) to be taken back."""
        return self.now_fen - self.before_fen


@dataclass(frozen=True)
class PersonPage:
    """Everything the page shows, in its order."""

    person_id: str
    county: CountyTold
    proof: Proof
    answers: tuple[Answer, ...]
    segments: tuple[Segment, ...]
    corrected: tuple[Corrected, ...]


def page_of(person_id: str, county: CountyTold, proof: Proof) -> PersonPage:
    """The page of a person of one county; `proof` is of the month that is asked about."""
    return PersonPage(
        person_id,
        county,
        proof,
        tuple(_answers(county, proof)),
        tuple(segments(county.months)),
        tuple(corrected(county.months)),
    )


def html(page: PersonPage) -> str:
    """The page as one self-contained file."""
    return as_html("person.html.j2", page=page, course=person_course)


def segments(months: Iterable[MonthTold]) -> Iterator[Segment]:
    """Months as runs of one benefit, outcome and amount without a gap, by benefit in the order of the code list."""
    order = {benefit: place for place, benefit in enumerate(Benefit)}
    run: list[MonthTold] = []
    for month in sorted(months, key=lambda one: (order[one.benefit], one.benefit_month)):
        if run and not _goes_on(run[-1], month):
            yield _segment(run)
            run = []
        run.append(month)
    if run:
        yield _segment(run)


def _goes_on(last: MonthTold, month: MonthTold) -> bool:
    is_next = month_text(add_months(parse_month(last.benefit_month), 1)) == month.benefit_month
    same = (last.benefit, last.outcome, last.amount_fen) == (month.benefit, month.outcome, month.amount_fen)
    return is_next and same


def _segment(run: list[MonthTold]) -> Segment:
    first, last = run[0], run[-1]
    return Segment(first.benefit, first.benefit_month, last.benefit_month, len(run), first.outcome, first.amount_fen)


def corrected(months: Iterable[MonthTold]) -> Iterator[Corrected]:
    """Every month that was decided again and differs in money, in the order of the runs."""
    found = []
    for month in months:
        for before, now in pairwise((None, *month.versions)):
            before_fen = (before.amount_fen if before else 0) or 0
            if now and now.correction and before_fen != (now.amount_fen or 0):
                line = Corrected(
                    month.benefit,
                    month.benefit_month,
                    now.amount_fen or 0,
                    before_fen,
                    now.correction,
                    now.run.pay_month,
                    now.run.known_on,
                    now.run.maker,
                )
                found.append((now.run.run_id, line))
    return (line for _, line in sorted(found, key=lambda one: one[0]))


def _answers(county: CountyTold, proof: Proof) -> Iterator[Answer]:
    before = month_text(add_months(parse_month(proof.benefit_month), -1))
    question = f"{proof.benefit_month} 同 {before} 比,为什么多了或少了?"
    owed = tuple(_owed_otherwise(county, proof, before)) or ("两个月应发相同。",)
    yield Answer(question, (*owed, *_paid_otherwise(county, (before, proof.benefit_month))))
    yield _answer("要不要退钱?", _owed_back(county), "不用,没有应追回的钱。")
    yield _answer(f"{proof.benefit_month} 为什么没有别的待遇?", _not_drawn(proof), "各项待遇都已享受。")
    yield _answer("没到手的钱在哪里?", _where(county), "该发的都已发出,没有还没付的月份。")
    yield _answer("账户有没有问题?", _account(county), "没有:账户没有缺漏,也没有被银行退回而未更正。")


def _answer(question: str, said: Iterable[str], otherwise: str) -> Answer:
    return Answer(question, tuple(said) or (otherwise,))


def _owed_otherwise(county: CountyTold, proof: Proof, before: str) -> Iterator[str]:
    amounts = {(month.benefit, month.benefit_month): month.amount_fen or 0 for month in county.months}
    reasons = {Benefit(one.benefit): one.reason for one in proof.benefits}
    for benefit in Benefit:
        then, now = (amounts.get((benefit, month), 0) for month in (before, proof.benefit_month))
        if then != now:
            yield (
                f"{benefit.label}:{before} 应发 {yuan_label(then)} 元,{proof.benefit_month} 应发 {yuan_label(now)} 元;"
                f"{reasons.get(benefit, '人口名册中没有此人当月的行')}。"
            )


def _paid_otherwise(county: CountyTold, pay_months: tuple[str, ...]) -> Iterator[str]:
    """What makes the money of a pay month more or less than the months' own: arrears and set-offs."""
    for pay_month in pay_months:
        for month in county.months:
            for owed in month.obligations:
                if owed.run.pay_month == pay_month:
                    yield from _besides(pay_month, month, owed)


def _besides(pay_month: str, month: MonthTold, owed: ObligationTold) -> Iterator[str]:
    of_month = f"{pay_month} 发放月:{month.benefit.label} {month.benefit_month} 的"
    if owed.kind is Kind.ARREARS:
        why = f"({owed.correction.label})" if owed.correction else ""
        yield f"{of_month} {yuan_label(owed.amount_fen)} 元是补发{why}。"
    if owed.set_off_fen:
        yield f"{of_month}钱里有 {yuan_label(owed.set_off_fen)} 元抵扣了以前多发的。"


def _owed_back(county: CountyTold) -> Iterator[str]:
    for month in county.months:
        for owed in month.receivables:
            if owed.open_fen:
                yield (
                    f"要:{month.benefit.label} {month.benefit_month} 多发 {yuan_label(owed.amount_fen)} 元"
                    f"({owed.cause.label}),尚欠 {yuan_label(owed.open_fen)} 元。"
                )


def _not_drawn(proof: Proof) -> Iterator[str]:
    """Benefits that are not drawn for the same reason are told together."""
    told: dict[str, list[str]] = {}
    for one in proof.benefits:
        if one.outcome != Outcome.ENTITLED:
            why = f"{one.outcome_label};{one.reason}。" + (f"{one.missing}。" if one.missing else "")
            told.setdefault(why, []).append(one.label)
    yield from (f"{'、'.join(labels)}:{why}" for why, labels in told.items())


def _where(county: CountyTold) -> Iterator[str]:
    advice = {hold.code: hold.advice for hold in county.holds if not hold.lifted_at}
    for month in county.months:
        for owed in month.obligations:
            if owed.pays_fen:
                yield _waiting(month, owed, advice)
            for taken in owed.withdrawals:
                yield (
                    f"{month.benefit.label} {month.benefit_month}:{yuan_label(taken.amount_fen)} 元"
                    f"没有发出,已撤回({taken.cause.label})。"
                )
    yield from _at_the_bank(county)
    for one in segments(county.months):
        if one.outcome in NOTHING_YET:
            yield f"{one.benefit.label} {one.span}:{NOTHING_YET[one.outcome]}。"


def _at_the_bank(county: CountyTold) -> Iterator[str]:
    """Money that went out and of which the bank has not said that it arrived, a benefit's months together."""
    gone: dict[tuple[Benefit, PaymentState], dict[str, int]] = {}
    for month in county.months:
        for owed in month.obligations:
            fen = owed.amount_fen - owed.withdrawn_fen - owed.set_off_fen
            if owed.is_gone and owed.state in AT_THE_BANK and fen:
                of_months = gone.setdefault((month.benefit, owed.state), {})
                of_months[month.benefit_month] = of_months.get(month.benefit_month, 0) + fen
    for (benefit, state), of_months in gone.items():
        total = yuan_label(sum(of_months.values()))
        yield f"{benefit.label} {'、'.join(of_months)}:{total} 元{AT_THE_BANK[state]}。"


def _waiting(month: MonthTold, owed: ObligationTold, advice: dict[HoldCode, str]) -> str:
    what = f"{month.benefit.label} {month.benefit_month}:{yuan_label(owed.pays_fen)} 元{owed.state_label}"
    return f"{what};{advice[owed.held_code]}。" if owed.held_code in advice else f"{what}。"


def _account(county: CountyTold) -> Iterator[str]:
    holds = [hold for hold in county.holds if _is_of_account(hold)]
    for hold in holds:
        yield f"{hold.code.label}:{hold.reason};{hold.advice}。"
    if not holds and county.registered and not county.registered.account_no:
        yield "账户名册中没有此人的账户:付给本人的钱发不出去,请补报。"
    last = _last_answer(county)
    if last:
        yield last


def _is_of_account(hold: HoldTold) -> bool:
    return hold.code in OF_ACCOUNT and not hold.lifted_at


def _last_answer(county: CountyTold) -> str:
    """What the bank said last, where it was not that the money arrived."""
    attempts = [attempt for month in county.months for owed in month.obligations for attempt in owed.attempts]
    said = [(answer.recorded_at, answer, attempt) for attempt in attempts for answer in attempt.answers]
    if not said:
        return ""
    day, answer, attempt = max(said, key=lambda one: one[0])
    if answer.bank_event is BankEvent.ACCEPTED:
        return ""
    why = f"({answer.reason})" if answer.reason else ""
    return f"银行最近一次答复({day[: person_course.DAY]},批次 {attempt.batch_id}):{answer.bank_event.label}{why}。"
