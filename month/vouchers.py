"""Somebody who was known at a door is known in the run that he starts there, once.

What a run is told lies open in the orchestrator's records and can be written by whoever reaches it; a name in it proves
nothing. A voucher is a secret that only `give` hands out; the home keeps its digest and whom it is for.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contracts.actor import Actor, plain_name
from contracts.codes import HowKnown
from contracts.errors import NotAllowedError
from contracts.files import write_whole
from contracts.settings import Home
from month.officers import known

GOOD_FOR = timedelta(hours=1)  # a run may wait for another one of its county


def give(home: Home, by: Actor) -> str:
    """A new voucher for whoever was known just now. Those that ran out are swept."""
    now = datetime.now(UTC)
    for path in home.vouchers.glob("*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) + GOOD_FOR < now:
            path.unlink(missing_ok=True)
    voucher = secrets.token_urlsafe(24)
    told = {"officer": by.officer, "system_user": by.system_user, "known_by": by.known_by.value}
    until = (now + GOOD_FOR).isoformat(timespec="seconds")
    write_whole(_kept(home, voucher), json.dumps({**told, "until": until}, ensure_ascii=False).encode())
    return voucher


def redeem(home: Home, voucher: str) -> Actor:
    """Whom a voucher is for; from then on it is none. NotAllowedError where it is none, or ran out."""
    kept = _kept(home, voucher)
    taken = kept.with_suffix(".taken")
    try:
        kept.rename(taken)
    except FileNotFoundError:
        raise _is_none() from None
    told = json.loads(taken.read_bytes())
    taken.unlink()
    if datetime.fromisoformat(told["until"]) < datetime.now(UTC):
        raise _is_none()
    return Actor(told["officer"], told["system_user"], HowKnown(told["known_by"]))


def known_again(home: Home, name: str, voucher: str) -> Actor:
    """Whoever was known at the door he started a run at; without a voucher, what the process itself can know of him.

    NotAllowedError where that is not enough, or the voucher is another's.
    """
    if not voucher:
        return known(home, name)
    by = redeem(home, voucher)
    if by.officer != plain_name(name):
        raise NotAllowedError(f"这次运行的确认是“{by.officer}”的,不是“{name}”的", "请由本人重新开始运行")
    return by


def _kept(home: Home, voucher: str) -> Path:
    return home.vouchers / f"{hashlib.sha256(voucher.encode()).hexdigest()}.json"


def _is_none() -> NotAllowedError:
    return NotAllowedError("这次运行没有带着经办人的确认,或确认已用过、过期", "请由本人重新开始运行")
