"""Whatever the kind of profile: these bytes, every width kept, and what was written reads back as the same."""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import InputError
from contracts.money import MAX_FEN
from payments import grounds, profiles, trial
from payments.bodies import text_bytes
from payments.faults import faults
from payments.file_forms import FixedWidth, OwnBank
from payments.instructions import content_digest, instructions
from payments.misfits import misfits
from payments.orders import Order
from payments.verify import differences_in
from tests.golden.files import EXPECTED, content, name_of
from tests.payments.rows import payable_rows, resident_id

SHIPPED = profiles.load()
NAMES = sorted(SHIPPED)
WIDE = [name for name in NAMES if SHIPPED[name].kind == "fixed_width"]


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_a_shipped_profile_is_this_one(tmp_path, name):
    assert content(SHIPPED[name], tmp_path) == (EXPECTED / name_of(SHIPPED[name])).read_bytes()


def test_no_expected_file_is_left_over():
    assert {path.name for path in EXPECTED.iterdir()} == {name_of(profile) for profile in SHIPPED.values()}


@pytest.mark.parametrize("name", NAMES)
def test_the_made_up_people_read_back_as_they_were_written(tmp_path, name):
    assert trial.try_out(SHIPPED[name]).write(tmp_path / "file") == []


def in_characters(profile):
    return profile.model_copy(update={"width_unit": "characters", "encoding": "gb18030"})


@pytest.mark.parametrize("name", WIDE)
def test_every_line_of_a_fixed_width_is_as_long_as_its_places(name):
    for profile, measure in ((SHIPPED[name], bytes), (in_characters(SHIPPED[name]), str)):
        order = trial.try_out(profile).order
        newline = {"CRLF": b"\r\n", "LF": b"\n"}[profile.newline]
        *lines, after = text_bytes(order, profile).split(newline)
        assert after == b""
        told = [line if measure is bytes else line.decode("gb18030") for line in lines]
        places = [*profile.header, *[profile.columns] * order.lines.height, *profile.trailer]
        assert [len(line) for line in told] == [sum(place.width for place in line) for line in places]


def test_a_width_in_bytes_and_one_in_characters_part_at_the_first_chinese_name():
    wide = SHIPPED["abc_cfrt03"]
    order = trial.try_out(wide).order
    in_bytes, in_signs = (text_bytes(order, one).split(b"\n")[1] for one in (wide, in_characters(wide)))
    assert in_bytes.index(b"99000721") == 60
    assert in_signs.index(b"99000721") == 60 + len("示范甲")


TEXTS = st.text(st.sampled_from("样本甲乙·•䶮𠮷𬭩㐂鿏 A9x=+-@|,\"'#*<>&0"), min_size=1, max_size=34)
AMOUNTS = st.sampled_from([1, 10, 99, 100, 66700, MAX_FEN]) | st.integers(1, MAX_FEN)
ROWS = st.lists(st.tuples(TEXTS, TEXTS, AMOUNTS, st.sampled_from(["105100000017", None])), min_size=1, max_size=4)


@pytest.mark.parametrize("name", NAMES)
@given(rows=ROWS)
def test_what_fits_reads_back_as_it_was_written(name, rows):
    profile = trial.try_out(SHIPPED[name]).profile
    people = payable_rows(
        *(
            {"n": n, "payee_name": payee, "bank_name": bank, "pays_fen": fen, "bank_code": code}
            for n, (payee, bank, fen, code) in enumerate(rows, start=1)
        )
    )
    held = misfits(people, dict.fromkeys(people["benefit"].cast(str), profile))
    fit = people.join(held, on="obligation_id", how="anti")
    if fit.height:
        order = Order(instructions(fit, trial.IDENTITY, profile).lines, trial.COUNTY, date(2024, 7, 9))
        with tempfile.TemporaryDirectory() as folder:
            again = trial.Trial(profile, order, (), is_payer_made_up=False)
            assert again.write(Path(folder) / "file") == []


@pytest.fixture
def wide():
    return SHIPPED["generic_fixed"]


def changed(wide, **keys):
    """The same profile, checked again, with other columns or lines of totals."""
    return FixedWidth.model_validate(wide.model_dump() | keys)


def test_a_total_that_its_place_is_too_narrow_for_is_never_cut(wide):
    header = [[{"text": "{total}", "width": 4, "side": "right", "pad": "0"}]]
    with pytest.raises(InputError, match="宽 4 的一栏写不下"):
        text_bytes(trial.try_out(wide).order, changed(wide, header=header))


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ({"field": "amount", "pad": "0"}, "只能填在左边"),
        ({"field": "amount", "pad": "1", "side": "right"}, "数字只能用 0 填"),
        ({"field": "account_no", "pad": "0", "side": "right"}, "读不回来"),
        ({"field": "payee_name", "pad": "="}, "读不回来"),
        ({"field": "payee_name", "pad": "样"}, "ASCII"),
        ({"constant": "D "}, "不要自己带填充"),
    ],
)
def test_what_would_change_a_number_or_could_not_be_read_back_is_no_profile(wide, column, told):
    with pytest.raises(ValueError, match=told):
        changed(wide, columns=[{"header": "甲", "width": 9, **column}, *wide.model_dump()["columns"]])


@pytest.mark.parametrize(("name", "is_held"), [(" 样本", False), ("样本 ", True)])
def test_a_name_that_ends_in_what_fills_its_place_up_waits(wide, name, is_held):
    held = misfits(payable_rows({"payee_name": name}), {"old_age_allowance": wide})
    assert held["ground"].to_list() == (["forbidden"] if is_held else [])


def test_noughts_before_an_account_stay_and_those_before_an_amount_go(tmp_path, wide):
    rows = payable_rows({"account_no": "00012", "pays_fen": 100})
    order = Order(instructions(rows, trial.IDENTITY, wide).lines, trial.COUNTY, trial.MONTH)
    assert trial.Trial(wide, order, (), is_payer_made_up=False).write(tmp_path / "file") == []
    with_point = changed(wide, amount="yuan2")
    assert trial.Trial(with_point, order, (), is_payer_made_up=False).write(tmp_path / "file") == []
    assert b"000000000001.00" in (tmp_path / "file").read_bytes()


@pytest.mark.parametrize(
    ("told", "in_file"),
    [
        (lambda body: body.replace(b"000000000066700", b"000000000066800", 1), "金额与总账不符"),
        (lambda body: body.replace(b"99000721000000001 ", b"99000721000000009 ", 1), "“账号”与总账不符"),
        (lambda body: body.replace("示范甲  ".encode("gb18030"), "示范甲 ".encode("gb18030"), 1), "长度与格式不符"),
        (lambda body: body.replace(b"0000001000867101", b"0000001000867102", 1), "汇总行的 total 与总账不符"),
        (lambda body: body.replace(b"20240701", b"20240702", 1), "汇总行的 date 与总账不符"),
        (lambda body: b"X" + body[1:], "汇总行的写法与格式不符"),
        (lambda body: body[40:], "汇总行的长度与格式不符"),
        (lambda body: body.replace("示".encode("gb18030"), b"\xff\xff", 1), "文件不是 gb18030 编码"),
    ],
)
def test_a_file_of_fixed_widths_that_was_changed_is_found(tmp_path, wide, told, in_file):
    tried = trial.try_out(wide)
    assert tried.write(tmp_path / "file") == []
    body = (tmp_path / "file").read_bytes()
    (tmp_path / "file").write_bytes(told(body))
    assert told(body) != body
    assert any(in_file in what for what in differences_in(tmp_path / "file", tried.order, wide))


def test_a_file_without_a_last_line_end_is_as_its_profile_wants_it(tmp_path, pipe):
    bare = pipe.model_copy(update={"final_newline": False})
    assert trial.try_out(bare).write(tmp_path / "file") == []
    assert not (tmp_path / "file").read_bytes().endswith(b"\n")
    assert list(differences_in(tmp_path / "file", trial.try_out(pipe).order, pipe)) != []


@pytest.mark.parametrize(
    ("style", "told"), [("yyyymmdd", "20240709"), ("yyyy-mm-dd", "2024-07-09"), ("yyyy/mm/dd", "2024/07/09")]
)
def test_a_day_is_written_as_the_bank_writes_it(tmp_path, pipe, style, told):
    dated = pipe.model_copy(update={"dates": style, "header": ("{date}|{date}",)})
    tried = trial.try_out(dated)
    tried = replace(tried, order=replace(tried.order, dated_on=date(2024, 7, 9)))
    assert tried.write(tmp_path / "file") == []
    assert (tmp_path / "file").read_text("gb18030").splitlines()[0] == f"{told}|{told}"


@pytest.mark.parametrize(
    ("account", "own"),
    [
        ({"bank_code": "105100000017", "bank_name": "某行"}, True),
        ({"bank_code": "102100099996", "bank_name": "建设银行"}, False),
        ({"bank_code": None, "bank_name": "中国建设银行示范支行"}, True),
        ({"bank_code": None, "bank_name": "示例农村商业银行"}, False),
    ],
)
def test_an_account_is_of_the_own_bank_by_its_code_and_without_one_by_the_name(tmp_path, account, own):
    profile = trial.try_out(SHIPPED["ccb_like"]).profile
    order = Order(instructions(payable_rows(account), trial.IDENTITY, profile).lines, trial.COUNTY, trial.MONTH)
    assert trial.Trial(profile, order, (), is_payer_made_up=False).write(tmp_path / "file") == []
    assert (tmp_path / "file").read_text("gb18030").split("|")[4] == ("0" if own else "1")


@pytest.mark.parametrize("own_bank", [None, OwnBank(bank_codes=("105",))])
def test_a_column_that_tells_banks_apart_needs_to_know_the_own_one(own_bank):
    unsure = SHIPPED["ccb_like"].model_copy(update={"own_bank": own_bank})
    assert [(key, what[:5]) for key, what in faults(unsure)] == [(("columns", 4), "有跨行标识")]


def test_an_own_bank_is_known_by_something():
    with pytest.raises(ValueError, match="前几位"):
        OwnBank(own="0", other="1")


def test_money_does_not_go_out_by_a_profile_that_names_no_payer():
    with pytest.raises(InputError, match="要写付款账户"):
        profiles.to_pay_by(SHIPPED, "icbc_like_fen")
    assert profiles.to_pay_by(SHIPPED, "psbc_like") is SHIPPED["psbc_like"]
    paid_by = SHIPPED["icbc_like_fen"].model_copy(update={"payer": trial.PAYER})
    assert profiles.to_pay_by({"icbc_like_fen": paid_by}, "icbc_like_fen") is paid_by


HOUSEHOLD = {"village_group": "一组", "head_name": "示范户主", "head_id": resident_id(9)}


def test_who_lacks_what_a_list_requires_waits_with_the_column_named():
    listed = SHIPPED["yikatong_18"]
    rows = payable_rows(HOUSEHOLD, {"n": 2, **HOUSEHOLD, "village_group": None}, {"n": 3, **HOUSEHOLD, "phone": "139"})
    held = misfits(rows, {"old_age_allowance": listed})
    assert held.select("obligation_id", "ground", "subject", "detail").rows() == [
        (2, "missing", "yikatong_18", "村(居)民小组")
    ]
    told = grounds.told("UNDER_REVIEW", grounds.Ground("missing", "yikatong_18", "村(居)民小组"))
    assert told.reason == "村(居)民小组没有登记,而格式要求填写(格式 yikatong_18)"


def test_what_of_a_household_no_column_prints_is_not_kept_and_changes_no_digest(pipe):
    listed = SHIPPED["yikatong_18"]
    bare, full = payable_rows({}), payable_rows({**HOUSEHOLD, "phone": "13900000000"})
    kept = {profile.profile: instructions(full, trial.IDENTITY, profile) for profile in (pipe, listed)}
    assert kept["generic_pipe"].lines.select("village_group", "head_name", "head_id", "phone").row(0) == (None,) * 4
    assert kept["yikatong_18"].lines["phone"].to_list() == ["13900000000"]
    same = instructions(bare, trial.IDENTITY, pipe)
    assert content_digest(same, "p", "law") == content_digest(kept["generic_pipe"], "p", "law")
    other = instructions(bare, trial.IDENTITY, listed)
    assert content_digest(other, "p", "law") != content_digest(kept["yikatong_18"], "p", "law")


DIGEST = "19dfa01771995c3d613fa1b141fcaeed9a4d4b5afda43f52c48260f6e3154cc6"  # before lines had a household


def test_a_batch_of_before_has_the_digest_it_had(pipe):
    assert content_digest(instructions(payable_rows({}), trial.IDENTITY, pipe), "p", "law") == DIGEST
