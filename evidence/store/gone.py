"""What a source once held and does not any more: marked with when that was first seen, never taken out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from mlops_maturity.evidence.records import RecordKind
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes

_AT_ONCE = 500
"""Row numbers in one statement: every database takes that many parameters."""


def mark_gone(
    connection: Connection, source: str, present: Mapping[RecordKind, Collection[str]], seen_at: datetime
) -> Changes:
    """Mark what is stored of these kinds and not `present`; what was marked before keeps its instant.

    `present` holds every id of each kind that the source has now. A kind of which it has none at all is left alone:
    an empty server is more often the wrong one, or one whose permission is gone, than one that was cleared.
    """
    columns = tables.record.c
    marked = 0
    for kind, ids in sorted(present.items()):
        stored = select(columns.number, columns.id).where(
            columns.source == source, columns.kind == kind, columns.gone_at.is_(None)
        )
        known = frozenset(ids)
        gone = [number for number, identity in connection.execute(stored) if identity not in known] if known else []
        for start in range(0, len(gone), _AT_ONCE):
            connection.execute(
                update(tables.record)
                .where(columns.number.in_(gone[start : start + _AT_ONCE]))
                .values(gone_at=seen_at, last_changed_at=seen_at, revision=columns.revision + 1)
            )
        marked += len(gone)
    return Changes(removed=marked)
