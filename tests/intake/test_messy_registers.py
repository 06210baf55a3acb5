"""What an officer is told of a register with everything wrong stays as it is, to the letter."""

import pytest

from tests.intake.messy_registers import EXPECTED, PEOPLE, REGISTERS, taken, told, write


@pytest.mark.parametrize("register", REGISTERS)
def test_a_messy_register_is_read_refused_and_told_as_before(register, tmp_path):
    found = taken(write(tmp_path, register, PEOPLE), register, tmp_path / "store")
    assert told(found) == (EXPECTED / f"{register}.txt").read_text("utf-8")
    assert found.rows.height
    assert found.rows_refused
