"""One alert that several sources tell of counts once, and keeps what each of them knew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_maturity.evidence.alert_merging import MERGED, merged_alerts, parts_of
from mlops_maturity.evidence.records import RECORD, Incident, Record
from mlops_maturity.evidence.signals.figures import proof

START = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
LABELS = {"alertname": "ModelDriftHigh", "model": "churn", "severity": "warning"}


def alert(source: str, begins: float = 0, ends: float | None = 5, **fields: Any) -> Incident:
    """From and until so many hours after `START`; open without an end."""
    labels = fields.pop("labels", LABELS)
    given = {
        "kind": "incident",
        "source": source,
        "id": f"{begins:g}",
        "subject": labels.get("model"),
        "category": "drift",
        "origin": "alert",
        "detected_at": START + begins * HOUR,
        "resolved_at": None if ends is None else START + ends * HOUR,
        "attributes": {"labels": labels},
    }
    record = RECORD.validate_python({**given, **fields})
    assert isinstance(record, Incident)
    return record


def test_one_alert_of_two_sources_is_one_incident_with_what_each_of_them_knew():
    told = alert("metrics", 0, 5, url="http://prometheus/1")
    noticed = alert("alerts", 0.25, 5.5, acknowledged_at=START + HOUR)
    (one,) = merged_alerts([noticed, told])
    assert isinstance(one, Incident)
    assert (one.detected_at, one.resolved_at, one.acknowledged_at) == (START, START + 5 * HOUR, START + HOUR)
    assert (one.source, one.subject, one.category) == ("metrics", "churn", "drift")
    assert proof([one]).count == 2
    assert proof([one]).sample == (
        ("alerts", "incident", "0.25", None),
        ("metrics", "incident", "0", "http://prometheus/1"),
    )


def test_a_label_that_one_source_alone_puts_on_alerts_tells_nothing_apart():
    external = {**LABELS, "cluster": "eu-1"}
    (one,) = merged_alerts([alert("metrics"), alert("alerts", 0.1, labels=external)])
    assert one.attributes["labels"] == LABELS


@pytest.mark.parametrize(
    "other",
    [
        alert("alerts", labels={**LABELS, "severity": "page"}),
        alert("alerts", labels={**LABELS, "alertname": "ModelDriftLow"}),
        alert("alerts", labels={**LABELS, "model": "fraud"}),
        alert("alerts", 5.1, 9),
        alert("metrics", 1, 4),
        alert("alerts", origin="tracker"),
        alert("alerts", labels={"model": "churn", "severity": "warning"}),
    ],
    ids=["severity", "name", "model", "later", "same source", "ticket", "no alertname"],
)
def test_what_is_not_the_same_alert_stays_apart(other):
    records = [alert("metrics"), other]
    assert sorted(merged_alerts(records), key=str) == sorted(records, key=str)


def test_a_label_that_tells_the_alerts_of_its_own_source_apart_counts():
    by_feature = [alert("alerts", 0.1 * number, labels={**LABELS, "feature": f"f{number}"}) for number in (1, 2)]
    assert len(merged_alerts([alert("metrics"), *by_feature])) == 3


def test_one_that_went_on_for_one_source_and_broke_off_for_the_other_is_one():
    (one,) = merged_alerts([alert("metrics", 0, 2), alert("metrics", 3, 6), alert("alerts", 0.5, 7)])
    assert isinstance(one, Incident)
    assert (one.detected_at, one.resolved_at) == (START, START + 6 * HOUR)


def test_it_is_open_as_long_as_every_source_says_so():
    assert merged_alerts([alert("metrics", 0, None), alert("alerts", 1, None)])[0].resolved_at is None
    assert merged_alerts([alert("metrics", 0, 3), alert("alerts", 1, None)])[0].resolved_at == START + 3 * HOUR


def test_what_the_others_know_fills_what_one_does_not():
    (one,) = merged_alerts([
        alert("metrics", category="other"), alert("alerts", 1, severity="page", caused_by="d7", category="quality"),
    ])  # fmt: skip
    assert (one.category, one.severity, one.caused_by) == ("quality", "page", "d7")


@pytest.mark.parametrize("strange", ["x", 7, [1], [{"source": "a"}], {}])
def test_an_attribute_of_that_name_that_is_not_ours_is_left_alone(strange):
    record = alert("metrics", attributes={"labels": LABELS, MERGED: strange})
    assert merged_alerts([record]) == [record]
    assert parts_of(record) == (("metrics", "0", None),)


names = st.sampled_from(["a", "b"])
labels = st.fixed_dictionaries(
    {"alertname": st.sampled_from(["Drift", "Skew"])}, optional={"model": names, "cluster": names, "feature": names}
)
hours = st.integers(0, 12)
alerts = st.builds(
    lambda source, begins, lasts, labels, acknowledged: alert(
        source,
        begins,
        None if lasts is None else begins + lasts,
        labels=labels,
        acknowledged_at=None if acknowledged is None else START + acknowledged * HOUR,
    ),
    st.sampled_from(["p", "q", "r"]),
    hours,
    st.none() | hours,
    labels,
    st.none() | hours,
)
worlds = st.lists(alerts, max_size=12).map(
    lambda found: [record.model_copy(update={"id": str(number)}) for number, record in enumerate(found)]
)
thorough = settings(max_examples=200, deadline=None)


def as_set(records: list[Record]) -> set[str]:
    return {record.model_dump_json() for record in records}


@given(worlds, st.randoms(use_true_random=False))
@thorough
def test_the_order_does_not_matter(world, random):
    mixed = list(world)
    random.shuffle(mixed)
    assert as_set(merged_alerts(mixed)) == as_set(merged_alerts(world))


@given(worlds)
@thorough
def test_merging_once_more_changes_nothing(world):
    once = merged_alerts(world)
    assert as_set(merged_alerts(once)) == as_set(once)


@given(worlds)
@thorough
def test_no_record_is_lost_and_none_counted_twice(world):
    parts = [part[:2] for record in merged_alerts(world) for part in parts_of(record)]
    assert sorted(parts) == sorted((record.source, record.id) for record in world)


@given(worlds)
@thorough
def test_what_is_acknowledged_stays_so_and_nothing_ends_before_it_begins(world):
    merged = merged_alerts(world)
    acknowledged = {part[:2] for record in merged if record.acknowledged_at for part in parts_of(record)}
    assert {(record.source, record.id) for record in world if record.acknowledged_at} <= acknowledged
    assert all(record.resolved_at is None or record.detected_at <= record.resolved_at for record in merged)
