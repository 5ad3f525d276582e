"""How often readings were changed, whoever did it: to count them instead takes seconds where there are ten million."""

from __future__ import annotations

from string import Template

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_EVENTS = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
_SQLITE = (
    Template(
        "CREATE TRIGGER $name AFTER $event ON reading "
        "BEGIN UPDATE dataset SET readings_changed = readings_changed + 1; END"
    ),
)
_POSTGRESQL = (
    Template(
        "CREATE FUNCTION $name() RETURNS trigger LANGUAGE plpgsql AS $$$$ BEGIN "
        "UPDATE dataset SET readings_changed = readings_changed + changed.rows "
        "FROM (SELECT count(*) AS rows FROM page) changed WHERE changed.rows > 0; RETURN NULL; END $$$$"
    ),
    Template(
        "CREATE TRIGGER $name AFTER $event ON reading REFERENCING $row TABLE AS page "
        "FOR EACH STATEMENT EXECUTE FUNCTION $name()"
    ),
)


def upgrade() -> None:
    """Add the count and the triggers that keep it."""
    op.add_column("dataset", sa.Column("readings_changed", sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE dataset SET readings_changed = (SELECT count(*) FROM reading)")
    statements = _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE
    for event, row in _EVENTS:
        for statement in statements:
            op.execute(statement.substitute(name=f"reading_{event.lower()}_counts", event=event, row=row))
