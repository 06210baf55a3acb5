"""Whether the guards stand that the book was given: each there, on, and in today's words, and none that nobody knows.

A guard is a trigger. Whoever owns the file or the server can take one away, write, and put it back; what he wrote is
then found by the other proofs. One that is still away, or does nothing any more, is found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, text

from ledger.tables import postgresql_guards, sqlite_guards

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
# Which events it fires on, whether it is on, whether a condition or columns narrow it, what it calls, and its words.
_POSTGRESQL = """
SELECT t.tgname, t.tgenabled::text, t.tgqual IS NULL AND t.tgattr::text = '', pg_get_triggerdef(t.oid), p.prosrc
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""
_MAKES_TRIGGER = re.compile(r"CREATE (?:OR REPLACE )?TRIGGER (\w+) (.*) EXECUTE FUNCTION (\w+)\(\)")
_MAKES_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\(\) .* AS \$\$(.*)\$\$", re.DOTALL)


def missing_guards(conn: Connection) -> Iterator[str]:
    """What is wrong with the guards, in an officer's words. Read-only."""
    wanted, there = _wanted(conn), _there(conn)
    for name in sorted(wanted.keys() - there.keys()):
        yield f"账簿的防护 {name} 不见了"
    for name in sorted(there.keys() - wanted.keys()):
        yield f"账簿里有来历不明的触发器 {name}"
    for name in sorted(wanted.keys() & there.keys()):
        if wanted[name] != there[name]:
            yield f"账簿的防护 {name} 被改动或停用"


def guard_count(conn: Connection) -> int:
    """How many guards the book should have."""
    return len(_wanted(conn))


def _wanted(conn: Connection) -> Mapping[str, str]:
    """Name → its text, as `_there` tells it."""
    if conn.dialect.name != "postgresql":
        return {one.split()[2]: one for one in sqlite_guards() if one.startswith("CREATE TRIGGER")}
    made, words = {}, {}
    for statement in postgresql_guards():
        if function := _MAKES_FUNCTION.fullmatch(statement):
            words[function[1]] = function[2]
        elif trigger := _MAKES_TRIGGER.fullmatch(statement):
            made[trigger[1]] = f"{_plain(trigger[2])} {trigger[3]}\n{words[trigger[3]]}"
    return made


def _there(conn: Connection) -> Mapping[str, str]:
    if conn.dialect.name != "postgresql":
        return {str(name): str(sql) for name, sql in conn.execute(text(_SQLITE))}
    found = {}
    for name, enabled, is_whole, definition, words in conn.execute(text(_POSTGRESQL)):
        told = _MAKES_TRIGGER.fullmatch(definition)
        is_on = enabled == "O" and is_whole and told is not None
        found[name] = f"{_plain(told[2])} {told[3]}\n{words}" if is_on and told else ""
    return found


def _plain(when_and_where: str) -> str:
    """When a trigger fires, without the schema and in one order: the server tells events in an order of its own."""
    when, _, where = when_and_where.partition(" ON ")
    table, _, each = where.partition(" ")
    moment, _, events = when.partition(" ")
    return f"{moment} {sorted(events.split(' OR '))} {table.rpartition('.')[2]} {each}"
