"""The bank profile a batch is claimed with: kept before, and the one its file is written by."""

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from ledger import batches, holds
from ledger.book import open_book
from month import booking
from payments import claim, profiles
from payments.render import render
from payments.verify import verify_batches
from tests import homes


class KilledError(BaseException):
    """Where the machine went down."""


def killed(*_):
    raise KilledError


def kept(home):
    return {path.stem for path in (home.store / "profiles").iterdir()}


def every_batch(home):
    book = open_book(home.database_url)
    with book.reading() as conn:
        found = batches.batches_of(conn, homes.COUNTY, None)
    book.close()
    return found


def run_until(home, monkeypatch, room, step):
    with monkeypatch.context() as patched:
        patched.setattr(room, step, killed)
        with pytest.raises(KilledError):
            homes.run(home, "2024-07")


@pytest.fixture
def renamed_sheet(home):
    """Have the county change its profile."""

    def change():
        text = (profiles.SHIPPED / "yikatong_list.yaml").read_text("utf-8")
        home.profiles.mkdir()
        (home.profiles / "yikatong_list.yaml").write_text(text.replace("sheet: 发放清单", "sheet: 清单"), "utf-8")
        return profiles.load(home.profiles)["yikatong_list"]

    return change


def test_a_profile_is_kept_before_anything_is_claimed_with_it(home, monkeypatch):
    run_until(home, monkeypatch, claim, "claim")
    assert every_batch(home).is_empty()
    before = kept(home)
    homes.run(home, "2024-07")
    assert set(every_batch(home)["profile_digest"]) == before == kept(home)


def test_a_claimed_batch_is_written_by_its_own_profile_though_the_county_has_changed_it(
    home, monkeypatch, renamed_sheet
):
    run_until(home, monkeypatch, booking, "render")
    renamed_sheet()
    book = open_book(home.database_url)
    [late] = render(book, home, homes.COUNTY)
    book.close()
    written = late.read_bytes()
    (home.profiles / "yikatong_list.yaml").unlink()
    homes.run(home, "2024-07")
    assert every_batch(home)["state"].to_list() == ["rendered"]
    assert late.read_bytes() == written


def test_a_run_after_the_change_claims_anew_with_the_new_form(home, monkeypatch, renamed_sheet):
    run_until(home, monkeypatch, booking, "render")
    changed = renamed_sheet()
    _, counts = homes.run(home, "2024-07")
    assert (counts["作废批次"], counts["新编批次"]) == (1, 1)
    found = every_batch(home)
    assert found["state"].to_list() == ["voided", "rendered"]
    assert found.filter(pl.col("state") == "rendered")["profile_digest"].to_list() == [changed.digest]
    assert kept(home) == set(found["profile_digest"])


def test_a_list_of_households_pays_who_is_in_one_and_says_what_the_others_lack(tmp_path):
    home = homes.make_home(tmp_path / "home")
    settings = home.settings_file.read_text("utf-8")
    home.settings_file.write_text(settings.replace('"yikatong_list"', '"yikatong_18"'), "utf-8")
    one, other = (homes.resident_id(born) for born in ("1940-03-05", "1938-02-11"))
    household = {"head_name": "样本", "head_id": one, "village_group": "一组", "phone": "13900000000"}
    people = [homes.person(one, **household), homes.person(other, name="样例")]
    homes.hand_in(home, "2024-07", population=people, account=[homes.account(one), homes.account(other, name="样例")])
    homes.run(home, "2024-07")
    book = open_book(home.database_url)
    assert verify_batches(book, home, homes.COUNTY, every_batch(home)) == []
    with book.reading() as conn:
        held = holds.open_holds(conn, homes.COUNTY).select("ground", "subject", "detail").rows()
    book.close()
    assert set(held) == {
        ("missing", "yikatong_18", lacking) for lacking in ("户主姓名", "户主身份证号", "村(居)民小组")
    }
    (path,) = (path for path in home.review.rglob("*.xlsx") if path.is_file())
    header, line = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    told = dict(zip(header, line, strict=True))
    assert [told[name] for name in ("户主身份证号", "村(居)民小组", "联系电话", "填报日期")] == [
        *(one, "一组", "13900000000", "2024-07-15"),
    ]
