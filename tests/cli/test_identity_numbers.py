"""An identity number never stands among the words of a command, where every user of the machine reads it."""

import json

import pytest

from tests import homes
from tests.cli.giving import asked, disburse

ELDER, OTHER = homes.resident_id("1940-03-05", 2), homes.resident_id("1939-01-02", 2)
COUNTY = ("--county", homes.COUNTY)
DECIDED = (*COUNTY, "--document", "证明1号", "--as", homes.MAKER)

IN_COMMANDS = [
    ("explain", ELDER, *COUNTY, "--month", "2024-07"),
    ("person", ELDER),
    ("person", "show", ELDER.lower()),
    ("person", f"{ELDER[:6]} {ELDER[6:14]} {ELDER[14:]}"),
    ("person", "join", ELDER, OTHER, *DECIDED),
    ("person", "split", "-", OTHER, *DECIDED),
    ("hold", "set", ELDER, *COUNTY, "--reason", "来访", "--as", homes.MAKER),
    ("hold", "set", "-", *COUNTY, "--reason", f"与{OTHER}同户", "--as", homes.MAKER),
    ("recover", "note", *DECIDED, "--means", "cash", "--amount", "50", "--person", ELDER),
    ("audit", "list", *COUNTY, "--person", ELDER),
    ("audit", "list", *COUNTY, f"--person={ELDER}"),
    ("intake", "inspect", f"{ELDER}.xlsx"),
    ("person", ELDER[:-1] + ("1" if ELDER[-1] != "1" else "2")),  # the check digit is wrong: it was meant as one
    ("hold", "set", "990721400305002", *COUNTY, "--reason", "来访", "--as", homes.MAKER),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = homes.make_home(tmp_path_factory.mktemp("words") / "home")
    people = [homes.person(ELDER), homes.person(OTHER, "样邻")]
    homes.hand_in(made, "2024-07", population=people, account=[homes.account(ELDER)])
    homes.run(made, "2024-07")
    return made


@pytest.mark.parametrize("words", IN_COMMANDS, ids=[" ".join(words[:2]) for words in IN_COMMANDS])
def test_an_identity_number_in_a_command_is_refused_and_not_repeated(home, words):
    told = "".join(disburse(home, *words, code=2, piped=ELDER))
    assert "命令里不写身份证号" in told
    assert ELDER not in told
    assert OTHER not in told
    assert "从标准输入读" in told
    assert "disburse person 列出的序号" in told


def test_a_whole_account_in_a_command_is_refused(home):
    told = "".join(disburse(home, "person", homes.account(ELDER)["account_no"], code=2))
    assert "只写末几位" in told


def test_a_document_of_eighteen_digits_is_no_identity_number(home):
    placed = ("hold", "set", "-", *COUNTY, "--reason", "收据410721202407120003", "--as", homes.MAKER)
    number = asked(home, *placed, piped=OTHER)["hold_id"]
    asked(home, "hold", "lift", str(number), *COUNTY, "--reason", "已核实", "--as", homes.MAKER)


@pytest.mark.parametrize("written", [ELDER, f" {ELDER[:6]} {ELDER[6:14]} {ELDER[14:]}\r", f"\ufeff'{ELDER.lower()}"])
def test_it_is_read_from_standard_input_and_from_a_file(home, tmp_path, written):
    (tmp_path / "number.txt").write_text(written + "\n")
    for source in ("-", f"@{tmp_path / 'number.txt'}"):
        told = json.loads(disburse(home, "person", source, "--json", piped=written + "\n")[0])
        assert told["person_id"] == ELDER


def test_at_a_terminal_it_is_asked_for(home):
    told, beside = disburse(home, "explain", "-", *COUNTY, "--month", "2024-07", typed=f"{ELDER}\n")
    assert "样本" in told
    assert "身份证号" in beside


def test_the_number_that_was_listed_serves_every_command(home):
    number = str(asked(home, "person", "样邻")["person_no"])
    explained = asked(home, "explain", number, *COUNTY, "--month", "2024-07")
    assert explained == asked(home, "explain", "-", *COUNTY, "--month", "2024-07", piped=OTHER)
    listed = asked(home, "audit", "list", *COUNTY, "--person", number)
    assert listed == asked(home, "audit", "list", *COUNTY, "--person", "-", piped=OTHER)


@pytest.mark.parametrize(
    ("source", "piped", "told", "code"),
    [
        ("-", "", "没有(下一个)身份证号", 2),
        ("-", "样本\n", "不是身份证号", 2),
        ("@/nowhere", "", "没有这个文件", 3),
        ("99999", "", "没有这个序号", 2),
        ("样本", "", "命令里不写身份证号", 2),
    ],
)
def test_what_names_nobody_is_told(home, source, piped, told, code):
    said = disburse(home, "explain", source, *COUNTY, "--month", "2024-07", code=code, piped=piped)
    assert told in "".join(said)


def test_two_numbers_are_two_lines(home):
    told = "".join(disburse(home, "person", "join", "-", "-", *DECIDED, piped=f"{ELDER}\n", code=2))
    assert "没有(下一个)身份证号" in told
    assert asked(home, "person", "split", "-", "-", *DECIDED, piped=f"{ELDER}\n{OTHER}\n") == {"numbers": 1}
