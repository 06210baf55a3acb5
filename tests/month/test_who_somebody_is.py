"""A name is not a person: he is known by his system user or by his password, and the book says which it was."""

import json

import pytest

from contracts.actor import Actor, system_user
from contracts.codes import HowKnown, OfficerRole
from contracts.errors import BookError, InputError, NotAllowedError, SameOfficerError
from contracts.months import parse_month
from ledger import audit
from ledger.audit_search import Sought, entries
from ledger.book import opened
from month import enrolling, officers, vouchers
from month.month import Choices
from month.officers import known, require, require_to_run
from tests import homes

OWN = "河水清且涟猗 坎坎伐檀"


@pytest.fixture
def home(tmp_path):
    return homes.make_home(tmp_path / "home")


def bind(home, **system_users):
    """Give officers of the home system users: settings are data of the county."""
    told = home.settings_file.read_text("utf-8")
    for name, users in {getattr(homes, role): users for role, users in system_users.items()}.items():
        told = told.replace(f'name = "{name}"\n', f'name = "{name}"\nsystem_users = {json.dumps(users)}\n')
    home.settings_file.write_text(told, "utf-8")


def limit(home, **limits):
    told = "[passwords]\n" + "".join(f"{key} = {value}\n" for key, value in limits.items())
    home.settings_file.write_text(told + home.settings_file.read_text("utf-8"), "utf-8")


def give_password(home, name, by, own=OWN):
    """An officer with a password of his own."""
    enrolling.change_password(home, name, enrolling.issue_passwords(home, [name], by)[name], own)


@pytest.fixture
def checked(home):
    """A home whose checker holds a password, given to him by the maker."""
    give_password(home, homes.CHECKER, homes.actor(homes.MAKER))
    return home


def logged(home, act):
    with opened(home.database_url) as book, book.reading() as conn:
        assert audit.verify(conn) == []
        return entries(conn, homes.COUNTY, Sought(acts=[act])).to_dicts()[::-1]


def test_a_bare_name_is_enough_only_where_nobody_is_bound_and_nobody_holds_a_password(home):
    assert officers.is_bare(home)
    assert known(home, homes.CHECKER) == Actor(homes.CHECKER, system_user(), HowKnown.BARE)
    bind(home, MAKER=["clerk"])
    assert not officers.is_bare(home)
    with pytest.raises(NotAllowedError, match="只有“示例复核”这个姓名,不能确认是本人"):
        known(home, homes.CHECKER)
    with pytest.raises(NotAllowedError, match="不能确认是本人"):  # a door that asked nobody
        require(home, homes.actor(homes.CHECKER), OfficerRole.CHECKER, homes.COUNTY, "close")
    assert [(one["action"], one["object"]) for one in logged(home, "refused")] == [
        ("refused", "known"),
        ("refused", "close"),
    ]


def test_an_officer_bound_to_a_system_user_acts_as_no_other(home):
    bind(home, MAKER=[system_user()], CHECKER=["wang", "wang2"])
    assert known(home, homes.MAKER).known_by is HowKnown.SYSTEM_USER
    with pytest.raises(NotAllowedError, match=f"“示例复核”只能由系统用户 wang、wang2 办理,现在是 {system_user()}"):
        known(home, homes.CHECKER)
    forged = Actor(homes.CHECKER, system_user(), HowKnown.SYSTEM_USER)
    with pytest.raises(NotAllowedError, match="不能确认是本人"):
        require(home, forged, OfficerRole.CHECKER, homes.COUNTY, "close")


def test_a_first_password_is_good_for_nothing_but_to_be_changed(home):
    first = enrolling.issue_passwords(home, [homes.CHECKER], homes.actor(homes.MAKER))[homes.CHECKER]
    with pytest.raises(NotAllowedError, match="一次性密码还没有换"):
        known(home, homes.CHECKER, first)
    with pytest.raises(InputError, match="不能与旧的相同"):
        enrolling.change_password(home, homes.CHECKER, first, first)
    with pytest.raises(InputError, match="至少 10 个"):
        enrolling.change_password(home, homes.CHECKER, first, "太短")
    enrolling.change_password(home, homes.CHECKER, first, OWN)
    assert known(home, homes.CHECKER, OWN).known_by is HowKnown.PASSWORD
    with pytest.raises(NotAllowedError, match="密码不对"):
        known(home, homes.CHECKER, first)
    told = [json.loads(one["detail_json"])["change"] for one in logged(home, "officer")]
    assert told == ["issued", "changed"]


def test_what_is_kept_is_a_hash_for_the_home_alone_and_no_entry_tells_a_password(checked):
    kept = checked.passwords.read_text("utf-8")
    assert checked.passwords.stat().st_mode & 0o777 == 0o600
    assert "$argon2id$" in kept
    assert OWN not in kept + str(logged(checked, "officer")) + str(homes.book_rows(checked))


def test_wrong_passwords_in_a_row_lock_it_also_for_the_right_one(checked):
    limit(checked, tries=2, locked_minutes=7)
    with pytest.raises(NotAllowedError, match="还可以试 1 次"):
        known(checked, homes.CHECKER, "不是这个")
    known(checked, homes.CHECKER, OWN)  # the row is broken
    with pytest.raises(NotAllowedError, match="还可以试 1 次"):
        known(checked, homes.CHECKER, "不是这个")
    with pytest.raises(NotAllowedError, match="错了 2 次,已锁住"):
        known(checked, homes.CHECKER, "也不是")
    with pytest.raises(NotAllowedError, match="已锁住 · 请在 7 分钟后再试"):
        known(checked, homes.CHECKER, OWN)
    assert [json.loads(one["detail_json"])["change"] for one in logged(checked, "officer")][-1] == "locked"
    kept = json.loads(checked.passwords.read_text("utf-8"))
    kept[homes.CHECKER]["locked_until"] = "2024-01-01T00:00:00+00:00"
    checked.passwords.write_text(json.dumps(kept), "utf-8")
    assert known(checked, homes.CHECKER, OWN).known_by is HowKnown.PASSWORD


def test_a_hash_that_the_book_does_not_know_of_opens_nothing_and_a_lost_file_makes_no_bare_names(checked, tmp_path):
    other = homes.make_home(tmp_path / "other")
    give_password(other, homes.CHECKER, homes.actor(homes.MAKER), "此人自己设的密码 0412")
    checked.passwords.write_bytes(other.passwords.read_bytes())
    with pytest.raises(BookError, match="与总账记下的不符"):
        known(checked, homes.CHECKER, "此人自己设的密码 0412")
    checked.passwords.unlink()
    with pytest.raises(BookError, match="与总账记下的不符"):
        known(checked, homes.CHECKER, OWN)
    with pytest.raises(NotAllowedError, match="不能确认是本人"):
        known(checked, homes.MAKER)


def test_nobody_gives_himself_a_new_password_or_anybody_one_by_a_bare_name(checked):
    by = known(checked, homes.CHECKER, OWN)
    with pytest.raises(SameOfficerError, match="不能给自己重新发放"):
        enrolling.issue_passwords(checked, [homes.CHECKER], by)
    with pytest.raises(NotAllowedError, match="不能确认是本人"):
        enrolling.issue_passwords(checked, [homes.CHECKER], homes.actor(homes.MAKER))
    with pytest.raises(NotAllowedError, match="没有名为“路人甲”的经办人"):
        enrolling.issue_passwords(checked, ["路人甲"], by)


def test_who_is_shut_out_acts_no_more_until_he_is_given_a_password_anew(checked):
    give_password(checked, homes.MAKER, known(checked, homes.CHECKER, OWN), own="另一个人的密码 0731")
    maker = known(checked, homes.MAKER, "另一个人的密码 0731")
    bind(checked, CHECKER=[system_user()])
    enrolling.disable_officer(checked, homes.CHECKER, maker)
    with pytest.raises(NotAllowedError, match="“示例复核”已停用"):
        known(checked, homes.CHECKER, OWN)
    with pytest.raises(NotAllowedError, match="“示例复核”已停用"):
        require(
            checked,
            Actor(homes.CHECKER, system_user(), HowKnown.SYSTEM_USER),
            OfficerRole.CHECKER,
            homes.COUNTY,
            "close",
        )
    assert [one.how for one in enrolling.roll(checked)] == ["密码", "已停用", "不能办理:没有密码,也没有系统用户"]
    give_password(checked, homes.CHECKER, maker)
    assert known(checked, homes.CHECKER, OWN).known_by is HowKnown.PASSWORD


def test_at_a_colleagues_terminal_only_a_password_tells_who_agrees(checked):
    bind(checked, MAKER=[system_user()], CHECKER=["wang"])
    with pytest.raises(NotAllowedError, match="只能由系统用户 wang 办理"):
        known(checked, homes.CHECKER, OWN)
    assert officers.agreeing(checked, homes.CHECKER, OWN).known_by is HowKnown.PASSWORD
    with pytest.raises(NotAllowedError, match="没有密码,在别人的终端上不能确认是本人"):
        officers.agreeing(checked, homes.RELEASER)


def test_a_service_makes_runs_and_can_do_nothing_else(home):
    by = officers.service(home, homes.COUNTY)
    require_to_run(home, homes.COUNTY, Choices.of(by))
    for role in OfficerRole:
        with pytest.raises(NotAllowedError, match="是定时服务"):
            require(home, by, role, homes.COUNTY, "approve")
    with pytest.raises(NotAllowedError, match="是定时服务"):
        require_to_run(home, homes.COUNTY, Choices.of(homes.actor(homes.MAKER), by, "已核对"))
    with pytest.raises(NotAllowedError, match="是定时服务"):
        known(home, homes.SERVICE)
    with pytest.raises(NotAllowedError, match="不是本县的定时服务"):
        require_to_run(home, homes.COUNTY, Choices.of(Actor(homes.MAKER, "test", HowKnown.SERVICE)))


def test_a_county_whose_run_as_is_a_person_has_no_scheduled_runs(tmp_path):
    home = homes.make_home(tmp_path / "home", run_as=f'"{homes.MAKER}"')
    with pytest.raises(NotAllowedError, match="run_as“示例经办”不是定时服务"):
        officers.service(home, homes.COUNTY)


def test_a_voucher_names_whoever_was_known_once(home):
    by = Actor(homes.MAKER, "wang", HowKnown.PASSWORD)
    voucher = vouchers.give(home, by)
    assert voucher not in "".join(path.name + path.read_text("utf-8") for path in home.vouchers.iterdir())
    assert vouchers.redeem(home, voucher) == by
    for none in (voucher, "", "never given"):
        with pytest.raises(NotAllowedError, match="已用过、过期"):
            vouchers.redeem(home, none)
    assert list(home.vouchers.iterdir()) == []


def test_a_voucher_runs_out_and_is_swept(home, monkeypatch):
    monkeypatch.setattr(vouchers, "GOOD_FOR", -vouchers.GOOD_FOR)
    voucher = vouchers.give(home, homes.actor(homes.MAKER))
    with pytest.raises(NotAllowedError, match="过期"):
        vouchers.redeem(home, voucher)
    vouchers.give(home, homes.actor(homes.MAKER))
    vouchers.give(home, homes.actor(homes.MAKER))
    assert len(list(home.vouchers.iterdir())) == 1


def test_every_signature_and_entry_says_how_the_person_was_known(checked):
    elder = homes.resident_id("1940-03-05")
    homes.hand_in(checked, "2024-07", population=[homes.person(elder)], account=[homes.account(elder)])
    bind(checked, MAKER=[system_user()])
    with homes.begin(checked, "2024-07", by=known(checked, homes.MAKER)) as month:
        homes.decide(month)
        homes.do(month, "posted", "payable", "batch")
    from month import signing

    signing.approve(checked, homes.COUNTY, parse_month("2024-07"), known(checked, homes.CHECKER, OWN))
    signed = homes.book_rows(checked)["approval"]
    assert ["'known_by': 'system_user'" in one for one in signed] == [True, False]
    assert ["'known_by': 'password'" in one for one in signed] == [False, True]
    assert {one["known_by"] for one in logged(checked, "approved")} == {"password"}
    assert {one["known_by"] for one in logged(checked, "post")} == {"system_user"}
