"""Every story of `stories/`, with the money shown: exactly the lines told, after every step, and the laws hold."""

from pathlib import Path

import pytest

from tests.scenarios import telling

STORIES = sorted((Path(__file__).parent / "stories").glob("*.yaml"))


def page(tables):
    """Tables as text, so that a difference is seen line by line."""
    return "\n".join(f"{name}: {line}" for name in sorted(tables) for line in tables[name])


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_money_is_as_told(path, tmp_path):
    teller = telling.Teller(telling.read(path), tmp_path / "home")
    for step, found in teller.tell():
        told = step.tables()
        assert page({name: found[name] for name in told}) == page(told), step.told
    teller.book.close()
