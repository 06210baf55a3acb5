"""What an officer is told: where, what, and what to do."""

import pytest

from contracts import errors

EXIT_CODES = {
    errors.OfficerError: 1,
    errors.InputError: 3,
    errors.PolicyError: 4,
    errors.StoppedError: 5,
    errors.NotAllowedError: 6,
    errors.BookError: 7,
    errors.SameOfficerError: 7,
}


def test_a_message_says_where_what_and_what_to_do():
    told = errors.InputError("没有数据", "请重新导出", "population.csv")
    assert str(told) == "population.csv · 没有数据 · 请重新导出"
    assert (told.what, told.advice, told.where) == ("没有数据", "请重新导出", "population.csv")


def test_what_is_not_said_leaves_no_gap():
    assert str(errors.BookError("不平")) == "不平"


@pytest.mark.parametrize("kind", EXIT_CODES, ids=lambda kind: kind.__name__)
def test_every_kind_of_error_has_its_exit_code(kind):
    assert kind.exit_code == EXIT_CODES[kind]
