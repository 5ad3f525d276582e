"""Names to words: first match wins, nothing is guessed, what no rule matches is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.collectors.mapping import (
    AUTHOR_KEY_VARIABLE,
    Mapper,
    author_hash,
    author_key,
    branch_of,
    instant,
    link,
    mapped,
    outcome_of,
)
from mlops_maturity.config.rules import Rules
from mlops_maturity.evidence.records import Model

RULES = Rules.model_validate(
    {
        "purpose": [
            {"pipeline": "train*", "branch": "main", "is": "training"},
            {"job": "roll*out", "is": "deployment"},
            {"pipeline": "*", "trigger": "schedule", "is": "monitoring"},
            {"pipeline": "ci", "is": "ci"},
        ],
        "tier": [{"environment": "prod-canary", "is": "staging"}, {"environment": "prod*", "is": "production"}],
        "hotfix": {"branches": ["hotfix/*"], "labels": ["hotfix"]},
        "bots": ["*[[]bot]", "renovate*"],
    }
)


@pytest.mark.parametrize(
    ("pipeline", "more", "purpose"),
    [
        ("train-fraud", {"branch": "main"}, "training"),
        ("Train Fraud", {"branch": "main"}, "training"),
        ("train-fraud", {"branch": "feature"}, "other"),
        ("train-fraud", {"branch": "feature", "trigger": "schedule"}, "monitoring"),
        ("ship", {"jobs": ["build", "rollout"]}, "deployment"),
        ("ci", {"jobs": ["build"], "trigger": "push"}, "ci"),
        (None, {}, "other"),
    ],
)
def test_the_first_rule_of_which_every_pattern_matches_says_the_purpose(pipeline, more, purpose):
    assert Mapper(RULES).purpose(pipeline, **more) == purpose


def test_runs_that_no_rule_matches_are_counted_by_pipeline():
    mapper = Mapper(RULES)
    for name in ("nightly", "ci", "nightly", None):
        mapper.purpose(name)
    assert mapper.unmapped == {"nightly": 2, "(no name)": 1}


def test_an_environment_takes_the_first_tier_and_else_what_the_system_says():
    mapper = Mapper(RULES)
    assert mapper.tier("Production") == "production"
    assert mapper.tier("prod-canary") == "staging"
    assert mapper.tier("blue", production=True) == "production"
    assert mapper.tier("blue", production=False) == "other"
    assert mapper.unmapped_environments == {"blue": 1}


def test_unplanned_is_unknown_where_neither_branch_nor_labels_are_known():
    mapper = Mapper(RULES)
    assert mapper.unplanned(None) is None
    assert mapper.unplanned("main") is False
    assert mapper.unplanned("hotfix/leak") is True
    assert mapper.unplanned("main", ["Hotfix"]) is True
    assert mapper.unplanned(None, []) is False


@pytest.mark.parametrize(
    ("login", "bot"), [("dependabot[bot]", True), ("renovate-acme", True), ("robot", False), ("ann[b]", False)]
)
def test_bots_are_known_by_their_patterns(login, bot):
    assert Mapper(RULES).bot(login) is bot


def test_rules_that_name_jobs_say_that_jobs_are_needed():
    assert Mapper(RULES).needs_jobs
    assert not Mapper(Rules()).needs_jobs


def test_an_author_is_the_same_person_under_one_key_and_another_under_the_next():
    assert author_hash(b"k", "Ann") == author_hash(b"k", "ann ")
    assert author_hash(b"k", "ann") != author_hash(b"k", "bob")
    assert author_hash(b"k", "ann") != author_hash(b"l", "ann")
    assert "ann" not in author_hash(b"k", "ann")
    assert len(author_hash(b"k", "ann")) == 32


def test_the_author_key_is_the_variables_or_else_the_organisations(monkeypatch):
    monkeypatch.delenv(AUTHOR_KEY_VARIABLE, raising=False)
    assert author_key("Acme") == author_key("Acme") != author_key("Other")
    monkeypatch.setenv(AUTHOR_KEY_VARIABLE, "  ")
    made = author_key("Acme")
    monkeypatch.setenv(AUTHOR_KEY_VARIABLE, "random")
    assert author_key("Acme") == author_key("Other") == b"random" != made


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("success", "success"),
        ("timed_out", "failure"),
        ("startup_failure", "failure"),
        ("cancelled", "cancelled"),
        ("action_required", "skipped"),
        ("stale", "skipped"),
        ("UNSTABLE", "unstable"),
        ("in_progress", "running"),
        ("something new", "unknown"),
        (None, "unknown"),
    ],
)
def test_status_words_map_to_outcomes_and_new_ones_to_unknown(word, outcome):
    assert outcome_of(word) == outcome


def test_instants_are_brought_to_utc_and_need_an_offset():
    assert instant("2026-03-29T03:30:00+02:00") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert instant("2026-03-29T01:30:00Z") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert instant(None) is None
    with pytest.raises(ValueError, match="no offset"):
        instant("2026-03-29T01:30:00")


def test_rows_that_make_no_record_are_named_and_leave_the_others_alone():
    rows = [{"id": 1, "name": "a"}, {"id": 2}, {"id": 3, "name": 7}, "nonsense", {"id": 5, "name": "e"}]
    made, refused = mapped(
        rows, lambda row: Model(source="s", id=str(row["id"]), name=row["name"]), lambda row: row["id"], "model"
    )
    assert [record.id for record in made] == ["1", "5"]
    assert refused == [
        "model 2: the field 'name' is missing",
        "model 3: name: Input should be a valid string",
        "model (without id): string indices must be integers, not 'str'",
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://x.example/a/b?token=1#c", "https://x.example/a/b"),
        ("http://me:pw@x.example:8010/a", "http://x.example:8010/a"),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("http://[", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_only_plain_web_addresses_are_kept_as_links(text, kept):
    assert link(text) == kept


def test_a_branch_loses_what_git_puts_before_it():
    assert [branch_of(ref) for ref in ("refs/heads/hotfix/x", "main", "", None)] == ["hotfix/x", "main", None, None]


def test_jobs_are_wanted_of_the_named_pipelines_or_of_all_where_a_purpose_hangs_on_them():
    plain = Rules.model_validate({"purpose": [{"pipeline": "*", "is": "ci"}]})
    assert not Mapper(plain).reads_jobs
    named = Mapper(plain, jobs_of=["*test*", "Train"])
    assert named.reads_jobs
    assert [named.needs_jobs_of(name) for name in ("unit tests", "train", "deploy", None)] == [True, True, False, False]
    assert Mapper(RULES).needs_jobs_of(None)


def test_other_rules_have_another_fingerprint_and_the_same_ones_have_not():
    other = RULES.model_copy(update={"bots": ()})
    assert Mapper(RULES).fingerprint == Mapper(RULES, b"key").fingerprint
    assert len({Mapper(RULES).fingerprint, Mapper(other).fingerprint, Mapper(RULES, jobs_of=["ci"]).fingerprint}) == 3


def test_what_no_rule_matches_is_counted_each_time():
    mapper = Mapper(RULES)
    assert [mapper.purpose("odd", branch="x") for _ in range(3)] == ["other"] * 3
    assert mapper.unmapped == {"odd": 3}


@given(st.from_regex(r"(?i)https?://[a-z0-9.-]{1,8}(:[0-9]{1,5})?(/[a-z0-9._~/+%@;-]*)?(\?a=1)?(#b)?", fullmatch=True))
def test_a_link_keeps_scheme_host_and_path_as_the_standard_library_splits_them(text):
    kept = link(text)
    parts = urlsplit(text)
    expected = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.hostname else None
    assert kept == expected
