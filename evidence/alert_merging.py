"""One alert that several sources tell of, as one incident.

Prometheus tells when an alert became active and when it was over, Alertmanager who took notice of it; read from both,
the alert would count twice, once of them always unacknowledged.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from mlops_maturity.evidence.records import Incident, Record

MERGED = "merged"
"""The attribute of a merged incident that names what it was made of: source, id and url of each."""
NAME = "alertname"
_NEVER = datetime.max.replace(tzinfo=UTC)
_CATEGORIES = ("drift", "quality", "service", "other")
_Labels = Mapping[str, str]


def merged_alerts(records: Iterable[Record]) -> list[Record]:
    """The records, those that are one alert told by several sources as one incident; others are left as they are.

    Two incidents are one alert where their sources differ, their subject and their labels are equal, and they overlap
    in time. Labels that one source alone puts on its alerts (an external label of the server, a label of the route)
    don't tell two alerts apart, unless they do so within that source. The merged one begins with the earliest, is
    over when the first source saw the end, and is acknowledged when the first acknowledgement came.
    The order of the records does not matter; merging once more changes nothing.
    """
    kept: list[Record] = []
    alerts: list[Incident] = []
    for record in records:
        if isinstance(record, Incident) and record.origin == "alert" and NAME in labels_of(record):
            alerts.append(record)
        else:
            kept.append(record)
    return [*kept, *(_one(group) for alike in _alike(alerts) for group in _overlapping(alike))]


def parts_of(record: Record) -> tuple[tuple[str, str, str | None], ...]:
    """Source, id and url of every record that one was made of; of itself where it is not merged."""
    named = record.attributes.get(MERGED) if isinstance(record, Incident) else None
    if not named:
        return ((record.source, record.id, record.url),)
    try:
        parts = tuple((str(part["source"]), str(part["id"]), part["url"]) for part in named)
    except (KeyError, TypeError):
        parts = ()  # an attribute of that name that is not ours
    return parts or ((record.source, record.id, record.url),)


def labels_of(incident: Incident) -> _Labels:
    """The labels of an alert; empty where it has none."""
    labels = incident.attributes.get("labels")
    return labels if isinstance(labels, dict) else {}


def _alike(alerts: Sequence[Incident]) -> Iterator[list[Incident]]:
    """The alerts in groups of those that may be one; first by all but the labels of one source alone."""
    own = _own_labels(alerts)
    groups: defaultdict[str, list[Incident]] = defaultdict(list)
    for alert in alerts:
        ignored = own if len(_sources(alert)) == 1 else {}
        groups[_key(alert, ignored.get(alert.source, frozenset()))].append(alert)
    for group in groups.values():
        if _tells_apart(group):
            yield from _by_all_labels(group)
        else:
            yield group


def _own_labels(alerts: Sequence[Incident]) -> Mapping[str, frozenset[str]]:
    """Source to the names of the labels that no other source has on any alert."""
    having: defaultdict[str, set[str]] = defaultdict(set)
    for alert in alerts:
        for name in labels_of(alert):
            having[name] |= _sources(alert)
    own: defaultdict[str, set[str]] = defaultdict(set)
    for name, sources in having.items():
        if len(sources) == 1:
            own[next(iter(sources))].add(name)
    return {source: frozenset(names) for source, names in own.items()}


def _tells_apart(group: Sequence[Incident]) -> bool:
    """Whether one source has several sets of labels in it: then what was ignored is what tells its alerts apart."""
    found: dict[str, str] = {}
    return any(found.setdefault(source, _key(alert)) != _key(alert) for alert in group for source in _sources(alert))


def _by_all_labels(group: Sequence[Incident]) -> Iterable[list[Incident]]:
    groups: defaultdict[str, list[Incident]] = defaultdict(list)
    for alert in group:
        groups[_key(alert)].append(alert)
    return groups.values()


def _key(alert: Incident, ignored: frozenset[str] = frozenset()) -> str:
    labels = sorted((name, str(value)) for name, value in labels_of(alert).items() if name not in ignored)
    return json.dumps([alert.subject, labels])


def _overlapping(alike: Sequence[Incident]) -> Iterator[list[Incident]]:
    """Groups that hang together: each overlaps another one of it that comes from other sources."""
    groups: list[list[Incident]] = []
    for alert in sorted(alike, key=_order):
        going_on = []
        joined = [alert]
        for group in groups:
            if max(map(_end, group)) < alert.detected_at:
                yield group
            elif any(_is_one(alert, other) for other in group):
                joined += group
            else:
                going_on.append(group)
        groups = [*going_on, joined]
    yield from groups


def _is_one(alert: Incident, other: Incident) -> bool:
    apart = alert.detected_at > _end(other) or other.detected_at > _end(alert)
    return not apart and not _sources(alert) & _sources(other)


def _one(group: Sequence[Incident]) -> Incident:
    if len(group) == 1:
        return group[0]
    ordered = sorted(group, key=_order)
    first = ordered[0]
    ends = [max(_end(alert) for alert in ordered if source in _sources(alert)) for source in _all_sources(ordered)]
    noticed = [alert.acknowledged_at for alert in ordered if alert.acknowledged_at is not None]
    parts = sorted({part for alert in ordered for part in parts_of(alert)}, key=lambda part: part[:2])
    shared = {
        name: value
        for name, value in labels_of(first).items()
        if all(labels_of(alert).get(name) == value for alert in ordered)
    }
    return first.model_copy(
        update={
            "category": min((alert.category for alert in ordered), key=_CATEGORIES.index),
            "acknowledged_at": min(noticed, default=None),
            "resolved_at": None if min(ends) == _NEVER else min(ends),
            "severity": next((alert.severity for alert in ordered if alert.severity), None),
            "caused_by": next((alert.caused_by for alert in ordered if alert.caused_by), None),
            "attributes": {
                **first.attributes,
                "labels": shared,
                MERGED: [{"source": source, "id": identity, "url": url} for source, identity, url in parts],
            },
        }
    )


def _order(alert: Incident) -> tuple[datetime, str, str]:
    return alert.detected_at, alert.source, alert.id


def _end(alert: Incident) -> datetime:
    return _NEVER if alert.resolved_at is None else max(alert.resolved_at, alert.detected_at)


def _sources(alert: Incident) -> frozenset[str]:
    return frozenset(source for source, _, _ in parts_of(alert))


def _all_sources(group: Iterable[Incident]) -> list[str]:
    return sorted({source for alert in group for source in _sources(alert)})
