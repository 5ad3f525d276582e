"""Opening the store: one engine, made ready for several processes at once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.store import schema
from mlops_maturity.evidence.store.address import parse_url, refused, show, unwritable

BUSY_SECONDS = 60
"""How long a writer waits for another one before it gives up: longer than any one page or file import should take."""
_WAL_TRIES = 100


class StoreUnavailable(InputRefused):
    """The database does not do what it is asked for, through no fault of the data; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. Threads may share it; every process opens its own."""

    engine: Engine
    url: str
    """Where it is, without the password."""
    read_only: str = ""
    """Why nothing can be written to it; empty where that is not so."""

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes: all of it at the end, or nothing when an exception leaves the block.

        Raises StoreUnavailable where another process writes for too long, the disk is full, the server is gone, or
        the store is read-only.
        """
        if self.read_only:
            raise StoreUnavailable([Problem("store", "", f"{self.url}: {self.read_only}")])
        with _explained(self.engine.url), self.engine.connect() as connection:
            writer = connection.execution_options(writes=True)
            with writer.begin():
                yield writer

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection that reads; it sees one moment of the store until it closes.

        Raises StoreUnavailable as `begin` does.
        """
        with _explained(self.engine.url), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":  # SQLite does so anyway
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def close(self) -> None:
        """End all connections."""
        self.engine.dispose()


def open_store(url: str, base: Path, *, password: str | None = None, writes: bool = True) -> Store:
    """Open the store at `url`, creating or upgrading its tables where needed.

    A relative SQLite path is relative to `base`. Any number of processes may do this at the same time. Raises
    InputRefused, with cause and next step and without the password, where the store can't be opened for writing;
    for who only reads (not `writes`), a store of this version that can't be written is opened as it is.
    """
    parsed = parse_url(url, base, password)
    read_only = unwritable(parsed)
    if read_only and writes:
        raise refused(show(parsed), read_only)
    if read_only:
        return _opened(Store(_reading_engine(parsed), show(parsed), read_only), _look)
    return _opened(Store(_engine(parsed), show(parsed)), _prepare)


def peek_store(url: str, base: Path, *, password: str | None = None) -> Store | None:
    """Open the store at `url` for reading only, changing nothing; None where there is none yet.

    Raises InputRefused as `open_store` does, and for a store that has to be upgraded first.
    """
    parsed = parse_url(url, base, password)
    if parsed.get_backend_name() == "sqlite":
        path = Path(str(parsed.database))
        if not path.exists() or not path.stat().st_size:
            return None
        engine = _reading_engine(parsed)
    else:
        engine = _engine(parsed)
    return _opened(Store(engine, show(parsed), "it is only looked at"), _look)


def reopened(url: URL) -> Store:
    """A store that another process has opened before, with its own connections. The URL bears the password."""
    return Store(_engine(url), show(url))


def _opened(store: Store, prepare: Callable[[Store], None]) -> Store:
    try:
        with _explained(store.engine.url):
            prepare(store)
    except BaseException:
        store.close()
        raise
    return store


def _look(store: Store) -> None:
    with store.connect() as connection:
        revision = schema.stored_revision(connection)
    schema.refuse_newer(revision)
    if revision != schema.HEAD:
        raise schema.SchemaUnknown(
            "this store is of an older version and can't be written; run `mlops-maturity db upgrade` as a user who may"
        )


def _prepare(store: Store) -> None:
    with store.connect() as connection:
        revision = schema.stored_revision(connection)
    schema.refuse_newer(revision)
    if store.engine.dialect.name == "sqlite":
        _switch_to_wal(store.engine)
    # Without a write lock where there is nothing to do: opening must not wait for a long import.
    if revision != schema.HEAD:
        with store.begin() as connection:
            schema.upgrade(connection)


def _engine(url: URL) -> Engine:
    # hide_parameters: what people answered belongs in the store, not in the text of an error.
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 10})


def _reading_engine(url: URL) -> Engine:
    """An engine for an SQLite file that must not, or can't, be written to."""

    def connect() -> sqlite3.Connection:
        path = Path(str(url.database))
        # Without a log beside it nobody is writing, and SQLite reads the file alone: it could not make a log of its own
        # in a folder that can't be written. With one, what stands in the log counts.
        alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
        return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{alone}", uri=True, timeout=BUSY_SECONDS)

    # No pool: whether somebody writes is seen when a connection begins.
    engine = create_engine(url, hide_parameters=True, creator=connect, poolclass=NullPool)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions on its own, late and without a lock; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    # FULL: what was said to be stored is there after a power cut. 32 MiB of cache: keys of a large store stay at hand.
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "cache_size = -32768"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock first: a reader that turned writer half-way could not wait, only fail.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _switch_to_wal(engine: Engine) -> None:
    """Lets readers and a writer work at once; kept in the file. SQLite does not wait for the lock here: we do."""
    raw = engine.raw_connection()
    try:
        for left in reversed(range(_WAL_TRIES)):
            try:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or not left:
                    raise
                time.sleep(0.05)
    finally:
        raw.close()


_SQLITE_CAUSES = (
    ("not a database", "this file is not an SQLite database; name another file, or move this one away"),
    ("readonly", "read-only: it can't be written by this user; change the owner or rights of the file and its folder"),
    ("unable to open", "it can't be opened; check that the folder is there and that this user may write to it"),
    ("malformed", "the file is damaged; restore a backup, or move it away and collect again"),
    ("locked", f"another process has been writing for more than {BUSY_SECONDS} s; try again when it is done"),
    ("full", "the disk is full; make room and try again"),
    ("disk I/O", "the disk could not be read or written; check it, and that it is no network drive"),
)


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    """Tell what keeps a database from working, with what to do; what is wrong in our own statements passes through."""
    try:
        yield
    except schema.SchemaUnknown as error:
        raise refused(show(url), str(error)) from None
    except (DBAPIError, sqlite3.Error) as error:
        reason = _reason(url, error)
        if reason is None:
            raise
        raise StoreUnavailable([Problem("store", "", f"{show(url)}: {reason}")]) from None


def _reason(url: URL, error: DBAPIError | sqlite3.Error) -> str | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = " ".join(str(cause).split()) or type(cause).__name__
    if url.get_backend_name() == "sqlite":
        return next((reason for words, reason in _SQLITE_CAUSES if words in text), None)
    if "permission denied" in text or "read-only transaction" in text:
        return f"read-only for this user: {text}; grant it the right to write, or use another user"
    if not isinstance(error, OperationalError):
        return None
    if url.password is not None:
        text = text.replace(str(url.password), "***")
    return f"{text}; check that the server runs, that the database exists, and the user's rights"
