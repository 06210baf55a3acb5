"""What was refused goes back to its sender, one workbook a register."""

import pytest
from python_calamine import CalamineWorkbook

from contracts.errors import InputError
from month import accepting
from month.files import return_refused_of
from tests import homes


@pytest.fixture
def home(tmp_path):
    return homes.make_home(tmp_path / "home")


def accepted(home):
    month = homes.begin(home, "2024-07")
    for register in ("population", "account"):
        accepting.accept(month, register)
    return month


def test_refused_rows_go_back_by_register(home):
    right, wrong = homes.resident_id("1940-01-05"), homes.resident_id("1941-02-06")
    homes.hand_in(
        home,
        "2024-07",
        population=[homes.person(right), homes.person(wrong, birth_date="不详")],
        account=[homes.account(right)],
    )
    month = accepted(home)
    [path] = return_refused_of(month, None)
    month.close()
    assert path.relative_to(home.path).as_posix() == "reports/410721/2024-07/returned_population.xlsx"
    [_, row] = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert row[:2] == [3, wrong]


def test_a_population_that_cannot_be_used_stops_the_month_with_its_own_reason(home):
    homes.hand_in(home, "2024-07", population=[])
    month = homes.begin(home, "2024-07")
    with pytest.raises(InputError, match="只有表头,没有数据行"):
        accepting.accept(month, "population")
    month.close()
