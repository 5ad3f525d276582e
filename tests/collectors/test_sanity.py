"""What is done to records before they are stored: one rule with imports, and nothing lost silently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.collectors.sanity import judged
from mlops_maturity.evidence.record_sense import ORDER, TYPES, faults_of
from mlops_maturity.evidence.records import Change, Deployment, Incident, Job, PipelineRun, TrainingRun

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
COMMON = {"source": "s", "id": "7"}


def test_a_right_record_is_left_as_it_is():
    record = PipelineRun(**COMMON, queued_at=NOW - HOUR, started_at=NOW - HOUR, finished_at=NOW)
    found = judged(record, NOW)
    assert found.record is record
    assert (found.clamped, found.remark) == (0, "")


def test_a_beginning_after_the_end_is_left_out_and_told():
    record = PipelineRun(**COMMON, queued_at=NOW - 3 * HOUR, started_at=NOW, finished_at=NOW - HOUR)
    found = judged(record, NOW)
    assert found.record.started_at is None
    assert (found.record.queued_at, found.record.finished_at) == (NOW - 3 * HOUR, NOW - HOUR)
    assert found.record.attributes == {"left_out": {"started_at": "2026-03-02T10:00:00+00:00"}}
    assert found.remark.startswith("pipeline_run 7: finished_at 2026-03-02 09:00:00+00:00 lies before started_at")


def test_an_end_in_the_year_one_is_no_end():
    record = Deployment(**COMMON, started_at=NOW - HOUR, finished_at=datetime(1, 1, 1, tzinfo=UTC))
    found = judged(record, NOW)
    assert (found.record.started_at, found.record.finished_at) == (NOW - HOUR, None)


def test_an_incident_that_ended_before_it_began_is_refused_and_not_taken_as_open():
    found = judged(Incident(**COMMON, detected_at=NOW, resolved_at=NOW - HOUR), NOW)
    assert found.record is None
    assert "incident 7: resolved_at" in found.remark


def test_both_a_time_in_the_future_and_a_wrong_order_are_told():
    record = TrainingRun(**COMMON, started_at=NOW + HOUR, finished_at=NOW - HOUR)
    found = judged(record, NOW)
    assert (found.clamped, found.record.started_at, found.record.finished_at) == (1, None, NOW - HOUR)


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        pytest.param(Change(**COMMON, number=2**40), True, id="a number too large"),
        pytest.param(PipelineRun(**COMMON, ref="x" * 5000), True, id="a text too long"),
        pytest.param(PipelineRun(**COMMON, ref="a\0b"), True, id="a NUL in a text"),
        pytest.param(PipelineRun(**COMMON, url="javascript:alert(1)"), True, id="no web address"),
        pytest.param(PipelineRun(**{**COMMON, "id": "x" * 600}), False, id="an id too long"),
        pytest.param(PipelineRun(**COMMON, jobs=(Job(name="a\0b", outcome="success"),)), False, id="a NUL in a job"),
        pytest.param(PipelineRun(**COMMON, attributes={"event": "a\0b"}), False, id="a NUL in an attribute"),
        pytest.param(PipelineRun(**COMMON, attributes={"share": float("nan")}), False, id="no number"),
    ],
)
def test_whatever_an_import_would_refuse_is_left_out_or_named(record, kept):
    found = judged(record, NOW)
    assert (found.record is not None) == kept
    assert found.remark


INSTANTS = st.none() | st.datetimes(datetime(1960, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@st.composite
def any_times(draw):
    kind = draw(st.sampled_from(sorted(kind for kind in ORDER if kind != "model_alias")))
    model = TYPES[kind]
    names = {name for pair in ORDER[kind] for name in pair}
    times = {name: draw(INSTANTS) for name in sorted(names)}
    return model(**COMMON, **{name: time or (NOW if name == "detected_at" else None) for name, time in times.items()})


TEXTS = st.text(max_size=8) | st.sampled_from(["a\0", "x" * 501, "x" * 4001, "https://host/run", "//host"])


@given(st.builds(dict, id=TEXTS.filter(bool), url=st.none() | TEXTS, ref=TEXTS, attempt=st.integers(1, 2**40)), TEXTS)
def test_the_quick_look_passes_nothing_that_the_close_one_finds(fields, said):
    record = PipelineRun(source="s", **fields, attributes={said: said})
    found = judged(record, NOW)
    assert bool(found.remark) == any(faults_of(record, NOW))


@given(any_times())
def test_whatever_is_kept_would_be_taken_by_an_import(record):
    found = judged(record, NOW)
    changed = found.record != record
    assert changed == bool(found.remark or found.clamped)
    if found.record is not None:
        assert list(faults_of(found.record, NOW)) == []
