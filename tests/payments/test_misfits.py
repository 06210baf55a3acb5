"""What a bank cannot print is held with its reason, and nothing of it is cut or replaced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.misfits import _wrong_values, misfits, reasons
from tests.payments.rows import in_institution, payable_rows


def held(payable, profile):
    profile_of = {str(benefit): profile for benefit in payable["benefit"].unique()}
    return misfits(payable, profile_of).sort("obligation_id").rows()


@pytest.mark.parametrize("name", ["样本一", "买买提·示范", "𠮷㐂䶮", "样" * 30])
def test_what_the_bank_can_write_fits(pipe, name):
    assert held(payable_rows({"payee_name": name}), pipe) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("样|本", "forbidden"),
        ("样#本", "forbidden"),
        ("样\t本", "control"),
        ("样\r\n本", "control"),
        ("样\u200b本", "control"),
        ("样\ue816", "private_use"),
        ("样" * 31, "too_long"),
    ],
)
def test_what_the_bank_cannot_write_waits(pipe, name, reason):
    assert held(payable_rows({"n": 7, "payee_name": name}), pipe) == [
        (7, 7, "UNDER_REVIEW", reason, "generic_pipe", "户名")
    ]


@pytest.mark.parametrize("name", ["𠮷", "㐂", "䶮", "•"])
def test_a_bank_that_says_gbk_lacks_rare_characters(pipe, name):
    gbk = pipe.model_copy(update={"encoding": "gbk"})
    assert held(payable_rows({"payee_name": name}), gbk) == [
        (1, 1, "UNDER_REVIEW", "unencodable", "generic_pipe", "户名")
    ]


def test_length_is_counted_in_bytes_of_the_encoding(pipe):
    four_bytes_each = payable_rows({"payee_name": "𠮷" * 15}, {"n": 2, "payee_name": "𠮷" * 16})
    assert [row[1] for row in held(four_bytes_each, pipe)] == [2]


def test_only_what_is_printed_must_fit(pipe):
    assert held(payable_rows({"village": "甲|村", "name": "样|本"}), pipe) == []


def test_the_delimiter_is_never_printed_even_if_nobody_forbade_it(pipe):
    lenient = pipe.model_copy(update={"forbidden": ""})
    assert held(payable_rows({"payee_name": "样|本"}), lenient) == [
        (1, 1, "UNDER_REVIEW", "forbidden", "generic_pipe", "户名")
    ]


def test_an_institution_that_cannot_be_printed_holds_its_whole_roster(pipe):
    wrong = {"payee_name": "敬老院|二部"}
    found = held(payable_rows(in_institution(1, **wrong), in_institution(2, **wrong), in_institution(3, "J02")), pipe)
    assert [row[:2] for row in found] == [(1, 1), (2, 2)]


def test_a_list_takes_what_a_text_file_does_not(sheet):
    assert held(payable_rows({"payee_name": "样|本", "village": "甲(村)"}), sheet) == []
    assert held(payable_rows({"village": "甲\x07村"}), sheet) == [
        (1, 1, "UNDER_REVIEW", "control", "yikatong_list", "村(社区)")
    ]


VALUES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.sampled_from(
            ["", "样本一", "990721194003050011", "𠮷" * 16, "样" * 31, "样|本", "㐂", "102100099996", "0012"]
        ),
    ),
    unique=True,
    max_size=6,
)


@given(values=VALUES, encoding=st.sampled_from(["gb18030", "gbk", "utf-8", "utf-16"]), data=st.data())
def test_all_values_together_are_found_unfit_as_each_alone(shipped, values, encoding, data):
    profile = data.draw(st.sampled_from([*shipped.values()])).model_copy(update={"encoding": encoding})
    column = data.draw(st.sampled_from(profile.columns))
    alone = {value: next(reasons(value, column, profile), None) for value in values}
    assert _wrong_values(values, column, profile) == {value: str(why) for value, why in alone.items() if why}
