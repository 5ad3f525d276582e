"""What MLflow's runs and registry show."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from mlops_maturity.config.settings import Team

COMMIT, TRACKED = "mlflow.run_commit_share", "mlflow.tracked_version_share"
DATA, ORIGIN = "mlflow.dataset_logged_share", "mlflow.pipeline_origin_share"
WEEKS, COVERAGE = "mlflow.active_tracking_weeks", "mlflow.registry_coverage"
ALIAS, DOCUMENTED = "mlflow.alias_share", "mlflow.version_doc_share"
EVALUATED, STALE = "mlflow.eval_before_promotion_share", "mlflow.staleness_ratio"


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


def test_served_models_are_looked_up_in_the_registry(make, measure):
    serving = [make.observation("serving", "2026-11-20", model) for model in ("fraud-x", "fraud-y", "fraud-z")]
    reading = measure(COVERAGE, [*serving, make.model("fraud-x"), make.version("2026-02-01", model="fraud-y")])
    assert reading.value == pytest.approx(200 / 3)
    assert reading.opportunities == 3


def test_a_model_registered_later_was_not_in_the_registry_then(make, measure):
    records = [make.observation("serving", "2026-10-01"), make.model(created="2026-10-15")]
    assert measure(COVERAGE, records, on=date(2026, 10, 11)).value == 0
    assert measure(COVERAGE, [*records, make.observation("serving", "2026-11-01")]).value == 100


def test_the_first_sign_of_a_model_in_a_registry_counts(make, measure):
    records = [make.observation("serving", "2026-03-01"), make.model(created="2026-10-15"), make.version("2026-02-01")]
    assert measure(COVERAGE, records, on=date(2026, 3, 15)).value == 100
    assert measure(COVERAGE, [*records[:2], make.version(None)], on=date(2026, 3, 15)).value == 0
    assert measure(COVERAGE, [records[0], make.version(None)], on=date(2026, 3, 15)).value == 100


def test_a_registry_that_is_not_connected_does_not_make_models_unregistered(make, measure, cover):
    serving = [make.observation("serving", "2026-11-20")]
    assert measure(COVERAGE, serving, coverage=cover(kinds=["observation"])).reason == "not_covered"
    assert measure(COVERAGE, serving).value == 0


def test_a_model_of_another_team_in_the_registry_is_found(make, measure, cover):
    from mlops_maturity.config.settings import Team

    team = Team(id="fraud", prometheus={"team": "fraud"})
    serving = make.observation("serving", "2026-11-20", "shared-model", attributes={"labels": {"team": "fraud"}})
    assert measure(COVERAGE, [serving, make.model("shared-model")], team=team).value == 100


def test_nothing_serving_is_no_share(make, measure, cover):
    assert measure(COVERAGE, [make.model()]).reason == "no_records"
    assert measure(COVERAGE, [make.model()], coverage=cover(kinds=["model"])).reason == "not_configured"
    asked = make.observation("serving", "2026-11-20", "*", "unknown")
    assert measure(COVERAGE, [make.model(), asked]).reason == "not_configured"


def test_models_with_a_production_alias(make, measure):
    records = [make.model(name) for name in ("fraud-a", "fraud-b", "fraud-c", "fraud-d")]
    aliases = [
        make.alias("fraud-a", "1", "2026-05-01"),
        make.alias("fraud-b", "1", "2026-05-01", alias="challenger"),
        make.alias("fraud-c", "1", "2026-05-01", "2026-10-01"),
    ]
    reading = measure(ALIAS, records + aliases)
    assert (reading.value, reading.opportunities) == (25, 4)


def test_the_settings_name_the_aliases_of_production(make, measure):
    records = [make.model(), make.alias("fraud-x", "1", "2026-05-01", alias="live")]
    source = SimpleNamespace(id="src", production_aliases=("live",), max_age_tag="ttl")
    assert measure(ALIAS, records).value == 0
    assert measure(ALIAS, records, sources=[source]).value == 100


@pytest.mark.parametrize("marked", [{"aliases": ("champion",)}, {"stage": "Production"}])
def test_what_a_version_bears_at_present_counts_on_the_newest_day_only(make, measure, marked):
    records = [make.model(), make.version("2026-05-01", **marked)]
    assert measure(ALIAS, records).value == 100
    assert measure(ALIAS, records, on=date(2026, 11, 15)).reason == "not_covered"


def test_aliases_have_a_past_from_the_first_look_on(make, measure):
    records = [make.model(), make.alias("fraud-x", "1", "2026-10-10")]
    assert measure(ALIAS, records, on=date(2026, 10, 10)).value == 100
    assert measure(ALIAS, records, on=date(2026, 10, 9)).reason == "not_covered"


def test_models_registered_later_do_not_count_then(make, measure):
    records = [make.model("fraud-a"), make.model("fraud-b", "2026-11-01"), make.alias("fraud-a", "1", "2026-05-01")]
    assert measure(ALIAS, records, on=date(2026, 10, 25)).value == 100
    assert measure(ALIAS, records).value == 50


def test_no_registered_model_is_no_share(make, measure, cover):
    assert measure(ALIAS, [make.tracked("2026-10-01")]).reason == "no_records"
    assert (
        measure(ALIAS, [make.tracked("2026-10-01")], coverage=cover(kinds=["training_run"])).reason == "not_configured"
    )


def served(make, name, created="2026-10-01", owner="team-a", **fields):
    version = make.version(created, model=name, **fields)
    return [make.model(name, owner=owner), version, make.alias(name, version.version, "2026-10-02")]


def test_served_versions_with_description_and_owner(make, measure):
    records = [
        *served(make, "fraud-a", described=True),
        *served(make, "fraud-b", described=True, owner=None),
        *served(make, "fraud-c", described=False),
        *served(make, "fraud-d", described=True, owner=None, tags={"owner": "x"}),
    ]
    reading = measure(DOCUMENTED, records)
    assert (reading.value, reading.opportunities) == (50, 4)


def test_an_unknown_description_is_not_a_lack_of_one(make, measure):
    reading = measure(DOCUMENTED, [*served(make, "fraud-a", described=True), *served(make, "fraud-b")])
    assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)
    assert measure(DOCUMENTED, served(make, "fraud-b")).reason == "insufficient_data"


def test_an_owner_is_unknown_where_the_model_is_not_there(make, measure):
    version, alias = served(make, "fraud-a", described=True)[1:]
    assert measure(DOCUMENTED, [version, alias]).reason == "insufficient_data"


def test_a_model_seen_serving_without_known_version_lowers_what_was_seen(make, measure):
    records = [*served(make, "fraud-a", described=True), make.observation("serving", "2026-11-20", "fraud-q")]
    reading = measure(DOCUMENTED, records)
    assert (reading.seen, reading.scope) == (1, 2)


def test_descriptions_are_known_of_the_newest_day_only(make, measure):
    assert measure(DOCUMENTED, served(make, "fraud-a", described=True), on=date(2026, 11, 15)).reason == "not_covered"


def test_without_any_mark_nothing_is_known_to_serve(make, measure):
    assert measure(DOCUMENTED, [make.model(), make.version("2026-10-01", described=True)]).reason == "insufficient_data"


def test_a_production_deployment_says_which_version_serves(make, measure):
    version = make.version("2026-10-01", version="7", described=True)
    live = make.deployment("2026-10-02", model="fraud-x", model_version="7")
    assert measure(DOCUMENTED, [make.model(owner="a"), version, live]).value == 100


def test_a_deployment_that_does_not_say_which_version_says_nothing(make, measure):
    version = make.version("2026-10-01", described=True, validated=True)
    for fields in ({"model": "fraud-x"}, {"model_version": version.version}):
        records = [make.model(owner="a"), version, make.deployment("2026-10-02", **fields)]
        assert measure(DOCUMENTED, records).reason == "insufficient_data"
        assert measure(EVALUATED, records).reason == "no_records"


def test_promoted_versions_that_were_validated(make, measure):
    records = [
        *served(make, "fraud-a", validated=True),
        *served(make, "fraud-b", validated=False),
        *served(make, "fraud-c"),
    ]
    reading = measure(EVALUATED, records)
    assert (reading.value, reading.seen, reading.scope) == (50, 2, 3)


def test_an_evaluation_pipeline_of_the_commit_before_the_promotion_counts(make, measure):
    run = make.tracked("2026-10-01", commit="abc")
    before = make.run("2026-10-01 06:00", "evaluation", sha="abc")
    after = make.run("2026-10-02 00:01", "evaluation", sha="abc")
    just = make.run("2026-10-02 00:00", "evaluation", sha="abc")
    failed = make.run("2026-10-01 06:00", "evaluation", "failure", sha="abc")
    records = [run, *served(make, "fraud-a", run=run.id)]
    assert measure(EVALUATED, [*records, before]).value == 100
    assert measure(EVALUATED, [*records, just]).value == 100
    assert measure(EVALUATED, [*records, after]).reason == "insufficient_data"
    assert measure(EVALUATED, [*records, failed]).reason == "insufficient_data"


def test_only_the_first_promotion_of_a_version_counts(make, measure):
    version = make.version("2026-01-01", version="7", validated=False)
    deployments = [make.deployment(day, model="fraud-x", model_version="7") for day in ("2026-02-01", "2026-10-01")]
    assert measure(EVALUATED, [version, *deployments]).reason == "no_records"
    assert measure(EVALUATED, [version, *deployments], on=date(2026, 7, 30)).value == 0


def test_no_promotion_and_nothing_read_are_told_apart(make, measure, cover):
    assert measure(EVALUATED, [make.model()]).reason == "no_records"
    assert measure(EVALUATED, [make.model()], coverage=cover(kinds=["model"])).reason == "not_configured"


@pytest.mark.parametrize(("tag", "ratio"), [("10", 2.0), ("40", 0.5), ("20.0", 1.0)])
def test_age_against_the_declared_maximum(make, measure, tag, ratio):
    records = served(make, "fraud-a", created="2026-11-03", tags={"max_age_days": tag})
    assert measure(STALE, records).value == ratio  # twenty days at the end of the 22nd


def test_staleness_is_the_lower_median_over_served_versions(make, measure):
    records = [
        record
        for name, limit in (("fraud-a", "10"), ("fraud-b", "20"), ("fraud-c", "5"), ("fraud-d", "40"))
        for record in served(make, name, created="2026-11-03", tags={"max_age_days": limit})
    ]
    reading = measure(STALE, records)
    assert (reading.value, reading.seen, reading.scope) == (1, 4, 4)


@pytest.mark.parametrize("tag", ["", "soon", "-3", "0", "nan", "inf"])
def test_what_is_no_number_of_days_declares_nothing(make, measure, tag):
    assert measure(STALE, served(make, "fraud-a", tags={"max_age_days": tag})).reason == "not_configured"


def test_undeclared_ages_lower_what_was_seen(make, measure):
    declared = served(make, "fraud-a", created="2026-11-03", tags={"max_age_days": "10"})
    reading = measure(STALE, [*declared, *served(make, "fraud-b")])
    assert (reading.value, reading.seen, reading.scope) == (2, 1, 2)


def test_the_settings_name_the_tag_of_the_maximum_age(make, measure):
    records = served(make, "fraud-a", created="2026-11-03", tags={"ttl": "10"})
    source = SimpleNamespace(id="src", production_aliases=("champion",), max_age_tag="ttl")
    assert measure(STALE, records, sources=[source]).value == 2


def test_a_model_may_declare_the_age_of_its_versions(make, measure):
    model, version, alias = served(make, "fraud-a", created="2026-11-03")
    declared = model.model_copy(update={"attributes": {"max_age_days": "10"}})
    assert measure(STALE, [declared, version, alias]).value == 2


def test_the_version_that_served_then_counts(make, measure):
    old = make.version("2026-09-01", version="1", tags={"max_age_days": "10"})
    new = make.version("2026-11-17", version="2", tags={"max_age_days": "10"})
    aliases = [make.alias("fraud-x", "1", "2026-09-01", "2026-11-18"), make.alias("fraud-x", "2", "2026-11-18 06:00")]
    records = [old, new, *aliases]
    assert measure(STALE, records).value == pytest.approx(0.6)
    assert measure(STALE, records, on=date(2026, 9, 10)).value == pytest.approx(1)


def test_nothing_serving_has_no_age(make, measure, cover):
    assert measure(STALE, [make.model()]).reason == "insufficient_data"
    assert measure(STALE, [make.model()], coverage=cover(kinds=["model"])).reason == "not_configured"


def test_a_deleted_model_counts_until_we_saw_that_it_was_gone(make, measure):
    gone = make.model("fraud-y", attributes={"gone_at": "2026-11-10T10:00:00+00:00"})
    versions = [
        make.version("2026-01-01", "fraud-y", attributes=gone.attributes),
        make.version("2026-01-01", "fraud-x"),
    ]
    records = [gone, make.model("fraud-x"), *versions, make.alias("fraud-x", "1", "2026-09-01")]
    assert measure(ALIAS, records).value == 100
    assert measure(ALIAS, records, on=date(2026, 11, 9)).value == 50


def test_a_deleted_version_does_not_serve_by_its_last_alias(make, measure):
    facts = {"gone_at": "2026-11-10T10:00:00+00:00"}
    version = make.version("2026-01-01", aliases=("champion",), described=True, attributes=facts)
    assert measure(DOCUMENTED, [make.model(owner="a"), version]).reason == "insufficient_data"
