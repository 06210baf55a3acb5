"""Bank profiles: how one bank or platform wants its file, as data (file_forms.py). `profiles/<name>.yaml`, one each.

A county's own folder is read after the shipped ones; the same name there replaces the shipped profile.

What a batch is claimed with is kept by content, `store/profiles/<digest>.txt`, so that its file can be read and written
again whatever becomes of the profile. Such a file holds the very text that was digested: the profile as JSON, then what
wrote the bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import Field, RootModel, ValidationError

from contracts.errors import InputError
from contracts.files import have_bytes
from contracts.settings import Home
from contracts.strict_yaml import Problem, check, read_file
from contracts.wording import or_nearest
from payments.faults import faults
from payments.file_forms import Profile

SHIPPED = Path(__file__).parent / "profiles"
KEPT = "profiles"


class _AnyProfile(RootModel[Annotated[Profile, Field(discriminator="kind")]]):
    """A profile file."""


def load(*folders: Path) -> Mapping[str, Profile]:
    """Every profile of the shipped folder and then of `folders`, by name; InputError with all problems at once."""
    found: dict[str, Profile] = {}
    problems: list[Problem] = []
    for path in files_in(SHIPPED, *folders):
        profile, wrong = read_profile(path)
        problems += wrong
        if profile is not None:
            found[profile.profile] = profile
    if problems:
        raise refusal(problems)
    return found


def files_in(*folders: Path) -> list[Path]:
    """The profile files of these folders, in the order in which they are read."""
    return [path for folder in folders for path in sorted(folder.glob("*.yaml"))]


def read_profile(path: Path) -> tuple[Profile | None, list[Problem]]:
    """One profile file: the profile where nothing is wrong with it, otherwise None and every problem."""
    document = read_file(path)
    loaded, problems = check(_AnyProfile, document)
    if loaded is None:
        return None, problems
    problems = [document.problem(key, what) for key, what in faults(loaded.root)]
    if loaded.root.profile != path.stem:
        problems.insert(0, document.problem(("profile",), f"profile 应与文件名相同:{path.stem}"))
    return (None, problems) if problems else (loaded.root, [])


def refusal(problems: list[Problem]) -> InputError:
    """What is wrong in profile files, for an officer."""
    return InputError("银行格式有误:\n" + "\n".join(map(str, problems)), "请改正后重试", "profiles")


def of(profiles: Mapping[str, Profile], name: str) -> Profile:
    """The profile of that name; InputError where there is none."""
    if name not in profiles:
        raise unknown(name, profiles, "disburse.toml")
    return profiles[name]


def unknown(name: str, known: Iterable[str], where: str) -> InputError:
    """No profile has that name; with the nearest and all there are. `where`: what asked for it."""
    there_are = sorted(known)
    what = f"没有名为 {name} 的银行格式{or_nearest(name, there_are)}"
    return InputError(what, f"现有:{'、'.join(there_are)}", where)


def to_pay_by(profiles: Mapping[str, Profile], name: str) -> Profile:
    """The profile of that name where money can go out by it; InputError also where it does not say who pays."""
    profile = of(profiles, name)
    if profile.names_payer and profile.payer is None:
        raise InputError(
            f"格式 {name} 的文件要写付款账户,而格式里没有",
            f"请把 payments/profiles/{name}.yaml 复制到数据目录的 profiles/,填上 payer",
            "profiles",
        )
    return profile


@dataclass(frozen=True)
class BatchProfile:
    """The profile a batch was claimed with. `writer`: of that day; the profile's own is that of today's program."""

    profile: Profile
    writer: str


def keep(profile: Profile, store: Path) -> None:
    """Keep a profile by content; nothing where it is kept already."""
    have_bytes(_kept_at(store, profile.digest), profile.digested)


def kept(store: Path, digest: str) -> BatchProfile:
    """The kept profile of that digest; InputError where it was never kept, was touched since, or cannot be read now."""
    place = _kept_at(store, digest)
    where = f"{KEPT}/{digest[:12]}"
    if not place.is_file():
        raise InputError("存档中没有编批所用的银行格式", "请从备份恢复 store/profiles", where)
    content = place.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise InputError("存档的银行格式已被改动", "请从备份恢复 store/profiles", where)
    text = content.decode()
    _, end = json.JSONDecoder().raw_decode(text)
    try:
        return BatchProfile(_AnyProfile.model_validate_json(text[:end]).root, text[end:])
    except ValidationError:
        raise InputError("现在的程序读不懂存档的银行格式", "请用编批当时的程序版本", where) from None


def of_batch(home: Home, name: str, digest: str) -> BatchProfile:
    """The profile of a batch: as kept; for a batch of before profiles were kept, today's where it is still the same."""
    if _kept_at(home.store, digest).exists():
        return kept(home.store, digest)
    today = load(home.profiles).get(name)
    if today is None or today.digest != digest:
        what = f"编批所用的银行格式 {name} 没有存档,现有的已不在、已改动或写出表格的程序库换过版本"
        raise InputError(what, "请从备份恢复 store/profiles,或恢复当时的格式", "profiles")
    return BatchProfile(today, today.writer)


def kept_text(home: Home, name: str, digest: str) -> bytes:
    """The text whose SHA-256 a batch has of its profile; InputError as `of_batch`."""
    place = _kept_at(home.store, digest)
    profile = of_batch(home, name, digest).profile
    return place.read_bytes() if place.exists() else profile.digested


def unconfirmed(home: Home, rows: pl.DataFrame) -> tuple[str, ...]:
    """The labels of the profiles of these batches (ledger.batches.batches_of) to which no bank has agreed, each once.

    A profile that cannot be read any more is told by its name: nobody can say that it was agreed to.
    """
    used = rows.select("profile", "profile_digest").unique().sort("profile", "profile_digest").iter_rows()
    return tuple(dict.fromkeys(label for name, digest in used for label in _unconfirmed(home, name, digest)))


def _unconfirmed(home: Home, name: str, digest: str) -> list[str]:
    try:
        profile = of_batch(home, name, digest).profile
    except InputError:
        return [name]
    return [] if profile.confirmed else [profile.label]


def _kept_at(store: Path, digest: str) -> Path:
    return store / KEPT / f"{digest}.txt"
