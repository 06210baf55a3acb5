"""Acts on officers: the roll, one-time passwords, one's own password, shutting somebody out. Each is an audit entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from contracts.actor import Actor, system_user
from contracts.codes import CredentialChange, HowKnown
from contracts.errors import SameOfficerError
from contracts.settings import Home, Officer
from ledger import credentials
from ledger.book import opened
from ledger.credentials import Credentials
from month import passwords
from month.officers import is_bare, require_enrolled


@dataclass(frozen=True)
class Enrolled:
    """An officer as the roll shows him; texts in an officer's words, empty where there is nothing to say."""

    name: str
    roles: str
    counties: str
    how: str
    password: str
    since: str
    by: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def roll(home: Home) -> list[Enrolled]:
    """Everybody of the settings, and how each is known. Read-only."""
    with opened(home.database_url) as book, book.reading() as conn:
        held = credentials.held(conn)
    return [_enrolled(home, held, officer) for officer in home.settings().officer]


def issue_passwords(home: Home, names: Collection[str], by: Actor) -> dict[str, str]:
    """Give officers one-time passwords; each by name, told here and nowhere else.

    NotAllowedError for a name the settings do not know; SameOfficerError where somebody gives himself a new one, which
    only the first of a home may.
    """
    require_enrolled(home, by)
    officers = [home.settings().known(name).name for name in names]
    if by.officer in officers and not is_bare(home):
        raise SameOfficerError(
            "不能给自己重新发放密码", "换密码用 disburse officer passwd;忘了的请另一位经办人发放", by.officer
        )
    return {name: passwords.issue(home, name, by) for name in officers}


def change_password(home: Home, name: str, old: str, new: str) -> None:
    """Set one's own password; NotAllowedError where the old is wrong or locked, InputError where the new is weak."""
    officer = home.settings().known(name)
    passwords.change(home, officer.name, old, new, Actor(officer.name, system_user(), HowKnown.PASSWORD))


def disable_officer(home: Home, name: str, by: Actor) -> None:
    """Shut an officer out until he is given a password anew. NotAllowedError for a name the settings do not know."""
    require_enrolled(home, by)
    passwords.disable(home, home.settings().known(name).name, by)


def _enrolled(home: Home, held: Credentials, officer: Officer) -> Enrolled:
    standing = held.standings.get(officer.name)
    minutes = passwords.minutes_locked(home, officer.name) if standing else 0
    return Enrolled(
        officer.name,
        "、".join(role.label for role in officer.roles),
        "、".join(officer.counties) or "全部",
        _how(home, held, officer),
        "" if standing is None else f"锁住 {minutes} 分钟" if minutes else _WORDS[standing.change],
        standing.recorded_at if standing else "",
        standing.by if standing else "",
    )


def _how(home: Home, held: Credentials, officer: Officer) -> str:
    ways = [f"系统用户 {'、'.join(officer.system_users)}"] if officer.system_users else []
    if held.holds(officer.name):
        ways.append("密码")
    if held.is_disabled(officer.name):
        return "已停用"
    return " + ".join(ways) or ("只凭姓名" if is_bare(home) else "不能办理:没有密码,也没有系统用户")


_WORDS = {
    CredentialChange.ISSUED: "一次性,还没有换",
    CredentialChange.CHANGED: "本人的",
    CredentialChange.DISABLED: "停用",
}
