"""A county writes its own bank profile: what there is, what one says, a sample, and what is wrong with its own."""

import json
import shutil

import pytest

from payments.profiles import SHIPPED
from tests import homes
from tests.cli.giving import asked, disburse

OWN = """\
profile: our_host
label: 本县代发
kind: fixed_width
encoding: gbk
file_name: "{batch_id}.txt"
header: [[{text: "{count}", width: 6, side: right, pad: "0"}, {text: "{total}", width: 14}]]
columns:
  - {header: 户名, field: payee_name, width: 60}
  - {header: 账号, field: account_no, width: 30}
  - {header: 金额, field: amount, width: 15, side: right}
"""


@pytest.fixture
def home(tmp_path):
    made = homes.make_home(tmp_path / "home")
    made.profiles.mkdir()
    return made


def write(home, text, name="our_host"):
    path = home.profiles / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_list_says_whose_each_profile_is_whether_a_bank_agreed_and_who_pays_by_it(home):
    write(home, OWN)
    told = {row["profile"]: row for row in asked(home, "profiles", "list")}
    assert (told["our_host"]["is_own"], told["abc_cfrt03"]["is_own"]) == (True, False)
    assert told["yikatong_list"]["used_by"] == [f"{homes.COUNTY} 高龄津贴"]
    assert told["abc_cfrt03"]["used_by"] == []
    said, _ = disburse(home, "profiles", "list")
    assert said.count("未经银行确认") == len(told)


def test_a_profile_that_is_wrong_is_in_the_list_and_stops_no_other(home):
    write(home, OWN.replace("label", "lable"))
    told = {row["profile"]: row for row in asked(home, "profiles", "list")}
    assert told["our_host"]["problems"] == [
        "our_host.yaml:1:1 label:缺少必填的键",
        "our_host.yaml:2:8 lable:不认识的键",
    ]
    assert "示范甲" in disburse(home, "profiles", "try", "generic_pipe")[0]


def test_a_profile_is_shown_column_by_column_or_as_the_file_to_copy(home):
    write(home, OWN)
    said, _ = disburse(home, "profiles", "show", "our_host")
    assert "定长文本 · gbk · 金额为元、两位小数" in said
    assert "一笔应付一行 · 放行后 3 个工作日内答复" in said
    assert "首行 · {count}(6)│{total}(14)" in said
    assert "30 靠左,填空格" in said
    assert disburse(home, "profiles", "show", "our_host", "--yaml")[0] == OWN
    assert asked(home, "profiles", "show", "our_host")["columns"][2]["width"] == 15


def test_an_unknown_profile_is_told_with_the_nearest(home):
    _, warned = disburse(home, "profiles", "show", "abc_cfrt3", code=3)
    assert "没有名为 abc_cfrt3 的银行格式,是不是 abc_cfrt03?" in warned


def test_a_sample_shows_the_file_of_made_up_people_and_who_would_be_held(home, tmp_path):
    path = write(home, OWN)
    said, _ = disburse(home, "profiles", "try", str(path), "-o", str(tmp_path / "样张.txt"))
    assert "暂缓 · 示范䶮 · “户名”含有银行编码没有的字" in said
    body = (tmp_path / "样张.txt").read_bytes()
    assert {len(line) for line in body.split(b"\r\n")[1:-1]} == {105}
    assert body.decode("gbk").replace("\r\n", "\n") in said
    told = asked(home, "profiles", "try", "our_host")
    assert (told["lines"], told["problems"], told["confirmed"]) == (12, [], False)


@pytest.mark.parametrize("name", ["yikatong_list", "icbc_like_fen"])
def test_a_sample_of_a_sheet_or_of_a_profile_without_a_payer_can_be_looked_at_too(home, name):
    said, _ = disburse(home, "profiles", "try", name)
    assert "买买提·示范" in said
    assert ("付款账户也是虚构的" in said) == (name == "icbc_like_fen")


@pytest.mark.parametrize(
    ("wrong", "instead", "told"),
    [
        ("encoding: gbk", "encoding: big5", "our_host.yaml:4:11"),
        ("width: 30}", "width: 0}", "our_host.yaml:9:44"),
        (
            "width: 15, side: right}",
            "width: 15}\n  - {header: 附言, field: instruction_id, width: 12}",
            "11:5 指令号有 20 位",
        ),
        (
            "width: 15, side: right}",
            "width: 15}\n  - {header: 标志, constant: 䶮, width: 2}",
            "11:28 每一行都印的“䶮”含有",
        ),
        ("width: 15, side: right}", "width: 15}\n  - {header: 跨行, field: other_bank, width: 2}", "11:5 有跨行标识"),
        ('{text: "{total}", width: 14}', '{text: "𠮷{total}", width: 14}', "6:63 汇总行里有 gbk 编码没有的字"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_column(home, wrong, instead, told):
    path = write(home, OWN.replace(wrong, instead))
    for given in ((), (str(path),)):
        _, warned = disburse(home, "profiles", "check", *given, code=3)
        assert told in warned


def test_several_files_are_checked_at_once_and_the_problems_are_there_for_programs(home):
    write(home, OWN.replace("gbk", "big5"))
    write(home, OWN.replace("our_host", "other").replace("width: 60", "wide: 60"), "third")
    problems = json.loads(disburse(home, "profiles", "check", "--json", code=3)[0])["problems"]
    assert {(one["file"], one["line"]) for one in problems} >= {("our_host.yaml", 4), ("third.yaml", 8)}


def test_what_is_right_is_told_with_what_to_think_of(home):
    write(home, OWN)
    said, _ = disburse(home, "profiles", "check")
    assert "没有写错的,共 1 种" in said
    assert "没有指令号一栏" in said
    shutil.copy(SHIPPED / "icbc_like_fen.yaml", home.profiles)
    assert any("付款账户" in one for one in asked(home, "profiles", "check")["advice"]["icbc_like_fen"])


def test_a_file_that_is_not_there_is_a_slip_of_the_command(home):
    disburse(home, "profiles", "check", "nowhere.yaml", code=2)
    _, warned = disburse(home, "profiles", "try", "nowhere.yaml", code=3)
    assert "没有" in warned


def test_a_month_that_would_be_paid_by_a_profile_without_a_payer_does_not_start(home):
    path = home.settings_file
    path.write_text(path.read_text("utf-8").replace('"yikatong_list"', '"icbc_like_fen"'), "utf-8")
    told = asked_of_doctor(home)
    assert "要写付款账户" in told["银行格式"]


def asked_of_doctor(home):
    found = json.loads(disburse(home, "doctor", "--json", code=3)[0])
    return {one["what"]: one["detail"] for one in found["checks"]}
