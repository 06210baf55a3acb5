"""One month through the commands, as officers give them: run, look, sign, export, explain, hold."""

import json
import os
import subprocess
import sys

import openpyxl
import polars as pl
import pytest

from tests import homes
from tests.cli.giving import asked, disburse

ELDER, POOR, HELD = (homes.resident_id(born) for born in ("1940-03-05", "1950-02-11", "1935-06-07"))
SECRETS = (ELDER, POOR, HELD, "样本", f"99{ELDER[6:17]}", f"99{POOR[6:17]}")


class Told:
    """A home, and what the commands said while its month went by."""

    def __init__(self, path):
        self.home = homes.make_home(path)
        self.path, self.outbox, self.said = self.home.path, self.home.outbox, {}


def in_sheet(path):
    """The one sheet of a workbook, read by another library."""
    header, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return pl.DataFrame(rows, schema=list(header), orient="row")


MONTH = ("--county", homes.COUNTY, "--month", "2024-07")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An elder, a 低保 elder and one without an account, and a register that is none; July has been run and released
    through the commands.
    """
    made = Told(tmp_path_factory.mktemp("cli") / "home")
    low = {"household_id": "H1", "category": "低保", "area": "农村", "is_recipient": "是", "from_month": "2021-03"}
    homes.hand_in(
        made.home,
        "2024-07",
        population=[homes.person(one) for one in (ELDER, POOR, HELD)],
        low_income=[{"person_id": POOR, **low}],
        account=[homes.account(ELDER), homes.account(POOR)],
    )
    nonsense = made.home.inbox(homes.COUNTY, homes.parse_month("2024-07")) / "family_planning.csv"
    nonsense.write_text("姓名,年龄\n样本,80\n", "utf-8")
    made.said["before"] = asked(made, "status", *MONTH)
    run = ("run", *MONTH, "--as", homes.MAKER, "--known-on", "2024-07-15")
    made.said["run"], _ = disburse(made, *run, "--tables")
    made.said["again"] = asked(made, *run)
    made.said["made"] = asked(made, "status", *MONTH)
    made.said["approve"], _ = disburse(made, "approve", *MONTH, "--as", homes.CHECKER, "--yes")
    made.said["release"] = asked(made, "release", *MONTH, "--as", homes.RELEASER)
    made.said["verify"] = asked(made, "audit", "verify")
    return made


def test_a_run_ends_with_a_summary_and_the_next_step(home):
    assert "高龄津贴" in home.said["run"]
    assert "缺少账户" in home.said["run"]
    assert "disburse approve --county 410721 --month 2024-07" in home.said["run"]


def test_a_run_goes_on_without_a_register_that_cannot_be_used_and_says_so(home):
    assert "计生特殊家庭报送的文件不能使用(缺少必需的列“身份证号”;" in home.said["run"]
    (told,) = [line for line in home.said["again"]["not_handed_in"] if line["register"] == "family_planning"]
    assert told["unusable"]


def test_status_names_the_step_and_who_may_take_the_next(home):
    assert home.said["before"]["step"] == "none"
    assert home.said["made"]["step"] == "rendered"
    assert home.said["made"]["next_officers"] == [homes.CHECKER]
    assert asked(home, "status", *MONTH)["step"] == "released"


def test_signing_names_the_batches_and_a_second_time_signs_nothing(home):
    assert "已批准 2 批:410721-2024-07-01-01、410721-2024-07-01-02" in home.said["approve"]
    released = home.said["release"]
    assert len(released["batches"]) == 2
    assert released["head"] == home.said["verify"]["head"]
    assert home.said["again"]["folder"] == str(home.home.review / homes.COUNTY / "2024-07")
    assert released["folder"] == str(home.outbox / homes.COUNTY / "2024-07")
    assert "没有需要签署的批次" in disburse(home, "release", *MONTH, "--as", homes.RELEASER, "--yes")[0]


def test_a_form_no_bank_has_agreed_to_is_told_where_one_signs_and_looks(home):
    assert "未经银行确认的格式:" in home.said["approve"]
    assert "竖线分隔文本(通用)" in home.said["approve"]
    shown, _ = disburse(home, "status", *MONTH)
    assert "未经银行确认的格式:" in shown
    assert set(asked(home, "status", *MONTH)["unconfirmed"]) == {"竖线分隔文本(通用)", "一卡通发放清单(通用)"}
    (page,) = (home.path / "reports").rglob("review.html")
    assert "未经银行确认的格式:" in page.read_text("utf-8")


def test_files_agree_with_the_book(home):
    assert "核对 2 个文件,与总账完全相符" in disburse(home, "verify", *MONTH)[0]


def test_an_edited_file_is_found_and_the_message_names_nobody(home):
    (file,) = home.outbox.rglob("*.txt")
    kept = file.read_bytes()
    file.write_bytes(kept.replace(b"60.00", b"90.00"))
    try:
        out, err = disburse(home, "verify", *MONTH, code=7)
    finally:
        file.write_bytes(kept)
    assert "金额与总账不符" in out
    assert not [secret for secret in SECRETS if secret in out + err]


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_payments_are_exported_in_the_columns_of_the_contract(home, tmp_path, ending):
    target = tmp_path / f"payments.{ending}"
    disburse(home, "export", "payments", *MONTH, "-o", str(target))
    rows = {"csv": pl.read_csv, "parquet": pl.read_parquet, "xlsx": in_sheet}[ending](target)
    assert rows.columns[:5] == ["person_id", "benefit", "benefit_month", "kind", "amount_fen"]
    assert sorted(rows["state"].cast(pl.String)) == ["held", "released", "released"]
    assert rows["pays_fen"].sum() == 50_00 + 50_00 + 60_00


def test_entitlements_receivables_and_holds_are_exported_too(home, tmp_path):
    for table in ("entitlements", "receivables", "holds"):
        target = tmp_path / f"{table}.csv"
        disburse(home, "export", table, *MONTH, "-o", str(target))
        assert target.exists()
    rows = pl.read_csv(tmp_path / "entitlements.csv")
    assert rows.columns == ["person_id", "benefit", "benefit_month", "amount_fen", "outcome", "would_be_fen"]
    assert sorted(rows["amount_fen"]) == [50_00, 50_00, 60_00]


def test_a_month_is_explained_to_the_clause_the_register_row_and_the_file_row(home):
    out, _ = disburse(home, "explain", "-", *MONTH, piped=POOR)
    assert "养老服务补贴:应发 60.00 元" in out
    assert "新政办〔2024〕13号" in out
    assert "低收入(low_income.csv 第 2 行)" in out
    assert "第一个不具备的条件:周岁≥80(当月:74)" in out
    assert "第 1 行,410721-2024-07-01-01_elder_service_subsidy.txt(指令 " in out


def test_a_hold_is_listed_set_and_lifted_by_name_with_a_reason(home, tmp_path):
    home, county = homes.copied(home, tmp_path / "home"), ("--county", homes.COUNTY)
    (missing,) = asked(home, "hold", "list", *county)
    assert (missing["codes"], missing["held_fen"]) == (["ACCOUNT_MISSING"], 50_00)
    assert missing["benefits"] == ["old_age_allowance"]
    reported = ("--reason", "邻居反映已去世", "--as", homes.MAKER)
    placed = asked(home, "hold", "set", "-", *county, *reported, piped=ELDER)
    told = asked(home, "hold", "list", *county)
    assert "邻居反映已去世" in [reason for row in told for reason in row["reason"]]
    asked(home, "hold", "lift", str(placed["hold_id"]), *county, "--reason", "已见到本人", "--as", homes.MAKER)
    assert len(asked(home, "hold", "list", *county)) == 1


def test_an_officer_without_the_role_is_refused_with_what_to_do(home):
    _, err = disburse(home, "approve", *MONTH, "--as", homes.MAKER, "--yes", code=6)
    assert "没有复核权限" in err
    assert "怎么办" in err


def test_a_month_without_registers_says_where_they_go(tmp_path):
    empty = homes.make_home(tmp_path / "empty")
    _, err = disburse(empty, "run", *MONTH, "--as", homes.MAKER, code=3)
    assert "没有收到人口名册" in err
    assert "inbox/410721/2024-07/population.csv" in err


def test_an_error_asked_for_as_json_is_json(tmp_path):
    empty = homes.make_home(tmp_path / "empty")
    out, _ = disburse(empty, "export", "payments", *MONTH, "-o", str(tmp_path / "x.csv"), "--json", code=7)
    assert json.loads(out)["error"] == "2024-07 还没有入账的运行"


def test_the_installation_is_well(home):
    out, _ = disburse(home, "doctor")
    assert "✗" not in out
    assert "审计链完整" in out
    assert all(check["ok"] for check in asked(home, "doctor")["checks"])


def test_whatever_a_month_leaves_is_for_its_own_user_alone(home):
    made = [path for path in home.path.rglob("*") if "inbox" not in path.parts and path.name != "disburse.toml"]
    assert any(path.name == "book.sqlite" for path in made)
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_a_home_without_officers_is_not_well(tmp_path):
    (tmp_path / "bare").mkdir()
    out, err = disburse(homes.Home(tmp_path / "bare"), "doctor", code=3)
    assert "✗ 设置与经办人" in out
    assert "1 项检查未通过" in err
    told = json.loads(disburse(homes.Home(tmp_path / "bare"), "doctor", "--json", code=3)[0])
    assert [check["what"] for check in told["checks"] if not check["ok"]] == ["设置与经办人"]


def test_an_edited_file_is_never_released(tmp_path):
    made = homes.make_home(tmp_path / "home")
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(made, "2024-07")
    (file,) = made.review.rglob("*.xlsx")
    file.write_bytes(file.read_bytes() + b" ")
    for command, officer in (("approve", homes.CHECKER), ("release", homes.RELEASER)):
        _, err = disburse(made, command, *MONTH, "--as", officer, "--yes", code=7)
        assert "发放文件与总账不符" in err


def test_too_much_to_take_back_stops_the_run_until_an_officer_answers_for_it(tmp_path):
    made = homes.make_home(tmp_path / "home", recovery_stop_at_least=1)
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    homes.hand_in(made, "2024-08", population=[homes.person(ELDER, died_on="2024-06-20")])
    august = ("run", "--county", homes.COUNTY, "--month", "2024-08", "--as", homes.MAKER, "--known-on", "2024-08-15")
    _, err = disburse(made, *august, code=5)
    assert not [secret for secret in SECRETS if secret in err]
    disburse(made, *august, "--override-by", homes.CHECKER, code=2)
    told = asked(made, *august, "--override-by", homes.CHECKER, "--reason", "死亡已核实")
    assert [row["code"] for row in told["receivables"]] == ["DEATH"]


def test_signatures_are_told_to_dagster_without_a_run(home):
    code = (
        "import dagster as dg\nfrom contracts.settings import Home\n"
        "from dagster_project.instance import open_instance\n"
        "instance = open_instance(Home.from_environment())\n"
        "for name in ('approved', 'released'):\n"
        "    event = instance.get_latest_materialization_event(dg.AssetKey(name))\n"
        "    print(event.asset_materialization.partition, event.run_id == '')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DISBURSE_HOME": str(home.path)},
    )
    assert told.stdout.split() == ["410721|2024-07", "True"] * 2
