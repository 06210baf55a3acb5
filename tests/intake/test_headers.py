"""Headers by their names, in any order and in any of their spellings."""

import pytest

from contracts.codes import RefusalCode
from contracts.registers import REGISTERS, file_headers
from intake.headers import find_header, header_names, match_header, plain
from intake.raw import RawTable


@pytest.mark.parametrize("register", REGISTERS)
def test_the_contracts_headers_are_matched_in_any_order(register):
    headers = list(file_headers(register))
    matched = match_header(register, headers[::-1])
    assert matched.notes == []
    assert [headers[::-1][matched.places[name]] for name in matched.places] == headers[::-1]


@pytest.mark.parametrize("register", REGISTERS)
def test_no_spelling_of_a_header_means_two_columns(register):
    spelt = [plain(word) for word in header_names(register)]
    assert len(spelt) == len(set(spelt))


@pytest.mark.parametrize("text", ["身份证号*", " 身份 证号 ", "公民身份号码", "person_id", "PERSON_ID", "身份证号\n"])
def test_a_header_is_known_without_its_blanks_and_asterisk(text):
    headers = [text if name == "身份证号" else name for name in file_headers("certification")]
    assert match_header("certification", headers).places == {"person_id": 0, "certified_until": 1}


def test_a_column_that_may_be_absent_is_not_missed():
    headers = [name for name in file_headers("population") if name not in ("村民小组", "户主姓名", "联系电话")]
    assert not match_header("population", headers).is_broken()


def test_a_stranger_is_named_and_not_read_and_does_not_stop_the_file():
    matched = match_header("certification", ["身份证号", "备注", "认证有效期至"])
    assert [record["code"] for record in matched.notes] == [RefusalCode.HEADER_UNKNOWN]
    assert not matched.is_broken()
    assert matched.places == {"person_id": 0, "certified_until": 2}


def test_a_file_without_headers_never_shows_its_first_person():
    matched = match_header("certification", ["990721194407310012", "2024-12-31"])
    assert matched.is_broken()
    assert "9907" not in str(matched.notes)


def test_a_header_with_its_months_in_the_second_row_goes_before_its_first_row_alone():
    first = ["身份证号", "类别", "起止年月", ""]
    second = ["", "", "起始年月", "终止年月"]
    header = find_header("family_planning", [RawTable.of_rows("", [first, second])])
    assert (header.first_row, header.last_row) == (1, 2)
    assert not header.matched.lacks_months()
    assert find_header("family_planning", [RawTable.of_rows("", [first])]).matched.lacks_months()
