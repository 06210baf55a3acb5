"""What the house rules look at: the tree, as it is committed."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _is_ours(path, ignored):
    return not any(part in ignored or part.endswith(".egg-info") for part in path.relative_to(ROOT).parts)


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def rooms(pyproject):
    """The packages, highest floor first as far as floors go."""
    return pyproject["tool"]["importlinter"]["root_packages"]


@pytest.fixture(scope="session")
def tree():
    """Every file that git does not ignore, found without git."""
    ignored = {".git", *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split())}
    found = []
    for top in ROOT.iterdir():
        if _is_ours(top, ignored):
            found += [top] if top.is_file() else [path for path in top.rglob("*") if path.is_file()]
    return sorted(path for path in found if _is_ours(path, ignored) and path.suffix != ".tmp")


@pytest.fixture(scope="session")
def texts(tree):
    """Path from the root → text, of every file that is text."""
    told = {}
    for path in tree:
        content = path.read_bytes()
        if b"\0" not in content:
            told[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", "replace")
    return told


@pytest.fixture(scope="session")
def pages(texts):
    """The Markdown pages."""
    return {name: text for name, text in texts.items() if name.endswith(".md")}
