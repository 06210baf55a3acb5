"""Claiming: unreleased batches are kept, voided or claimed anew, each in a transaction of its own."""

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import HoldCode
from contracts.errors import BookError
from ledger import batches, cycles, holds, signing
from ledger.book import Book, open_book
from payments import claim
from payments.file_forms import Limits, SplitBy
from payments.instructions import content_digest
from tests.ledger.county import CHECKER, CODE, MAKER, County, row
from tests.ledger.places import Places
from tests.payments.rows import JULY, payable_rows

FIRST = f"{CODE}-2024-07-01-01"
SECOND = f"{CODE}-2024-07-01-02"


@pytest.fixture
def county(tmp_path):
    places = Places(tmp_path)
    book = open_book(places.new())
    yield County(book)
    book.close()
    places.clear()


def payable(county, **printed):
    """Everything unpaid, with a payee; `printed` changes what a line says."""
    owed = county.unpaid().select(
        "obligation_id", "person_no", "benefit", "benefit_month", "kind", "pays_fen", "attempt"
    )
    return payable_rows(*({"n": one["person_no"], **one, **printed} for one in owed.iter_rows(named=True)))


def claimed(county, rows, profile_of, law="law"):
    with county.book.reading() as conn:
        newest = cycles.newest_cycle(conn, CODE)
    return claim.claim(county.book, CODE, newest, rows, profile_of, law, Actor(MAKER, "tester"))


def states(county):
    with county.book.reading() as conn:
        return dict(batches.batches_of(conn, CODE, None).select("batch_id", "state").iter_rows())


def test_each_benefit_is_a_batch_signed_by_its_maker(county, profile_of):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", 6000, "elder_service_subsidy")])
    assert claimed(county, payable(county), profile_of).claimed == (FIRST, SECOND)
    with county.book.reading() as conn:
        known = batches.batches_of(conn, CODE, None)
    assert known.select("part", "total_fen", "maker").rows() == [
        ("elder_service_subsidy", 6000, MAKER),
        ("old_age_allowance", 5000, MAKER),
    ]


def test_claiming_again_keeps_the_batch_and_its_approval(county, profile_of):
    county.run("2024-07", [row(1, "2024-07")])
    claimed(county, payable(county), profile_of)
    with county.book.writing() as conn:
        batches.record_file(conn, FIRST, "file.txt", "digest")
    signing.approve(county.book, CODE, JULY, Actor(CHECKER, "tester"))
    assert claimed(county, payable(county), profile_of) == claim.Claimed((FIRST,), (), ())
    assert states(county) == {FIRST: "approved"}


def test_batches_of_other_benefits_and_earlier_months_stand_as_they_are(county, profile_of):
    july = [row(1, "2024-07"), row(2, "2024-07", 6000, "elder_service_subsidy")]
    county.run("2024-07", july)
    claimed(county, payable(county), profile_of)
    county.run("2024-08", [*july, row(1, "2024-08")])
    august = f"{CODE}-2024-08-01-01"
    assert claimed(county, payable(county), profile_of) == claim.Claimed((FIRST, SECOND), (), (august,))
    assert claimed(county, payable(county), profile_of) == claim.Claimed((FIRST, SECOND, august), (), ())
    with county.book.reading() as conn:
        assert batches.items(conn, august).height == 1


def test_the_order_of_what_is_payable_makes_no_other_batch(county, profile_of):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    claimed(county, payable(county), profile_of)
    assert claimed(county, payable(county).reverse(), profile_of) == claim.Claimed((FIRST,), (), ())


def test_another_account_voids_the_batch_and_claims_anew(county, profile_of):
    county.run("2024-07", [row(1, "2024-07")])
    claimed(county, payable(county), profile_of)
    changed = payable(county, account_no="99000721000000099")
    assert claimed(county, changed, profile_of) == claim.Claimed((), (FIRST,), (SECOND,))
    assert states(county) == {FIRST: "voided", SECOND: "claimed"}


def test_a_rejected_batch_never_stands(county, profile_of):
    county.run("2024-07", [row(1, "2024-07")])
    claimed(county, payable(county), profile_of)
    signing.reject(county.book, CODE, JULY, Actor(CHECKER, "tester"), "待核")
    assert claimed(county, payable(county), profile_of).claimed == (SECOND,)


def test_what_becomes_payable_after_the_release_goes_into_a_supplement(county, profile_of):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    rows = payable(county)
    claimed(county, rows.head(1), profile_of)
    with county.book.writing() as conn:
        batches.record_file(conn, FIRST, "file.txt", "digest")
    county.sign("2024-07")
    county.release("2024-07")
    assert claimed(county, rows.tail(1), profile_of).claimed == (f"{CODE}-2024-07-02-01",)


def test_a_list_from_before_is_refused_and_nothing_is_written(county, profile_of):
    county.run("2024-07", [row(1, "2024-07")])
    stale = payable(county)
    county.run("2024-07", [row(1, "2024-07", 4000)])
    with pytest.raises(BookError, match="已不是总账现在的样子"):
        claimed(county, stale, profile_of)
    assert states(county) == {}


def test_a_claim_that_was_broken_off_leaves_whole_batches_and_goes_on_from_them(county, profile_of, monkeypatch):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", 6000, "elder_service_subsidy")])
    rows, claim_one = payable(county), batches.claim

    def only_one(conn, code, new, *told):
        if new.ordinal > 1:
            raise BookError("磁盘已满", "请清理")
        claim_one(conn, code, new, *told)

    with monkeypatch.context() as broken:
        broken.setattr(batches, "claim", only_one)
        with pytest.raises(BookError, match="磁盘已满"):
            claimed(county, rows, profile_of)
    assert states(county) == {FIRST: "claimed"}
    assert claimed(county, rows, profile_of) == claim.Claimed((FIRST,), (), (SECOND,))


class Shared(Book):
    """A book to which somebody else writes once, before this one writes the second time."""

    def __init__(self, engine, meanwhile):
        super().__init__(engine)
        object.__setattr__(self, "acts", iter([lambda: None, meanwhile]))

    def writing(self):
        next(self.acts, lambda: None)()
        return super().writing()


def claimed_beside(county, rows, profile_of, meanwhile):
    """A claim, after the first batch of which somebody else does `meanwhile`."""
    with county.book.reading() as conn:
        newest = cycles.newest_cycle(conn, CODE)
    shared = Shared(county.book.engine, meanwhile)
    return claim.claim(shared, CODE, newest, rows, profile_of, "law", Actor(MAKER, "tester"))


def test_a_claim_goes_on_where_somebody_held_a_person_between_two_batches(county, profile_of):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", 6000, "elder_service_subsidy")])

    def held():
        holds.place(county.book, CODE, 1, HoldCode.MANUAL.value, "待核", Actor(CHECKER, "tester"))

    assert claimed_beside(county, payable(county), profile_of, held) == claim.Claimed((), (), (FIRST, SECOND))


def test_of_two_claims_that_differ_the_one_that_began_stops_and_the_other_stands(county, profile_of):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", 6000, "elder_service_subsidy")])
    others = payable(county, account_no="990002")

    def claimed_otherwise():
        assert claimed(county, others, profile_of).voided == (FIRST,)

    with pytest.raises(BookError, match="另有人编了同一批款"):
        claimed_beside(county, payable(county), profile_of, claimed_otherwise)
    assert sorted(states(county).values()) == ["claimed", "claimed", "voided"]
    assert claimed(county, others, profile_of).claimed == ()


def test_of_two_claims_of_the_same_each_batch_is_claimed_once(county, profile_of):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", 6000, "elder_service_subsidy")])
    rows = payable(county)

    def claimed_too():
        assert claimed(county, rows, profile_of) == claim.Claimed((FIRST,), (), (SECOND,))

    assert claimed_beside(county, rows, profile_of, claimed_too) == claim.Claimed((SECOND,), (), (FIRST,))


def test_what_was_booked_while_a_claim_was_worked_out_is_not_claimed_from(county, profile_of, monkeypatch):
    county.run("2024-07", [row(1, "2024-07")])
    rows, plan = payable(county), claim.plan

    def overtaken(*asked):
        monkeypatch.setattr(claim, "plan", plan)
        county.run("2024-07", [row(1, "2024-07", 4000)])
        return plan(*asked)

    monkeypatch.setattr(claim, "plan", overtaken)
    with pytest.raises(BookError, match="已不是总账现在的样子"):
        claimed(county, rows, profile_of)
    assert states(county) == {}


def test_a_batch_that_waits_is_signed_anew_where_the_law_has_changed(county, profile_of):
    county.run("2024-07", [row(1, "2024-07")])
    claimed(county, payable(county), profile_of)
    assert claimed(county, payable(county), profile_of).kept == (FIRST,)
    again = claimed(county, payable(county), profile_of, law="another")
    assert (again.kept, again.voided) == ((), (FIRST,))


def test_nothing_to_pay_claims_nothing(county, profile_of):
    county.run("2024-07", [])
    assert claimed(county, payable(county), profile_of) == claim.Claimed((), (), ())


def test_the_content_kept_in_the_book_gives_the_digest_that_was_signed(county, profile_of):
    county.run("2024-07", [row(n, "2024-07") for n in (1, 2, 3)])
    claimed(county, payable(county), profile_of)
    with county.book.reading() as conn:
        stored = batches.batches_of(conn, CODE, None).filter(pl.col("batch_id") == FIRST)["content_digest"][0]
        assert content_digest(claim.content_of(conn, FIRST), profile_of["old_age_allowance"].digest, "law") == stored


@pytest.fixture
def two_a_file(profile_of):
    """Every bank takes two lines in one file."""
    limits = {"limits": Limits(lines=2)}
    return {benefit: profile.model_copy(update=limits) for benefit, profile in profile_of.items()}


def lines_of(county):
    """How many lines each batch holds that is not voided."""
    with county.book.reading() as conn:
        known = batches.batches_of(conn, CODE, None).filter(pl.col("state") != "voided")
    assert known["part"].unique().to_list() == ["old_age_allowance"]
    return dict(known.select("batch_id", "line_count").iter_rows())


def test_a_benefit_above_the_banks_limit_is_several_batches(county, two_a_file):
    county.run("2024-07", [row(n, "2024-07") for n in range(1, 6)])
    made = claimed(county, payable(county), two_a_file)
    assert list(lines_of(county).values()) == [2, 2, 1]
    assert claimed(county, payable(county), two_a_file) == claim.Claimed(made.claimed, (), ())


def test_only_the_batches_that_change_are_claimed_anew(county, two_a_file):
    county.run("2024-07", [row(n, "2024-07") for n in range(1, 5)])
    first, second = claimed(county, payable(county), two_a_file).claimed
    moved = pl.when(person_no=4).then(pl.lit("99000721000000099")).otherwise("account_no")
    again = claimed(county, payable(county).with_columns(account_no=moved), two_a_file)
    assert (again.kept, again.voided, len(again.claimed)) == ((first,), (second,), 1)
    assert list(lines_of(county).values()) == [2, 2]


def test_a_batch_of_before_there_was_a_limit_is_split(county, profile_of, two_a_file):
    county.run("2024-07", [row(n, "2024-07") for n in range(1, 4)])
    claimed(county, payable(county), profile_of)
    assert claimed(county, payable(county), two_a_file).voided == (FIRST,)
    assert list(lines_of(county).values()) == [2, 1]


def test_after_one_of_several_was_sent_what_comes_later_is_a_supplement(county, two_a_file):
    county.run("2024-07", [row(n, "2024-07") for n in range(1, 5)])
    rows = payable(county)
    for batch_id in claimed(county, rows.head(3), two_a_file).claimed:
        with county.book.writing() as conn:
            batches.record_file(conn, batch_id, f"{batch_id}.txt", "digest")
    county.sign("2024-07")
    county.release("2024-07")
    assert claimed(county, rows.tail(1), two_a_file).claimed == (f"{CODE}-2024-07-02-01",)


def test_townships_that_are_wanted_apart_are_batches_told_by_their_names(county, profile_of):
    apart = {benefit: one.model_copy(update={"split_by": (SplitBy.TOWNSHIP,)}) for benefit, one in profile_of.items()}
    county.run("2024-07", [row(n, "2024-07") for n in range(1, 5)])
    rows = payable(county).with_columns(
        township=pl.col("person_no").replace_strict({1: "甲镇", 2: "甲镇"}, default="乙镇")
    )
    made = claimed(county, rows, apart).claimed
    with county.book.reading() as conn:
        known = batches.batches_of(conn, CODE, None)
    assert known.select("part", "share", "line_count").rows() == [
        ("old_age_allowance", "乙镇", 2),
        ("old_age_allowance", "甲镇", 2),
    ]
    assert claimed(county, rows, apart) == claim.Claimed(made, (), ())
    again = claimed(county, rows.filter(pl.col("person_no") != 1), apart)
    assert (again.kept, again.voided) == (made[:1], made[1:])
