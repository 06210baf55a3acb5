"""Dagster's own SQLite storage, with its connections kept while they are used.

As it comes, it makes an engine and a connection for every single event of a run: each statement is compiled anew, each
commit waits for the disk, and each connection's end writes the log back. For a small county that costs more than the
month itself. The files, their tables and their places are Dagster's; the book is another database and stays as strict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import (
    DagsterSqliteStorage,
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

LOCK_SECONDS = 10  # whoever waits longer for another process is told so
ENGINES_KEPT = 8  # a run writes to two databases of events; the page and the daemon see many runs


class Engines:
    """The engines in use, by address; the one used longest ago goes first."""

    def __init__(self) -> None:
        self.kept: dict[str, Engine] = {}

    def of(self, address: str) -> Engine:
        """The engine of a database, which keeps one connection."""
        engine = self.kept.pop(address, None) or _engine(address)
        self.kept[address] = engine
        if len(self.kept) > ENGINES_KEPT:
            self.kept.pop(next(iter(self.kept))).dispose()
        return engine

    def close(self) -> None:
        """Let every database go; whoever asks again opens it again."""
        for engine in self.kept.values():
            engine.dispose()


def _engine(address: str) -> Engine:
    engine = create_engine(address, pool_size=1, max_overflow=-1, connect_args={"timeout": LOCK_SECONDS})
    event.listen(engine, "connect", _sync_at_checkpoints)
    return engine


def _sync_at_checkpoints(connection: object, _: ConnectionPoolEntry) -> None:
    """A power cut may cost the last events, which are told again from the book, and never a whole database."""
    connection.execute("PRAGMA synchronous = NORMAL")  # type: ignore[attr-defined]


class EventLog(SqliteEventLogStorage):
    """The events of runs, a database for each, and their index."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = Engines()
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.of(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as conn:
                yield conn

    def dispose(self) -> None:
        """Let every database go."""
        super().dispose()
        self._engines.close()


class Runs(SqliteRunStorage):
    """The runs and their tags."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = Engines()
        super().__init__(conn_string, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """One transaction."""
        with self._engines.of(self._conn_string).begin() as conn:
            yield conn

    def dispose(self) -> None:
        """Let the database go."""
        super().dispose()
        self._engines.close()


class Storage(DagsterSqliteStorage):
    """Where Dagster's default storage lies; dagster.yaml names it."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super(DagsterSqliteStorage, self).__init__()  # type: ignore[no-untyped-call]
        self.base_dir, self._inst_data = base_dir, inst_data
        self._run_storage = Runs.from_local(_runs_directory(base_dir))
        self._event_log_storage = EventLog(_event_logs_directory(base_dir))
        self._schedule_storage = SqliteScheduleStorage.from_local(_schedule_directory(base_dir))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Storage:
        """As dagster.yaml says it."""
        return cls.from_local(inst_data=inst_data, **config_value)
