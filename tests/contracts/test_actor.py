"""One person is one name, however it was typed."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.actor import Actor, looks, plain_name


def test_an_officers_name_is_kept_plain():
    assert Actor(" 示例\u200b经办\u3000", "test") == Actor("示例经办", "test")
    assert plain_name("L\u00ed\tMing") == "L\u00ed Ming"


@given(st.text())
def test_a_plain_name_is_plain_and_looks_the_same(name):
    plain = plain_name(name)
    assert plain_name(plain) == plain
    assert looks(plain) == looks(name)


def test_names_that_a_hurried_reader_confuses_look_the_same():
    assert looks("Li 01") == looks("LI·oL") == looks("l\u00ed〇i")
    assert looks("张三") != looks("张二")
