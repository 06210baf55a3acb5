"""What draws in two counties in one month."""

import polars as pl

from audit.across import in_two_counties


def county(draws, accounts=(), cards=()):
    """A county's frames: who draws what, who holds which account, which certificate."""
    people = sorted({who for who, _ in draws})
    names = {"person_no": people, "name": [f"样本{who}" for who in people], "township": ["示范镇"] * len(people)}
    return {
        "draws": pl.LazyFrame(draws, {"person_no": pl.Int64, "benefit": pl.String}, orient="row"),
        "population": pl.LazyFrame(names, {"person_no": pl.Int64, "name": pl.String, "township": pl.String}),
        "account": pl.LazyFrame(accounts, {"person_no": pl.Int64, "account_no": pl.String}, orient="row"),
        "disability": pl.LazyFrame(cards, {"person_no": pl.Int64, "certificate_no": pl.String}, orient="row"),
    }


def found(**counties):
    rows = in_two_counties({code.removeprefix("c"): given for code, given in counties.items()})
    return rows.select("what", "value", "county", "person_no").rows()


def test_one_person_who_draws_in_two_counties():
    one = county([(1, "old_age_allowance"), (2, "old_age_allowance")])
    other = county([(1, "elder_care_subsidy")])
    assert found(c410721=one, c410902=other) == [("同一人", "1", "410721", 1), ("同一人", "1", "410902", 1)]


def test_one_account_and_one_certificate_of_two_people():
    one = county([(1, "old_age_allowance")], [(1, "99A")], [(1, "C1")])
    other = county([(2, "old_age_allowance")], [(2, "99A")], [(2, "C1")])
    assert found(c410721=one, c410902=other) == [
        ("同一残疾证号", "C1", "410721", 1),
        ("同一残疾证号", "C1", "410902", 2),
        ("同一账号", "99A", "410721", 1),
        ("同一账号", "99A", "410902", 2),
    ]


def test_who_draws_nothing_in_one_of_them_is_not_told_and_no_county_is_nothing():
    one = county([(1, "old_age_allowance")], [(1, "99A"), (3, "99A")])
    other = county([(2, "old_age_allowance")], [(1, "99A"), (2, "99B"), (2, None)], [(2, None)])
    assert found(c410721=one, c410902=other) == []
    assert in_two_counties({}).is_empty()


def test_two_people_of_one_county_with_one_account_are_that_countys_own_matter():
    one = county([(1, "old_age_allowance"), (2, "old_age_allowance")], [(1, "99A"), (2, "99A")])
    assert found(c410721=one, c410902=county([(3, "old_age_allowance")])) == []
