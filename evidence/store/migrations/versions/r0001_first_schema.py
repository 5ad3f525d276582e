"""First schema: facts, answers, what is made of them, and the bookkeeping of collectors.

A batch migration of `answer` or `assessment` on SQLite copies the table and so loses its triggers: put them back.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

from mlops_maturity.evidence.store.migrations.guards import make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_INSTANT = sa.BigInteger

_APPEND_ONLY = {
    "answer": "answers are append-only: a correction is a new row",
    "assessment": "published assessments are immutable: publish a new one",
}


def upgrade() -> None:
    """Create every table, the guards of the append-only ones, and the row that names this store."""
    _create_facts()
    _create_bookkeeping()
    _create_judgements()
    _create_notes()
    for table, reason in _APPEND_ONLY.items():
        make_append_only(table, reason)


def _create_facts() -> None:
    op.create_table(
        "source",
        sa.Column("id", _EXACT, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_table(
        "record",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("source", _EXACT, nullable=False),
        sa.Column("kind", _EXACT, nullable=False),
        sa.Column("id", _EXACT, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("occurred_at", _INSTANT),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("last_changed_at", _INSTANT, nullable=False),
        sa.Column("gone_at", _INSTANT),
        sa.PrimaryKeyConstraint("number", name="pk_record"),
        sa.UniqueConstraint("source", "kind", "id", "attempt", name="uq_record"),
    )
    op.create_index("ix_record_kind_occurred_at", "record", ["kind", "occurred_at"])
    op.create_table(
        "answer",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("team", _EXACT, nullable=False),
        sa.Column("practice", _EXACT, nullable=False),
        sa.Column("respondent", _EXACT, nullable=False),
        sa.Column("value", sa.Integer),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("attested", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("evidence_url", sa.Text, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 3", name="ck_answer_rung"),
        sa.PrimaryKeyConstraint("number", name="pk_answer"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_team_practice_respondent_on", "answer", ["team", "practice", "respondent", "on"])


def _create_bookkeeping() -> None:
    dataset = op.create_table(
        "dataset",
        sa.Column("store", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("store", name="pk_dataset"),
    )
    op.bulk_insert(dataset, [{"store": uuid.uuid4().hex[:12], "version": 1}])
    op.create_table(
        "cursor",
        sa.Column("source", _EXACT, nullable=False),
        sa.Column("stream", _EXACT, nullable=False),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("source", "stream", name="pk_cursor"),
    )
    op.create_table(
        "coverage",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("source", _EXACT, nullable=False),
        sa.Column("stream", _EXACT, nullable=False),
        sa.Column("scope", _EXACT, nullable=False),
        sa.Column("start", _INSTANT, nullable=False),
        sa.Column("end", _INSTANT, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_coverage"),
    )
    op.create_index("ix_coverage_source_stream_scope", "coverage", ["source", "stream", "scope"])
    op.create_table(
        "collector_run",
        sa.Column("run", _NUMBER, nullable=False),
        sa.Column("source", _EXACT, nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rows_seen", sa.Integer, nullable=False),
        sa.Column("rows_changed", sa.Integer, nullable=False),
        sa.Column("streams", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_collector_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collector_run_source_started_at", "collector_run", ["source", "started_at"])
    op.create_table(
        "lease",
        sa.Column("name", _EXACT, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def _create_judgements() -> None:
    op.create_table(
        "reading",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("team", _EXACT, nullable=False),
        sa.Column("signal", _EXACT, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("origin", _EXACT, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("missing", sa.Text),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("computed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reading"),
        sa.UniqueConstraint("team", "signal", "on", "origin", name="uq_reading"),
    )
    op.create_table(
        "assessment",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("team", _EXACT, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("catalogue_hash", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("published_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_assessment"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assessment_team_as_of", "assessment", ["team", "as_of"])
    op.create_table(
        "history",
        sa.Column("team", _EXACT, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("scope", _EXACT, nullable=False),
        sa.Column("level_lo", sa.Integer),
        sa.Column("level", sa.Integer),
        sa.Column("level_hi", sa.Integer),
        sa.Column("index_lo", sa.Float),
        sa.Column("index", sa.Float),
        sa.Column("index_hi", sa.Float),
        sa.Column("confidence", sa.Float),
        sa.Column("catalogue_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team", "on", "scope", name="pk_history"),
    )


def _create_notes() -> None:
    op.create_table(
        "waiver",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("team", _EXACT, nullable=False),
        sa.Column("practice", _EXACT, nullable=False),
        sa.Column("start", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_waiver"),
    )
    op.create_index("ix_waiver_team_practice", "waiver", ["team", "practice"])
    op.create_table(
        "target",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("subject", _EXACT, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("by", sa.Date, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name="ck_target_level"),
        sa.PrimaryKeyConstraint("number", name="pk_target"),
    )
    op.create_index("ix_target_subject", "target", ["subject"])
    op.create_table(
        "comment",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("team", _EXACT, nullable=False),
        sa.Column("practice", _EXACT, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_comment"),
    )
    op.create_index("ix_comment_team_practice", "comment", ["team", "practice"])
    op.create_table(
        "audit",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
