"""What MLflow's registry shows: models, versions, aliases, and what serves."""

from datetime import date
from types import SimpleNamespace

import pytest

from mlops_maturity.config.settings import Team

COVERAGE = "mlflow.registry_coverage"
ALIAS, DOCUMENTED = "mlflow.alias_share", "mlflow.version_doc_share"
EVALUATED, STALE = "mlflow.eval_before_promotion_share", "mlflow.staleness_ratio"


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
