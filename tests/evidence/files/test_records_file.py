from __future__ import annotations

import io
import json
import tracemalloc
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from neutral_lines import a_file, a_line

from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import (
    Change,
    Deployment,
    Incident,
    Job,
    Measurement,
    Model,
    ModelAlias,
    ModelVersion,
    Observation,
    PipelineRun,
    TrainingRun,
)
from mlops_maturity.evidence.records_file import export_records, import_records, read_records_file, write_records
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.records import read_records
from mlops_maturity.evidence.store.version import dataset_version

_AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
_ONE_OF_EACH = (
    PipelineRun(
        source="ci",
        id="1",
        attempt=2,
        purpose="training",
        started_at=_AT,
        finished_at=_AT,
        jobs=(Job(name="fit", outcome="success"),),
    ),
    Deployment(
        source="ci",
        id="2",
        tier="production",
        finished_at=_AT,
        outcome="success",
        changes=("acme/a#1",),
        unplanned=False,
    ),
    Change(source="ci", id="acme/a#1", number=1, author="5f2c", author_kind="human", merged_at=_AT, approvals=0),
    Incident(source="prom", id="3", subject="churn", category="drift", detected_at=_AT),
    TrainingRun(source="ml", id="4", experiment="e", finished_at=_AT, dirty=None, datasets=("a", "b"), params=0),
    ModelVersion(
        source="ml", id="churn/1", model="churn", version="1", created_at=_AT, validated=None, tags={"b": "", "a": "ü"}
    ),
    Model(source="ml", id="churn", name="churn", model_kind="genai"),
    ModelAlias(
        source="ml", id="churn/live/1/0", model="churn", alias="live", version="1", first_seen_at=_AT, last_seen_at=_AT
    ),
    Observation(
        source="prom", id="o", subject="churn", name="serving", state="forbidden", value=1e-300, observed_at=_AT
    ),
    Measurement(source="push", id="m", signal="x.y", subject="fraud", on=date(2026, 3, 1), value=-0.1, seen=0, scope=0),
)


def test_every_kind_comes_back_as_it_was_written(now):
    out = io.StringIO()

    assert write_records(_ONE_OF_EACH, out) == 10
    assert tuple(read_records_file(io.BytesIO(out.getvalue().encode()), "f", now=now)) == _ONE_OF_EACH


def test_export_and_import_give_the_same_store(store, tmp_path, now):
    source, out = io.StringIO(), io.StringIO()
    write_records(_ONE_OF_EACH, source)
    import_records(store, io.BytesIO(source.getvalue().encode()), "f", now=now)

    assert export_records(store, out) == 10
    again = import_records(store, io.BytesIO(out.getvalue().encode()), "f", now=now)

    assert again.changes == Changes(seen=10, unchanged=10)
    assert sorted(out.getvalue().splitlines()) == sorted(source.getvalue().splitlines())


def test_export_can_be_narrowed(store, now):
    lines = [
        a_line(id=str(n), kind=kind, merged_at=..., finished_at=...) for n, kind in enumerate(["change", "deployment"])
    ]
    import_records(store, a_file(*lines), "f", now=now)
    out = io.StringIO()

    assert export_records(store, out, kinds=["change"], source="ci") == 1
    assert json.loads(out.getvalue())["kind"] == "change"


def test_byte_order_mark_line_ends_of_windows_and_blank_lines_are_taken(now):
    content = b"\xef\xbb\xbf" + a_line(id="1").encode() + b"\r\n\r\n   \n" + a_line(id="2").encode()

    assert [record.id for record in read_records_file(io.BytesIO(content), "f", now=now)] == ["1", "2"]


def test_text_streams_are_taken_as_well(now):
    stream = io.StringIO("\ufeff" + a_line(id="é") + "\n")

    assert [record.id for record in read_records_file(stream, "f", now=now)] == ["é"]


def test_instants_of_any_offset_become_utc(now):
    (record,) = read_records_file(a_file(a_line(finished_at="2026-03-29T02:30:00+02:00")), "f", now=now)

    assert record.finished_at == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def test_a_file_with_one_broken_line_changes_nothing(store, problems_of, now):
    lines = [a_line(id=str(n)) for n in range(6_000)]
    before = dataset_version(store)

    told = problems_of(lambda: import_records(store, a_file(*lines, "{", lines[0]), "f.jsonl", now=now))

    assert len(told) == 1
    assert told[0].startswith("f.jsonl:6001: is no JSON object")
    assert list(read_records(store)) == []
    assert read_coverage(store) == ()
    assert dataset_version(store) == before


def test_what_was_stored_before_a_refused_file_is_kept(store, problems_of, now):
    import_records(store, a_file(a_line()), "f", now=now)

    problems_of(lambda: import_records(store, a_file(a_line(outcome="failure"), "{"), "f", now=now))

    assert [record.outcome for record in read_records(store)] == ["unknown"]


def test_keep_going_takes_the_valid_lines_and_reports_the_others(store, now):
    lines = [a_line(id="1"), "{", a_line(id="2", tier="x", sha=5), a_line(id="3")]

    report = import_records(store, a_file(*lines), "f.jsonl", now=now, keep_going=True)

    assert [record.id for record in read_records(store)] == ["1", "3"]
    assert [problem.where for problem in report.problems] == ["f.jsonl:2", "f.jsonl:3", "f.jsonl:3"]
    assert report.problems_found == 3
    assert "3 problems; the lines they are in were left out" in report.summary()


def test_what_a_broken_line_held_is_not_claimed_as_known(store, now):
    import_records(store, a_file(a_line(), "{"), "f", now=now, keep_going=True)

    (span,) = read_coverage(store)
    assert not span.complete
    assert "1 problem in the file" in span.reason


def test_a_file_makes_known_what_lies_between_its_first_and_last_record(store, now):
    lines = [
        a_line(id="1", finished_at="2026-03-01T00:00:00Z"),
        a_line(id="2", kind="change", merged_at="2026-05-01T00:00:00Z", finished_at=...),
        a_line(id="3", kind="model", name="m", finished_at=...),
        a_line(
            id="4",
            source="push",
            kind="measurement",
            signal="s",
            subject="t",
            on="2026-04-01",
            value=1,
            finished_at=...,
        ),
        a_line(id="5", source="undated", kind="model", name="m", finished_at=...),
    ]

    report = import_records(store, a_file(*lines), "f", now=now)

    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, 0, 0, 0, 1, tzinfo=UTC)
    first_of_april = datetime(2026, 4, 1, tzinfo=UTC)
    expected = [
        *(
            Coverage(source="ci", stream=kind, scope="*", start=start, end=end)
            for kind in ("change", "deployment", "model")
        ),
        Coverage(
            source="push", stream="measurement", scope="*", start=first_of_april, end=first_of_april + timedelta(1)
        ),
    ]
    assert list(read_coverage(store)) == expected == list(report.coverage)


def test_a_file_can_be_said_to_be_complete_until_a_day(store, now):
    until = datetime(2026, 11, 1, tzinfo=UTC)

    import_records(store, a_file(a_line()), "f", now=now, complete_until=until)

    assert [span.end for span in read_coverage(store)] == [until]


def test_complete_until_the_end_of_today_means_until_now(store, now):
    import_records(store, a_file(a_line()), "f", now=now, complete_until=now + timedelta(hours=11))

    assert [span.end for span in read_coverage(store)] == [now]


def test_complete_until_next_week_is_refused(store, problems_of, now):
    told = problems_of(lambda: import_records(store, a_file(a_line()), "f", now=now, complete_until=now + timedelta(7)))

    assert "that is in the future" in told[0]
    assert list(read_records(store)) == []


def test_nothing_later_than_now_is_claimed_as_known(store, now):
    import_records(store, a_file(a_line(), a_line(id="2", finished_at="2026-11-24T00:00:00Z")), "f", now=now)

    assert [span.end for span in read_coverage(store)] == [now]


def test_the_same_file_again_changes_nothing(store, now):
    lines = [a_line(id=str(n)) for n in range(20)]
    first = import_records(store, a_file(*lines), "f", now=now)
    before = dataset_version(store)

    again = import_records(store, a_file(*lines), "f", now=now + timedelta(hours=1))

    assert first.changes == Changes(seen=20, inserted=20)
    assert again.changes == Changes(seen=20, unchanged=20)
    assert dataset_version(store) == before


def test_records_that_a_file_holds_twice_are_counted_and_the_last_one_is_kept(store, now):
    lines = [a_line(id="1", outcome="running"), a_line(id="2"), a_line(id="1", outcome="failure")]

    report = import_records(store, a_file(*lines), "f", now=now)

    assert report.repeated == 1
    assert "1 of them repeated further down" in report.summary()
    assert {record.id: record.outcome for record in read_records(store)} == {"1": "failure", "2": "unknown"}


def test_a_report_tells_people_what_was_done(store, now):
    report = import_records(
        store, a_file(a_line(id="1"), a_line(id="2", kind="change", finished_at=...)), "f.jsonl", now=now
    )

    assert report.taken == 2
    assert report.summary() == ("f.jsonl: 2 records: 2 new, 0 changed, 0 as before\n  change 1, deployment 1")


def test_an_empty_file_holds_no_records(store, now):
    report = import_records(store, io.BytesIO(b""), "f", now=now)

    assert (report.taken, report.changes, report.coverage) == (0, Changes(), ())


def test_a_pipe_is_taken_like_a_file(store, pipe, problems_of, now):
    assert import_records(store, pipe(a_line().encode()), "-", now=now).taken == 1

    told = problems_of(lambda: import_records(store, pipe(b"{"), "-", now=now))
    assert told[0].startswith("-:1: ")


def test_a_file_of_many_lines_is_read_in_flat_memory(now):
    lines = (a_line(id=str(n), sha="x" * 200).encode() + b"\n" for n in range(5_000))
    stream = io.BytesIO(b"".join(lines))
    records = read_records_file(stream, "f", now=now)
    next(records)
    tracemalloc.start()

    assert sum(1 for _ in records) == 4_999
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 200_000


_TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_TIMES = st.none() | st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(2026, 11, 23), timezones=st.just(UTC)
)


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Deployment,
        source=_TEXT.filter(bool),
        id=_TEXT.filter(bool),
        sha=st.none() | _TEXT,
        started_at=_TIMES,
        finished_at=_TIMES,
        unplanned=st.sampled_from([None, True, False]),
        changes=st.lists(_TEXT, max_size=3).map(tuple),
        attributes=st.dictionaries(_TEXT, _JSON, max_size=3),
    ).filter(lambda run: None in (run.started_at, run.finished_at) or run.started_at <= run.finished_at)
)
def test_any_record_comes_back_from_its_line(record):
    out = io.StringIO()
    write_records([record], out)

    found = list(read_records_file(io.BytesIO(out.getvalue().encode()), "f", now=datetime(2026, 11, 23, tzinfo=UTC)))

    assert found == [record]
