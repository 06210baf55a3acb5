"""What may become of two people's money, as a small book without a database: every event, and what it does.

Two people are owed one amount each for one month, of one benefit, so that one batch may carry both. A state is
immutable; `events` are those that make sense in it, `after` is the state that follows.

    attempts   how each time of sending stands: waiting, gone, accepted, unknown, returned, refused
    owed       what the law says now; it may take a decision back once
    taken_off  nothing of it is to be paid any more: withdrawn, or set off against what was owed back
    debt       owed back: money that had gone out when the law took the decision back
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

PEOPLE = (0, 1)
OFFICERS = ("复核乙", "发放丙")  # either may check, either may release, nobody both
MOST_RELEASES = 3  # bounds the walk
KEPT_ATTEMPTS = 2
OUT = ("gone", "accepted", "unknown")  # the money is not here
OPEN = ("gone", "unknown")  # the bank may still say anything
FAILED = ("returned", "refused")


@dataclass(frozen=True)
class Money:
    """One person's obligation."""

    owed: bool = True
    attempts: tuple[str, ...] = ()
    sent_in: int = 0  # the batch of the last attempt, numbered as they are released
    is_held: bool = False
    taken_off: bool = False
    debt: bool = False
    recovered: bool = False

    @property
    def last(self) -> str:
        return self.attempts[-1] if self.attempts else ""

    @property
    def received(self) -> int:
        """How many times the amount is with the person, less what he gave back."""
        return sum(one in OUT for one in self.attempts) - self.recovered

    @property
    def is_settled(self) -> bool:
        """He has what the law says, and nobody waits for anything."""
        return self.last not in ("waiting", *OPEN) and self.received == self.owed

    @property
    def is_due(self) -> bool:
        """Nobody was paid, and nothing took it off."""
        return not self.taken_off and self.last not in OUT

    @property
    def may_be_claimed(self) -> bool:
        return self.is_due and not self.is_held and self.last != "waiting"


@dataclass(frozen=True)
class State:
    people: tuple[Money, Money] = (Money(), Money())
    batch: str = ""  # the one that waits: made, approved, rejected
    checker: str = ""
    released: int = 0

    def with_money(self, who: int, money: Money) -> State:
        return replace(self, people=tuple(money if n == who else one for n, one in enumerate(self.people)))

    def each(self, change) -> State:
        return replace(self, people=tuple(change(one) for one in self.people))


def events(state: State) -> list[tuple]:
    """What may happen next."""
    found: list[tuple] = [("stop", n) for n in PEOPLE if state.people[n].owed]
    found += [("free", n) for n in PEOPLE if state.people[n].is_held and state.people[n].is_due]
    found += [("recover", n) for n in PEOPLE if state.people[n].debt]
    found += [
        ("answer", n, word)
        for n, word in product(PEOPLE, ("accepted", "unknown", "returned"))
        if may_be_answered(state.people[n], word)
    ]
    if state.batch == "rejected" or (any(one.may_be_claimed for one in state.people) and state.batch != "approved"):
        found.append(("claim",))
    if state.batch == "made":
        found += [("approve", officer) for officer in OFFICERS] + [("reject", OFFICERS[0])]
    if state.batch == "approved" and state.released < MOST_RELEASES:
        found += [("release", officer) for officer in OFFICERS if officer != state.checker]
    found += [
        ("refuse_order", number)
        for number in range(1, state.released + 1)
        if any(one.sent_in == number and one.last in OPEN for one in state.people)
    ]
    if any(one.debt and one.last in FAILED and not one.taken_off for one in state.people):
        found.append(("run",))
    return found


def may_be_answered(money: Money, word: str) -> bool:
    """A return may come after anything but a return; any other answer where the bank has said nothing final."""
    return money.last in OUT if word == "returned" else money.last in OPEN and money.last != word


def after(state: State, event: tuple) -> State:
    """The state that follows an event."""
    what, *told = event
    return {
        "stop": stopped,
        "free": lambda s, n: s.with_money(n, replace(s.people[n], is_held=False)),
        "recover": lambda s, n: s.with_money(n, replace(s.people[n], debt=False, recovered=True)),
        "answer": answered,
        "claim": claimed,
        "approve": lambda s, officer: replace(s, batch="approved", checker=officer),
        "reject": lambda s, _: replace(s, batch="rejected"),
        "release": released,
        "refuse_order": refused,
        "run": settled,
    }[what](state, *told)


def stopped(state: State, who: int) -> State:
    """The law takes the decision back, and the month is run: the batch that waits with it is given up."""
    money = replace(state.people[who], owed=False)
    if money.last in OUT:
        return settled(state.with_money(who, replace(money, debt=True)))
    if money.last == "waiting":
        state = given_up(state)
        money = replace(state.people[who], owed=False)
    return settled(state.with_money(who, replace(money, taken_off=True)))


def given_up(state: State) -> State:
    """Voided: it never left the house, so that no attempt was made."""
    back = state.each(lambda one: replace(one, attempts=one.attempts[:-1]) if one.last == "waiting" else one)
    return replace(back, batch="", checker="")


def settled(state: State) -> State:
    """A run sets off what came back against what was owed back."""
    return state.each(
        lambda one: (
            replace(one, debt=False, taken_off=True) if one.debt and one.last in FAILED and not one.taken_off else one
        )
    )


def claimed(state: State) -> State:
    """A run: what is owed back is set off, then everything due goes into one new batch; an older one is void."""
    return replace(given_up(settled(state)).each(sent_again), batch="made")


def sent_again(one: Money) -> Money:
    return replace(one, attempts=(*one.attempts, "waiting")[-KEPT_ATTEMPTS:]) if one.may_be_claimed else one


def released(state: State, officer: str) -> State:
    number = state.released + 1
    gone = state.each(
        lambda one: (
            replace(one, attempts=(*one.attempts[:-1], "gone"), sent_in=number) if one.last == "waiting" else one
        )
    )
    return replace(gone, batch="", checker="", released=number)


def answered(state: State, who: int, word: str) -> State:
    money = state.people[who]
    return state.with_money(
        who, replace(money, attempts=(*money.attempts[:-1], word), is_held=money.is_held or word == "returned")
    )


def refused(state: State, number: int) -> State:
    """The bank took nothing of the order: due again, nobody's account in question."""
    return state.each(
        lambda one: (
            replace(one, attempts=(*one.attempts[:-1], "refused"))
            if one.sent_in == number and one.last in OPEN
            else one
        )
    )
