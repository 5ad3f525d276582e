"""What is needed of every record at once: whose it is, when it was and what ties it to others, kept up to date by what
was touched since. Both are derived: the records themselves stay as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mlops_maturity.evidence.store.migrations.follow import follow

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables and the triggers that note what is touched; all that is stored already counts as touched."""
    op.create_table(
        "outline",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("hash", _EXACT, nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("made_by", sa.BigInteger),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("digest", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_outline"),
        sa.UniqueConstraint("hash", name="uq_outline"),
    )
    op.create_index("ix_outline_made_by", "outline", ["made_by"])
    op.create_table(
        "sketch",
        sa.Column("outline", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("content", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger),
        sa.Column("first_at", sa.BigInteger),
        sa.Column("last_at", sa.BigInteger),
        sa.Column("id", _EXACT),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("ref", sa.Text),
        sa.Column("sha", sa.Text),
        sa.Column("shared_workflows", sa.Integer),
        sa.PrimaryKeyConstraint("outline", "number", name="pk_sketch"),
        sa.UniqueConstraint("number", name="uq_sketch"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "touched",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("record", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_touched"),
        sqlite_autoincrement=True,
    )
    follow(
        "record",
        "touches",
        row="INSERT INTO touched (record) VALUES ($row.number)",
        page="INSERT INTO touched (record) SELECT number FROM page",
    )
    op.execute("INSERT INTO touched (record) SELECT number FROM record ORDER BY number")
