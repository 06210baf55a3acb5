"""Who may act: who somebody is, his role, county and limit, from disburse.toml. A refusal is kept in the audit log.

An officer is known by the system user his settings bind him to, or by his password. A bare name is enough only in a
home where nobody is bound and nobody holds a password.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from contracts.actor import Actor, plain_name, system_user
from contracts.codes import HowKnown, OfficerRole
from contracts.errors import InputError, NotAllowedError, OfficerError, SameOfficerError
from contracts.money import yuan_label
from contracts.settings import Home, Officer, Settings
from ledger import audit, credentials
from ledger.book import opened
from ledger.credentials import Credentials
from month import passwords

if TYPE_CHECKING:
    from month.month import Choices

BARE_NAMES = "经办人只凭姓名:谁能用这台机器的这个用户,谁就能以任何人的名义办理;真实发放请发放密码或写 system_users"


def known(home: Home, name: str, password: str = "") -> Actor:
    """The officer of that name as this process's system user, and how he was known: the door of every act.

    `password`: what he typed; asked for where `asks_password` says so. NotAllowedError where the settings do not know
    the name, bind it to other system users, where the password is wrong, locked, or still the one-time one, or where
    a bare name is not enough.
    """
    by = Actor(name, system_user())
    with _refusal_noted(home, by):
        officer = home.settings().known(by.officer)
        held = _held(home)
        _require_enabled(held, officer)
        if officer.system_users and by.system_user not in officer.system_users:
            raise _bound_elsewhere(officer, by.system_user)
        if held.holds(officer.name):
            return _by_password(home, held, by, password)
        if officer.system_users:
            return Actor(by.officer, by.system_user, HowKnown.SYSTEM_USER)
        if not _is_bare(home.settings(), held):
            raise _only_a_name(officer)
    return by


def known_by_password(home: Home, name: str, password: str) -> Actor:
    """The officer of that name by his password alone: where the session is not his own (a page, another's terminal).

    NotAllowedError where he holds none, or it is wrong, locked, or still the one-time one.
    """
    by = Actor(name, system_user())
    with _refusal_noted(home, by):
        officer = home.settings().known(by.officer)
        held = _held(home)
        _require_enabled(held, officer)
        if not held.holds(officer.name):
            raise NotAllowedError(
                f"“{officer.name}”没有密码,在别人的终端上不能确认是本人",
                f"请先发放密码:disburse officer add {officer.name}",
            )
        return _by_password(home, held, by, password)


def _by_password(home: Home, held: Credentials, by: Actor, password: str) -> Actor:
    passwords.check(home, by.officer, password)
    if held.is_one_time(by.officer):
        raise NotAllowedError(
            f"“{by.officer}”的一次性密码还没有换", f"请本人先执行 disburse officer passwd {by.officer}"
        )
    return Actor(by.officer, by.system_user, HowKnown.PASSWORD)


def agreeing(home: Home, name: str, password: str = "") -> Actor:
    """Another officer who agrees at a colleague's terminal: by his password; by his name where names are bare."""
    if is_bare(home):
        return known(home, name)
    return known_by_password(home, name, password)


def asks_password(home: Home, name: str) -> bool:
    """Whether the officer of that name has to give a password; a name that nobody has is for `known` to refuse."""
    return _held(home).holds(plain_name(name))


def is_bare(home: Home) -> bool:
    """Whether a name alone is enough: nobody is bound to a system user, nobody ever held a password."""
    return _is_bare(home.settings(), _held(home))


def require(home: Home, by: Actor, role: OfficerRole, county: str, act: str) -> Officer:
    """The officer of that name, if he may do this in the county; NotAllowedError otherwise, and an audit entry.

    Refused as well: a name without anything that shows whose it is, where names are not bare.
    """
    settings = home.settings()
    try:
        officer = settings.authorised(by.officer, role, county)
        _require_known(settings, _held(home), officer, by)
    except NotAllowedError as refused:
        _note_refusal(home, by, county, act, refused)
        raise
    return officer


def require_enrolled(home: Home, by: Actor) -> Officer:
    """Any officer of the settings, in whatever role, known as this home knows people; NotAllowedError otherwise."""
    settings = home.settings()
    with _refusal_noted(home, by):
        officer = settings.known(by.officer)
        _require_known(settings, _held(home), officer, by)
    return officer


def service(home: Home, county: str) -> Actor:
    """Who makes the scheduled runs of a county; NotAllowedError where `run_as` names no service of the settings."""
    return Actor(home.settings().service_of(county).name, system_user(), HowKnown.SERVICE)


def require_to_run(home: Home, county: str, choices: Choices) -> None:
    """Refuse a run whose maker may not make one, or that an officer lets go on who may not, or without a reason."""
    require_maker(home, county, choices.by, "run")
    agrees = choices.agrees
    if agrees is None:
        return
    require(home, agrees, OfficerRole.CHECKER, county, "override")
    if not choices.override_reason.strip():
        raise InputError("同意继续须写明理由", "请加 --reason 理由", county)
    with two_officers(home, agrees, county, "override"):
        if agrees.officer == choices.by.officer:
            raise SameOfficerError("经办人不能自己同意继续", "请由另一位复核人员署名", county)


def require_maker(home: Home, county: str, by: Actor, act: str) -> None:
    """Refuse to make a run or to read an answer to whoever may not: the service of the county may, and nothing else.

    NotAllowedError, and an audit entry.
    """
    if by.known_by is not HowKnown.SERVICE:
        require(home, by, OfficerRole.MAKER, county, act)
        return
    try:
        if service(home, county).officer != by.officer:
            raise NotAllowedError(f"“{by.officer}”不是本县的定时服务", "请核对 disburse.toml 的 run_as", county)
    except NotAllowedError as refused:
        _note_refusal(home, by, county, act, refused)
        raise


def _require_known(settings: Settings, held: Credentials, officer: Officer, by: Actor) -> None:
    """NotAllowedError where how he was known does not count here."""
    _require_enabled(held, officer)
    if by.known_by is HowKnown.PASSWORD and held.holds(officer.name):
        return
    if by.known_by is HowKnown.SYSTEM_USER and by.system_user in officer.system_users:
        return
    if by.known_by is not HowKnown.BARE or not _is_bare(settings, held):
        raise _only_a_name(officer)


def _require_enabled(held: Credentials, officer: Officer) -> None:
    if held.is_disabled(officer.name):
        raise NotAllowedError(
            f"“{officer.name}”已停用", f"确要恢复,请另一人发放密码:disburse officer add {officer.name}"
        )


def _only_a_name(officer: Officer) -> NotAllowedError:
    return NotAllowedError(
        f"只有“{officer.name}”这个姓名,不能确认是本人",
        f"请发放密码(disburse officer add {officer.name}),或在 [[officer]] 中写 system_users",
        "disburse.toml",
    )


def _bound_elsewhere(officer: Officer, here: str) -> NotAllowedError:
    users = "、".join(officer.system_users)
    return NotAllowedError(
        f"“{officer.name}”只能由系统用户 {users} 办理,现在是 {here}",
        "请本人登录自己的系统用户再办;换了用户的,请改 [[officer]] 的 system_users",
        "disburse.toml",
    )


def _held(home: Home) -> Credentials:
    with opened(home.database_url) as book, book.reading() as conn:
        return credentials.held(conn)


def _is_bare(settings: Settings, held: Credentials) -> bool:
    return not held.standings and not any(officer.system_users for officer in settings.officer)


def require_own_run(home: Home, county: str, choices: Choices, by: Actor) -> None:
    """Refuse a step of a run to whoever did not make the run it would go on with, or may make none."""
    require(home, by, OfficerRole.MAKER, county, "run")
    if choices.by.officer != by.officer:
        raise NotAllowedError(
            f"这次运行由“{choices.by.officer}”经办,“{by.officer}”不能接着做其中一步",
            "请从 manifest 起重新物化整月,由自己经办",
            county,
        )


def require_limit(home: Home, officer: Officer, by: Actor, county: str, act: str, waiting: pl.DataFrame) -> None:
    """Refuse where a batch is larger than the officer may sign (`limit_yuan`); an audit entry tells of it.

    `waiting`: rows of ledger.batches.batches_of.
    """
    if officer.limit_yuan is None:
        return
    above = waiting.filter(pl.col("total_fen") > officer.limit_yuan * 100).sort("batch_id")
    if above.is_empty():
        return
    batch = above.row(0, named=True)
    refused = NotAllowedError(
        f"“{officer.name}”的批准限额为 {officer.limit_yuan} 元,该批为 {yuan_label(batch['total_fen'])} 元",
        "请由限额更高的复核人批准",
        batch["batch_id"],
    )
    _note_refusal(home, by, county, act, refused)
    raise refused


@contextmanager
def _refusal_noted(home: Home, by: Actor) -> Iterator[None]:
    """Round the question who somebody is: where he is refused, an audit entry of no county tells of it."""
    try:
        yield
    except NotAllowedError as refused:
        _note_refusal(home, by, credentials.OF_HOME, "known", refused)
        raise


@contextmanager
def two_officers(home: Home, by: Actor, county: str, act: str) -> Iterator[None]:
    """Round an act that takes more than one officer: where the book refuses it to `by`, an audit entry tells of it.

    SameOfficerError goes on; by then nothing of the act is in the book.
    """
    try:
        yield
    except SameOfficerError as refused:
        _note_refusal(home, by, county, act, refused)
        raise


def _note_refusal(home: Home, by: Actor, county: str, act: str, refused: OfficerError) -> None:
    with opened(home.database_url) as book, book.writing() as conn:
        audit.append(conn, county, by, "refused", act, {"why": refused.what})
