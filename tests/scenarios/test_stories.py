"""Every story of `stories/`, with the money shown: exactly the lines told, after every step, and the laws hold.

Where DISBURSE_TEST_POSTGRESQL names a server, the books of the stories are kept there (tests/ledger/places.py).
"""

from pathlib import Path

import pytest

from tests.effort import long_walk
from tests.ledger.places import Places
from tests.scenarios import telling

STORIES = sorted((Path(__file__).parent / "stories").glob("*.yaml"))
ANY = STORIES[0]
LONG = ("bank_fault_three_times",)  # what takes more than three runs


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Where the book of a story is made."""
    places = Places(tmp_path)
    monkeypatch.setenv("DISBURSE_DATABASE_URL", places.new())
    yield
    places.clear()


def page(tables):
    """Tables as text, so that a difference is seen line by line."""
    return "\n".join(f"{name}: {line}" for name in sorted(tables) for line in tables[name])


def found_and_told(step, found):
    told = step.tables()
    return page({name: found[name] for name in told}), page(told)


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=long_walk if path.stem in LONG else ()) for path in STORIES],
)
def test_the_money_is_as_told(path, tmp_path):
    teller = telling.Teller(telling.read(path), tmp_path / "home")
    for step, more in teller.tell():
        found, told = found_and_told(step, more)
        assert found == told, step.told
    teller.book.close()


def test_a_line_too_few_too_many_or_of_another_amount_is_found(tmp_path):
    teller = telling.Teller(telling.read(ANY), tmp_path / "home")
    step, more = next(teller.tell())
    teller.book.close()
    for wrong in (
        {"payments": step.payments[1:]},
        {"obligations": [*step.obligations, step.obligations[0]]},
        {"obligations": [line + "0" for line in step.obligations]},
        {"withdrawals": step.obligations},
        {"cycles": []},
    ):
        found, told = found_and_told(step.model_copy(update=wrong), more)
        assert found != told, wrong


def test_a_slip_of_the_pen_is_named_with_its_line(tmp_path):
    path = tmp_path / "story.yaml"
    path.write_text(ANY.read_text("utf-8").replace("obligations:", "obligation:", 1), "utf-8")
    with pytest.raises(AssertionError, match=r"story.yaml:\d+:\d+ steps.0.obligation:不认识的键"):
        telling.read(path)
