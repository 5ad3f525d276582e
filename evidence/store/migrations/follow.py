"""Triggers that follow a table: whatever is written to it or taken out of it, by whomever, has its consequence."""

from __future__ import annotations

from string import Template

from alembic import op

_EVENTS = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
_SQLITE = (Template("CREATE TRIGGER $name AFTER $event ON $table BEGIN $then; END"),)
_POSTGRESQL = (
    Template("CREATE FUNCTION $name() RETURNS trigger LANGUAGE plpgsql AS $$$$ BEGIN $then; RETURN NULL; END $$$$"),
    # Once a statement: a page is one.
    Template(
        "CREATE TRIGGER $name AFTER $event ON $table REFERENCING $row TABLE AS page "
        "FOR EACH STATEMENT EXECUTE FUNCTION $name()"
    ),
)


def follow(table: str, does: str, *, row: str, page: str) -> None:
    """Have a statement follow each change of `table`, in the running migration. `does` ends the triggers' names.

    SQLite runs the statement `row` after each row, in which `$row` is NEW, or OLD of one that went; PostgreSQL runs
    `page` after each statement, with the rows as the table `page`.
    """
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for event, of in _EVENTS:
        then = page if is_postgresql else Template(row).substitute(row=of)
        told = {"name": f"{table}_{event.lower()}_{does}", "event": event, "table": table, "row": of, "then": then}
        for statement in _POSTGRESQL if is_postgresql else _SQLITE:
            op.execute(statement.substitute(told))
