from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.store.coverage import merged, read_coverage
from mlops_maturity.evidence.store.records import write_page
from mlops_maturity.evidence.store.version import dataset_version

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def _span(start: int, end: int, complete: bool = True, reason: str = "", **fields: str) -> Coverage:
    whole = {"source": "ci", "stream": "deployment", "scope": "*", **fields}
    days = timedelta(days=1)
    return Coverage(start=_FIRST + start * days, end=_FIRST + end * days, complete=complete, reason=reason, **whole)


def _write(store, *spans):
    write_page(store, [], coverage=spans, seen_at=_FIRST)
    return read_coverage(store)


def test_adjoining_and_overlapping_spans_become_one(store):
    assert _write(store, _span(0, 2), _span(2, 4), _span(3, 5)) == (_span(0, 5),)
    assert _write(store, _span(5, 7)) == (_span(0, 7),)


def test_a_gap_stays_a_gap_until_it_is_filled(store):
    assert _write(store, _span(0, 2), _span(3, 5)) == (_span(0, 2), _span(3, 5))
    assert _write(store, _span(1, 4)) == (_span(0, 5),)


def test_scopes_streams_and_sources_are_kept_apart(store):
    spans = (
        _span(0, 2, scope="acme/a"),
        _span(2, 4, scope="acme/b"),
        _span(2, 4, stream="pipeline_run"),
        _span(2, 4, source="other"),
    )

    assert set(_write(store, *spans)) == set(spans)


def test_a_reason_covers_only_what_is_not_known(store):
    _write(store, _span(2, 4))

    assert _write(store, _span(0, 6, complete=False, reason="forbidden")) == (
        _span(0, 2, complete=False, reason="forbidden"),
        _span(2, 4),
        _span(4, 6, complete=False, reason="forbidden"),
    )


def test_what_becomes_known_takes_the_place_of_its_reason(store):
    _write(store, _span(0, 6, complete=False, reason="budget"))

    assert _write(store, _span(0, 6)) == (_span(0, 6),)


def test_the_newest_reason_counts(store):
    _write(store, _span(0, 4, complete=False, reason="budget"))

    assert _write(store, _span(2, 6, complete=False, reason="forbidden")) == (
        _span(0, 2, complete=False, reason="budget"),
        _span(2, 6, complete=False, reason="forbidden"),
    )


def test_an_empty_span_says_nothing(store):
    assert _write(store, _span(3, 3)) == ()


def test_what_is_known_already_is_no_change(store):
    _write(store, _span(0, 6))
    before = dataset_version(store)

    _write(store, _span(1, 3), _span(2, 5, complete=False, reason="budget"))
    assert dataset_version(store) == before

    _write(store, _span(5, 7))
    assert dataset_version(store) != before


_SPANS = st.lists(
    st.builds(
        lambda start, length, reason: _span(start, start + length, complete=not reason, reason=reason),
        st.integers(0, 12),
        st.integers(0, 6),
        st.sampled_from(["", "budget", "forbidden"]),
    ),
    max_size=8,
)


@given(_SPANS)
def test_merging_keeps_for_every_day_what_was_said_of_it(spans):
    result = merged(spans)

    said = {}
    for day in range(20):
        for span in spans:
            if span.start <= _FIRST + timedelta(days=day) < span.end and said.get(day) != "":
                said[day] = span.reason
    found = {day: _reasons_of(day, result) for day in range(20)}
    assert found == {day: [said[day]] if day in said else [] for day in range(20)}
    assert merged(result) == result
    assert all(one.end < other.start or one.reason != other.reason for one, other in pairwise(result))


def _reasons_of(day, spans):
    moment = _FIRST + timedelta(days=day)
    return [span.reason for span in spans if span.start <= moment < span.end]


def test_merging_does_not_care_for_words_on_complete_spans():
    assert merged([replace(_span(0, 2), reason="first"), _span(1, 3)]) == [replace(_span(0, 3), reason="first")]
