"""Another distribution may have a room's name; the program says which one Python finds."""

import sys

from contracts.rooms import ROOMS, taken


def test_every_room_is_found_here(pyproject):
    assert taken() == {}
    assert {*ROOMS, "contracts", "cli"} == set(pyproject["tool"]["importlinter"]["root_packages"])


def test_a_package_of_the_same_name_that_python_finds_first_is_told(tmp_path, monkeypatch):
    other = tmp_path / "intake"
    other.mkdir()
    (other / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "intake", raising=False)
    assert taken() == {"intake": str(other)}
