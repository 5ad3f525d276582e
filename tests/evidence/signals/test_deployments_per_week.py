"""Deployment days a week: only whole weeks, the lower median, and monthly delivery that is not nothing."""

from datetime import date, timedelta

import pytest

SIGNAL = "ci.deployments_per_week"
MONDAY = date(2026, 8, 31)  # the first of the twelve whole weeks up to 2026-11-22


def weekly(make, counts, hour="10:00"):
    """So many deployment days in each week from MONDAY on."""
    return [
        make.deployment(f"{MONDAY + timedelta(weeks=week, days=day)} {hour}")
        for week, number in enumerate(counts)
        for day in range(number)
    ]


def test_the_lower_median_over_weeks_of_deployment_days(make, measure):
    reading = measure(SIGNAL, weekly(make, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5]))
    assert reading.value == 2
    assert reading.opportunities == 12


def test_of_an_even_number_the_lower_of_the_two_in_the_middle(make, measure):
    assert measure(SIGNAL, weekly(make, [1] * 6 + [3] * 6)).value == 1


def test_several_deployments_on_one_day_are_one_day(make, measure):
    records = weekly(make, [2] * 12) + weekly(make, [2] * 12, hour="15:00")
    reading = measure(SIGNAL, records)
    assert reading.value == 2
    assert reading.note.startswith("48 deployments on 24 days")


def test_weeks_cut_by_an_end_of_the_window_do_not_pull_the_median_down(make, measure):
    records = [r for r in weekly(make, [3] * 12) if r.finished_at.date() < date(2026, 11, 19)]
    reading = measure(SIGNAL, records, on=date(2026, 11, 18))
    assert reading.value == 3
    assert reading.opportunities == 12  # one more week at the beginning, none at the end


def test_read_and_no_deployment_is_zero(make, measure):
    reading = measure(SIGNAL, [make.run("2026-11-01")])
    assert reading.value == 0
    assert reading.opportunities == 12
    assert reading.proof.count == 0


def test_a_kind_that_was_never_read_is_not_zero(make, measure, cover):
    runs_only = cover(kinds=["pipeline_run"])
    reading = measure(SIGNAL, [make.run("2026-11-01")], coverage=runs_only)
    assert reading.reason == "not_configured"


def test_monthly_delivery_is_a_quarter(make, measure):
    records = [make.deployment(day) for day in ("2026-09-15", "2026-10-13", "2026-11-10")]
    assert measure(SIGNAL, records).value == 0.25


def test_blocks_are_counted_back_from_the_end_of_the_window(make, measure):
    # Blocks end on 11-22, 10-25 and 09-27: two deployments in each.
    days = ("2026-09-01", "2026-09-27", "2026-09-28", "2026-10-25", "2026-10-26", "2026-11-22")
    assert measure(SIGNAL, [make.deployment(day) for day in days]).value == 0.5


def test_one_deployment_in_three_months_is_nothing_by_the_lower_median(make, measure):
    assert measure(SIGNAL, [make.deployment("2026-10-13")]).value == 0


@pytest.mark.parametrize(
    "fields",
    [{"outcome": "failure"}, {"outcome": "cancelled"}, {"outcome": "unknown"}, {"tier": "staging"}],
)
def test_only_successes_in_production_count(make, measure, fields):
    records = [make.deployment(r.finished_at, **fields) for r in weekly(make, [2] * 12)]
    assert measure(SIGNAL, records).value == 0


def test_a_success_with_warnings_counts(make, measure):
    records = [make.deployment(r.finished_at, outcome="unstable") for r in weekly(make, [2] * 12)]
    assert measure(SIGNAL, records).value == 2


def test_the_start_stands_for_an_unknown_finish(make, measure):
    records = [make.deployment(None, started_at=r.finished_at) for r in weekly(make, [2] * 12)]
    assert measure(SIGNAL, records).value == 2


def test_an_undated_deployment_changes_nothing(make, measure):
    assert measure(SIGNAL, [*weekly(make, [2] * 12), make.deployment(None)]).value == 2


def test_three_full_weeks_are_too_few_and_four_are_enough(make, measure, cover):
    records = weekly(make, [2] * 12)
    three = measure(SIGNAL, records, coverage=cover("2026-10-27"))
    assert three.reason == "insufficient_data"
    four = measure(SIGNAL, records, coverage=cover("2026-10-26"))
    assert (four.value, four.opportunities) == (2, 4)


def test_weeks_with_a_gap_in_what_is_known_are_left_out(make, measure, cover):
    # Nothing known from Wednesday to Friday of one week, and therefore no deployment in it.
    gap = cover("2024-01-01", "2026-10-07") + cover("2026-10-10")
    reading = measure(SIGNAL, weekly(make, [2] * 5 + [0] + [2] * 6), coverage=gap)
    assert (reading.value, reading.opportunities) == (2, 11)


def test_a_forbidden_repository_lowers_what_was_seen(make, measure, cover):
    known = cover(scope="acme/fraud") + cover(scope="acme/secret", reason="permission: 403")
    reading = measure(SIGNAL, weekly(make, [1] * 12), coverage=known)
    assert (reading.seen, reading.scope) == (1, 2)


def test_a_forbidden_source_is_missing_with_its_reason(make, measure, cover):
    reading = measure(SIGNAL, [], coverage=cover(kinds=["deployment"], reason="permission: 403 on the scope"))
    assert reading.reason == "forbidden"
    assert "403" in reading.detail


@pytest.mark.parametrize(
    ("monday", "on"),
    [(date(2026, 2, 9), date(2026, 5, 3)), (date(2026, 9, 7), date(2026, 11, 29))],
    ids=["the clocks go forward", "the clocks go back"],
)
def test_days_and_weeks_are_local_where_the_clocks_change(make, measure, cover, monday, on):
    """Deployments half an hour after local midnight of Monday and before that of Sunday: two days, one week."""
    records = []
    for week in range(12):
        first = monday + timedelta(weeks=week)
        offset_first, offset_last = _offset(first), _offset(first + timedelta(days=6))
        records.append(make.deployment(f"{first} 00:30{offset_first}"))
        records.append(make.deployment(f"{first + timedelta(days=6)} 23:30{offset_last}"))
    reading = measure(SIGNAL, records, on=on, zone="Europe/Vienna", coverage=cover(end="2027-01-01"))
    assert (reading.value, reading.opportunities) == (2, 12)


def _offset(day: date) -> str:
    summer = date(2026, 3, 29) <= day < date(2026, 10, 25)
    return "+02:00" if summer else "+01:00"
