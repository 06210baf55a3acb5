"""What `disburse doctor` looks at: everything a month needs, each on its own, so that one failure hides no other."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

import rulebook
from contracts.codes import OfficerRole
from contracts.errors import InputError, NotAllowedError, OfficerError
from contracts.files import OTHERS, half_written, write_whole
from contracts.settings import Home, Settings
from contracts.wording import or_nearest, refused_by_system
from ledger import audit
from ledger.book import SCHEMA_VERSION, opened, sqlite_version
from month.enrolling import roll
from month.officers import BARE_NAMES, is_bare
from month.proving import prove
from month.witnessing import lost_heads
from payments import profiles

LEAST_FREE_BYTES = 1 << 30
LIBRARIES = ("polars", "dagster", "sqlalchemy", "pandera", "pyarrow")


@dataclass(frozen=True)
class Examined:
    """One thing looked at."""

    what: str
    is_well: bool
    detail: str


def examine(home: Home, *, deep: bool = False) -> Iterator[Examined]:
    """Look at everything; nothing is changed but a test file written and removed.

    `deep`: the book proves itself whole as well, which takes as long as it has rows.
    """
    looks = (
        ("Python 与库", _libraries),
        ("数据目录可写", _writable),
        ("磁盘空间", _space),
        ("只有本用户可读", _private),
        ("半途的文件", _half_written),
        ("设置与经办人", _officers),
        ("怎样确认经办人", _how_known),
        ("政策包", _policies),
        ("银行格式", _profiles),
        ("总账", _book),
        *((("总账自证", _proof),) if deep else ()),
    )
    for what, look in looks:
        yield _examined(what, look, home)


def _examined(what: str, look: Callable[[Home], str], home: Home) -> Examined:
    try:
        return Examined(what, True, look(home))
    except OfficerError as told:
        return Examined(what, False, str(told))
    except OSError as refused:
        return Examined(what, False, refused_by_system(refused))


def _libraries(_: Home) -> str:
    listed = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return f"Python {sys.version.split()[0]}, SQLite {sqlite_version()}, {listed}"


def _writable(home: Home) -> str:
    probe = home.path / ".doctor"
    write_whole(probe, b"")
    probe.unlink()
    return str(home.path)


def _space(home: Home) -> str:
    free = shutil.disk_usage(home.path).free
    told = f"剩余 {free >> 20:,} MiB"
    if free < LEAST_FREE_BYTES:
        raise InputError(told, "请清理磁盘,至少留出 1 GiB")
    return told


def _private(home: Home) -> str:
    """The home's own folder: everybody's names, numbers and accounts lie in it."""
    if home.path.stat().st_mode & OTHERS:
        raise InputError("机器上的其他用户也能进入数据目录", f"请执行 chmod 700 {shlex.quote(str(home.path))}")
    return "是"


def _half_written(home: Home) -> str:
    """Said, not refused: it is no part of anything, and the next run removes it."""
    count = sum(1 for _ in half_written(home.path))
    return f"中断的办理留下 {count} 个,下一次运行时清除" if count else "没有"


def _officers(home: Home) -> str:
    settings = home.settings()
    missing = [role.label for role in OfficerRole if not any(role in officer.roles for officer in settings.officer)]
    if missing:
        raise InputError(f"没有人能{'、'.join(missing)}", "请在 disburse.toml 的 [[officer]] 中登记", "disburse.toml")
    for county, wanted in settings.county.items():
        if wanted.run_as:
            _require_a_service(settings, county, wanted.run_as)
    return f"{len(settings.officer)} 名经办人,{len(settings.county)} 个县"


def _require_a_service(settings: Settings, county: str, run_as: str) -> None:
    """InputError where nothing may make a county's scheduled runs."""
    try:
        settings.service_of(county)
    except NotAllowedError as refused:
        names = [service.name for service in settings.service]
        raise InputError(
            f"{refused.what}{or_nearest(run_as, names)}", f"定时运行会被拒绝:{refused.advice}", "disburse.toml"
        ) from None


def _how_known(home: Home) -> str:
    """How each officer is known to be himself; said, not refused: a home of bare names is for trying out."""
    if is_bare(home):
        return BARE_NAMES
    return ";".join(f"{one.name} {one.how}" for one in roll(home))


def _policies(home: Home) -> str:
    folders = rulebook.folders(home.overlay)
    law = rulebook.load(*folders)
    counties = law.counties()
    for county in home.settings().county:
        if county not in counties:
            known = [*counties, *(law.name_of(code) for code in counties)]
            raise InputError(
                f"设置了 [county.{county}],但没有这个县的政策{or_nearest(county, known)}",
                "请改正 disburse.toml 中的县代码,或在 policies/ 中建立这个县",
                "disburse.toml",
            )
    return f"{len(counties)} 个县可用" + (",含本地补充" if len(folders) > 1 else "")


def _profiles(home: Home) -> str:
    known = profiles.load(home.profiles)
    counties = home.settings().county.values()
    used = {name for settings in counties for name in (settings.default_profile, *settings.profiles.values())}
    for name in sorted(used):
        profiles.to_pay_by(known, name)
    unconfirmed = sorted(name for name, profile in known.items() if profile.confirmed is None)
    return f"{len(known)} 种" + (f",未经银行确认:{'、'.join(unconfirmed)}" if unconfirmed else "")


def _book(home: Home) -> str:
    with opened(home.database_url) as book, book.reading() as conn:
        problems = audit.verify(conn)
        lost = next(lost_heads(home, conn), "")
    if lost:
        raise InputError(lost, "请停止办理并查明原因")
    if problems:
        raise InputError(f"审计链有 {len(problems)} 处断裂", "请立即停用并查明原因")
    return f"表结构 {SCHEMA_VERSION},审计链完整"


def _proof(home: Home) -> str:
    with opened(home.database_url) as book, book.reading() as conn:
        proof = prove(home, conn)
    proof.require("")
    return "、".join(f"{one.what} {one.count:,}" for one in proof.checked)
