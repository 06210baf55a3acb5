"""A register with too many refused rows, or with too many people gone, stops the month."""

import polars as pl
import pytest

from contracts.errors import StoppedError
from contracts.settings import CountySettings
from intake import check_refused, check_shrink

WRONG = {"birth_date": "1944-08-01"}  # not the identity number's


def people(count):
    return pl.DataFrame({"person_no": range(count)}, schema={"person_no": pl.Int64})


@pytest.mark.parametrize(("now", "stops"), [(200, False), (181, False), (180, False), (179, True), (0, True)])
def test_a_register_that_loses_more_than_a_tenth_stops_the_month(now, stops):
    settings = CountySettings(shrink_stop_per_mille=100, shrink_stop_at_least=20)
    if stops:
        with pytest.raises(StoppedError, match=f"上次 200 人,其中 {200 - now} 人"):
            check_shrink("account", people(now), people(200), settings)
    else:
        check_shrink("account", people(now), people(200), settings)


def test_a_handful_never_stops_a_month_nor_does_the_first_one():
    check_shrink("account", people(0), people(19), CountySettings(shrink_stop_at_least=20))
    check_shrink("account", people(0), None, CountySettings())


def test_as_many_other_people_are_a_loss_all_the_same():
    others = people(200).with_columns(pl.col("person_no") + 1_000)
    with pytest.raises(StoppedError):
        check_shrink("account", others, people(200), CountySettings())


@pytest.fixture
def with_refused(accept_rows, resident_id, row):
    def accepted(right, wrong):
        rows = [row("population", resident_id(serial=serial)) for serial in range(1, right + 1)]
        return accept_rows("population", *rows, *([row("population", **WRONG)] * wrong))

    return accepted


@pytest.mark.parametrize(("right", "wrong", "stops"), [(80, 20, False), (79, 21, True), (0, 19, False), (0, 20, True)])
def test_a_register_with_more_than_a_fifth_refused_stops_the_month(right, wrong, stops, with_refused):
    accepted = with_refused(right, wrong)
    settings = CountySettings(refused_stop_per_mille=200, refused_stop_at_least=20)
    if stops:
        with pytest.raises(StoppedError, match=f"“人口”名册:{right + wrong} 行中有 {wrong} 行被拒收.*intake accept"):
            check_refused(accepted, settings)
    else:
        check_refused(accepted, settings)
