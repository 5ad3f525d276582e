"""A stored text read quickly is the record that pydantic makes of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from mlops_maturity.evidence.record_text import record_json
from mlops_maturity.evidence.records import (
    RECORD,
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
    Record,
    TrainingRun,
)
from mlops_maturity.evidence.store.quick import record_of

KINDS = (
    Change, Deployment, Incident, Measurement, Model, ModelAlias, ModelVersion, Observation, PipelineRun, TrainingRun,
)  # fmt: skip
TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(-1e300, 1e300) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "attributes": st.dictionaries(TEXTS, VALUES, max_size=3),
    "jobs": st.lists(st.builds(Job, name=TEXTS, outcome=st.sampled_from(["success", "failure"])), max_size=3).map(
        tuple
    ),
    "author": st.none() | st.sampled_from(["h1", "ä-"]),
    "on": st.dates(),
    "attempt": st.integers(1, 2**31),
    "id": TEXTS.filter(bool),
    "source": TEXTS.filter(bool),
    "number": st.none() | st.integers(0, 2**40),
}


@st.composite
def records(draw: st.DrawFn) -> Record:
    model = draw(st.sampled_from(KINDS))
    content = {
        name: draw(BY_NAME[name] if name in BY_NAME else of_type(name, field))
        for name, field in model.model_fields.items()
        if name != "kind" and (field.is_required() or draw(st.booleans()))
    }
    return RECORD.validate_python({"kind": model.model_fields["kind"].default, **content})


def of_type(name: str, field: Any) -> st.SearchStrategy[Any]:
    if name.endswith("_at"):
        return INSTANTS if field.is_required() else st.none() | INSTANTS
    told = str(field.annotation)
    if "Literal" in told:
        literal = next((part for part in getattr(field.annotation, "__args__", ()) if "Literal" in str(part)), None)
        return st.sampled_from((literal or field.annotation).__args__)
    if "float" in told:
        return st.floats(0, 1e300) | st.integers(0, 9)
    if "int" in told:
        return st.integers(0, 2**40)
    if "dict" in told:
        return st.dictionaries(TEXTS, TEXTS, max_size=2)
    if "tuple" in told:
        return st.lists(TEXTS, max_size=3).map(tuple)
    return st.booleans() if "bool" in told else TEXTS


@given(records())
@settings(deadline=None)
def test_it_is_the_same_record(record: Record) -> None:
    text = record_json(record)
    quick, judged = record_of(record.kind, text), RECORD.validate_json(text)
    assert isinstance(quick, BaseModel)
    assert quick == judged
    assert type(quick) is type(judged)
    assert repr(quick) == repr(judged)
    assert record_json(quick) == text


def test_two_records_share_no_attributes() -> None:
    text = '{"id":"1","kind":"model","name":"m","source":"s"}'
    first, second = record_of("model", text), record_of("model", text)
    first.attributes["seen"] = True
    assert second.attributes == {}


@pytest.mark.parametrize(
    "content",
    [{"kind": "model", "source": "s", "id": "1"}, {"kind": "model", "source": "s", "id": "1", "name": "m", "more": 1},
     {"kind": "incident", "source": "s", "id": "1", "detected_at": "2026-01-01T00:00:00"}],
    ids=["a field is missing", "a field is unknown", "an instant without a zone"],
)  # fmt: skip
def test_a_text_that_tells_no_record_is_refused_in_words(content: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        record_of(content["kind"], json.dumps(content))


def test_a_text_of_another_hand_is_read_by_pydantic() -> None:
    content = {"kind": "measurement", "source": "s", "id": "1", "signal": "a", "subject": "b", "on": "2026-01-01",
               "value": "3.5"}  # fmt: skip
    record = record_of("measurement", json.dumps(content))
    assert isinstance(record, Measurement)
    assert (record.value, record.on) == (3.5, date(2026, 1, 1))
