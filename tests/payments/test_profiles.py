"""A profile is data, and a wrong one does not load."""

import hashlib

import pytest

from contracts.errors import InputError
from contracts.settings import Home
from payments import file_forms, profiles
from payments.answer_forms import AnswerForm

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
    assert {"generic_pipe", "yikatong_list", "generic_fixed", "abc_cfrt03"} <= set(shipped)
    assert {profile.confirmed for profile in shipped.values()} == {None}


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
        ("{batch_id}.txt", r".{batch_id}.txt", "不以空格、点"),
        ("{batch_id}.txt", r"a\\{batch_id}.txt", "名称里不能有"),
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


def test_a_profile_that_is_not_utf_8_is_told_with_its_line(tmp_path):
    (tmp_path / "county_bank.yaml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(InputError, match=r"county_bank\.yaml:2:1 这一行不是 UTF-8 编码"):
        profiles.load(tmp_path)
    (tmp_path / "county_bank.yaml").write_bytes(GOOD.encode("utf-8-sig"))
    assert profiles.load(tmp_path)["county_bank"].label == "县农商行"


# Of the day profiles learnt fixed widths, payers and dates: what waited then is not claimed anew because of that.
DIGESTS = {
    "generic_pipe": "930780509dda36224a7207ad04443544b1baf03f3293c335e826b38b51daa9db",
    "yikatong_list": "53c3c9df3c569e01970c3b76e2a7b712599c7008b60c2f0e9446235ce4dcac31",
}


def test_what_profiles_learn_to_say_changes_no_digest_of_those_that_do_not_say_it():
    known = profiles.load()
    told = {name: known[name].digested.removesuffix(known[name].writer.encode()) for name in DIGESTS}
    assert {name: hashlib.sha256(text).hexdigest() for name, text in told.items()} == DIGESTS


def test_an_unknown_profile_is_named_with_those_there_are():
    with pytest.raises(InputError, match=r"abc_cfrt03、.*generic_pipe、.*yikatong_list"):
        profiles.of(profiles.load(), "abc_bank")


CONFIRMED = (
    GOOD.replace("confirmed:", "confirmed: {by: 示例银行, confirmed_on: 2024-06-30, sample: 样张一}")
    .replace("header: [", "item_codes: {old_age_allowance: GL01}\nheader: [")
    .replace("field: account_no", "field: account_no, max_bytes: 32")
)


def kept_files(store):
    return sorted((store / "profiles").iterdir())


def test_a_kept_profile_comes_back_as_it_was_and_its_file_is_what_was_digested(tmp_path):
    known = load(tmp_path, CONFIRMED)
    assert known["county_bank"].confirmed is not None
    for profile in known.values():
        profiles.keep(profile, tmp_path)
        undigested = {"answer": AnswerForm(), "split_by": ()}  # what decides no byte of what is sent
        sent = profile.model_copy(update=undigested)
        assert profiles.kept(tmp_path, profile.digest) == profiles.BatchProfile(sent, profile.writer)
    assert {path.stem for path in kept_files(tmp_path)} == {profile.digest for profile in known.values()}
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.stem for path in kept_files(tmp_path))


def test_a_profile_is_kept_once_and_the_next_form_of_it_beside_it(tmp_path):
    first = load(tmp_path, GOOD)["county_bank"]
    profiles.keep(first, tmp_path)
    [path] = kept_files(tmp_path)
    written = path.stat()
    profiles.keep(first, tmp_path)
    assert path.stat() == written
    profiles.keep(load(tmp_path, GOOD.replace("县农商行", "县信用社"))["county_bank"], tmp_path)
    assert len(kept_files(tmp_path)) == 2
    assert profiles.kept(tmp_path, first.digest).profile.label == "县农商行"


def test_a_kept_profile_that_is_gone_or_was_touched_is_refused(tmp_path, sheet):
    with pytest.raises(InputError, match="存档中没有编批所用的银行格式"):
        profiles.kept(tmp_path, sheet.digest)
    profiles.keep(sheet, tmp_path)
    [path] = kept_files(tmp_path)
    for touched in (("yuan2", "fen"), ("xlsxwriter ", "xlsxwriter 9")):
        path.write_bytes(sheet.digested.replace(*(word.encode() for word in touched)))
        with pytest.raises(InputError, match="存档的银行格式已被改动"):
            profiles.kept(tmp_path, sheet.digest)


def test_a_kept_profile_of_another_program_is_said_to_be_one(tmp_path):
    text = '{"profile":"county_bank","kind":"fax"}'
    digest = hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / f"{digest}.txt").write_text(text)
    with pytest.raises(InputError, match="读不懂存档的银行格式"):
        profiles.kept(tmp_path, digest)


def test_another_version_of_the_library_is_another_digest_and_the_kept_profile_tells_both(tmp_path, monkeypatch):
    then = profiles.load()["yikatong_list"]
    written_by = then.writer
    profiles.keep(then, tmp_path)
    monkeypatch.setattr(file_forms, "version", lambda library: "99.0")
    found = profiles.kept(tmp_path, then.digest)
    assert (found.writer, found.profile.writer, found.profile) == (written_by, "xlsxwriter 99.0", then)
    assert profiles.load()["yikatong_list"].digest != then.digest


def test_a_batch_has_the_profile_it_was_claimed_with_whatever_stands_there_now(tmp_path):
    home = Home(tmp_path)
    home.profiles.mkdir()
    then = load(home.profiles, GOOD)["county_bank"]
    assert profiles.of_batch(home, "county_bank", then.digest).profile == then  # of before profiles were kept
    (home.profiles / "county_bank.yaml").unlink()
    with pytest.raises(InputError, match="county_bank 没有存档,现有的已不在、已改动"):
        profiles.of_batch(home, "county_bank", then.digest)
    load(home.profiles, GOOD.replace("县农商行", "县信用社"))
    with pytest.raises(InputError, match="county_bank 没有存档,现有的已不在、已改动"):
        profiles.of_batch(home, "county_bank", then.digest)
    profiles.keep(then, home.store)
    assert profiles.of_batch(home, "county_bank", then.digest).profile == then


def test_how_a_bank_answers_is_data_and_changes_nothing_of_what_is_sent(tmp_path):
    first = load(tmp_path, GOOD)["county_bank"]
    told = load(tmp_path, GOOD + 'answer: {columns: {指令号: 业务编号}, states: {"0000": accepted}}\n')["county_bank"]
    assert (told.answer.columns, told.digest) == ({"instruction_id": "业务编号"}, first.digest)
    with pytest.raises(InputError, match="指令编号”不是回盘的列"):
        load(tmp_path, GOOD + "answer: {columns: {指令编号: 业务编号}}\n")
