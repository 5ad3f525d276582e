"""How often readings were changed, whoever did it: to count them instead takes seconds where there are ten million."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mlops_maturity.evidence.store.migrations.follow import follow

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count and the triggers that keep it."""
    op.add_column("dataset", sa.Column("readings_changed", sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE dataset SET readings_changed = (SELECT count(*) FROM reading)")
    follow(
        "reading",
        "counts",
        row="UPDATE dataset SET readings_changed = readings_changed + 1",
        page=(
            "UPDATE dataset SET readings_changed = readings_changed + changed.rows "
            "FROM (SELECT count(*) AS rows FROM page) changed WHERE changed.rows > 0"
        ),
    )
