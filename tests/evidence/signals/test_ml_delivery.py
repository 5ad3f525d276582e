"""Models on their way to production and back."""

from datetime import date, timedelta

import pytest

OFTEN, FAST, BACK, AGAIN = (
    "ml.deployments_per_week", "ml.run_to_production_hours", "ml.rollback_share", "ml.reproducible_share",
)  # fmt: skip
GAP, OVER, ANSWER = "ml.retraining_gap_days", "ml.recovery_hours", "ml.retrain_to_production_hours"


def test_promotions_by_alias_and_by_deployment_are_the_same_promotion(make, measure):
    both = [
        make.alias("fraud-x", "1", "2026-11-02 10:00"),
        make.deployment("2026-11-02 11:00", model="fraud-x", model_version="1"),
    ]
    reading = measure(OFTEN, both)
    assert (reading.value, reading.opportunities) == (0, 12)
    assert reading.note.startswith("1 promotions")


def test_weekly_promotions_read_one_a_week(make, measure):
    wednesdays = [date(2026, 8, 26) + timedelta(weeks=number) for number in range(13)]
    aliases = [make.alias("fraud-x", str(number), day) for number, day in enumerate(map(str, wednesdays), 1)]
    assert measure(OFTEN, aliases).value == 1
    assert measure(OFTEN, aliases[::4]).value == 0.25


def test_time_from_run_to_first_promotion(make, measure):
    records = [
        make.tracked("2026-11-01 10:00", id="r1"), make.version("2026-11-01 10:05", version="1", run="r1"),
        make.alias("fraud-x", "1", "2026-11-02 10:00"),
        make.tracked("2026-11-05 10:00", id="r2"), make.version("2026-11-05 10:05", version="2", run="r2"),
        make.alias("fraud-x", "2", "2026-11-05 16:00"),
        make.alias("fraud-x", "1", "2026-11-06 10:00"),  # back: not its first time
        make.version("2026-11-07", version="3"),
    ]  # fmt: skip
    reading = measure(FAST, records)
    assert (reading.value, reading.seen, reading.scope) == (6, 2, 2)
    assert "1 of 3 new versions never promoted" in reading.note
    assert measure(FAST, records[2:3]).reason == "insufficient_data"
    assert measure(FAST, []).reason == "no_records"


def test_an_older_version_in_place_of_a_newer_one_is_back(make, measure):
    versions = [make.version(f"2026-10-0{number}", version=str(number)) for number in (1, 2)]
    there = [make.alias("fraud-x", "1", "2026-11-01"), make.alias("fraud-x", "2", "2026-11-02")]
    again = make.alias("fraud-x", "1", "2026-11-03")
    assert measure(BACK, [*versions, *there]).value == 0
    assert measure(BACK, [*versions, *there, again]).value == pytest.approx(100 / 3)
    # Without the versions their numbers tell; names don't.
    assert measure(BACK, [*there, again]).value == pytest.approx(100 / 3)
    named = [make.alias("fraud-x", name, f"2026-11-0{day}") for day, name in enumerate("ab", start=1)]
    reading = measure(BACK, named)
    assert (reading.value, reading.seen, reading.scope) == (0, 1, 2)


def test_a_version_can_be_made_again_by_run_code_and_data(make, measure):
    records = [
        make.tracked("2026-11-01", id="r1", commit="c", datasets=["d"]),
        make.version("2026-11-01", version="1", run="r1"),
        make.tracked("2026-11-01", id="r2", commit="c"), make.version("2026-11-01", version="2", run="r2"),
        make.version("2026-11-01", version="3"),
        make.version("2026-11-01", version="4", run="lost"),
        *(make.alias("fraud-x", str(number), f"2026-11-1{number}") for number in (1, 2, 3, 4, 5)),
    ]  # fmt: skip
    reading = measure(AGAIN, records)
    assert (reading.value, reading.seen, reading.scope) == (pytest.approx(100 / 3), 3, 5)


def test_gaps_between_trainings_of_each_pipeline(make, measure):
    runs = [make.run(f"2026-11-{day:02}", pipeline="a") for day in (1, 2, 9)]
    runs += [make.run("2026-11-03", pipeline="b"), make.run("2026-11-05", outcome="failure", pipeline="b")]
    reading = measure(GAP, runs)
    assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (1, 1, 2, 2)
    assert "longest since the last: 20 days" in reading.note
    assert measure(GAP, runs[3:]).reason == "insufficient_data"


def test_trouble_ends_when_resolved_or_when_an_older_version_is_back(make, measure):
    aliases = [make.alias("fraud-x", version, day) for version, day in (
        ("1", "2026-10-01"), ("2", "2026-10-02"), ("1", "2026-11-01 06:00"),
    )]  # fmt: skip
    drift = make.incident("2026-11-01 00:00", "2026-11-03", subject="fraud-x", category="drift")
    service = make.incident("2026-11-01 00:00", "2026-11-09", subject="fraud-x", category="service")
    still = make.incident("2026-11-12", subject="fraud-x", category="quality")
    assert measure(OVER, [drift, service]).value == 48
    reading = measure(OVER, [drift, still, *aliases])
    assert (reading.value, reading.seen, reading.scope) == (6, 1, 2)
    assert "1 open, the oldest for 11 days" in reading.note
    assert measure(OVER, [still]).reason == "insufficient_data"
    assert measure(OVER, [service]).reason == "no_records"


def test_from_the_training_that_answers_drift_to_production(make, measure):
    drift = make.incident("2026-11-01 00:00", subject="fraud-x", category="drift")
    made = [
        make.tracked("2026-11-02 10:00", started_at="2026-11-02 08:00", id="r"),
        make.version("2026-11-02 10:00", version="7", run="r"),
        make.alias("fraud-x", "7", "2026-11-02 20:00"),
    ]
    assert measure(ANSWER, [drift, *made]).value == 12
    assert measure(ANSWER, made).reason == "no_records"
    early = make.incident("2026-09-01 00:00", subject="fraud-x", category="drift")
    assert measure(ANSWER, [early, *made]).reason == "no_records"
