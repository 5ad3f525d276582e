"""What people declare about the figures: waivers and targets with their author, and explained contradictions.

All three are append-only: what holds is the newest row of a subject, the older ones are its history.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mlops_maturity.evidence.store.migrations.guards import make_append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_APPEND_ONLY = {
    "waiver": "waivers are append-only: a correction or an end is a new row",
    "target": "targets are append-only: a change or a drop is a new row",
    "contradiction": "what was said of a contradiction is append-only: a change is a new row",
}


def upgrade() -> None:
    """Add the missing columns and the table of contradictions, and guard all three."""
    op.add_column("waiver", sa.Column("author", sa.Text, nullable=False, server_default=""))
    op.add_column("target", sa.Column("kind", sa.Text, nullable=False, server_default="team"))
    op.add_column("target", sa.Column("aspect", _EXACT, nullable=False, server_default=""))
    op.add_column("target", sa.Column("dropped", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "contradiction",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("team", _EXACT, nullable=False),
        sa.Column("practice", _EXACT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("kind IN ('overclaim', 'underclaim')", name="ck_contradiction_kind"),
        sa.CheckConstraint("state IN ('open', 'explained')", name="ck_contradiction_state"),
        sa.PrimaryKeyConstraint("number", name="pk_contradiction"),
    )
    op.create_index("ix_contradiction_team_practice", "contradiction", ["team", "practice"])
    for table, reason in _APPEND_ONLY.items():
        make_append_only(table, reason)
