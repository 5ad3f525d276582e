"""The tables, as the newest migration leaves them (a test compares the two)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from mlops_maturity.evidence.store.columns import ExactText, Instant, RowNumber

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

dataset = Table(
    "dataset",
    metadata,
    Column("store", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("readings_changed", BigInteger, nullable=False, server_default="0"),
)
"""One row: the random name of this store, a counter that every visible change moves, and one of the rows of `reading`
that were written or taken out, kept by triggers, whoever does so."""

source = Table(
    "source",
    metadata,
    Column("id", ExactText, primary_key=True),
    Column("first_seen_at", Instant, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("source", ExactText, nullable=False),
    Column("kind", ExactText, nullable=False),
    Column("id", ExactText, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("occurred_at", Instant),
    Column("payload", Text, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_changed_at", Instant, nullable=False),
    Column("gone_at", Instant),
    UniqueConstraint("source", "kind", "id", "attempt"),
    Index(None, "kind", "occurred_at"),
)
"""`attempt` is 0 for kinds that have none; `revision` counts the contents seen, from 1."""

outline = Table(
    "outline",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("hash", ExactText, nullable=False),
    Column("names", Text, nullable=False),
    Column("made_by", BigInteger),
    Column("records", Integer, nullable=False),
    Column("digest", BigInteger, nullable=False),
    UniqueConstraint("hash"),
    Index(None, "made_by"),
)
"""What records name, once for all that name the same. `hash` is that of `names`; `made_by` tells the training run that
a model version names. Derived from `record`."""

sketch = Table(
    "sketch",
    metadata,
    Column("outline", BigInteger, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("content", BigInteger, nullable=False),
    Column("at", BigInteger),
    Column("first_at", BigInteger),
    Column("last_at", BigInteger),
    Column("id", ExactText),
    Column("attempt", Integer, nullable=False),
    Column("ref", Text),
    Column("sha", Text),
    Column("shared_workflows", Integer),
    UniqueConstraint("number"),
    sqlite_with_rowid=False,
)
"""One row a record, of the same `number`, those of an outline beside each other. Instants in microseconds since 1970;
from `first_at` on only of pipeline runs. Derived from `record`."""

touched = Table(
    "touched",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("record", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""Numbers of records that were written or taken out since their sketches were made; triggers of `record` note them,
whoever writes."""

cursor = Table(
    "cursor",
    metadata,
    Column("source", ExactText, primary_key=True),
    Column("stream", ExactText, primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

coverage = Table(
    "coverage",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("source", ExactText, nullable=False),
    Column("stream", ExactText, nullable=False),
    Column("scope", ExactText, nullable=False),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "source", "stream", "scope"),
)

collector_run = Table(
    "collector_run",
    metadata,
    Column("run", RowNumber, primary_key=True),
    Column("source", ExactText, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", Text, nullable=False),
    Column("rows_seen", Integer, nullable=False),
    Column("rows_changed", Integer, nullable=False),
    Column("streams", Text, nullable=False),
    Column("error", Text, nullable=False),
    Index(None, "source", "started_at"),
    sqlite_autoincrement=True,
)

lease = Table(
    "lease",
    metadata,
    Column("name", ExactText, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

reading = Table(
    "reading",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("team", ExactText, nullable=False),
    Column("signal", ExactText, nullable=False),
    Column("on", Date, nullable=False),
    Column("origin", ExactText, nullable=False),
    Column("value", Float),
    Column("missing", Text),
    Column("payload", Text, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("computed_at", Instant, nullable=False),
    UniqueConstraint("team", "signal", "on", "origin"),
)
"""`value` is set for what was measured, `missing` (the reason) for what was not."""

answer = Table(
    "answer",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("team", ExactText, nullable=False),
    Column("practice", ExactText, nullable=False),
    Column("respondent", ExactText, nullable=False),
    Column("value", Integer, CheckConstraint("value BETWEEN 0 AND 3", name="rung")),
    Column("on", Date, nullable=False),
    Column("attested", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("evidence_url", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Index(None, "team", "practice", "respondent", "on"),
    sqlite_autoincrement=True,
)
"""Append-only: triggers refuse UPDATE and DELETE. `value` NULL is "don't know"."""

assessment = Table(
    "assessment",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("team", ExactText, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("catalogue_hash", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    Index(None, "team", "as_of", "catalogue_hash"),
    sqlite_autoincrement=True,
)
"""Immutable: triggers refuse UPDATE and DELETE."""

catalogue = Table(
    "catalogue",
    metadata,
    Column("hash", ExactText, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("first_used_at", Instant, nullable=False),
)
"""Every catalogue something was published under, as canonical JSON; its key is the digest of it."""

history = Table(
    "history",
    metadata,
    Column("team", ExactText, primary_key=True),
    Column("on", Date, primary_key=True),
    Column("scope", ExactText, primary_key=True),
    Column("level_lo", Integer),
    Column("level", Integer),
    Column("level_hi", Integer),
    Column("index_lo", Float),
    Column("index", Float),
    Column("index_hi", Float),
    Column("confidence", Float),
    Column("catalogue_hash", Text, nullable=False),
    Column("basis", Text, nullable=False, server_default="restated"),
    Column("model_effect", Float),
)

waiver = Table(
    "waiver",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("team", ExactText, nullable=False),
    Column("practice", ExactText, nullable=False),
    Column("start", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Index(None, "team", "practice"),
)
"""Append-only: of a team, practice and start the newest row holds. `until` before `start`: taken back."""

target = Table(
    "target",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("subject", ExactText, nullable=False),
    Column("level", Integer, CheckConstraint("level BETWEEN 1 AND 3", name="level"), nullable=False),
    Column("by", Date, nullable=False),
    Column("author", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("aspect", ExactText, nullable=False),
    Column("dropped", Boolean, nullable=False),
    Index(None, "subject"),
)
"""Append-only: of a subject and aspect the newest row holds. `subject` is a team or a group, as `kind` says;
an empty `aspect` is the level overall."""

contradiction = Table(
    "contradiction",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("team", ExactText, nullable=False),
    Column("practice", ExactText, nullable=False),
    Column("kind", Text, CheckConstraint("kind IN ('overclaim', 'underclaim')", name="kind"), nullable=False),
    Column("state", Text, CheckConstraint("state IN ('open', 'explained')", name="state"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Date),
    Column("author", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index(None, "team", "practice"),
)
"""Append-only: what people said of a contradiction; of a team and practice the newest row holds. That one stands
at all, or no longer does, is never stored: it follows from the evidence."""

comment = Table(
    "comment",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("team", ExactText, nullable=False),
    Column("practice", ExactText, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index(None, "team", "practice"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "at"),
)
