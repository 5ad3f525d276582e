"""Coverage of code: of each repository the newest that a run on the default branch tells."""

from __future__ import annotations

import pytest

SIGNAL = "ci.coverage_percent"


def run(make, day, coverage=None, repository="acme/a", **more):
    told = {} if coverage is None else {"coverage": coverage}
    given = {"purpose": "ci", "trigger": "push", "ref": "main", **more}
    return make.run(day, repository=repository, attributes=told, **given)


def test_the_newest_of_each_repository_counts(make, measure):
    records = [
        run(make, "2026-11-01 08:00", 40.0),
        run(make, "2026-11-05 08:00", 80.0),
        run(make, "2026-11-06 08:00"),
        run(make, "2026-11-04 08:00", 60.0, "acme/b"),
        run(make, "2026-11-04 08:00", 90.0, "acme/c"),
        run(make, "2026-11-04 08:00", None, "acme/d"),
    ]
    reading = measure(SIGNAL, records)
    assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (80, 3, 4, 4)


@pytest.mark.parametrize(
    "further", [{"ref": "feature"}, {"trigger": "pull_request"}, {"outcome": "cancelled"}], ids=str
)
def test_other_runs_say_nothing_of_the_default_branch(make, measure, further):
    records = [run(make, "2026-11-01 08:00", 40.0), run(make, "2026-11-05 08:00", 80.0, **further)]
    assert measure(SIGNAL, records).value == 40


@pytest.mark.parametrize("odd", ["80", True, -1, 101, None])
def test_what_is_no_percentage_is_unknown_and_never_zero(make, measure, odd):
    missing = measure(SIGNAL, [run(make, "2026-11-01 08:00", odd)])
    assert missing.reason == "not_configured"
    assert "coverage:" in missing.detail


def test_zero_is_a_value(make, measure):
    assert measure(SIGNAL, [run(make, "2026-11-01 08:00", 0.0)]).value == 0


def test_no_run_and_not_read_are_told_apart(make, measure, cover):
    assert measure(SIGNAL, [run(make, "2026-11-01 08:00", 50.0, ref="feature")]).reason == "no_records"
    assert measure(SIGNAL, [make.model()], coverage=cover(kinds=["model"])).reason == "not_configured"
