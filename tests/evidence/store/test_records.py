from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Change, Model, PipelineRun
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.cursors import CursorUpdate, read_cursor
from mlops_maturity.evidence.store.records import count_records, read_records, write_page
from mlops_maturity.evidence.store.version import dataset_version


def test_a_page_comes_back_as_it_was_given(store, make_run, now):
    page = [make_run(n, attributes={"label": "Übung 評価 🧪", "nested": {"b": [1, None], "a": 0.1}}) for n in range(3)]

    changes = write_page(store, page, seen_at=now)

    assert changes == Changes(seen=3, inserted=3)
    assert list(read_records(store)) == page


def test_the_same_page_again_changes_nothing(store, make_run, now):
    page = [make_run(n) for n in range(10)]
    write_page(store, page, seen_at=now)
    before = dataset_version(store)

    changes = write_page(store, page, seen_at=now + timedelta(hours=1))

    assert changes == Changes(seen=10, unchanged=10)
    assert dataset_version(store) == before


def test_only_records_with_another_content_count_as_updated(store, make_run, now):
    write_page(store, [make_run(n) for n in range(10)], seen_at=now)
    page = [make_run(n, outcome="failure" if n in (3, 7) else "success") for n in range(12)]

    changes = write_page(store, page, seen_at=now)

    assert changes == Changes(seen=12, inserted=2, updated=2, unchanged=8)
    assert list(read_records(store)) == page


def test_a_record_keeps_when_it_was_first_seen_and_tells_when_it_last_changed(store, make_run, now):
    later = now + timedelta(days=1)
    write_page(store, [make_run()], seen_at=now)
    write_page(store, [make_run(outcome="failure")], seen_at=later)

    with store.connect() as connection:
        row = connection.execute(select(tables.record)).one()

    assert (row.first_seen_at, row.last_changed_at, row.revision) == (now, later, 2)


def test_of_a_record_twice_in_one_page_the_last_one_counts(store, make_run, now):
    page = [make_run(1, outcome="running"), make_run(2), make_run(1, outcome="failure")]

    changes = write_page(store, page, seen_at=now)

    assert changes == Changes(seen=3, inserted=2, unchanged=1)
    assert [run.outcome for run in read_records(store)] == ["failure", "success"]
    assert write_page(store, page, seen_at=now).changed == 0


def test_attempts_of_a_run_and_kinds_of_one_id_are_kept_apart(store, make_run, now):
    page = [make_run(1, attempt=1, outcome="failure"), make_run(1, attempt=2), Change(source="ci", id="000001")]

    assert write_page(store, page, seen_at=now).inserted == 3


def test_the_order_of_attributes_is_no_change(store, make_run, now):
    write_page(store, [make_run(attributes={"a": 1, "b": {"c": 2, "d": 3}})], seen_at=now)

    again = write_page(store, [make_run(attributes={"b": {"d": 3, "c": 2}, "a": 1})], seen_at=now)

    assert again.changed == 0


def test_a_record_that_was_gone_and_is_seen_again_counts_as_changed(store, make_run, now):
    write_page(store, [make_run()], seen_at=now)
    with store.begin() as connection:
        connection.execute(update(tables.record).values(gone_at=now))

    assert write_page(store, [make_run()], seen_at=now).updated == 1
    assert write_page(store, [make_run()], seen_at=now).updated == 0


def test_nothing_of_a_page_is_stored_if_any_of_it_fails(store, make_run, now):
    write_page(store, [make_run(0)], cursor=CursorUpdate(source="ci", stream="runs", cursor={"page": 0}), seen_at=now)
    before = dataset_version(store)
    backwards = Coverage(source="ci", stream="pipeline_run", scope="*", start=now, end=now - timedelta(days=1))

    with pytest.raises(ValueError, match="ends before it starts"):
        write_page(
            store,
            [make_run(n) for n in range(10)],
            cursor=CursorUpdate(source="ci", stream="runs", cursor={"page": 1}),
            coverage=[backwards],
            seen_at=now,
        )

    assert len(list(read_records(store))) == 1
    assert read_cursor(store, "ci", "runs") == {"page": 0}
    assert read_coverage(store) == ()
    assert dataset_version(store) == before


def test_attributes_that_are_not_finite_are_stored_as_not_known(store, make_run, now):
    write_page(store, [make_run(attributes={"loss": float("nan"), "best": float("inf"), "steps": 3})], seen_at=now)

    assert [run.attributes for run in read_records(store)] == [{"loss": None, "best": None, "steps": 3}]


def test_a_page_larger_than_one_statement_is_stored_whole(store, make_run, now):
    page = [make_run(n) for n in range(6_001)]

    assert write_page(store, page, seen_at=now).inserted == 6_001
    assert sum(1 for _ in read_records(store)) == 6_001


def test_an_empty_page_still_moves_the_cursor(store, now):
    changes = write_page(store, [], cursor=CursorUpdate(source="s", stream="t", cursor={"at": "x"}), seen_at=now)

    assert changes == Changes()
    assert read_cursor(store, "s", "t") == {"at": "x"}
    assert read_cursor(store, "s", "other") == {}


def test_records_are_ordered_by_time_then_by_id_and_undated_ones_come_first(store, make_run, now):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    page = [
        make_run(id="b", started_at=at, finished_at=at),
        make_run(id="a", started_at=at, finished_at=at),
        make_run(id="Z", started_at=at, finished_at=at),
        make_run(id="ä", started_at=at, finished_at=at),
        make_run(id="late", started_at=at, finished_at=at + timedelta(microseconds=1)),
        Model(source="ml", id="no-date", name="m"),
    ]
    write_page(store, page, seen_at=now)

    assert [record.id for record in read_records(store)] == ["no-date", "Z", "a", "b", "ä", "late"]


def test_a_span_includes_its_start_and_excludes_its_end(store, make_run, now):
    write_page(store, [make_run(n) for n in range(4)] + [Model(source="ci", id="m", name="m")], seen_at=now)
    first, last = make_run(1).finished_at, make_run(3).finished_at

    ids = [record.id for record in read_records(store, since=first, until=last)]

    assert ids == ["m", "000001", "000002"]


def test_records_are_selected_by_kind_and_source(store, make_run, now):
    write_page(store, [make_run(1), make_run(2, source="other"), Change(source="ci", id="c")], seen_at=now)

    assert [record.id for record in read_records(store, kinds=["pipeline_run"], source="ci")] == ["000001"]
    assert [record.id for record in read_records(store, kinds=[])] == []


def test_instants_before_1970_and_far_ahead_keep_their_order_and_value(store, make_run, now):
    moments = [
        datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 1, 1, tzinfo=UTC),
    ]
    write_page(store, [make_run(id=str(9 - n), finished_at=at) for n, at in enumerate(moments)], seen_at=now)

    assert [record.finished_at for record in read_records(store) if isinstance(record, PipelineRun)] == moments


def test_counts_tell_kinds_sources_and_spans(store, make_run, now):
    write_page(store, [make_run(n) for n in range(3)] + [Model(source="ml", id="m", name="m")], seen_at=now)

    assert [tuple(row) for row in count_records(store)] == [
        ("ci", "pipeline_run", 3, make_run(0).finished_at, make_run(2).finished_at),
        ("ml", "model", 1, None, None),
    ]


def test_a_reader_sees_one_moment_while_pages_are_written(store, make_run, now):
    write_page(store, [make_run(n) for n in range(3_000)], seen_at=now)
    reading = read_records(store)
    first = next(reading)

    write_page(store, [make_run(n) for n in range(3_000, 3_100)], seen_at=now)

    assert first == make_run(0)
    assert sum(1 for _ in reading) == 2_999


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_INSTANTS = st.datetimes(
    min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    identity=st.text(min_size=1, alphabet=st.characters(exclude_characters="\0", codec="utf-8"), max_size=50),
    sha=st.none() | st.text(),
    at=st.none() | _INSTANTS,
    attempt=st.integers(1, 2**31 - 1),
    attributes=st.dictionaries(st.text(), _JSON, max_size=4),
)
def test_any_record_comes_back_as_it_was_given(store, now, identity, sha, at, attempt, attributes):
    record = PipelineRun(source="any", id=identity, sha=sha, started_at=at, attempt=attempt, attributes=attributes)

    write_page(store, [record], seen_at=now)

    found = [other for other in read_records(store, source="any") if _key(other) == _key(record)]
    assert found == [record]
    assert write_page(store, [record], seen_at=now).changed == 0


def _key(record):
    return record.id, record.attempt
