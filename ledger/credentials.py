"""What the book knows of officers' passwords: who was given one, by whom, when; never the password or its hash.

Each change is an entry of the audit log, of no county. A hash that lies in the home is believed only where the newest
entry names its digest, and an officer who was given one cannot go back to a bare name by losing the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from contracts.actor import Actor
from contracts.codes import CredentialChange, Logged
from ledger import audit
from ledger.tables import audit_log

OF_HOME = ""  # the county of an entry that is of none
STANDING = (CredentialChange.ISSUED, CredentialChange.CHANGED, CredentialChange.DISABLED)


@dataclass(frozen=True)
class Standing:
    """The newest change of an officer's password that still counts. `digest`: SHA-256 of the hash that goes with it."""

    change: CredentialChange
    digest: str
    by: str
    recorded_at: str


@dataclass(frozen=True)
class Credentials:
    """How every officer of whom the book knows stands, by name."""

    standings: Mapping[str, Standing]

    def holds(self, name: str) -> bool:
        """Whether the officer holds a password."""
        return name in self.standings and not self.is_disabled(name)

    def is_one_time(self, name: str) -> bool:
        """Whether it is still the one he was given."""
        return name in self.standings and self.standings[name].change is CredentialChange.ISSUED

    def is_disabled(self, name: str) -> bool:
        """Whether he was shut out."""
        return name in self.standings and self.standings[name].change is CredentialChange.DISABLED


def note(conn: Connection, officer: str, change: CredentialChange, by: Actor, digest: str = "") -> None:
    """Add what became of an officer's password to the log, in the caller's transaction."""
    audit.append(conn, OF_HOME, by, Logged.OFFICER.value, officer, {"change": change.value, "of_hash": digest})


def held(conn: Connection) -> Credentials:
    """How every officer stands now. Read-only."""
    c = audit_log.c
    told = select(c.object, c.actor, c.recorded_at, c.detail_json)
    told = told.where(c.county == OF_HOME, c.action == Logged.OFFICER.value).order_by(c.entry_id)
    standings: dict[str, Standing] = {}
    for name, actor, recorded_at, detail_json in conn.execute(told):
        detail = json.loads(detail_json)
        change = CredentialChange(detail["change"])
        if change in STANDING:
            standings[name] = Standing(change, detail["of_hash"], actor, recorded_at)
    return Credentials(standings)
