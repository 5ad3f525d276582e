"""The schema brought up to date, by whoever opens the store first."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text

from mlops_maturity.evidence.store.tables import metadata

HEAD = "0005"
"""The newest migration in `migrations/versions`; a test compares the two."""
VERSION_TABLE = "mlops_maturity_schema"
MIGRATIONS = "mlops_maturity.evidence.store:migrations"

_LOCK = 0x6D6C6F70  # any number of our own; PostgreSQL's advisory locks are numbers


class SchemaUnknown(Exception):
    """The database can't be taken: another program's, or of a newer version. The text says which, and what to do."""


def stored_revision(connection: Connection) -> str | None:
    """The migration the database stands at; None for one without our tables.

    Raises SchemaUnknown where the tables belong to something else.
    """
    names = set(inspect(connection).get_table_names())
    if VERSION_TABLE in names:
        versions = table(VERSION_TABLE, column("version_num"))
        return connection.execute(select(versions.c.version_num)).scalar_one_or_none()
    taken = names if connection.dialect.name == "sqlite" else names & set(metadata.tables)
    if taken:
        listed = ", ".join(sorted(taken)[:5])
        raise SchemaUnknown(
            f"this database holds tables of something else ({listed}); name a new file or an empty database"
        )
    return None


def upgrade(connection: Connection, *, migrations: str | Path = MIGRATIONS, head: str = HEAD) -> None:
    """Run the missing migrations in the transaction that `connection` is in; two processes take turns.

    Raises SchemaUnknown as `stored_revision` does, and for a schema newer than `head`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    revision = stored_revision(connection)
    if revision == head:
        return
    refuse_newer(revision, head)
    # Only now: it takes a third of a second to import, and is needed once in the life of a schema.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    command.upgrade(config, head)


def refuse_newer(revision: str | None, head: str = HEAD) -> None:
    """Raise SchemaUnknown where the database stands beyond what this program knows."""
    if revision is not None and revision > head:
        raise SchemaUnknown(
            f"this store was written by a newer mlops-maturity (schema {revision}, this program knows up to {head}); "
            "upgrade the program, or restore a backup made before"
        )
