from __future__ import annotations

import json
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_maturity.evidence.record_text import record_bytes, record_json
from mlops_maturity.evidence.records import (
    RECORD,
    Change,
    Deployment,
    Job,
    Measurement,
    Model,
    ModelAlias,
    ModelVersion,
    Observation,
    PipelineRun,
    TrainingRun,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
_TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=8)
_NUMBERS = st.integers() | st.integers(2**62, 2**70) | st.floats() | st.sampled_from([1e-5, 1e15, 1e16, -0.0, 1e22])
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS | st.sampled_from([(1, "b"), AT, date(2026, 1, 1), {1: 2, "a": 3}]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=8,
)
_FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0, 1, 1.0, 1e-7, 1e17])
_AMOUNTS = st.floats(min_value=0, allow_nan=False, allow_infinity=False) | st.sampled_from([0, 1, 1.0, 1e-7, 1e17])
_INSTANTS = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
_COMMON = {
    "source": _TEXTS.filter(bool),
    "id": _TEXTS.filter(bool),
    "url": st.none() | _TEXTS,
    "attributes": st.dictionaries(_TEXTS, _VALUES, max_size=5),
}
_JOBS = st.lists(st.builds(Job, name=_TEXTS, outcome=st.sampled_from(["success", "failure"])), max_size=2)
RECORDS = st.one_of(
    st.builds(
        PipelineRun,
        **_COMMON,
        attempt=st.integers(1, 2**31),
        ref=st.none() | _TEXTS,
        finished_at=_INSTANTS,
        trigger=st.sampled_from(["push", "unknown"]),
        jobs=_JOBS.map(tuple),
    ),
    st.builds(
        Deployment, **_COMMON, unplanned=st.sampled_from([None, True, False]), changes=st.lists(_TEXTS).map(tuple)
    ),
    st.builds(Change, **_COMMON, number=st.none() | st.integers(), approvals=st.none() | st.integers(0)),
    st.builds(TrainingRun, **_COMMON, params=st.none() | st.integers(0), datasets=st.lists(_TEXTS).map(tuple)),
    st.builds(ModelVersion, **_COMMON, model=_TEXTS, version=_TEXTS, tags=st.dictionaries(_TEXTS, _TEXTS)),
    st.builds(Model, **_COMMON, name=_TEXTS, created_at=_INSTANTS, aliases=st.lists(_TEXTS).map(tuple)),
    st.builds(
        ModelAlias,
        **_COMMON,
        model=_TEXTS,
        alias=_TEXTS,
        version=_TEXTS,
        first_seen_at=st.just(AT),
        last_seen_at=_INSTANTS.filter(bool),
    ),
    st.builds(
        Observation,
        **_COMMON,
        subject=_TEXTS,
        name=_TEXTS,
        state=st.just("yes"),
        value=st.none() | _FINITE,
        observed_at=st.just(AT),
    ),
    st.builds(
        Measurement,
        **_COMMON,
        signal=_TEXTS,
        subject=_TEXTS,
        on=st.dates(),
        value=_FINITE,
        seen=_AMOUNTS,
        scope=_AMOUNTS,
    ),
)


def plainly(record):
    """What stored hashes were made of from the first version on."""
    content = record.model_dump(mode="json", exclude_defaults=True) | {"kind": record.kind}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


@settings(max_examples=500, deadline=None)
@given(RECORDS)
def test_the_quick_text_is_the_plain_one(record):
    assert record_bytes(record) == plainly(record)


def test_it_is_read_back_as_the_same_record():
    record = Change(source="s", id="ü\n\"'\x1f\x7f", number=3, attributes={"b": {"z": 1, "a": [1.5, None]}, "a": "評"})

    assert RECORD.validate_json(record_json(record)) == record


class _Word(StrEnum):
    TRAIN = "train"


@pytest.mark.parametrize(
    "attributes",
    [
        {"word": _Word.TRAIN},
        {_Word.TRAIN: 1, "a": 2},
        {"keys": {10: "a", 9: "b"}},
        {"set": {1}},
        {"bytes": b"x"},
        {"nested": {"tuple": (1, {"b": 1, "a": 2})}},
        {"loss": float("nan"), "best": float("-inf")},
        {"large": 10**40},
    ],
)
def test_what_is_no_plain_json_comes_out_as_ever(attributes):
    record = Model(source="s", id="1", name="m", attributes=attributes)

    assert record_bytes(record) == plainly(record)
