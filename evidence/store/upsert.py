"""Insert or update many rows, and count by RETURNING what that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import ARRAY, Connection, Dialect, Executable, Table, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from mlops_maturity.evidence.store.changes import Changes

Row = dict[str, Any]
CHUNK = 5_000
"""Rows handed to the database at once, so that memory stays flat for a page of any size."""
_ROWS_A_STATEMENT = 100
"""Rows in one statement of SQLite: ten times as many are no quicker, and take longer to be read the first time."""


def insert_or_nothing(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert the rows whose key is not there yet; how many those were."""
    if not rows:
        return 0
    return len(connection.execute(_or_nothing(connection.dialect.name, table), rows).all())


def insert_or_replace(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, or replace all of the row with the same primary key."""
    upsert = _or_replace(connection.dialect.name, table)
    for chunk in _chunks(rows, CHUNK):
        connection.execute(upsert, chunk)


# Both are made once for each table: making them takes longer than running them does, and every page does so.
@cache
def _or_nothing(dialect: str, table: Table) -> Executable:
    return _insert(dialect, table).on_conflict_do_nothing().returning(*table.primary_key.columns)


@cache
def _or_replace(dialect: str, table: Table) -> Executable:
    statement = _insert(dialect, table)
    key = [column.key for column in table.primary_key.columns]
    rest = {column.key: statement.excluded[column.key] for column in table.columns if column.key not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)


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
    if not rows:
        return Changes()
    names = tuple(rows[0])
    told = (table, names, tuple(key), tuple(replace), also_when)
    # rowcount is -1 for many rows on psycopg; RETURNING tells the truth on both databases.
    revisions = _by_columns if connection.dialect.name == "postgresql" else _by_values
    inserted = updated = 0
    for revision in revisions(connection, told, rows):
        if revision == 1:
            inserted += 1
        else:
            updated += 1
    return Changes(seen=len(rows), inserted=inserted, updated=updated, unchanged=len(rows) - inserted - updated)


_Told = tuple[Table, tuple[str, ...], tuple[str, ...], tuple[str, ...], str | None]
"""Table, names of the columns given, and `key`, `replace` and `also_when` of `upsert_by_hash`."""


def _by_columns(connection: Connection, told: _Told, rows: Sequence[Row]) -> Iterator[int]:
    """The revisions of the rows that changed, each column handed to PostgreSQL as one array.

    psycopg reads and binds every single value of a long VALUES list: that is several times slower.
    """
    table, names, *_ = told
    arrays = [bindparam(name, type_=ARRAY(table.c[name].type)) for name in names]
    page = func.unnest(*arrays).table_valued(*names, name="page").render_derived()
    statement = postgresql.insert(table).from_select(list(names), select(*page.columns))
    upsert = _where_changed(statement, told)
    for chunk in _chunks(rows, CHUNK):
        yield from connection.execute(upsert, {name: [row[name] for row in chunk] for name in names}).scalars()


def _by_values(connection: Connection, told: _Told, rows: Sequence[Row]) -> Iterator[int]:
    """The revisions of the rows that changed, by SQLite statements of many rows each.

    Core makes such statements anew for each page and names every value: that takes longer than storing them does.
    """
    table, names, *_ = told
    dialect = connection.dialect
    bind = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    for chunk in _chunks(rows, _ROWS_A_STATEMENT):
        text, order = _statement(dialect, told, len(chunk))
        columns = []
        for name in order:
            to_bind, values = bind[name], [row[name] for row in chunk]
            if to_bind is not None:
                same = values.count(values[0]) == len(values)  # the moment of writing, for one
                values = [to_bind(values[0])] * len(values) if same else list(map(to_bind, values))
            columns.append(values)
        flat = tuple(chain.from_iterable(zip(*columns, strict=True)))
        yield from connection.exec_driver_sql(text, flat).scalars()


@lru_cache(maxsize=256)
def _statement(dialect: Dialect, told: _Told, rows: int) -> tuple[str, tuple[str, ...]]:
    """The text that upserts so many rows, and the order in which it takes the columns of each."""
    table, names, *_ = told
    one = _where_changed(sqlite.insert(table), told).compile(dialect=dialect, column_keys=list(names))
    assert one.positiontup is not None
    before, values, after = one.string.partition(f"({', '.join('?' * len(names))})")
    return before + ", ".join([values] * rows) + after, tuple(one.positiontup)


def _where_changed(statement: Any, told: _Told) -> Any:
    table, _, key, replace, also_when = told
    changed = table.c.content_hash != statement.excluded.content_hash
    if also_when is not None:
        changed = or_(changed, table.c[also_when].is_not(None))
    values: dict[str, Any] = {name: statement.excluded[name] for name in (*replace, "content_hash")}
    values["revision"] = table.c.revision + literal_column("1")
    upsert = statement.on_conflict_do_update(index_elements=list(key), set_=values, where=changed)
    return upsert.returning(table.c.revision)


def insert_for(connection: Connection, table: Table) -> sqlite.Insert:
    """An INSERT that can say ON CONFLICT, in the words of the database at hand."""
    return _insert(connection.dialect.name, table)


def _insert(dialect: str, table: Table) -> sqlite.Insert:
    # Both dialects' inserts have the same ON CONFLICT methods, but no common class that declares them.
    if dialect == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]
    return sqlite.insert(table)


def _chunks(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]
