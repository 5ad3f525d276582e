"""What MLflow's runs show: what is behind new versions, and how steadily a team tracks."""

from datetime import date, timedelta

import pytest

from mlops_maturity.config.settings import Team

COMMIT, TRACKED = "mlflow.run_commit_share", "mlflow.tracked_version_share"
DATA, ORIGIN = "mlflow.dataset_logged_share", "mlflow.pipeline_origin_share"
WEEKS = "mlflow.active_tracking_weeks"


def made(make, *runs):
    """A version for each of the runs, given by their fields, on consecutive days."""
    records = []
    for day, fields in enumerate(runs, start=1):
        run = make.tracked(f"2026-10-{day:02}", **fields)
        records += [run, make.version(f"2026-10-{day:02}", run=run.id)]
    return records


@pytest.mark.parametrize(
    ("signal", "good", "bad"),
    [
        (COMMIT, {"commit": "abc"}, {}),
        (DATA, {"datasets": ("digest",)}, {}),
        (TRACKED, {"params": 3, "metrics": 1}, {"params": 3, "metrics": 0}),
        (ORIGIN, {"trigger": "automation"}, {"trigger": "person"}),
    ],
)
class TestLineage:
    def test_share_of_what_is_behind_new_versions(self, make, measure, signal, good, bad):
        reading = measure(signal, made(make, good, good, good, bad))
        assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (75, 4, 4, 4)

    def test_a_run_that_is_not_there_is_unknown(self, make, measure, signal, good, bad):
        lost = make.version("2026-10-20", run="deleted")
        reading = measure(signal, [*made(make, good, bad), lost])
        assert (reading.value, reading.seen, reading.scope) == (50, 2, 3)
        assert measure(signal, [lost]).reason == "insufficient_data"

    def test_versions_count_by_their_creation(self, make, measure, signal, good, bad):
        old = make.tracked("2026-08-24", **bad)
        records = [*made(make, good), old, make.version("2026-08-24 23:59", run=old.id)]
        assert measure(signal, records).value == 100
        assert measure(signal, records, on=date(2026, 8, 24)).value == 0

    def test_a_version_of_an_old_run_counts(self, make, measure, signal, good, bad):
        old = make.tracked("2025-01-01", **good)
        assert measure(signal, [old, make.version("2026-10-01", run=old.id)]).value == 100

    def test_no_version_and_no_registry_are_told_apart(self, make, measure, cover, signal, good, bad):
        run = make.tracked("2026-10-01")
        assert measure(signal, [run]).reason == "no_records"
        assert measure(signal, [run], coverage=cover(kinds=["training_run"])).reason == "not_configured"
        assert measure(signal, [run], coverage=cover(end="2025-01-01")).reason == "not_covered"

    def test_where_runs_are_not_read_nothing_is_known_of_them(self, make, measure, cover, signal, good, bad):
        known = cover(kinds=["model_version"])
        assert measure(signal, [make.version("2026-10-01", run="r")], coverage=known).reason == "not_configured"


@pytest.mark.parametrize("signal", [COMMIT, DATA])
def test_a_run_behind_two_versions_counts_once(make, measure, signal):
    good = made(make, {"commit": "abc", "datasets": ("d",)})
    reading = measure(signal, [*good, make.version("2026-10-05", run=good[0].id), *made(make, {})])
    assert (reading.value, reading.opportunities) == (50, 2)


@pytest.mark.parametrize("signal", [COMMIT, DATA])
def test_a_version_without_run_has_no_run_to_judge(make, measure, signal):
    by_hand = [make.version("2026-10-20"), make.version("2026-10-21")]
    reading = measure(signal, [*made(make, {"commit": "abc", "datasets": ("d",)}), *by_hand])
    assert (reading.value, reading.scope) == (100, 1)
    assert "2 versions without a run" in reading.note
    assert measure(signal, by_hand).reason == "insufficient_data"


def test_a_version_without_run_is_not_tracked_and_of_unknown_origin(make, measure):
    records = [*made(make, {"params": 1, "metrics": 1, "trigger": "automation"}), make.version("2026-10-20")]
    assert measure(TRACKED, records).value == 50
    origin = measure(ORIGIN, records)
    assert (origin.value, origin.seen, origin.scope) == (100, 1, 2)


@pytest.mark.parametrize(
    ("logged", "share"),
    [
        ({"params": 2, "metrics": 1}, 100),
        ({"params": 2, "metrics": 0}, 0),
        ({"params": "2", "metrics": 1}, 0),
        ("m-1", 0),
    ],
)
def test_a_version_without_run_is_tracked_by_its_logged_model(make, measure, logged, share):
    assert measure(TRACKED, [make.version("2026-10-20", attributes={"logged_model": logged})]).value == share


@pytest.mark.parametrize(
    ("counts", "verdict"), [({"params": None, "metrics": 1}, None), ({"params": None, "metrics": 0}, 0)]
)
def test_a_count_that_is_not_known_decides_nothing_unless_the_other_is_zero(make, measure, counts, verdict):
    reading = measure(TRACKED, made(make, counts))
    assert getattr(reading, "value", None) == verdict


def test_an_unknown_trigger_is_not_a_person(make, measure):
    reading = measure(ORIGIN, made(make, {"trigger": "automation"}, {"trigger": "unknown"}))
    assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)


def test_weeks_with_a_run_averaged_over_experiments(make, measure):
    monday = date(2026, 8, 31)
    every = [make.tracked(f"{monday + timedelta(weeks=week)} 10:00") for week in range(12)]
    third = [make.tracked(f"{monday + timedelta(weeks=week)} 10:00", experiment="fraud/y") for week in range(0, 12, 3)]
    assert measure(WEEKS, every).value == 100
    reading = measure(WEEKS, every + third)
    assert reading.value == pytest.approx((100 + 100 / 3) / 2)
    assert reading.opportunities == 12


def test_weeks_are_those_in_which_runs_ended(make, measure):
    # Started on Sunday, ended on Monday: the later week. Never ended: none.
    night = make.tracked("2026-11-16 01:00", started_at="2026-11-15 20:00")
    open_ = make.tracked("2026-11-02", finished_at=None, started_at="2026-11-02", outcome="running")
    assert measure(WEEKS, [night, open_]).value == pytest.approx(100 / 12)


def test_a_failed_run_is_tracking_too(make, measure):
    assert measure(WEEKS, [make.tracked("2026-11-16 01:00", outcome="failure")]).value == pytest.approx(100 / 12)


def test_no_run_any_more_is_zero_and_never_a_run_is_not(make, measure, cover):
    assert measure(WEEKS, [make.tracked("2025-11-16")]).value == 0
    assert measure(WEEKS, [make.model()]).reason == "insufficient_data"
    assert measure(WEEKS, [make.tracked("2026-11-16")], coverage=cover("2026-10-27")).reason == "insufficient_data"
    assert measure(WEEKS, [make.tracked("2026-11-16")], coverage=cover(kinds=["model"])).reason == "not_configured"


def test_four_full_weeks_are_enough(make, measure, cover):
    reading = measure(WEEKS, [make.tracked("2026-11-16 10:00")], coverage=cover("2026-10-26"))
    assert (reading.value, reading.opportunities) == (25, 4)


def test_weeks_of_runs_are_local(make, measure, cover):
    # 23:30 UTC on Sunday is Monday in Vienna.
    runs = [make.tracked("2026-11-15 23:30"), make.tracked("2026-01-05 09:00")]
    week = {"coverage": cover(end="2026-12-01"), "on": date(2026, 11, 15)}
    assert measure(WEEKS, runs, **week).value == pytest.approx(100 / 12)
    assert measure(WEEKS, runs, zone="Europe/Vienna", **week).value == 0


def behind_a_version(make, experiment):
    """A run of an experiment in each of the last weeks, a version of the team's model behind every second of them."""
    runs = [make.tracked(f"2026-11-{day:02}", experiment=experiment) for day in (2, 9, 16)]
    return [*runs, *(make.version("2026-11-17", model="mine", run=run.id) for run in runs[::2])]


def test_experiments_that_only_a_version_brings_in_do_not_count(make, measure):
    own = make.tracked("2026-11-16", experiment="own/x")
    team = Team(id="team", models=("mine",), experiments=("own/*",))
    reading = measure(WEEKS, [own, *behind_a_version(make, "shared")], team=team)
    assert reading.value == pytest.approx(100 / 12)
    assert reading.note == "1 active experiments in 12 full weeks"
    assert reading.proof.count == 1


@pytest.mark.parametrize("experiments", [(), ("own/*",)])
def test_runs_behind_versions_alone_do_not_say_how_steadily_a_team_tracks(make, measure, experiments):
    team = Team(id="team", models=("mine",), experiments=experiments)
    missing = measure(WEEKS, behind_a_version(make, "shared"), team=team)
    assert missing.reason == "not_configured"
    assert "'shared'" in missing.detail


def test_the_only_team_without_selectors_has_all_experiments(make, measure):
    assert measure(WEEKS, behind_a_version(make, "shared")).value == pytest.approx(100 * 3 / 12)
