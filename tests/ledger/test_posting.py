"""Posting: what is owed minus what was booked, month after month."""

from contextlib import nullcontext

import polars as pl
import pytest
from sqlalchemy import func, select

from contracts.actor import Actor
from contracts.codes import Control
from contracts.errors import StoppedError
from contracts.months import parse_month
from ledger import audit, batches, overrides, posting, tables, versions
from ledger.posting import SetOffRule, StopLimits
from tests.ledger.county import CARE, CHECKER, CODE, row


def money(frame):
    return sorted(frame.select("person_no", pl.col("benefit_month").dt.strftime("%Y-%m"), "amount_fen").rows())


def causes(found):
    return found.receivables["cause"].to_list()


def counts(book):
    with book.reading() as conn:
        return {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar()
            for table in tables.metadata.sorted_tables
        }


def newest(book, first, last):
    with book.reading() as conn:
        return versions.newest(conn, CODE, first, last)


def test_the_first_month_owes_everything_as_regular(county):
    posted = county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", 10000)])
    assert money(posted.differences.obligations) == [(1, "2024-07", 5000), (2, "2024-07", 10000)]
    assert posted.differences.obligations["kind"].unique().to_list() == ["regular"]
    assert (posted.cycle.sequence, posted.run.run_id, posted.is_replay) == (1, 1, False)
    assert posted.differences.beyond_window.is_empty()


def test_a_first_month_in_which_nobody_is_owed_anything_is_a_run(county):
    posted = county.run("2024-07", [])
    assert (posted.run.run_id, posted.cycle.sequence, posted.differences.has_rows) == (1, 1, False)


def test_a_second_run_writes_no_row_at_all(county, book):
    rows = [row(1, "2024-07"), row(2, "2024-07", outcome="SUSPENDED"), row(3, "2024-07", outcome="STANDARD_NOT_SET")]
    county.run("2024-07", rows)
    before = counts(book)
    again = county.run("2024-07", rows)
    assert (again.run, again.is_replay) == (None, False)
    assert counts(book) == before


def test_other_inputs_with_the_same_result_are_noted_as_a_run_and_nothing_else(county, book):
    county.run("2024-07", [row(1, "2024-07")], note="first")
    before = counts(book)
    posted = county.run("2024-07", [row(1, "2024-07")], note="second")
    changed = {name for name, count in counts(book).items() if count != before[name]}
    assert (posted.run.run_id, posted.cycle.sequence) == (2, 1)
    assert changed == {"run", "audit_log"}


def test_what_was_booked_while_a_run_was_worked_out_is_not_booked_again(county, monkeypatch):
    work_out = posting.work_out

    def overtaken(conn, decided):
        monkeypatch.setattr(posting, "work_out", work_out)
        found = work_out(conn, decided)
        county.run("2024-07", [row(1, "2024-07")])
        return found

    monkeypatch.setattr(posting, "work_out", overtaken)
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    assert county.unpaid()["person_no"].to_list() == [1, 2]


def test_a_preview_shows_what_a_run_would_write_and_writes_nothing(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    before = counts(book)
    shown = county.preview("2024-08", [row(1, "2024-07", 4000), row(1, "2024-08")])
    assert counts(book) == before
    posted = county.run("2024-08", [row(1, "2024-07", 4000), row(1, "2024-08")]).differences
    assert shown.obligations.equals(posted.obligations)
    assert shown.receivables.equals(posted.receivables)


def test_an_earlier_month_that_is_owed_now_is_arrears(county):
    county.run("2024-07", [row(1, "2024-07")])
    posted = county.run("2024-08", [row(1, "2024-06"), row(1, "2024-07"), row(1, "2024-08")])
    kinds = posted.differences.obligations.select("kind", pl.col("benefit_month").dt.month()).rows()
    assert kinds == [("arrears", 6), ("regular", 8)]


def test_the_first_month_of_the_window_is_known_from_before_and_is_booked(county):
    county.run("2024-01", [row(1, "2024-01")])
    same = county.run("2024-02", [row(1, "2024-01"), row(1, "2024-02")]).differences
    assert same.versions["benefit_month"].to_list() == [parse_month("2024-02")]
    raised = county.run("2024-02", [row(1, "2024-01", 6000), row(1, "2024-02")]).differences
    assert (money(raised.obligations), raised.beyond_window.height) == ([(1, "2024-01", 1000)], 0)


def test_a_raise_in_the_past_owes_the_difference_month_by_month(county):
    county.pay("2024-06", [row(1, "2024-06")])
    county.pay("2024-07", [row(1, "2024-06"), row(1, "2024-07")])
    found = county.run("2024-08", [row(1, month, 6000) for month in ("2024-06", "2024-07", "2024-08")]).differences
    assert money(found.obligations) == [(1, "2024-06", 1000), (1, "2024-07", 1000), (1, "2024-08", 6000)]


def test_what_waits_is_withdrawn_and_its_batch_voided(county):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    county.claim()
    found = county.run("2024-07", [row(2, "2024-07")]).differences
    assert money(found.withdrawals) == [(1, "2024-07", 5000)]
    assert found.receivables.is_empty()
    assert found.voided == (f"{CODE}-2024-07-01-01",)
    assert county.unpaid().select("person_no", "live_batch_id").rows() == [(2, None)]


def test_every_batch_of_which_something_is_withdrawn_is_voided_once(county):
    first, last = "old_age_allowance", CARE[0]
    rows = [row(n, "2024-07", benefit=benefit) for benefit in (first, last) for n in (1, 2)]
    county.run("2024-07", rows)
    county.claim()
    found = county.run("2024-07", []).differences
    assert found.withdrawals.height == 4
    assert found.voided == tuple(f"{CODE}-2024-07-01-0{n}" for n in (1, 2))
    with county.book.reading() as conn:
        assert batches.batches_of(conn, CODE, None)["state"].to_list() == ["voided", "voided"]


def test_batches_are_voided_in_their_order_whatever_is_taken_off_them(county):
    paid = row(1, "2024-07", 9000, CARE[0])
    county.pay("2024-07", [paid])
    county.run("2024-08", [paid, row(1, "2024-07", 8000, CARE[1]), row(2, "2024-07")])
    set_off_in, withdrawn_in = county.claim()
    found = county.run("2024-08", [row(1, "2024-07", 8000, CARE[1])]).differences
    assert (money(found.set_offs), money(found.withdrawals)) == ([(1, "2024-07", 8000)], [(2, "2024-07", 5000)])
    assert found.voided == (set_off_in, withdrawn_in)


def test_the_youngest_unpaid_obligation_is_withdrawn_first(county):
    county.run("2024-07", [row(1, "2024-07", 5000)])
    county.run("2024-07", [row(1, "2024-07", 6000)])
    county.run("2024-07", [row(1, "2024-07", 9000)])
    found = county.run("2024-07", [row(1, "2024-07", 5500)]).differences
    assert found.withdrawals.select("obligation_id", "amount_fen").rows() == [(2, 500), (3, 3000)]


def test_what_has_gone_out_is_owed_back_and_only_the_rest_withdrawn(county):
    county.pay("2024-07", [row(1, "2024-07", 5000)])
    county.run("2024-07", [row(1, "2024-07", 7000)])
    found = county.run("2024-07", [row(1, "2024-07", 4000)]).differences
    assert money(found.withdrawals) == [(1, "2024-07", 2000)]
    assert money(found.receivables) == [(1, "2024-07", 1000)]


def test_no_more_is_set_off_than_is_left_after_withdrawing(county):
    county.pay("2024-07", [row(1, "2024-07", 9000, CARE[0])])
    county.run("2024-08", [row(1, "2024-07", 9000, CARE[0]), row(1, "2024-07", 10000, CARE[1])])
    found = county.run("2024-08", [row(1, "2024-07", 8000, CARE[1])]).differences
    assert money(found.withdrawals) == [(1, "2024-07", 2000)]
    assert money(found.set_offs) == [(1, "2024-07", 8000)]
    assert money(found.left_to_recover) == [(1, "2024-07", 1000)]


@pytest.mark.parametrize("month", ["2024-01", "2024-07"])
def test_what_was_imported_for_the_first_or_last_month_is_owed_back_without_a_decision(county, month):
    county.import_history((1, month, "old_age_allowance", 4000))
    assert money(county.run("2024-07", []).differences.receivables) == [(1, month, 4000)]


def test_a_single_fen_is_set_off_too(county):
    county.pay("2024-07", [row(1, "2024-07", 9000, CARE[0])])
    assert money(county.preview("2024-08", [row(1, "2024-07", 1, CARE[1])]).set_offs) == [(1, "2024-07", 1)]


def test_where_the_county_deducts_an_older_debt_is_kept_back_from_the_months_money(county):
    county.pay("2024-06", [row(1, "2024-06", 400)])
    county.run("2024-07", [])
    for benefits, kept_back in (((), []), (("old_age_allowance",), [(1, "2024-06", 400)])):
        county.set_off = SetOffRule(benefits, per_mille=200)
        assert money(county.preview("2024-08", [row(1, "2024-08")]).set_offs) == kept_back


def test_a_returned_payment_is_withdrawn_and_not_claimed_back(county):
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer("returned")
    found = county.run("2024-08", []).differences
    assert (money(found.withdrawals), money(found.receivables)) == ([(1, "2024-07", 5000)], [])


@pytest.mark.parametrize("event", ["accepted", "unknown"])
def test_an_unknown_answer_counts_as_gone_out(county, event):
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer(event)
    found = county.run("2024-08", []).differences
    assert (money(found.withdrawals), money(found.receivables)) == ([], [(1, "2024-07", 5000)])


def test_up_down_and_back_again_ends_with_what_is_owed(county):
    for fen in (5000, 8000, 3000, 5000):
        county.pay("2024-07", [row(1, "2024-07", fen)])
    assert county.run("2024-07", [row(1, "2024-07", 5000)], note="again").differences.has_money is False


class TestCauses:
    """Why money is owed back: the first that holds in the month."""

    @pytest.fixture
    def paid(self, county):
        county.pay("2024-07", [row(1, "2024-07")])
        return county

    def test_death_comes_before_everything(self, paid):
        paid.dies(1, "2024-06")
        assert causes(paid.run("2024-08", [row(1, "2024-07", outcome="EXCLUDED")]).differences) == ["DEATH"]

    def test_the_month_of_death_itself_is_not_a_month_after_it(self, paid):
        paid.dies(1, "2024-07")
        assert causes(paid.run("2024-08", []).differences) == ["INELIGIBLE"]

    def test_moving_out(self, paid):
        paid.moves_out(1, "2024-06")
        assert causes(paid.run("2024-08", []).differences) == ["MOVED_OUT"]

    @pytest.mark.parametrize(
        ("outcome", "cause"),
        [
            ("EXCLUDED", "EXCLUDED"),
            ("NOT_CLAIMED", "NOT_CLAIMED"),
            ("SUSPENDED", "SUSPENDED"),
            ("LOST_TO_HIGHER", "REPLACED"),
        ],
    )
    def test_an_outcome_that_pays_nothing(self, paid, outcome, cause):
        assert causes(paid.run("2024-08", [row(1, "2024-07", outcome=outcome)]).differences) == [cause]

    def test_another_rate_on_the_same_facts_is_a_changed_standard(self, paid):
        assert causes(paid.run("2024-08", [row(1, "2024-07", 4000)]).differences) == ["STANDARD_CHANGED"]

    def test_other_facts_are_a_correction_of_data(self, paid):
        lower = row(1, "2024-07", 4000, fact_code=2)
        assert causes(paid.run("2024-08", [lower]).differences) == ["DATA_CORRECTED"]

    def test_no_row_any_more(self, paid):
        assert causes(paid.run("2024-08", []).differences) == ["INELIGIBLE"]


class TestVersions:
    """A version is added only where the basis changed."""

    def test_each_decision_is_kept_also_those_that_owe_nothing(self, county, book):
        lost = row(1, "2024-07", 6000, CARE[0], "LOST_TO_HIGHER", winner=CARE[1])
        posted = county.run("2024-07", [lost, row(1, "2024-07", outcome="NOT_CLAIMED")])
        month = posted.cycle.pay_month
        kept = newest(book, month, month).select("outcome", "amount_fen", "would_be_fen", "winner").rows()
        assert kept == [("LOST_TO_HIGHER", 0, 6000, CARE[1]), ("NOT_CLAIMED", 0, 5000, None)]

    @pytest.mark.parametrize(
        "change",
        [{"fact_code": 2}, {"rate_id": "other"}, {"would_be_fen": 1}, {"outcome": "SUSPENDED", "amount_fen": 0}],
    )
    def test_every_part_of_the_basis_makes_a_version(self, county, change):
        county.run("2024-07", [row(1, "2024-07")])
        found = county.run("2024-07", [row(1, "2024-07") | change]).differences
        assert found.versions["version_no"].to_list() == [2]

    def test_who_pays_the_payee_is_no_basis(self, county):
        county.run("2024-07", [row(1, "2024-07")])
        found = county.run("2024-07", [row(1, "2024-07", is_to_institution=True)]).differences
        assert found.versions.is_empty()

    def test_a_key_whose_row_vanishes_is_not_met_once(self, county):
        county.run("2024-07", [row(1, "2024-07")])
        found = county.run("2024-07", []).differences
        assert found.versions.select("outcome", "amount_fen", "version_no").rows() == [("NOT_MET", 0, 2)]
        assert county.run("2024-07", [], note="again").differences.versions.is_empty()

    def test_a_key_that_comes_back_is_owed_again(self, county):
        for rows in ([row(1, "2024-07")], []):
            county.run("2024-07", rows)
        found = county.run("2024-07", [row(1, "2024-07")]).differences
        assert found.versions["version_no"].to_list() == [3]
        assert money(found.obligations) == [(1, "2024-07", 5000)]


def test_where_the_standard_is_unset_nothing_is_posted_either_way_until_it_is_set(county):
    county.pay("2024-07", [row(1, "2024-07", 5000)])
    unset = county.run("2024-08", [row(1, "2024-07", outcome="STANDARD_NOT_SET")]).differences
    assert (unset.versions.height, unset.has_money) == (1, False)
    again = county.run("2024-08", [row(1, "2024-07", 7000)]).differences
    assert money(again.obligations) == [(1, "2024-07", 2000)]


def test_a_difference_older_than_the_window_is_listed_and_not_posted(book):
    from tests.ledger.county import County

    county = County(book, lookback=2)
    county.pay("2024-05", [row(1, "2024-05", 5000)])
    found = county.run("2024-07", [row(1, "2024-05", 8000), row(1, "2024-07")]).differences
    assert money(found.obligations) == [(1, "2024-07", 5000)]
    assert found.beyond_window.select("person_no", "booked_fen", "entitled_fen").rows() == [(1, 5000, 8000)]
    assert found.versions["benefit_month"].dt.month().to_list() == [7]


class TestCycles:
    """Which cycle a run's money belongs to."""

    def test_before_a_release_a_change_stays_in_the_cycle(self, county):
        county.run("2024-07", [row(1, "2024-07")])
        county.claim()
        county.sign("2024-07")
        assert county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")]).cycle.sequence == 1

    def test_after_a_release_a_difference_opens_a_supplement(self, county):
        county.pay("2024-07", [row(1, "2024-07")])
        posted = county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
        assert posted.cycle.sequence == 2
        assert posted.differences.obligations["kind"].to_list() == ["regular"]

    def test_after_a_release_no_difference_opens_nothing(self, county):
        county.pay("2024-07", [row(1, "2024-07")])
        assert county.run("2024-07", [row(1, "2024-07")], note="other inputs").cycle.sequence == 1

    def test_an_older_pay_month_is_compared_and_nothing_is_written(self, county, book):
        county.pay("2024-07", [row(1, "2024-07")])
        county.pay("2024-08", [row(1, "2024-07"), row(1, "2024-08")])
        before = counts(book)
        posted = county.run("2024-07", [row(1, "2024-07", 9000), row(2, "2024-07")])
        assert (posted.is_replay, posted.run) == (True, None)
        assert posted.differences.obligations.height == 2
        assert counts(book) == before


class TestRecoveryStop:
    """One wrongly exported register must not become a thousand debts."""

    LIMITS = StopLimits(per_mille=10, at_least=2)

    @pytest.fixture
    def rows(self, county):
        rows = [row(n, "2024-07") for n in range(1, 9)]
        county.pay("2024-07", rows)
        return rows

    def test_it_stops_with_heads_and_yuan(self, county, book, rows):
        before = counts(book)
        with pytest.raises(StoppedError, match=r"2 人共 100\.00 元") as stopped:
            county.run("2024-08", rows[2:], self.LIMITS)
        assert stopped.value.exit_code == 5
        assert counts(book) == before

    def test_few_people_never_stop_a_run(self, county, rows):
        assert county.run("2024-08", rows[1:], self.LIMITS).run is not None

    def test_a_small_share_never_stops_a_run(self, county, rows):
        month = [row(n, "2024-08", 900000) for n in range(1, 9)]
        assert county.run("2024-08", rows[2:] + month, self.LIMITS).run is not None

    @pytest.mark.parametrize(("owed_fen", "is_stopped"), [(1_000_001, False), (1_000_000, False), (999_999, True)])
    def test_it_stops_above_its_share_and_not_at_it(self, county, rows, owed_fen, is_stopped):
        """Ten thousand fen taken back: 10 per mille of a million."""
        month = [*rows[2:], row(9, "2024-08", owed_fen)]
        with pytest.raises(StoppedError) if is_stopped else nullcontext():
            county.run("2024-08", month, self.LIMITS)

    @pytest.mark.parametrize(("at_least", "is_stopped"), [(1, True), (2, True), (3, False)])
    def test_it_stops_from_its_number_of_people_on(self, county, rows, at_least, is_stopped):
        with pytest.raises(StoppedError) if is_stopped else nullcontext():
            county.run("2024-08", rows[2:], StopLimits(10, at_least))

    def test_a_person_with_money_withdrawn_and_money_owed_back_is_one(self, county, rows):
        county.run("2024-08", [*rows, row(1, "2024-08")])
        found = county.preview("2024-08", rows[1:])
        assert (found.withdrawals.height, found.receivables.height) == (1, 1)
        assert county.run("2024-08", rows[1:], self.LIMITS).run is not None
        with pytest.raises(StoppedError, match=r"2 人共 100\.00 元"):
            county.run("2024-08", rows[3:], self.LIMITS)

    def test_what_is_withdrawn_counts_like_what_is_owed_back(self, county, rows):
        county.run("2024-08", [*rows, *(row(n, "2024-08") for n in (1, 2))])
        with pytest.raises(StoppedError, match=r"2 人共 100\.00 元"):
            county.run("2024-08", rows, self.LIMITS)

    def test_an_officer_lets_it_go_on_and_that_is_kept(self, county, book, rows):
        county.run("2024-08", rows[2:], self.LIMITS, (Actor(CHECKER, "tester"), "名单已逐人核对"))
        with book.reading() as conn:
            (line,) = overrides.of_month(conn, CODE, parse_month("2024-08"))
            assert audit.verify(conn) == []
        assert (line.officer, line.override.control) == (CHECKER, Control.RECOVERY)
        assert "撤回和追回 2 人共" in line.told

    def test_who_lets_a_run_go_on_that_does_not_stop_is_not_kept(self, county, book, rows):
        county.run("2024-08", rows, self.LIMITS, (Actor(CHECKER, "tester"), "名单已逐人核对"))
        with book.reading() as conn:
            assert overrides.of_month(conn, CODE, parse_month("2024-08")) == ()


def test_other_peoples_rows_do_not_move(county):
    rows = [row(n, "2024-07") for n in range(1, 5)]
    county.pay("2024-07", rows)
    found = county.run("2024-08", [row(1, "2024-07", 6000), *rows[1:]]).differences
    assert set(found.versions["person_no"]) == {1}


def test_the_order_of_the_rows_does_not_matter(county):
    rows = [row(n, month) for n in range(1, 5) for month in ("2024-06", "2024-07")]
    forwards, backwards = county.preview("2024-07", rows), county.preview("2024-07", rows[::-1])
    assert forwards.obligations.equals(backwards.obligations)
    assert forwards.versions.equals(backwards.versions)


def test_a_standard_that_is_no_longer_set_takes_nothing_back_and_says_so(county):
    county.pay("2024-07", [row(1, "2024-07")])
    found = county.run("2024-08", [row(1, "2024-07", outcome="STANDARD_NOT_SET")]).differences
    assert not found.has_money
    assert found.unset.select("person_no", "amount_fen").rows() == [(1, 5000)]
    again = county.run("2024-08", [row(1, "2024-07", outcome="STANDARD_NOT_SET")]).differences
    assert again.unset.is_empty()  # told once, when it came about
