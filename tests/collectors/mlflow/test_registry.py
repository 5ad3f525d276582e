"""Models, versions and aliases: snapshots, what our own snapshots know of aliases, prompts, tags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors.interface import ReadRequest, Unsupported
from mlops_maturity.collectors.mlflow.collector import MODELS, VERSIONS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CREATED = int((NOW - timedelta(days=90)).timestamp() * 1000)


def model(name, aliases=None, tags=None, description=None):
    return {
        "name": name,
        "creation_timestamp": CREATED,
        "last_updated_timestamp": CREATED,
        "description": description,
        "aliases": [{"alias": alias, "version": version} for alias, version in (aliases or {}).items()],
        "tags": [{"key": key, "value": value} for key, value in (tags or {}).items()],
    }


def version(name, number, tags=None, **fields):
    return {
        "name": name,
        "version": str(number),
        "creation_timestamp": CREATED + number * 1000,
        "current_stage": "None",
        "tags": [{"key": key, "value": value} for key, value in (tags or {}).items()],
        **fields,
    }


def aliases(kept):
    return {identity: record for (kind, identity), record in kept.records.items() if kind == "model_alias"}


def test_reads_models_and_versions_beyond_one_page(fake, read):
    fake.models = [model(f"m{number:04}") for number in range(1203)]
    fake.versions = [version(f"m{number:04}", 1) for number in range(1203)]
    assert len(read(stream=MODELS).ids("model")) == 1203
    assert len(read(stream=VERSIONS).ids("model_version")) == 1203


def test_prompts_are_no_models(fake, read):
    prompt = {"mlflow.prompt.is_prompt": "true"}
    fake.models = [model("fraud"), model("greeting", tags=prompt)]
    fake.versions = [version("fraud", 1), version("greeting", 1, tags=prompt)]
    assert read(stream=MODELS).ids("model") == {"fraud"}
    assert read(stream=VERSIONS).ids("model_version") == {"fraud/1"}


def test_versions_carry_the_aliases_that_only_their_model_tells(fake, read):
    fake.models = [model("fraud", {"champion": "2", "shadow": "2", "previous": "1"})]
    fake.versions = [version("fraud", 1), version("fraud", 2)]
    kept = read(stream=VERSIONS)
    assert kept.records["model_version", "fraud/2"].aliases == ("champion", "shadow")
    assert kept.records["model_version", "fraud/1"].aliases == ("previous",)


def test_an_alias_is_known_from_its_first_sighting_to_its_last(fake, read):
    fake.models = [model("fraud", {"champion": "1"})]
    kept = read(stream=MODELS)
    read(kept, stream=MODELS, now=NOW + 3 * HOUR)
    (record,) = aliases(kept).values()
    assert (record.version, record.first_seen_at, record.last_seen_at) == ("1", NOW, NOW + 3 * HOUR)
    assert record.id == f"fraud/champion/1/{int(NOW.timestamp())}"


def test_an_alias_that_moved_gets_a_new_record_and_the_old_one_ends(fake, read):
    fake.models = [model("fraud", {"champion": "1"})]
    kept = read(stream=MODELS)
    fake.models = [model("fraud", {"champion": "2"})]
    read(kept, stream=MODELS, now=NOW + HOUR)
    fake.models = [model("fraud", {"champion": "1"})]
    read(kept, stream=MODELS, now=NOW + 2 * HOUR)
    seen = [(record.version, record.first_seen_at, record.last_seen_at) for record in aliases(kept).values()]
    assert seen == [("1", NOW, NOW), ("2", NOW + HOUR, NOW + HOUR), ("1", NOW + 2 * HOUR, NOW + 2 * HOUR)]


def test_an_alias_taken_away_and_set_again_is_seen_anew(fake, read):
    fake.models = [model("fraud", {"champion": "1"})]
    kept = read(stream=MODELS)
    fake.models = [model("fraud")]
    read(kept, stream=MODELS, now=NOW + HOUR)
    fake.models = [model("fraud", {"champion": "1"})]
    read(kept, stream=MODELS, now=NOW + 2 * HOUR)
    assert [record.first_seen_at for record in aliases(kept).values()] == [NOW, NOW + 2 * HOUR]


def test_a_snapshot_cut_off_forgets_no_sighting(fake, read):
    fake.models = [model(f"m{number:04}", {"champion": "1"}) for number in range(700)]
    kept = read(stream=MODELS)
    read(kept, stream=MODELS, now=NOW + HOUR, stop_after=1)
    read(kept, stream=MODELS, now=NOW + 2 * HOUR)
    assert {record.first_seen_at for record in aliases(kept).values()} == {NOW}
    assert len(aliases(kept)) == 700


def test_the_same_snapshot_again_changes_nothing(fake, read):
    fake.models = [model("fraud", {"champion": "1"})]
    fake.versions = [version("fraud", 1)]
    kept = read(stream=MODELS)
    assert read(kept, stream=MODELS, backfill=True).changed == 0


def test_aliases_are_covered_from_the_day_of_the_first_snapshot_on_but_not_across_a_gap(fake, read):
    fake.models = [model("fraud", {"champion": "1"})]
    kept = read(stream=MODELS)
    first = next(span for span in kept.coverage if span.stream == "model_alias")
    assert (first.start, first.end, first.complete) == (NOW.replace(hour=0), NOW, True)
    kept.coverage.clear()
    read(kept, stream=MODELS, now=NOW + HOUR)
    read(kept, stream=MODELS, now=NOW + timedelta(days=30))
    near, far = [span for span in kept.coverage if span.stream == "model_alias"]
    assert (near.start, near.end, near.complete) == (NOW, NOW + HOUR, True)
    assert (far.start, far.end, far.complete) == (NOW + HOUR, NOW + timedelta(days=30), False)
    assert "no snapshot between" in far.reason


def test_models_and_versions_are_covered_as_far_back_as_asked(fake, read):
    fake.models = [model("fraud")]
    since = NOW - timedelta(days=30)
    spans = [*read(stream=MODELS, since=since).coverage, *read(stream=VERSIONS, since=since).coverage]
    whole = {span.stream: (span.start, span.end) for span in spans if span.stream != "model_alias"}
    assert whole == {"model": (since, NOW), "model_version": (since, NOW)}


@pytest.mark.parametrize(
    ("tags", "validated"),
    [
        ({}, None),
        ({"gate": " "}, None),
        ({"gate": "Approved"}, True),
        ({"gate": "pending"}, False),
        ({"other": "approved"}, None),
    ],
)
def test_validation_is_yes_no_or_not_said(fake, read, tags, validated):
    fake.versions = [version("fraud", 1, tags=tags)]
    kept = read(stream=VERSIONS, validation_tag="gate")
    assert kept.records["model_version", "fraud/1"].validated is validated


def test_a_version_inherits_the_greatest_age_of_its_model_and_no_tag_that_is_not_configured(fake, read):
    fake.models = [model("fraud", tags={"max_age_days": "30", "contact": "ann@acme.example"})]
    fake.versions = [version("fraud", 1, tags={"reviewer": "ann"}), version("fraud", 2, tags={"max_age_days": "7"})]
    kept = read(stream=VERSIONS)
    assert kept.records["model_version", "fraud/1"].tags == {"max_age_days": "30"}
    assert kept.records["model_version", "fraud/2"].tags == {"max_age_days": "7"}


@pytest.mark.parametrize(("owner", "kept_as"), [("Fraud Detection", "fraud"), ("fraud", "fraud"), (None, None)])
def test_an_owner_that_is_a_team_is_named(fake, read, owner, kept_as):
    fake.models = [model("fraud", tags={} if owner is None else {"owner": owner})]
    assert read(stream=MODELS).records["model", "fraud"].owner == kept_as


def test_an_owner_who_may_be_a_person_is_a_hash(fake, read):
    fake.models = [model("fraud", tags={"owner": "ann@acme.example"})]
    record = read(stream=MODELS).records["model", "fraud"]
    assert record.owner
    assert "ann" not in record.model_dump_json()


def test_reads_what_a_version_and_a_model_say_of_themselves(fake, read, scripted_server):
    fake.models = [model("fraud & co", tags={"model_kind": "GenAI"}, description="  ")]
    fake.versions = [
        version("fraud & co", 1, run_id="r1", description="why", current_stage="Production"),
        version("fraud & co", 2, source="runs:/r2/model"),
        version("fraud & co", 3, source="s3://bucket/model"),
    ]
    found = read(stream=MODELS).records["model", "fraud & co"]
    assert (found.described, found.model_kind) == (False, "genai")
    kept = read(stream=VERSIONS).records
    first, second, third = (kept["model_version", f"fraud & co/{number}"] for number in (1, 2, 3))
    assert (first.run, first.described, first.stage) == ("r1", True, "Production")
    assert (second.run, second.described, second.stage) == ("r2", False, None)
    assert third.run is None
    assert first.url == f"{scripted_server.url}/#/models/fraud%20%26%20co/versions/1"


def test_a_server_without_the_registry_is_unsupported(fake, read):
    fake.missing = {"registered-models/search"}
    with pytest.raises(Unsupported, match="not there"):
        read(stream=MODELS)


def test_a_model_that_makes_no_valid_record_is_named_and_the_others_are_read(fake, collector):
    from mlops_maturity.collectors.interface import ReadRequest

    fake.models = [model("fine"), model("")]
    pages = list(collector().read(MODELS, ReadRequest(now=NOW, since=NOW - HOUR)))
    assert [record.id for page in pages for record in page.records] == ["fine"]
    assert len([line for page in pages for line in page.refused]) == 1


def test_looking_again_within_the_hour_at_an_alias_that_stays_changes_nothing(fake, read):
    fake.models = [model("fraud", {"champion": "1"})]
    first = NOW + timedelta(minutes=20, seconds=7, microseconds=9)
    kept = read(stream=MODELS, now=first)
    assert read(kept, stream=MODELS, now=first + timedelta(minutes=30)).changed == 0
    (record,) = aliases(kept).values()
    assert record.first_seen_at == record.last_seen_at == first.replace(microsecond=0)


def test_the_end_of_a_listing_tells_everything_that_is_there(fake, collector):
    fake.models = [model(f"m{number:04}") for number in range(700)]
    fake.versions = [version(f"m{number:04}", 1) for number in range(700)]
    request = ReadRequest(now=NOW, since=NOW - timedelta(days=9))
    for stream, kind in ((MODELS, "model"), (VERSIONS, "model_version")):
        *others, last = collector().read(stream, request)
        assert all(page.present == {} for page in others)
        assert len(last.present[kind]) == 700
