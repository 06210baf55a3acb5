"""`disburse run --engine`: the same month, what the lineage says of it, and what is told where there is no Spark."""

import shutil
import stat
import sys

import dagster as dg
import pytest

from cluster.submitting import Spark, submit
from contracts.errors import BookError
from dagster_project.instance import open_instance
from month.store import Store
from tests import homes
from tests.cli.giving import disburse

ELDER = homes.resident_id("1940-03-05")
RUN = ("run", "--county", homes.COUNTY, "--month", "2024-07", "--as", homes.MAKER, "--known-on", "2024-07-15")
ENDS_IN_TROUBLE = "#!/bin/sh\necho no executor could be had\nexit 3\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = homes.make_home(tmp_path_factory.mktemp("cluster") / "home")
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    return made


@pytest.fixture
def spark_that_fails(tmp_path, monkeypatch):
    script = tmp_path / "bin" / "spark-submit"
    script.parent.mkdir()
    script.write_text(ENDS_IN_TROUBLE)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))


def test_a_month_in_buckets_is_booked_and_the_lineage_says_in_how_many(home, tmp_path):
    disburse(home, *RUN, "--engine", "buckets", "--buckets", "2")
    with open_instance(home) as instance:
        told = instance.get_latest_materialization_event(dg.AssetKey("facts")).asset_materialization.metadata
    assert told["分片"].value == "2"
    assert homes.payment_files(home)
    decided = Store(home).current(homes.COUNTY, homes.parse_month("2024-07")).path("coordinated").read_bytes()
    plain = homes.make_home(tmp_path / "plain")
    shutil.copytree(home.path / "inbox", plain.path / "inbox")
    month = homes.begin(plain, "2024-07")
    homes.decide(month)
    month.close()
    assert month.tables.path("coordinated").read_bytes() == decided


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--buckets", "2"), "--buckets 只用于"),
        (("--engine", "buckets", "--master", "yarn"), "--archive 只用于 --engine spark"),
    ],
)
def test_an_option_of_another_engine_is_refused(home, options, what):
    assert what in disburse(home, *RUN, *options, code=2)[1]


def test_where_there_is_no_spark_the_officer_is_told_what_to_set(home, monkeypatch, tmp_path):
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    _, told = disburse(home, *RUN, "--engine", "spark", "--preview", code=3)
    assert "没有找到 Spark" in told
    assert "SPARK_HOME" in told


def test_a_spark_that_gives_up_stops_the_month_and_what_it_said_is_kept(home, spark_that_fails):
    with pytest.raises(BookError, match="结束码 3"):
        submit(Spark("yarn"), home, home.path / "somewhere", 1)
    assert (home.path / "logs" / "spark.log").read_text() == "no executor could be had\n"


def test_spark_is_given_paths_and_numbers_and_the_shipped_python(home, tmp_path, monkeypatch):
    script = tmp_path / "bin" / "spark-submit"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\necho "$@"\necho "$PYSPARK_DRIVER_PYTHON"\necho "$PYSPARK_PYTHON"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    folder = home.path / "folder"
    submit(Spark("yarn", tmp_path / "disburse.tar.gz"), home, folder, 4)
    given, driver, python = (home.path / "logs" / "spark.log").read_text().splitlines()
    options, _, rest = given.partition(" --name disburse ")
    assert options == f"--master yarn --archives {tmp_path / 'disburse.tar.gz'}#environment"
    assert rest.split()[1:] == ["./environment/bin/python", str(home.path), str(folder), "4"]
    assert (driver, python) == (sys.executable, "./environment/bin/python")
