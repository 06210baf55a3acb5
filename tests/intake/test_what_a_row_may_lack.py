"""What a row needs depends on what it says; a word outside a list is kept and told, and refuses nobody."""

import pytest

from contracts.codes import Doubt
from intake.doubts import outside_list

ALONE = {"scale": "", "level": "", "assessed_on": "", "is_unable": "是", "unable_from_month": "2024-03"}


def refused(accepted):
    return accepted.refused.select("source_column", "advice").rows()


def test_a_determination_may_stand_without_a_score(accept_rows, row):
    accepted = accept_rows("ability", row("ability", **ALONE))
    assert refused(accepted) == []
    assert accepted.rows.select("level", "scale", "is_unable").row(0) == (None, None, True)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"level": "", "is_unable": ""}, "评估等级"),
        ({"scale": ""}, "评估标准"),
        ({"assessed_on": ""}, "评估日期"),
        ({**ALONE, "unable_from_month": ""}, "认定起始年月"),
    ],
)
def test_a_score_needs_its_scale_and_day_and_a_determination_its_month(accept_rows, row, cells, column):
    ((named, advice),) = refused(accept_rows("ability", row("ability", **cells)))
    assert named == column
    assert column in advice


def test_an_empty_determination_stays_unknown(accept_rows, row):
    assert accept_rows("ability", row("ability", is_unable="")).rows["is_unable"].to_list() == [None]


@pytest.mark.parametrize("category", ["特困", "低保边缘", "支出型困难"])
def test_whether_he_is_the_recipient_is_asked_of_dibao_alone(accept_rows, row, category):
    cells = {"is_recipient": "", "support_mode": "分散", "self_care": "全自理"}
    assert refused(accept_rows("low_income", row("low_income", category=category, **cells))) == []
    ((column, _),) = refused(accept_rows("low_income", row("low_income", category="低保", **cells)))
    assert column == "是否保障对象"


@pytest.mark.parametrize(
    ("register", "column", "note"),
    [("suspension", "reason_code", "reason_note"), ("account", "relationship", "relationship_note")],
)
def test_a_word_outside_its_list_is_kept_with_a_doubt(accept_rows, row, register, column, note):
    accepted = accept_rows(register, row(register, **{column: "外出务工,未返"}))
    assert refused(accepted) == []
    assert accepted.rows.select(column, note).row(0) == (accepted.rows[column].dtype.categories[-1], "外出务工,未返")
    assert outside_list(accepted.rows, register).height == 1
    assert "说明列" in Doubt.OUTSIDE_LIST.label
    known = accept_rows(register, row(register))
    assert known.rows[note].to_list() == [None]
    assert outside_list(known.rows, register).is_empty()


@pytest.mark.parametrize(
    ("cells", "read"), [({}, None), ({"drawn_for": ""}, None), ({"drawn_for": "无民事行为能力"}, "无民事行为能力")]
)
def test_a_register_may_come_without_why_another_draws(accept_rows, row, cells, read):
    accepted = accept_rows("account", row("account", relationship="", **cells))
    assert refused(accepted) == []
    assert accepted.rows["drawn_for"].to_list() == [read]


@pytest.mark.parametrize("word", ["低 保", "低\u3000保", " 1-低保", "最低生活 保障"])
def test_blanks_inside_a_word_of_a_list_do_not_count(accept_rows, row, word):
    assert accept_rows("low_income", row("low_income", category=word)).rows["category"].to_list() == ["dibao"]


def test_a_scale_is_known_with_its_blank_and_without(accept_rows, row):
    for written in ("GB/T 42195-2022", "GB/T42195-2022", "GB / T 42195 - 2022"):
        assert accept_rows("ability", row("ability", scale=written)).rows["scale"].to_list() == ["GB/T 42195-2022"]
