"""What a repository is like: protection, files, template, releases; and what can't be told of it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_github import sha
from reading import NOW, REPO, SINCE, FakeGithub, Repo, covered, read, records

from mlops_maturity.collectors.github.releases import has_notes
from mlops_maturity.collectors.interface import BadAnswer, Forbidden

DAY = timedelta(days=1)
SETTLED = NOW - timedelta(minutes=5)
TODAY = "2026-03-02"
MIDNIGHT = NOW.replace(hour=0)
FACTS = ("protected_branch", "lockfile", "owner_file", "model_card", "template")


@pytest.fixture
def repo():
    repo = Repo(REPO)
    repo.files = {"README.md": "Fraud"}
    return repo


def look(repo, **more):
    """The facts of today by name."""
    found = records(read(FakeGithub(repo), "repository", **more)).values()
    return {record.name: record for record in found if record.id.endswith(f"/{TODAY}")}


def states(repo, **more):
    return {name: record.state for name, record in look(repo, **more).items()}


def answering(repo, end, answer):
    fake = FakeGithub(repo)
    fake.faults.append(lambda request, number: answer if request.url.path.endswith(end) else None)
    return fake


def test_each_fact_is_one_observation_a_day(repo):
    repo.files = {"uv.lock": "", ".github/CODEOWNERS": "", "docs/model-card.md": "", ".cruft.json": ""}
    repo.protected = True
    found = look(repo)
    assert {name: (record.state, record.attributes) for name, record in found.items()} == {
        "protected_branch": ("yes", {"shown_by": "branch protection"}),
        "lockfile": ("yes", {"shown_by": "uv.lock"}),
        "owner_file": ("yes", {"shown_by": ".github/CODEOWNERS"}),
        "model_card": ("yes", {"shown_by": "docs/model-card.md"}),
        "template": ("yes", {"shown_by": ".cruft.json"}),
    }
    for name, record in found.items():
        assert (record.id, record.subject, record.observed_at) == (f"{name}/{REPO}/{TODAY}", REPO, MIDNIGHT)


def test_what_is_not_there_is_no(repo):
    assert states(repo) == dict.fromkeys(FACTS, "no")


def test_the_whole_look_takes_six_requests_and_none_again_on_the_same_day(repo):
    fake = FakeGithub(repo)
    first = read(fake, "repository")
    assert len(fake.requests) == 6
    second = read(fake, "repository", cursor=first[-1].cursor, now=NOW + timedelta(hours=3))
    assert (len(fake.requests), fake.unchanged) == (7, 1)
    assert records(second) == {}
    third = read(fake, "repository", cursor=second[-1].cursor, now=NOW + DAY)
    assert {record.id.rpartition("/")[2] for page in third for record in page.records} == {"2026-03-03"}


@pytest.mark.parametrize("rule", ["pull_request", "non_fast_forward", "merge_queue"])
def test_rules_in_force_protect_as_well(repo, rule):
    repo.rules = [rule, "commit_message_pattern"]
    assert look(repo)["protected_branch"].attributes == {"shown_by": f"rules: {rule}"}


def test_rules_on_messages_and_names_protect_nothing(repo):
    repo.rules = ["commit_message_pattern", "branch_name_pattern", "creation"]
    assert states(repo)["protected_branch"] == "no"


def test_a_server_from_before_there_were_rules_says_no_by_its_branch(repo):
    fake = answering(repo, "/rules/branches/main", httpx.Response(404, json={"message": "Not Found"}))
    found = records(read(fake, "repository"))
    assert found[f"protected_branch/{REPO}/{TODAY}"].state == "no"


def test_forbidden_rules_leave_an_unprotected_branch_forbidden_not_no(repo):
    repo.hidden.add("rules")
    found = look(repo)
    assert found["protected_branch"].state == "forbidden"
    assert "Resource not accessible" in found["protected_branch"].attributes["reason"]
    assert found["lockfile"].state == "no"
    repo.protected = True
    assert states(repo)["protected_branch"] == "yes"


def test_without_the_right_to_contents_only_rules_and_template_tell_anything(repo):
    fake = answering(repo, "/branches/main", None)
    forbidden = httpx.Response(403, json={"message": "Resource not accessible by personal access token"})
    secret = ("/repos/acme/fraud/branches/main", "/repos/acme/fraud/git/trees/main")
    fake.faults.append(lambda request, number: forbidden if request.url.path in secret else None)
    told = {record.name: record.state for record in records(read(fake, "repository")).values()}
    assert told == dict.fromkeys(FACTS, "forbidden")
    repo.rules, repo.template = ["deletion"], "acme/ml-template"
    told = {record.name: record.state for record in records(read(fake, "repository")).values()}
    assert told == {**dict.fromkeys(FACTS, "forbidden"), "protected_branch": "yes", "template": "yes"}


def test_what_was_forbidden_is_asked_again_on_the_same_day(repo):
    repo.hidden.add("rules")
    fake = FakeGithub(repo)
    cursor = read(fake, "repository")[-1].cursor
    repo.hidden.clear()
    again = records(read(fake, "repository", cursor=cursor, now=NOW + timedelta(hours=1)))
    assert again[f"protected_branch/{REPO}/{TODAY}"].state == "no"


def test_a_listing_that_is_cut_off_tells_what_is_in_it_and_the_rest_is_unknown(repo):
    repo.files, repo.truncated = {"uv.lock": ""}, True
    assert states(repo) == {
        "protected_branch": "no",
        "lockfile": "yes",
        "owner_file": "unknown",
        "model_card": "unknown",
        "template": "unknown",
    }


def test_of_an_empty_repository_nothing_is_known(repo):
    repo.files = {}
    found = look(repo)
    assert {name: record.state for name, record in found.items()} == dict.fromkeys(FACTS, "unknown")
    assert "empty" in found["lockfile"].attributes["reason"]
    repo.template = "acme/ml-template"
    assert look(repo)["template"].attributes == {"shown_by": "acme/ml-template"}


def test_a_server_that_knows_no_templates_can_t_say_no(repo):
    about = {"full_name": REPO, "default_branch": "main"}
    fake = answering(repo, f"/repos/{REPO}", httpx.Response(200, json=about))
    assert records(read(fake, "repository"))[f"template/{REPO}/{TODAY}"].state == "unknown"


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({"requirements.txt": "numpy==2.2.1"}, "yes"),
        ({"requirements.txt": "numpy==2.2.1", "requirements/dev.txt": "pytest"}, "no"),
        ({"requirements.txt": "numpy>=2", "uv.lock": ""}, "yes"),
        ({"requirements.txt": "numpy==1" * 200_000}, "unknown"),
        ({f"{name}/requirements.txt": "numpy==2.2.1" for name in "abcd"}, "unknown"),
        ({f"{name}/requirements.txt": "numpy" for name in "abcd"}, "no"),
    ],
    ids=["pinned", "one is not", "beside a lock file", "too large", "too many to read", "too many and not pinned"],
)
def test_requirements_count_where_every_line_is_pinned(repo, files, state):
    repo.files = files
    assert states(repo)["lockfile"] == state


def test_a_list_that_can_t_be_read_is_unknown(repo):
    repo.files = {"requirements.txt": "numpy==2.2.1"}
    repo.hidden.add("blobs")
    assert states(repo)["lockfile"] == "unknown"


def test_the_settings_say_which_files_count(repo):
    repo.files = {"deps/frozen.lst": "", "CARD": ""}
    files = {"lockfile": ["deps/*.lst"], "model_card": ["CARD"]}
    assert states(repo, files=files) == {**dict.fromkeys(FACTS, "no"), "lockfile": "yes", "model_card": "yes"}


@pytest.mark.parametrize("end", ["/repos/acme/fraud", "/branches/main", "/releases", "/rules/branches/main"])
@pytest.mark.parametrize("body", [[1], {}, "x", [[]]])
def test_garbage_is_a_bad_answer_and_never_no(repo, end, body):
    fake = answering(repo, end, httpx.Response(200, json=body))
    with pytest.raises(BadAnswer):
        read(fake, "repository")


def test_a_garbled_listing_of_files_is_a_bad_answer(repo):
    for tree in ({}, {"tree": 3}, {"tree": ["x"]}, {"tree": [{"sha": "x", "type": "blob"}]}):
        with pytest.raises(BadAnswer, match="list of files is none"):
            read(answering(repo, "/git/trees/" + sha("tip"), httpx.Response(200, json=tree)), "repository")


def test_a_hidden_repository_is_forbidden():
    with pytest.raises(Forbidden, match="give the token read access to Metadata"):
        read(FakeGithub(), "repository")


def notes(repo, **more):
    found = records(read(FakeGithub(repo), "repository", **more)).values()
    return {record.attributes["tag"]: record for record in found if "tag" in record.attributes}


def test_each_release_is_an_observation_of_its_day_and_drafts_are_none(repo):
    repo.add_release("v1", NOW - 9 * DAY)
    repo.add_release("v2", NOW - 3 * DAY, None)
    repo.add_release("v3", NOW - DAY, draft=True)
    found = notes(repo)
    assert {tag: record.state for tag, record in found.items()} == {"v1": "yes", "v2": "no"}
    first = found["v1"]
    assert (first.id, first.name, first.subject) == (f"release_notes/{REPO}/v1", "release_notes", REPO)
    assert first.observed_at == NOW - 9 * DAY
    assert "ann" not in first.model_dump_json()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (None, False),
        ("", False),
        (" \r\n ", False),
        ("**Full Changelog**: https://github.com/a/b/compare/v1...v2", False),
        ("<!-- Release notes generated\nusing main -->\r\n\r\n**Full Changelog**: https://x/y", False),
        ("## What's Changed\n\n**Full Changelog**: https://x/y", False),
        ("## What's Changed\n* Drop the column age in #12\n\n**Full Changelog**: https://x/y", True),
        ("Faster.", True),
        ("Full changelog below\n", False),
        ("修正", True),
    ],
)
def test_notes_are_a_text_of_their_own(body, told):
    assert has_notes(body) is told


def test_a_release_without_any_body_field_is_unknown(repo):
    repo.add_release("v1", NOW - 9 * DAY)
    del repo.releases["v1"]["body"]
    assert notes(repo)["v1"].state == "unknown"


def test_every_release_since_the_start_is_read_beyond_a_page(repo):
    for number in range(250):
        repo.add_release(f"v{number}", NOW - timedelta(days=150) + number * timedelta(hours=1))
    repo.add_release("old", SINCE - 50 * DAY)
    pages = read(FakeGithub(repo), "repository")
    assert sum(record.name == "release_notes" for record in records(pages).values()) == 250
    assert covered(pages) == ([(SINCE, SETTLED)], [])


def test_notes_written_later_are_seen(repo):
    repo.add_release("v1", NOW - 9 * DAY, "")
    fake = FakeGithub(repo)
    first = read(fake, "repository")
    repo.releases["v1"]["body"] = "Faster."
    second = read(fake, "repository", cursor=first[-1].cursor, now=NOW + timedelta(hours=1))
    assert records(second)[f"release_notes/{REPO}/v1"].state == "yes"
    assert covered([*first, *second]) == ([(SINCE, SETTLED + timedelta(hours=1))], [])


def test_forbidden_releases_are_a_state_and_leave_the_rest_alone(repo):
    repo.hidden.add("releases")
    pages = read(FakeGithub(repo), "repository")
    (remark,) = (record for record in records(pages).values() if record.name == "release_notes")
    assert (remark.id, remark.state, remark.observed_at) == (f"release_notes/{REPO}/*", "forbidden", MIDNIGHT)
    assert covered(pages) == ([(MIDNIGHT, SETTLED)], []), "what is known is today's look only"
    repo.hidden.clear()
    repo.add_release("v1", NOW - 50 * DAY)
    again = read(FakeGithub(repo), "repository", cursor=pages[-1].cursor)
    assert f"release_notes/{REPO}/v1" in records(again)
    assert covered(again) == ([(SINCE, SETTLED)], [])


def test_a_release_of_another_shape_is_named_and_the_others_are_kept(repo):
    repo.add_release("v1", NOW - 9 * DAY)
    repo.add_release("v2", NOW - 8 * DAY)
    repo.releases["v2"]["published_at"] = "yesterday"
    pages = read(FakeGithub(repo), "repository")
    assert f"release_notes/{REPO}/v1" in records(pages)
    assert [line for page in pages for line in page.refused] == ["release v2: Invalid isoformat string: 'yesterday'"]


def test_backfill_looks_again_and_writes_the_same(repo):
    repo.add_release("v1", NOW - 9 * DAY)
    fake = FakeGithub(repo)
    first = read(fake, "repository")
    again = read(fake, "repository", cursor=first[-1].cursor, backfill=True)
    assert records(again) == records(first)


REVIEWED = {"id": 1, "node_id": "x", "type": "required_reviewers", "reviewers": [{"type": "User"}, {"type": "Team"}]}
WAIT = {"id": 2, "node_id": "y", "type": "wait_timer", "wait_timer": 30}
NO_WAIT = {**WAIT, "wait_timer": 0}
BRANCHES = {"id": 3, "node_id": "z", "type": "branch_policy"}


def environments(repo, fake=None):
    found = records(read(fake or FakeGithub(repo), "repository")).values()
    return {
        one.attributes.get("environment"): (one.state, one.attributes.get("shown_by"))
        for one in found
        if one.name == "protected_environment"
    }


def test_environments_tell_how_they_are_protected_and_unprotected_ones_only_of_production(repo):
    repo.environments = {"production": [REVIEWED, WAIT, BRANCHES], "staging": [BRANCHES], "preview-7": [], "dev": []}
    repo.environments["prod-eu"] = [NO_WAIT]
    assert environments(repo) == {
        "production": ("yes", "2 reviewers, a wait of 30 min, restricted branches"),
        "staging": ("yes", "restricted branches"),
        "prod-eu": ("no", None),
    }
    ids = {one.id: one.subject for one in records(read(FakeGithub(repo), "repository")).values() if "eu" in one.id}
    assert ids == {f"protected_environment/prod-eu/{REPO}/{TODAY}": REPO}


def test_environments_of_a_server_that_does_not_tell_their_rules_are_unknown(repo):
    repo.environments = {"production": None}
    assert environments(repo) == {"production": ("unknown", None)}


@pytest.mark.parametrize(("status", "state"), [(403, "forbidden"), (404, "unsupported")])
def test_environments_that_may_not_be_read_are_one_state_and_not_asked_all_day(repo, status, state):
    fake = answering(repo, "/environments", httpx.Response(status))
    assert environments(repo, fake) == {None: (state, None)}
    cursor = read(fake, "repository")[-1].cursor
    asked = len(fake.requests)
    read(fake, "repository", cursor=cursor, now=NOW + timedelta(hours=1))
    assert not [path for path in fake.paths()[asked:] if path.endswith("/environments")]


@pytest.mark.parametrize(
    ("end", "fact"),
    [
        ("/rules/branches/main", "protected_branch"),
        ("/git/trees/" + sha("tip"), "model_card"),
        ("/branches/main", "protected_branch"),
        ("/environments", "protected_environment"),
    ],
)
def test_what_the_server_fails_at_is_unknown_and_leaves_the_other_facts_and_releases_alone(repo, end, fact):
    repo.environments = {"production": [REVIEWED]}
    repo.files[".cruft.json"] = ""
    repo.add_release("v1", NOW - 9 * DAY)
    pages = read(answering(repo, end, httpx.Response(500)), "repository")
    found = {one.name: one for one in records(pages).values()}
    assert found[fact].state == "unknown"
    assert "HTTP 500" in found[fact].attributes["reason"]
    assert found["release_notes"].state == "yes"
    assert {name for name, one in found.items() if one.state == "yes"} >= {"release_notes"}
    if fact != "protected_environment":
        again = records(read(FakeGithub(repo), "repository", cursor=pages[-1].cursor, now=NOW + timedelta(hours=1)))
        assert again[f"{fact}/{REPO}/{TODAY}"].state == "no", "it is asked again on the same day"


def test_a_server_that_is_down_after_the_first_fact_makes_none_unknown(repo):
    fake = FakeGithub(repo)
    fake.faults.append(lambda request, number: httpx.Response(502) if number >= 2 else None)
    with pytest.raises(BadAnswer, match="502"):
        read(fake, "repository")
