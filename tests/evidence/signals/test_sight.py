"""What is known of a team's records, day by day and source by source."""

from datetime import date

import pytest

from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.signals.weeks import Days

FRAUD = Team(id="fraud", repositories=("acme/fraud*",), models=("fraud-*",))


def days(first: str, last: str) -> Days:
    return Days(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())


def known(view, kind="deployment"):
    return [
        (date.fromordinal(d.first).isoformat(), date.fromordinal(d.last).isoformat()) for d in view.sights[kind].days
    ]


def test_the_days_of_a_span_are_local_ones(view, cover):
    # 23:30 UTC is past midnight in Vienna; an end at midnight is not part of the new day.
    coverage = cover("2026-01-01 23:30", "2026-01-05 23:00", kinds=["deployment"])
    assert known(view([], coverage)) == [("2026-01-01", "2026-01-05")]
    assert known(view([], coverage, zone="Europe/Vienna")) == [("2026-01-02", "2026-01-05")]


def test_spans_that_touch_are_one(view, cover):
    coverage = cover("2026-01-01", "2026-01-05", kinds=["deployment"]) + cover(
        "2026-01-05", "2026-01-09", kinds=["deployment"]
    )
    assert known(view([], coverage)) == [("2026-01-01", "2026-01-08")]


def test_a_hole_in_one_source_is_a_hole_in_what_is_known(make, view, cover):
    whole = cover("2026-01-01", "2026-02-01", source="a", kinds=["deployment"])
    holed = [
        *cover("2026-01-05", "2026-01-10", source="b", kinds=["deployment"]),
        *cover("2026-01-12", "2026-01-20", source="b", kinds=["deployment"]),
    ]
    records = [make.deployment("2026-01-06", source=source) for source in ("a", "b")]
    assert known(view(records, whole + holed)) == [("2026-01-01", "2026-01-09"), ("2026-01-12", "2026-01-31")]


def test_a_span_that_is_not_complete_is_not_known(view, cover):
    coverage = cover("2026-01-01", "2026-01-05", kinds=["deployment"], reason="budget")
    sight = view([], coverage).sights["deployment"]
    assert (sight.days, sight.first, sight.newest(90)) == ((), None, None)
    assert sight.reason(days("2026-01-02", "2026-01-03")) == "budget"
    assert sight.reason(days("2026-01-05", "2026-01-09")) == ""


def test_the_newest_day_is_that_of_the_source_that_lags(make, view, cover):
    coverage = cover(end="2026-11-20", source="a") + cover(end="2026-11-10", source="b")
    records = [make.deployment("2026-11-01", source=source) for source in ("a", "b")]
    assert view(records, coverage).sights["deployment"].newest(90) == date(2026, 11, 9)


def test_a_source_without_such_records_of_the_team_does_not_hold_the_others_back(make, view, cover):
    coverage = cover(end="2026-11-20", source="a") + cover(end="2026-11-10", source="b")
    records = [make.deployment("2026-11-01", source="a"), make.run("2026-11-01", source="b")]
    assert view(records, coverage, team=FRAUD).sights["deployment"].newest(90) == date(2026, 11, 19)


def test_a_retired_source_does_not_hold_the_others_back(make, view, cover):
    coverage = cover(end="2026-11-20", source="a") + cover(end="2026-08-10", source="b")
    records = [make.deployment("2026-08-01", source=source) for source in ("a", "b")]
    sight = view(records, coverage).sights["deployment"]
    assert sight.newest(90) == date(2026, 11, 19)
    assert sight.newest(180) == date(2026, 8, 9)


def test_only_the_repositories_of_a_team_are_its_business(make, view, cover):
    coverage = [
        *cover("2026-01-01", "2026-11-20", scope="acme/fraud-a", kinds=["change"]),
        *cover("2026-01-01", "2026-11-20", scope="acme/fraud-b", kinds=["change"], reason="permission"),
        *cover("2026-01-01", "2026-06-01", scope="acme/other", kinds=["change"]),
    ]
    sight = view([], coverage, team=FRAUD).sights["change"]
    assert [unit.scope for unit in sight.units] == ["acme/fraud-a", "acme/fraud-b"]
    assert sight.extent(days("2026-10-01", "2026-10-31")) == (1, 2)


def test_a_whole_source_is_a_team_s_business_where_the_team_is_in_it(make, view, cover):
    coverage = cover(kinds=["deployment", "pipeline_run"])
    run = make.run("2026-11-01")
    assert "deployment" in view([run], coverage, team=FRAUD).sights
    assert "deployment" not in view([make.run("2026-11-01", repository="x")], coverage, team=FRAUD).sights


def test_parts_nobody_recognises_count_where_they_hold_records_of_the_team(make, view, cover):
    coverage = cover(scope="builder-7", kinds=["pipeline_run"])
    assert "pipeline_run" in view([make.run("2026-11-01")], coverage, team=FRAUD).sights


def test_selectors_that_pick_nothing_are_told_from_sources_that_are_not_there(make, measure, cover):
    stranger = make.deployment("2026-11-01", repository="acme/other")
    reading = measure("ci.deployments_per_week", [stranger], team=FRAUD)
    assert reading.reason == "no_records"
    assert "selectors" in reading.detail
    assert measure("ci.deployments_per_week", [], coverage=[], team=FRAUD).reason == "not_configured"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("permission: 403 forbidden", "forbidden"),
        ("unsupported: 404", "unsupported"),
        ("not configured", "not_configured"),
        ("no data before 2026-01-01 (retention)", "not_covered"),
        ("", "not_covered"),
    ],
)
def test_the_reason_of_a_source_becomes_the_reason_of_a_reading(measure, cover, text, reason):
    coverage = (
        cover(kinds=["deployment"], reason=text or " ") if text else cover(end="2025-01-01", kinds=["deployment"])
    )
    missing = measure("ci.deployments_per_week", [], coverage=coverage)
    assert missing.reason == reason
    assert text in missing.detail
