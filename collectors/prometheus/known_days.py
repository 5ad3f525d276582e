"""Of which days a server knows anything at all: before its retention, and while it was down, it is not "nothing"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from mlops_maturity.collectors.prometheus.client import PrometheusSource
from mlops_maturity.collectors.prometheus.days import DAY, Span, day_of, last_second, midnight
from mlops_maturity.collectors.prometheus.promql import anything
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import RecordKind

_TELLING = ("serving_metric", "drift_metric", "feature_age_metric", "feature_updated_metric", "slo_budget_metric",
            "slo_attained_metric")  # fmt: skip


def known_days(source: PrometheusSource, span: Span) -> tuple[frozenset[date], list[str]]:
    """The days with any sample of targets, of the metrics that stand on their own, or of an alert; and warnings.

    Where the server warned, no day can be told to have none: all count as known, in part.
    """
    if span.last < span.first:
        return frozenset(), []
    source.warnings()
    settings = source.settings
    query = anything(*(getattr(settings, key) for key in _TELLING), "ALERTS_FOR_STATE")
    answer = source.over(query, last_second(span.first), last_second(span.last), DAY)
    warnings = source.warnings()
    if warnings:
        return frozenset(span), warnings
    return frozenset(day_of(moment) for series in answer for moment, value in series.points if value > 0), []


def coverage_of(
    source: str, kind: RecordKind, span: Span, known: frozenset[date], warnings: Sequence[str]
) -> tuple[Coverage, ...]:
    """Known days as covered, the others with the reason; where the server warned, none is."""
    first_known = min(known, default=None)
    parts = []
    for first, last, is_known in _runs(span, known):
        if warnings and is_known:
            complete, reason = False, f"partial answer: {warnings[0]}"
        elif is_known:
            complete, reason = True, ""
        else:
            complete, reason = False, _reason(first, first_known)
        start, end = midnight(first), midnight(last + DAY)
        parts.append(
            Coverage(source=source, stream=kind, scope="*", start=start, end=end, complete=complete, reason=reason)
        )
    return tuple(parts)


def _reason(first: date, first_known: date | None) -> str:
    if first_known is None:
        return "no data: neither targets nor the metrics of the settings have a sample"
    if first < first_known:
        return f"no data before {first_known.isoformat()} (retention)"
    return "no data on these days: the server was down, or scraped nothing"


def _runs(span: Span, known: frozenset[date]) -> Iterator[tuple[date, date, bool]]:
    """Stretches of days that are alike."""
    begun: date | None = None
    for day in span:
        if begun is None:
            begun = day
        elif (day in known) != (begun in known):
            yield begun, day - DAY, begun in known
            begun = day
    if begun is not None:
        yield begun, span.last, begun in known
