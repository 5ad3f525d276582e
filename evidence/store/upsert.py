"""Insert or update many rows, and count by RETURNING what that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ARRAY, Connection, Table, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from mlops_maturity.evidence.store.changes import Changes

Row = dict[str, Any]
CHUNK = 5_000
"""Rows handed to the database at once, so that memory stays flat for a page of any size."""


def insert_or_nothing(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert the rows whose key is not there yet; how many those were."""
    if not rows:
        return 0
    statement = insert_for(connection, table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return len(connection.execute(statement, rows).all())


def insert_or_replace(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, or replace all of the row with the same primary key."""
    statement = insert_for(connection, table)
    key = [column.key for column in table.primary_key.columns]
    rest = {column.key: statement.excluded[column.key] for column in table.columns if column.key not in key}
    upsert = statement.on_conflict_do_update(index_elements=key, set_=rest)
    for chunk in _chunks(rows):
        connection.execute(upsert, chunk)


def upsert_by_hash(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    key: Sequence[str],
    replace: Sequence[str],
    also_when: str | None = None,
) -> Changes:
    """Insert rows, or replace the columns `replace` where the content hash differs.

    `table` has the columns content_hash and revision; `key` names one of its unique constraints, and no two rows
    share it. A row with the same hash is left alone, unless its column `also_when` is set: then that is cleared.
    """
    statement = _insert_page(connection, table, rows)
    changed = table.c.content_hash != statement.excluded.content_hash
    if also_when is not None:
        changed = or_(changed, table.c[also_when].is_not(None))
    values: dict[str, Any] = {name: statement.excluded[name] for name in (*replace, "content_hash")}
    values["revision"] = table.c.revision + 1
    upsert = statement.on_conflict_do_update(index_elements=list(key), set_=values, where=changed)
    inserted = updated = 0
    for chunk in _chunks(rows):
        parameters = _columns(chunk) if _takes_columns(connection) else chunk
        # rowcount is -1 for many rows on psycopg; RETURNING tells the truth on both databases.
        for revision in connection.execute(upsert.returning(table.c.revision), parameters).scalars():
            if revision == 1:
                inserted += 1
            else:
                updated += 1
    return Changes(seen=len(rows), inserted=inserted, updated=updated, unchanged=len(rows) - inserted - updated)


def _takes_columns(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _insert_page(connection: Connection, table: Table, rows: Sequence[Row]) -> sqlite.Insert:
    """An INSERT of many rows: one by one for SQLite, and as one array a column for PostgreSQL.

    psycopg reads and binds every single value of a long VALUES list: that is several times slower.
    """
    statement = insert_for(connection, table)
    if not _takes_columns(connection) or not rows:
        return statement
    names = list(rows[0])
    arrays = [bindparam(name, type_=ARRAY(table.c[name].type)) for name in names]
    page = func.unnest(*arrays).table_valued(*names, name="page").render_derived()
    return statement.from_select(names, select(*page.columns))


def _columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def insert_for(connection: Connection, table: Table) -> sqlite.Insert:
    """An INSERT that can say ON CONFLICT, in the words of the database at hand."""
    # Both dialects' inserts have the same ON CONFLICT methods, but no common class that declares them.
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]
    return sqlite.insert(table)


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for first in range(0, len(rows), CHUNK):
        yield rows[first : first + CHUNK]
