"""Triggers that keep a table append-only: the database itself refuses to change or delete what was written.

A batch migration of such a table on SQLite copies it and so loses its triggers: put them back.
"""

from __future__ import annotations

from string import Template

from alembic import op

_SQLITE = (
    Template("CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON $table BEGIN SELECT RAISE(ABORT, '$reason'); END"),
    Template("CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON $table BEGIN SELECT RAISE(ABORT, '$reason'); END"),
    # INSERT OR REPLACE deletes the old row without asking the trigger above.
    Template(
        "CREATE TRIGGER ${table}_no_replace BEFORE INSERT ON $table "
        "WHEN EXISTS (SELECT 1 FROM $table WHERE number = NEW.number) "
        "BEGIN SELECT RAISE(ABORT, '$reason'); END"
    ),
)


def make_append_only(table: str, reason: str) -> None:
    """Guard `table`, which has the key `number`, in the running migration; `reason` is what a refusal says."""
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql(table, reason)
        return
    for statement in _SQLITE:
        op.execute(statement.substitute(table=table, reason=reason))


def _guard_postgresql(table: str, reason: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN RAISE EXCEPTION '{reason}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
    )
