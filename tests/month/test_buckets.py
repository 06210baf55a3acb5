"""A month decided in buckets: the same bytes, counts and findings, and nobody's name in a bucket."""

from datetime import date
from itertools import chain

import polars as pl
import pytest

from contracts.errors import BookError
from contracts.files import own_folder
from contracts.months import month_text, months_between
from contracts.registers import INBOX_FILES
from generator.county_months import generate
from month import buckets
from month.buckets import InBuckets, in_this_process
from month.running import do
from month.stages import BUCKETED, DECIDING, RECEIVED
from tests import homes

MONTHS = months_between(date(2024, 7, 1), date(2024, 8, 1))
DECIDED = list(chain.from_iterable(stage.writes for stage in BUCKETED))
WITHOUT_A_NAME = ("name", "head_name", "head_id", "phone", "certificate_no", "source_file")


@pytest.fixture(scope="module")
def two_months(tmp_path_factory):
    """A county of some hundred people, its first month in the book, its second decided by the plain stages."""
    home = homes.make_home(tmp_path_factory.mktemp("buckets"))
    generate(home.path / "inbox", homes.COUNTY, 400, MONTHS, xlsx=False)
    homes.run(home, month_text(MONTHS[0]))
    month = homes.begin(home, month_text(MONTHS[1]))
    done = {stage.name: do(month, stage) for stage in DECIDING if stage is not RECEIVED}
    yield month, done, {table: month.tables.path(table).read_bytes() for table in DECIDED}
    month.close()


def told(done):
    return done.counts, {finding.name: found for finding, found in done.found.items()}


@pytest.mark.parametrize("count", [1, 7])
def test_any_number_of_buckets_gives_the_same_tables_to_the_byte(two_months, count):
    month, plain, kept = two_months
    for table in DECIDED:
        month.tables.path(table).unlink()
    by_buckets = InBuckets(count)
    for stage in BUCKETED:
        done = by_buckets.do(month, stage, in_this_process)
        assert told(done) == told(plain[stage.name]), stage.name
    assert {table: month.tables.path(table).read_bytes() for table in DECIDED} == kept
    assert by_buckets.told == {"分片": str(count)}
    assert not list(month.tables.folder.glob(".*")), "what was divided is gone"


def test_the_second_month_holds_people_whom_only_the_book_knows(two_months):
    month, _, _ = two_months
    assert month.booked.height
    assert month.tables.read("coordinated")["outcome"].n_unique() > 2


def test_a_bucket_decided_twice_has_the_same_bytes_and_nobodys_name(two_months):
    month, _, _ = two_months
    with own_folder(month.tables.folder) as folder:
        buckets.divide(month, folder, 2)
        buckets.decide(month.home, folder, 1)
        once = {path.name: path.read_bytes() for path in (folder / "1").iterdir()}
        buckets.decide(month.home, folder, 1)
        assert {path.name: path.read_bytes() for path in (folder / "1").iterdir()} == once
        columns = {name for path in (folder / "1").glob("*.parquet") for name in pl.read_parquet_schema(path)}
    assert not columns & set(WITHOUT_A_NAME)
    assert set(WITHOUT_A_NAME) & set(chain.from_iterable(INBOX_FILES[name].to_schema().columns for name in INBOX_FILES))


def test_a_bucket_that_was_not_decided_stops_the_month_and_leaves_its_tables(two_months):
    month, _, kept = two_months

    def losing_one(home, folder, count):
        for number in range(1, count):
            buckets.decide(home, folder, number)
        return {}

    with pytest.raises(BookError, match="3 个分片中有 1 个没有算完"):
        InBuckets(3).do(month, BUCKETED[0], losing_one)
    assert {table: month.tables.path(table).read_bytes() for table in DECIDED} == kept


def test_a_bucket_asks_no_book(two_months):
    month, _, _ = two_months
    bucket = buckets.Bucket(month.home, buckets.NoBook(), month.tables)
    with pytest.raises(BookError, match="不看总账"):
        _ = bucket.followed_run
    with pytest.raises(BookError, match="不看总账"), bucket.book.writing():
        pass


def test_a_finding_in_one_bucket_is_a_finding_of_the_month():
    stage = BUCKETED[-1]
    clean = {finding.name: {} for finding in stage.findings}
    told = [
        buckets.Told(counts={"行数": rows}, found={**clean, "one_winner": {"多于一项的人月": twice}})
        for rows, twice in ((3, 1), (4, 2))
    ]
    done = buckets._summed(stage, told)
    assert done.counts == {"行数": 7}
    assert done.problem is not None
    assert "多于一项的人月 3" in done.problem.what
