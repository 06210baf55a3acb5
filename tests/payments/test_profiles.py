"""A profile is data, and a wrong one does not load."""

import pytest

from contracts.errors import InputError
from payments import profiles

GOOD = """\
profile: county_bank
label: 县农商行
confirmed:
kind: delimited
delimiter: ","
file_name: "{batch_id}.txt"
header: ["{count},{total}"]
columns:
  - {header: 户名, field: payee_name}
  - {header: 账号, field: account_no}
  - {header: 金额, field: amount}
"""


def load(folder, text, name="county_bank"):
    (folder / f"{name}.yaml").write_text(text, "utf-8")
    return profiles.load(folder)


def test_the_shipped_profiles_say_that_no_bank_has_confirmed_them():
    shipped = profiles.load()
    assert set(shipped) == {"generic_pipe", "yikatong_list"}
    assert [profile.confirmed for profile in shipped.values()] == [None, None]


def test_the_list_has_the_twenty_columns_word_for_word(sheet):
    assert "、".join(column.header for column in sheet.columns) == (
        "序号、项目编码、项目、发放年月、所属期起、所属期止、发放类型、姓名、身份证号、与收款人关系、收款人姓名、收款人身份证号、"
        "账号、开户行、联行号、金额(元)、乡镇、村(社区)、备注、指令号"
    )


def test_a_county_adds_its_own_profile_beside_the_shipped_ones(tmp_path):
    found = load(tmp_path, GOOD)
    assert found["county_bank"].label == "县农商行"
    assert "generic_pipe" in found


def test_a_county_may_replace_a_shipped_profile_under_its_name(tmp_path):
    text = GOOD.replace("profile: county_bank", "profile: generic_pipe")
    assert load(tmp_path, text, "generic_pipe")["generic_pipe"].label == "县农商行"


def test_a_change_of_the_layout_changes_the_digest_and_a_comment_does_not(tmp_path):
    first = load(tmp_path, GOOD)["county_bank"].digest
    assert load(tmp_path, "# 说明\n" + GOOD)["county_bank"].digest == first
    assert load(tmp_path, GOOD.replace('","', '";"'))["county_bank"].digest != first


@pytest.mark.parametrize(
    ("wrong", "instead", "told"),
    [
        ("label:", "lable:", "county_bank.yaml:2:8 lable:不认识的键"),
        ("kind: delimited", "kind: fax", "county_bank.yaml:4:7"),
        ('delimiter: ","', 'delimiter: ",,"', "county_bank.yaml:5:12"),
        ("{batch_id}.txt", "{county}.txt", "须含 {batch_id}"),
        ("{batch_id}.txt", "高龄{batch_id}.txt", "文件名只用 ASCII"),
        ("{count}", "{name}", "不认识的词 name"),
        ("{count}", "{count:05}", "花括号里只写词"),
        ("{count}", "{count", "花括号不成对"),
        ("field: amount", "field: benefit", "缺少必需的列 amount"),
        ("field: amount", "field: amount, constant: x", "field 与 constant 只能有一个"),
        ("profile: county_bank", "profile: other", "profile 应与文件名相同:county_bank"),
        ("profile:", "profile: x\nprofile:", "county_bank.yaml:2:1 重复的键 profile(第 1 行已有)"),
        ("confirmed:", "confirmed: {by: 某行}", "缺少必填的键"),
    ],
)
def test_what_is_wrong_in_a_profile_is_told_with_file_and_line(tmp_path, wrong, instead, told):
    with pytest.raises(InputError) as refused:
        load(tmp_path, GOOD.replace(wrong, instead, 1))
    assert told in str(refused.value)


def test_an_unknown_profile_is_named_with_those_there_are():
    with pytest.raises(InputError, match="generic_pipe、yikatong_list"):
        profiles.of(profiles.load(), "abc_bank")
