"""The protocol of paying, walked whole: every state of the model, every path of some length on the real book."""

import shutil
from collections import deque
from contextlib import suppress

import pytest

from contracts.errors import BookError
from tests.effort import LONG
from tests.ledger.laws import breaches
from tests.protocol.actual import Actual, said_of
from tests.protocol.model import MOST_RELEASES, OFFICERS, OUT, PEOPLE, State, after, events

STEPS = 3 if LONG else 2
# Paths that begin where there is something to answer, correct or send again.
SENT = (("claim",), ("approve", OFFICERS[0]), ("release", OFFICERS[1]))
BEGINNINGS = {
    "posted": (),
    "sent": SENT,
    "one came back": (*SENT, ("answer", 0, "returned"), ("answer", 1, "accepted")),
    "owed back": (*SENT, ("stop", 0)),
    "refused whole": (*SENT, ("refuse_order", 1)),
}


@pytest.fixture(scope="module")
def reached():
    """Every state there is, with the events that lead on from it."""
    found, left = {}, deque([State()])
    while left:
        state = left.popleft()
        if state not in found:
            found[state] = [(event, after(state, event)) for event in events(state)]
            left.extend(following for _, following in found[state])
    return found


def test_no_state_pays_twice_or_takes_off_what_has_gone_out(reached):
    assert len(reached) > 1_000
    for state in reached:
        for money in state.people:
            assert sum(one in OUT for one in money.attempts) <= 1, state
            assert not (money.taken_off and (money.last in OUT or money.is_due)), state
            assert not (money.debt and money.last not in (*OUT, "returned", "refused")), state
            assert money.received in (0, 1) or (money.recovered and money.received == -1 and money.is_due), state


def test_no_fen_is_stranded(reached):
    """From wherever something may still be sent twice, there is a way on which everybody has what the law says."""
    before = {}
    for state, following in reached.items():
        for _, then in following:
            before.setdefault(then, []).append(state)
    well = deque(state for state in reached if all(money.is_settled for money in state.people))
    seen = set(well)
    while well:
        for state in before.get(well.popleft(), []):
            if state not in seen:
                seen.add(state)
                well.append(state)
    stranded = [state for state in reached if state not in seen and state.released <= MOST_RELEASES - 2]
    assert stranded == []


def test_one_who_checked_never_releases(reached):
    for state, following in reached.items():
        for event, _ in following:
            assert event[0] != "release" or event[1] != state.checker


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    made = Actual.begun(tmp_path_factory.mktemp("protocol") / "posted.sqlite")
    made.close()
    return made


def does_not_move(actual, event, said):
    """An event that the model does not know here is refused, or changes nothing."""
    with suppress(BookError):
        actual.do(event)
    assert actual.says() == said, event


def not_now(state):
    """Signatures and answers that must not be possible in a state."""
    possible = set(events(state))
    tried = [("approve", OFFICERS[0]), *(("release", officer) for officer in OFFICERS)]
    tried += [("answer", n, "accepted") for n in PEOPLE if state.people[n].last in ("", "waiting", "returned")]
    return [event for event in tried if event not in possible]


def walk(actual, state, path, steps, folder):
    """Do every event that may follow to a copy of the book, compare, and go on from there."""
    walked = 1
    for number, event in enumerate(events(state)):
        copy = folder / f"{steps}-{number}.sqlite"
        shutil.copy(actual.path, copy)
        then = Actual(copy, actual.owed, actual.count)
        then.do(event)
        following = after(state, event)
        assert then.says() == said_of(following), (*path, event)
        if steps > 1:
            then.close()
            walked += walk(then, following, (*path, event), steps - 1, folder)
        else:
            for other in not_now(following):
                does_not_move(then, other, said_of(following))
            assert breaches(then.book) == [], (*path, event)
            then.close()
            walked += 1
    return walked


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_the_book_does_what_the_model_says_on_every_path(beginning, posted, tmp_path):
    start, state = tmp_path / "start.sqlite", State()
    shutil.copy(posted.path, start)
    actual = Actual(start)
    for event in BEGINNINGS[beginning]:
        actual.do(event)
        state = after(state, event)
        assert actual.says() == said_of(state), event
    actual.close()
    assert walk(actual, state, (), STEPS if beginning == "posted" else STEPS - 1, tmp_path) > 1
