"""The cover of a month's papers: every value behind its money, what of it is not in force, and who bears it."""

import pytest

from contracts.money import yuan_label


@pytest.fixture(scope="module")
def cover(told):
    return told[0]["cover"]


def lines(cover, section):
    return cover.filter(section=section).select("benefit", "item", "told", "status", "people", "amount_fen").rows()


def test_each_value_that_was_applied_stands_with_its_people_and_their_money(cover):
    told = lines(cover, "标准与规则")
    assert ("高龄津贴", "高龄津贴标准 [80,90)", "50 元/月", "现行有效", 3, 150_00) in told
    assert ("高龄津贴", "高龄津贴标准 [90,100)", "100 元/月", "现行有效", 1, 100_00) in told
    assert ("高龄津贴", "起始年龄", "80 周岁", "占位待核", 4, 250_00) in told


def test_a_value_that_nobody_drew_by_is_not_in_it(cover):
    assert not any("[100,∞)" in item for _, item, *_ in lines(cover, "标准与规则"))


def test_the_money_in_the_files_stands_first_in_words_and_figures(cover):
    (row,) = lines(cover, "本月发放")
    assert row[2] == "叁佰伍拾元整"
    assert (row[4], yuan_label(row[5])) == (4, "350.00")


def test_who_bears_it_and_what_may_not_be_drawn_together_are_told_with_their_source(cover):
    assert lines(cover, "资金分担") == [("高龄津贴", "由谁负担", "县(区) 1", "占位待核", 4, 350_00)]
    pairs = cover.filter(section="兼领")
    assert {"择高", "不得兼领"} == set(pairs["told"])
    assert pairs["source"].str.starts_with("《").all()
