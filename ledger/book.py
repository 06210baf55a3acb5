"""Opening the book, reading it as frames, and writing to it in bulk. One writer at a time, on either engine.

`reading()` sees one state of the book and changes nothing; `writing()` is one transaction that is whole or not there.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    create_engine,
    event,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import Integer
from sqlalchemy.util import LRUCache

from contracts.codes import (
    BankEvent,
    Benefit,
    Cause,
    ChoiceGroup,
    CorrectionGround,
    HoldCode,
    Kind,
    Outcome,
    PaymentState,
    RecoveryMeans,
)
from contracts.errors import BookError, InputError, SameOfficerError
from contracts.wording import MACHINE, trouble_of_machine
from ledger import tables

SCHEMA_VERSION = "0013"
ROWS_AT_ONCE = 50_000  # bounds memory: rows become Python objects on their way to the driver
KEYS_AT_ONCE = 10_000  # of one statement; both engines allow three times as many
LOCK_SECONDS = 60
CACHE_KIB = 128 * 1024  # of SQLite's pages, filled as they are read: below it, a big claim writes the same pages often
WAIT_SECONDS = 0.05  # between two tries for a lock that SQLite itself does not wait for
LEAST_SQLITE = (3, 37)  # STRICT tables
STATEMENTS = 1000  # most that are kept compiled; the program has some hundreds
WRITER_LOCK = 41072100  # PostgreSQL: one writer of the book at a time, as SQLite has it anyway

CODES: dict[str, pl.DataType] = {
    "benefit": Benefit.dtype(),
    "winner": Benefit.dtype(),
    "outcome": Outcome.dtype(),
    "kind": Kind.dtype(),
    "cause": Cause.dtype(),
    "correction": CorrectionGround.dtype(),
    "code": HoldCode.dtype(),
    "means": RecoveryMeans.dtype(),
    "bank_event": BankEvent.dtype(),
    "state": PaymentState.dtype(),
    "choose_group": ChoiceGroup.dtype(),
}


Transaction = Connection  # what `reading()` and `writing()` give; other rooms name it without knowing SQL


@dataclass(frozen=True)
class Book:
    """An open book."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; nothing is written. BookError where the connection is lost."""
        with _losses(), self.engine.connect() as conn:
            if conn.dialect.name == "postgresql":
                conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            try:
                yield conn
            finally:
                conn.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, the only writer while it lasts. BookError where the database refuses a row."""
        with self.engine.connect().execution_options(writes=True) as conn, _refusals(), conn.begin():
            if conn.dialect.name == "postgresql":
                conn.execute(select(func.pg_advisory_xact_lock(WRITER_LOCK)))
            yield conn

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def sqlite_version() -> str:
    """The version of SQLite that a book of this process is kept with; InputError where it is too old for one."""
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        raise InputError(f"SQLite {sqlite3.sqlite_version} 太旧", "请升级操作系统的 Python")
    return sqlite3.sqlite_version


def open_book(url: str) -> Book:
    """Open the book at an SQLAlchemy URL; a new or older one is brought to the present tables and words first.

    InputError where the URL is none, its driver is not installed, or the database cannot be reached or is no book.
    """
    book = Book(_engine(url))
    try:
        with book.reading() as conn:
            is_present = stored_version(conn) == SCHEMA_VERSION and not _new_words(conn)
        if not is_present:
            _bring_up(book)
    except DBAPIError as refused:
        book.close()
        raise _cannot_open(book.engine, refused) from None
    return book


def _engine(url: str) -> Engine:
    try:
        where = make_url(url)
        if where.get_backend_name() == "sqlite":
            _require_folder(where)
            return _sqlite_engine(where)
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)  # a server is restarted between two acts
    except ModuleNotFoundError as missing:
        advice = "请在程序的 .venv 中安装:pip install 'disburse[postgresql]'"
        raise InputError(f"缺少连接数据库的程序包 {missing.name}", advice, "DISBURSE_DATABASE_URL") from None
    except ArgumentError:
        advice = "写法如 postgresql+psycopg://用户@主机/数据库;不设则用数据目录里的 book.sqlite"
        raise InputError("数据库地址写法不对", advice, "DISBURSE_DATABASE_URL") from None


def _sqlite_engine(url: URL) -> Engine:
    """An engine with connections of its own, and with what all books of this process share: its compiled statements.

    A book is opened several times in an act. SQLAlchemy keeps a statement compiled for one dialect, and create_engine
    gives each engine another.
    """
    dialect, compiled = _shared(url.drivername)
    arguments, options = dialect.create_connect_args(url)
    connect = partial(dialect.connect, *arguments, **options, timeout=LOCK_SECONDS)
    own = {"compiled_cache": compiled}
    engine = Engine(QueuePool(connect, dialect=dialect), dialect, url, hide_parameters=True, execution_options=own)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@cache
def _shared(driver: str) -> tuple[Dialect, LRUCache[Any, Any]]:
    """The dialect of a driver, made ready by a book that is nowhere, and what has been compiled for it."""
    nowhere = create_engine(f"{driver}://")
    with nowhere.connect():
        pass
    nowhere.dispose()
    return nowhere.dialect, LRUCache(STATEMENTS)


def _cannot_open(engine: Engine, refused: DBAPIError) -> InputError:
    """Why the book cannot be opened, without the driver's words: they hold the address and the user."""
    if engine.dialect.name != "sqlite":
        return InputError("总账数据库连不上", "请核对地址、账号和网络,或请管理员查看数据库", "DISBURSE_DATABASE_URL")
    what, advice = trouble_of_machine(str(refused.orig)) or ("总账文件打不开或已损坏", "请从备份恢复,不要删除原文件")
    return InputError(what, advice, "book.sqlite")


@contextmanager
def opened(url: str) -> Iterator[Book]:
    """The book at an SQLAlchemy URL, as open_book(), for as long as the block lasts."""
    book = open_book(url)
    try:
        yield book
    finally:
        book.close()


def _require_folder(url: URL) -> None:
    folder = Path(url.database or "").parent
    if not folder.is_dir():
        raise InputError("没有这个数据目录", "请核对 DISBURSE_HOME 或 --home", folder.name)


def stored_version(conn: Connection) -> str:
    """The version of the tables as they are; empty for a new book."""
    if not inspect(conn).has_table("alembic_version"):
        return ""
    return str(conn.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def now() -> str:
    """This instant in UTC, as the book writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_id(conn: Connection, table: Table) -> int:
    """The first free number of a table; stable while the transaction holds the book."""
    (key,) = table.primary_key.columns
    return int(conn.execute(select(func.coalesce(func.max(key), 0))).scalar_one()) + 1


def read_frame(conn: Connection, statement: Select[Any]) -> pl.DataFrame:
    """The rows of a statement, typed by their column names: `_month` a Date, `is_` Boolean, codes their Enum."""
    result = conn.execute(statement)
    columns = statement.selected_columns
    stored, typed = _types_of(tuple((c.key or "", isinstance(c.type, Integer)) for c in columns))
    parts = []
    while rows := result.cursor.fetchmany(ROWS_AT_ONCE):
        parts.append(pl.DataFrame(rows, schema=stored, orient="row"))
    result.close()
    frame = pl.concat(parts) if parts else pl.DataFrame(schema=stored)
    return frame.with_columns(typed) if typed else frame


@lru_cache(maxsize=STATEMENTS)
def _types_of(columns: tuple[tuple[str, bool], ...]) -> tuple[pl.Schema, list[pl.Expr]]:
    """How columns come from the book, by name and whether they are integers, and what becomes of them."""
    stored = pl.Schema({name: pl.Int64() if is_integer else pl.String() for name, is_integer in columns})
    return stored, [told for name in stored if (told := _typed(name)) is not None]


def read_among(conn: Connection, statement: Select[Any], column: ColumnElement[Any], keys: pl.Series) -> pl.DataFrame:
    """The rows of a statement whose `column` is one of `keys`."""
    starts = range(0, max(keys.len(), 1), KEYS_AT_ONCE)  # at least one part, so that nothing has its columns too
    return pl.concat(
        read_frame(conn, statement.where(column.in_(keys.slice(start, KEYS_AT_ONCE).to_list()))) for start in starts
    )


def insert_frame(conn: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Append the rows of a frame, in order; columns named as in the table. Sorted by the key is fastest."""
    if frame.is_empty():
        return
    stored = frame.select(_stored(name, dtype) for name, dtype in frame.schema.items())
    names = ", ".join(stored.columns)
    if conn.dialect.name == "postgresql":
        _copy(conn, f"COPY {table.name} ({names}) FROM STDIN", stored)
        return
    marks = ", ".join("?" for _ in stored.columns)
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names are those of the table
    for part in stored.iter_slices(ROWS_AT_ONCE):
        conn.exec_driver_sql(statement, part.rows())


def _copy(conn: Connection, statement: str, rows: pl.DataFrame) -> None:
    """Send rows by PostgreSQL's COPY; what the driver refuses is raised as by any other statement."""
    driver: Any = conn.connection.driver_connection
    errors: Any = conn.dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows.iter_rows():
                copy.write_row(row)
    except errors.Error as refused:
        raise DBAPIError.instance(statement, None, refused, errors.Error, hide_parameters=True) from None


def _typed(name: str) -> pl.Expr | None:
    """What becomes of a column as its name says; None where it stays as it is stored."""
    column = pl.col(name)
    if name.endswith("_month"):
        return (column + "-01").str.to_date("%Y-%m-%d")
    if name.startswith("is_"):
        return column.cast(pl.Boolean)
    return column.cast(CODES[name]) if name in CODES else None


def _stored(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Date:
        return column.dt.strftime("%Y-%m" if name.endswith("_month") else "%Y-%m-%d")
    if dtype == pl.Boolean:
        return column.cast(pl.Int64)
    return column.cast(pl.String) if isinstance(dtype, pl.Enum) else column


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # the driver must not begin transactions of its own
    _write_ahead(connection)
    asked = ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON", f"cache_size = -{CACHE_KIB}")
    for pragma in asked:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:  # noqa: ANN401 - the driver's own connection
    """Have the file keep a write-ahead log. It is read first, and a lock wanted then is asked for once: wait here."""
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as refused:
            if refused.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(WAIT_SECONDS)
        else:
            return


def _begin_sqlite(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def _losses() -> Iterator[None]:
    """Turn a connection that was lost on the way into an officer's words."""
    try:
        yield
    except DBAPIError as refused:
        if refused.connection_invalidated:
            raise BookError(*MACHINE["connection"]) from None
        raise


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the database's refusals into officers' words; its own may quote the row."""
    try:
        yield
    except IntegrityError as refused:
        raise _told(refused) from None
    except DBAPIError as refused:
        if trouble := trouble_of_machine(str(refused.orig)):
            raise BookError(*trouble) from None
        raise _told(refused) from None


def _told(refused: DBAPIError) -> BookError:
    """The refusal in an officer's words: both engines say which guard refused only by its message."""
    said = str(refused.orig)
    guard = next((guard for guard in tables.GUARDS if guard.message in said), None)
    if guard is None:
        unknown = f"账簿拒绝了这次写入({type(refused.orig).__name__})"
        return BookError(tables.APPEND_ONLY if tables.APPEND_ONLY in said else unknown, "请核对后重试")
    if guard.parts_officers:
        return SameOfficerError(guard.message, "请由另一位有权的人办理")
    return BookError(guard.message, "请核对后重试")


def _bring_up(book: Book) -> None:
    """Bring the book to the present tables, and to the words of the present code lists."""
    with book.writing() as conn:
        if stored_version(conn) != SCHEMA_VERSION:
            from ledger.migrations import upgrade  # alembic costs more than a command may take

            upgrade(conn)
        for table, word in _new_words(conn):
            conn.execute(insert(table).values(word=word))


def _new_words(conn: Connection) -> list[tuple[Table, str]]:
    """Words of the open code lists that the book does not have yet."""
    known = union_all(*(select(literal(table.name), table.c.word) for table in tables.OPEN_LISTS))
    there = {tuple(row) for row in conn.execute(known)}
    return [
        (table, word)
        for table, codes in tables.OPEN_LISTS.items()
        for word in codes.values()
        if (table.name, word) not in there
    ]
