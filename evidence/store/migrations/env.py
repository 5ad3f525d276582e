"""How Alembic runs a migration here: on the connection it is given, in the transaction that one is in."""

from __future__ import annotations

from alembic import context

from mlops_maturity.evidence.store.schema import VERSION_TABLE
from mlops_maturity.evidence.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite can't alter a table in place: Alembic copies it
)
with context.begin_transaction():
    context.run_migrations()
