"""What ran unattended and failed is noted for officers, in an officer's words, until the same is begun again."""

import dagster as dg
import pytest

from dagster_project.answers import ANSWERS_JOB, config_of
from dagster_project.definitions import MONTH_JOB, defs
from dagster_project.instance import open_instance
from dagster_project.resources.month_home import MonthHome
from dagster_project.sensors.failures import NOT_OURS, failures_sensor
from month import failures, progress, showing
from month.stages import BY_NAME
from tests import homes

PLANTED = "990721194003050011"


@pytest.fixture
def instance(home):
    with open_instance(home) as opened:
        yield opened


def failing(instance, job=MONTH_JOB, key="410721|2024-07", **more):
    """Start what fails, as the schedule does; the run."""
    done = defs.resolve_job_def(job).execute_in_process(
        instance=instance, partition_key=key, raise_on_error=False, **more
    )
    assert not done.success
    return instance.get_run_by_id(done.run_id)


def seen(home, instance, run):
    """What Dagster's sensor of failures does of a run; the notes that stand."""
    event = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records[-1]
    with dg.build_run_status_sensor_context(
        sensor_name="failures",
        dagster_event=event.event_log_entry.dagster_event,
        dagster_instance=instance,
        dagster_run=run,
        resources={"month_home": MonthHome(path=str(home.path))},
    ).for_run_failure() as context:
        failures_sensor()(context)
    return list(failures.noted(home, homes.COUNTY))


def matters(home):
    with homes.opened(home.database_url) as book:
        told = progress.status(home, book, homes.COUNTY, None)
    return {one.code: one.label for one in told.matters}


def test_a_month_that_fails_in_the_night_is_told_until_it_is_begun_again(home, instance):
    """The population is missing; the note says so, and the run that goes well takes it away."""
    population = home.inbox(homes.COUNTY, homes.parse_month("2024-07")) / "population.csv"
    text = population.read_text("utf-8")
    population.unlink()
    run = failing(instance)
    (noted,) = seen(home, instance, run)
    assert (noted.about, noted.step) == ("2024-07", "manifest")
    assert "没有收到人口名册" in noted.what
    assert matters(home)["run_failed"].startswith("2024-07 的自动运行没有办成(")
    failing(instance)  # the same fails again later: the first is no matter any more
    failures.forget(home, homes.COUNTY, "2024-07")
    assert seen(home, instance, run) == []
    failures.note(home, homes.COUNTY, noted)
    population.write_text(text, "utf-8")
    homes.begin(home, "2024-07").close()
    assert "run_failed" not in matters(home)


def test_what_dagster_says_itself_is_not_quoted(home, instance):
    run = instance.create_run_for_job(
        defs.resolve_job_def(ANSWERS_JOB),
        run_config=config_of(homes.COUNTY),
        tags={"county": homes.COUNTY},
        status=dg.DagsterRunStatus.STARTED,
    )
    instance.report_run_failed(run, f"worker died with {PLANTED}")
    (noted,) = seen(home, instance, run)
    assert (noted.about, noted.what) == (failures.ANSWERS, NOT_OURS)
    assert PLANTED not in matters(home)["run_failed"]


def test_what_a_step_cannot_show_is_told_and_the_step_is_done(home, instance, monkeypatch):
    """A failure that quotes a person, in showing alone: the run goes well, and nobody is quoted."""

    def broken(month):
        raise ValueError(PLANTED)

    monkeypatch.setattr(showing, "SHOWS", {"posted": broken})
    with homes.begin(home, "2024-07") as month:
        told = showing.shown(month, BY_NAME["posted"])
    assert "程序错误 ValueError" in told.trouble
    assert PLANTED not in told.trouble
