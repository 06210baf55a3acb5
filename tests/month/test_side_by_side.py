"""Work shared out over processors comes back in order, and what goes wrong in one is told."""

import os

import pytest

from contracts.files import digest_of
from month import side_by_side

ALONE = side_by_side.ALONE_THROUGH


@pytest.fixture
def files(tmp_path):
    """Two files, to be read by whoever reads them."""
    for name in ("甲", "乙"):
        (tmp_path / name).write_text(name, "utf-8")
    return [(tmp_path / name,) for name in ("甲", "乙")]


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def who_works(monkeypatch, lines, files):
    """The results, and whether processes were started for them."""
    started, pool = [], side_by_side.ProcessPoolExecutor
    monkeypatch.setattr(side_by_side, "ProcessPoolExecutor", lambda *a, **k: started.append(a) or pool(*a, **k))
    return side_by_side.side_by_side(digest_of, files, lines), bool(started)


def test_little_work_is_done_here_and_much_by_others_alike_and_in_the_order_given(monkeypatch, files):
    few = who_works(monkeypatch, [ALONE - 1, 1], files)
    assert few == ([digest_of(path) for (path,) in files], False)
    assert who_works(monkeypatch, [1, ALONE], files) == (few[0], True)


def test_what_goes_wrong_in_one_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        side_by_side.side_by_side(digest_of, [(tmp_path / "不在",), (tmp_path / "也不在",)], [ALONE, 1])
