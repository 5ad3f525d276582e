"""The catalogues that assessments were published under, and of history rows how they came about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table of catalogues, an index of assessments, and two columns of history."""
    op.create_table(
        "catalogue",
        sa.Column("hash", _EXACT, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("first_used_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_catalogue"),
    )
    # Which catalogue was in force when is asked often, of rows with long payloads.
    op.drop_index("ix_assessment_team_as_of", "assessment")
    op.create_index("ix_assessment_team_as_of_catalogue_hash", "assessment", ["team", "as_of", "catalogue_hash"])
    op.add_column("history", sa.Column("basis", sa.Text, nullable=False, server_default="restated"))
    op.add_column("history", sa.Column("model_effect", sa.Float))
