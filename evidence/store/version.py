"""The version of everything the pages show, for caches to hang on."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store

_MOVE = update(tables.dataset).values(version=tables.dataset.c.version + 1)
_LOCK = select(tables.dataset.c.version).with_for_update()


def dataset_version(store: Store) -> str:
    """A text that differs whenever something a page shows differs; another store has another one."""
    with store.connect() as connection:
        row = connection.execute(select(tables.dataset.c.store, tables.dataset.c.version)).one()
    return f"{row.store}-{row.version}"


def move_version(connection: Connection) -> None:
    """Say, in the writer's own transaction and as its last step, that something visible changed."""
    connection.execute(_MOVE)


def take_turns(connection: Connection) -> None:
    """Wait until no other writer that reads before it writes is at work; until the end of the transaction.

    SQLite has one writer at a time anyway and ignores FOR UPDATE.
    """
    connection.execute(_LOCK).all()
