"""Officers' passwords: Argon2id hashes in a private file of the home, every change an entry of the book.

The file holds nothing else than hashes and how often a wrong one was given. It lies beside the book and not in it: a
book is copied, handed to auditors and never forgets, and a hash that leaked could not be taken out of it again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from filelock import FileLock

from contracts.actor import Actor, system_user
from contracts.codes import CredentialChange
from contracts.errors import BookError, InputError, NotAllowedError
from contracts.files import write_whole
from contracts.settings import Home
from ledger import credentials
from ledger.book import opened
from month.witnessing import bear_witness

ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that reads like another
ONE_TIME_LENGTH = 16


@dataclass(frozen=True)
class _Kept:
    """What is kept of one officer. `locked_until`: an instant in UTC, empty where it is not locked."""

    hash: str
    failures: int = 0
    locked_until: str = ""

    def minutes_locked(self) -> int:
        """For how many more minutes, rounded up; 0 where it is not locked."""
        if not self.locked_until:
            return 0
        left = datetime.fromisoformat(self.locked_until) - datetime.now(UTC)
        return max(0, -(-int(left.total_seconds()) // 60))


def issue(home: Home, officer: str, by: Actor) -> str:
    """Give an officer a new one-time password; that password, which is nowhere else. An older one ends."""
    password = "".join(secrets.choice(ONE_TIME_LETTERS) for _ in range(ONE_TIME_LENGTH))
    with _kept(home) as kept:
        _set(home, kept, officer, password, CredentialChange.ISSUED, by)
    return password


def change(home: Home, officer: str, old: str, new: str, by: Actor) -> None:
    """Set an officer's own password; NotAllowedError where the old one is wrong, InputError where the new is weak."""
    check(home, officer, old)
    _require_good(home, officer, old, new)
    with _kept(home) as kept:
        _set(home, kept, officer, new, CredentialChange.CHANGED, by)


def disable(home: Home, officer: str, by: Actor) -> None:
    """Shut an officer out: his password ends, and he acts no more until he is given a new one."""
    with _kept(home) as kept:
        _note(home, officer, CredentialChange.DISABLED, by)
        kept.pop(officer, None)


def check(home: Home, officer: str, password: str) -> None:
    """Return where it is the officer's password; NotAllowedError where it is not, or is locked.

    Too many wrong ones in a row lock it for a while, which is an audit entry. BookError where the kept hash is not the
    one that the book knows of.
    """
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    limits = home.settings().passwords
    with _kept(home) as kept:
        one = _believed(home, kept, officer)
        if minutes := one.minutes_locked():
            raise NotAllowedError(f"“{officer}”的密码已锁住", f"请在 {minutes} 分钟后再试,或请另一人重新发放")
        try:
            PasswordHasher().verify(one.hash, password)
        except VerificationError:
            left = limits.tries - one.failures - 1
            if left > 0:
                kept[officer] = replace(one, failures=one.failures + 1, locked_until="")
                raise NotAllowedError(f"“{officer}”的密码不对", f"还可以试 {left} 次") from None
            until = datetime.now(UTC) + timedelta(minutes=limits.locked_minutes)
            kept[officer] = replace(one, failures=0, locked_until=until.isoformat(timespec="seconds"))
            _note(home, officer, CredentialChange.LOCKED, Actor(officer, system_user()))
            raise NotAllowedError(
                f"“{officer}”的密码错了 {limits.tries} 次,已锁住", f"请在 {limits.locked_minutes} 分钟后再试"
            ) from None
        if one.failures or one.locked_until:
            kept[officer] = _Kept(one.hash)


def minutes_locked(home: Home, officer: str) -> int:
    """For how many more minutes an officer's password is locked; 0 where it is not."""
    with _kept(home) as kept:
        return kept[officer].minutes_locked() if officer in kept else 0


def _require_good(home: Home, officer: str, old: str, new: str) -> None:
    least = home.settings().passwords.least_length
    if len(new) < least:
        raise InputError(f"新密码只有 {len(new)} 个字符,至少 {least} 个", "请换一个长一些的,可以是几个词")
    if new == old or officer in new or len(set(new)) < 5:
        raise InputError("新密码不能与旧的相同、含有姓名、只有几个字符反复", "请换一个")


def _believed(home: Home, kept: dict[str, _Kept], officer: str) -> _Kept:
    """What is kept of an officer, where it is what the book knows of."""
    with opened(home.database_url) as book, book.reading() as conn:
        standing = credentials.held(conn).standings.get(officer)
    if standing is None or standing.change is CredentialChange.DISABLED:
        raise NotAllowedError(f"“{officer}”没有密码", f"请另一人发放:disburse officer add {officer}")
    one = kept.get(officer)
    if one is None or _digest(one.hash) != standing.digest:
        raise BookError(
            f"“{officer}”的密码文件与总账记下的不符",
            f"请查明密码文件是否被换过、丢失;然后重新发放:disburse officer add {officer}",
            home.passwords.name,
        )
    return one


def _set(home: Home, kept: dict[str, _Kept], officer: str, password: str, changed: CredentialChange, by: Actor) -> None:
    from argon2 import PasswordHasher

    new = _Kept(PasswordHasher().hash(password))
    _note(home, officer, changed, by, _digest(new.hash))
    kept[officer] = new


def _note(home: Home, officer: str, changed: CredentialChange, by: Actor, digest: str = "") -> None:
    with opened(home.database_url) as book:
        with book.writing() as conn:
            credentials.note(conn, officer, changed, by, digest)
        bear_witness(home, book)


def _digest(kept_hash: str) -> str:
    return hashlib.sha256(kept_hash.encode()).hexdigest()


@contextmanager
def _kept(home: Home) -> Iterator[dict[str, _Kept]]:
    """What is kept of every officer, alone with it; what was changed is written, also where an officer is refused."""
    locks = home.path / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / "passwords.lock"):
        told = json.loads(home.passwords.read_bytes()) if home.passwords.is_file() else {}
        kept = {name: _Kept(**one) for name, one in told.items()}
        before = dict(kept)
        try:
            yield kept
        finally:
            if kept != before:
                lines = {name: asdict(one) for name, one in sorted(kept.items())}
                write_whole(home.passwords, json.dumps(lines, ensure_ascii=False, indent=1).encode())
