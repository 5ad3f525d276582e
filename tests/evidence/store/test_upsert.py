"""Pages of any records, told against what a dictionary would hold of them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from mlops_maturity.evidence.records import Change, PipelineRun, occurred_at
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.records import write_page

AT = datetime(2026, 1, 1, tzinfo=UTC)
_TEXTS = st.sampled_from(["a", "Ω評🧪", "it's", '"', "\\", "?", ":x", "%s", "{}"])
_ATTRIBUTES = st.dictionaries(_TEXTS, st.sampled_from([None, 1, 2**63 - 1, -(2**63), 2**64, 0.5, 1e300, "", [None]]))
_COMMON = {"source": _TEXTS, "id": _TEXTS, "url": st.none() | _TEXTS, "attributes": _ATTRIBUTES}
_PAGES = st.lists(
    st.builds(
        PipelineRun,
        **_COMMON,
        attempt=st.sampled_from([1, 2, 2**31 - 1]),
        finished_at=st.sampled_from([None, AT, AT + timedelta(microseconds=1)]),
    )
    | st.builds(Change, **_COMMON, number=st.none() | st.integers(-(2**63), 2**70)),
    max_size=12,
)
_SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def key(record):
    return record.source, record.kind, record.id, record.attempt if isinstance(record, PipelineRun) else 0


def payload(record):
    content = record.model_dump(mode="json", exclude_defaults=True) | {"kind": record.kind}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def expected(held, page, at):
    """Put the page into `held`, key to row, and tell what that changed."""
    newest = {key(record): record for record in page}
    inserted = updated = 0
    for place, record in newest.items():
        text = payload(record)
        row = held.get(place)
        if row is None:
            held[place] = (occurred_at(record), text, 1, at, at)
            inserted += 1
        elif row[1] != text:
            held[place] = (occurred_at(record), text, row[2] + 1, row[3], at)
            updated += 1
    return Changes(seen=len(page), inserted=inserted, updated=updated, unchanged=len(page) - inserted - updated)


def stored(store):
    columns = tables.record.c
    names = (columns.occurred_at, columns.payload, columns.revision, columns.first_seen_at, columns.last_changed_at)
    with store.connect() as connection:
        rows = connection.execute(
            select(columns.source, columns.kind, columns.id, columns.attempt, *names, columns.content_hash)
        ).all()
    assert all(row.content_hash == hashlib.sha256(row.payload.encode()).digest() for row in rows)
    return {tuple(row[:4]): tuple(row[4:9]) for row in rows}


@_SETTINGS
@given(pages=st.lists(_PAGES, max_size=4))
def test_pages_leave_what_a_dictionary_would_hold_and_tell_what_they_changed(store, now, pages):
    with store.begin() as connection:
        connection.execute(delete(tables.record))
    held = {}

    for hour, page in enumerate(pages):
        at = now + timedelta(hours=hour)
        assert write_page(store, page, seen_at=at) == expected(held, page, at)
        assert write_page(store, page, seen_at=at + timedelta(minutes=1)).changed == 0
        assert stored(store) == held


def test_pages_of_every_length_about_that_of_a_statement(store, make_run, now):
    for length in (1, 2, 99, 100, 101, 200, 250):
        page = [make_run(n, source=str(length)) for n in range(length)]

        assert write_page(store, page, seen_at=now) == Changes(seen=length, inserted=length)
        assert write_page(store, page, seen_at=now) == Changes(seen=length, unchanged=length)
        page[length // 2] = make_run(length // 2, source=str(length), outcome="failure")
        assert write_page(store, page, seen_at=now) == Changes(seen=length, updated=1, unchanged=length - 1)
