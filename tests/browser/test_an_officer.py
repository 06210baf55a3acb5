"""An officer at the lineage page: a county-month, its checks, and a stage materialised again in his name."""

import re
import time
from urllib.parse import quote

import dagster as dg

from tests import homes
from tests.browser.conftest import PARTITION, PAST


def test_he_sees_a_month_and_its_checks_and_materialises_a_stage_again(page, own, runs):
    page.goto(f"{own}/assets/facts?view=partitions&partition={quote(PARTITION)}")
    page.get_by_text("Materialized", exact=True).wait_for()
    page.get_by_text("人数", exact=True).wait_for()
    page.goto(f"{own}/assets/coordinated?view=checks")
    page.get_by_text("one_winner").first.wait_for()

    started = materialised(page, own, runs, "facts", PARTITION)
    assert started.run_config["resources"]["month_home"]["config"]["officer"] == homes.MAKER
    assert finished(runs, started.run_id) is dg.DagsterRunStatus.SUCCESS


def test_he_sees_the_month_against_the_one_before_and_opens_its_papers(page, own):
    page.goto(f"{own}/assets/listed?view=partitions&partition={quote(PARTITION)}")
    page.get_by_text("50.00 → 50.00").wait_for()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("review_masked")).first.click()
    paper = opened.value
    paper.wait_for_load_state()
    assert "财政审阅版" in paper.inner_text("body")
    paper.close()


def test_a_past_month_materialised_again_says_what_it_compared_and_posts_nothing(page, own, runs, home):
    book = homes.book_rows(home)
    started = materialised(page, own, runs, "posted", PAST)
    assert finished(runs, started.run_id) is dg.DagsterRunStatus.SUCCESS
    page.goto(f"{own}/assets/posted?view=partitions&partition={quote(PAST)}")
    page.get_by_text("比较 1 人月").wait_for()
    assert homes.book_rows(home) == book


def test_what_the_page_may_not_do_is_greyed_out(page, own):
    page.goto(f"{own}/asset-groups")
    reload = page.get_by_role("button", name="Reload definitions")
    reload.wait_for()
    assert reload.is_disabled()


def test_an_address_opens_once(page, address):
    again = page.context.browser.new_context().new_page()
    again.goto(address)
    assert "一个地址只能打开一次" in again.inner_text("body")
    again.context.close()


def materialised(page, own, runs, asset, partition):
    """An asset of a county-month materialised from its page; the run that was started."""
    before = {one.run_id for one in runs()}
    page.goto(f"{own}/assets/{asset}?view=partitions&partition={quote(partition)}")
    page.get_by_role("button", name=re.compile("Materialize")).first.click()
    page.get_by_role("button", name="Launch 1 run").click()
    page.get_by_text("Launched run").first.wait_for()
    (started,) = (one for one in runs() if one.run_id not in before)
    return started


def finished(runs, run_id, seconds=60):
    """How a run ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        status = next(one.status for one in runs() if one.run_id == run_id)
        if status not in (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED):
            return status
        time.sleep(0.2)
    return None
