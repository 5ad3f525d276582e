"""Deployments: their ends, tiers, what they brought, roll-backs, and going on."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_gitlab import sha
from gitlab_reading import NOW, PATH, SETTLED, SINCE, FakeGitlab, Project, known, read, records

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def project():
    """Four changes merged on four days, in order."""
    project = Project(PATH)
    for number in range(1, 5):
        project.add_merge(number, NOW - (30 - number) * DAY, NOW - (20 - number) * DAY)
    return project


def found(project, **more):
    return records(read(FakeGitlab(project), "deployments", **more))


def test_a_deployment_becomes_a_record_with_the_end_and_the_pipeline_of_its_job(project):
    project.add_deployment(NOW - 3 * DAY, sha(1), id=7, pipeline=1234)
    (record,) = found(project).values()
    assert record.model_dump() == {
        "kind": "deployment",
        "source": "gitlab",
        "id": "7",
        "url": "https://gitlab.example/ml/pricing/-/jobs/7",
        "repository": PATH,
        "environment": "production",
        "tier": "production",
        "sha": sha(1),
        "model": None,
        "model_version": None,
        "started_at": NOW - 3 * DAY - 8 * MINUTE,
        "finished_at": NOW - 3 * DAY,
        "outcome": "success",
        "rollback_of": None,
        "unplanned": False,
        "pipeline_run": "1234",
        "changes": (),
        "attributes": {"ref": "main", "job": "deploy", "raw_status": "success", "changes_known": False},
    }


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("success", "success"),
        ("failed", "failure"),
        ("canceled", "cancelled"),
        ("running", "running"),
        ("created", "running"),
        ("blocked", "running"),
        ("skipped", "skipped"),
        ("what_comes_next", "unknown"),
    ],
)
def test_each_state_has_its_outcome(project, status, outcome):
    project.add_deployment(NOW - DAY, sha(1), status=status)
    (record,) = found(project).values()
    assert record.outcome == outcome
    assert (record.finished_at is None) == (status not in ("success", "failed", "canceled"))


def test_a_deployment_made_by_the_api_ended_when_it_last_changed(project):
    project.add_deployment(NOW - DAY, sha(1), deployable=None)
    (record,) = found(project).values()
    assert record.finished_at == NOW - DAY + timedelta(seconds=1)
    assert (record.pipeline_run, record.url, record.attributes.get("job")) == (None, None, None)


def test_an_environment_has_the_tier_that_gitlab_says_and_else_that_of_the_rules(project):
    for environment in ("blue", "prod-mirror", "canary", "somewhere"):
        project.add_deployment(NOW - DAY, sha(1), environment=environment)
    project.environments["blue"]["tier"] = "production"
    project.environments["prod-mirror"]["tier"] = "testing"
    rules = {"tier": [{"environment": "*", "is": "staging"}]}
    tiers = {record.environment: record.tier for record in found(project).values()}
    assert tiers == {"blue": "production", "prod-mirror": "testing", "canary": "other", "somewhere": "other"}
    tiers = {record.environment: record.tier for record in found(project, rules=rules).values()}
    assert tiers == {"blue": "production", "prod-mirror": "testing", "canary": "staging", "somewhere": "staging"}


def test_tiers_beyond_a_page_of_environments_are_known_and_forbidden_ones_come_from_the_rules(project):
    for number in range(230):
        project.environments[f"e{number}"] = {"id": 100 + number, "name": f"e{number}", "tier": "other"}
    project.add_deployment(NOW - DAY, sha(1), environment="blue")
    project.environments["blue"]["tier"] = "production"
    (record,) = found(project).values()
    assert record.tier == "production"
    project.forbidden.add("environments")
    (record,) = found(project).values()
    assert record.tier == "other"


def test_a_deployment_names_the_changes_gitlab_links_to_it_but_the_first_one(project):
    project.add_deployment(NOW - 9 * DAY, sha(1), id=1, brings=[1])
    project.add_deployment(NOW - 8 * DAY, sha(2), id=2, status="failed", brings=[2])
    project.add_deployment(NOW - 7 * DAY, sha(3), id=3, environment="staging", brings=[2, 3])
    project.add_deployment(NOW - 6 * DAY, sha(3), id=4, brings=[2, 3])
    project.add_deployment(NOW - 5 * DAY, sha(3), id=5, brings=[3])
    project.add_deployment(NOW - 4 * DAY, sha(4), id=6, brings=[4])
    made = found(project)
    assert {key: record.changes for key, record in made.items()} == {
        "1": (),
        "2": (),
        "3": (),
        "4": ("ml/pricing#2", "ml/pricing#3"),
        "5": (),
        "6": ("ml/pricing#4",),
    }
    assert [made[key].attributes.get("changes_known") for key in "123456"] == [False, None, None, True, True, True]
    assert made["4"].attributes["previous_sha"] == sha(1)


def test_what_was_live_before_the_first_deployment_that_is_read_is_asked_for(project):
    for number in range(1, 4):
        project.add_deployment(NOW - (300 - number) * DAY, sha(number), id=number)
    project.add_deployment(NOW - 5 * DAY, sha(4), id=4, brings=[4])
    project.add_deployment(NOW - 4 * DAY, sha(3), id=5)
    made = found(project)
    assert set(made) == {"4", "5"}
    assert (made["4"].changes, made["4"].attributes["previous_sha"]) == (("ml/pricing#4",), sha(3))
    assert made["5"].rollback_of == "4"


def test_bringing_back_an_older_commit_is_a_roll_back_of_the_one_before(project):
    for number, commit in enumerate([1, 2, 3, 2, 2, 4], 1):
        project.add_deployment(NOW - (10 - number) * DAY, sha(commit), id=number, brings=[1])
    made = found(project)
    assert {key: record.rollback_of for key, record in made.items() if record.rollback_of} == {"4": "3"}
    assert (made["4"].unplanned, made["4"].changes) == (True, ())


def test_a_hotfix_is_told_by_its_branch_or_by_what_it_brought(project):
    project.add_merge(11, NOW - 9 * DAY, NOW - 8 * DAY, branch="hotfix/price")
    project.add_merge(12, NOW - 9 * DAY, NOW - 8 * DAY, labels=["hotfix"])
    project.add_deployment(NOW - 7 * DAY, sha(0), id=1)
    project.add_deployment(NOW - 6 * DAY, sha(1), id=2, ref="hotfix/now")
    project.add_deployment(NOW - 5 * DAY, sha(2), id=3, brings=[11])
    project.add_deployment(NOW - 4 * DAY, sha(3), id=4, brings=[12])
    project.add_deployment(NOW - 3 * DAY, sha(4), id=5, brings=[4])
    assert [record.unplanned for _, record in sorted(found(project).items())] == [False, True, True, True, False]


def test_many_changes_are_read_beyond_a_page_and_too_many_are_unknown(project):
    for number in range(100, 720):
        project.add_merge(number, NOW - 9 * DAY, NOW - 8 * DAY)
    project.add_deployment(NOW - 7 * DAY, sha(0), id=1)
    project.add_deployment(NOW - 6 * DAY, sha(1), id=2, brings=range(100, 350))
    project.add_deployment(NOW - 5 * DAY, sha(2), id=3, brings=range(100, 720))
    made = found(project)
    assert len(made["2"].changes) == 250
    assert (made["3"].changes, made["3"].attributes["changes_known"]) == ((), False)


def test_no_changes_in_an_environment_of_a_folder_says_nothing(project):
    project.add_deployment(NOW - 7 * DAY, sha(0), id=1, environment="production/eu")
    project.add_deployment(NOW - 6 * DAY, sha(1), id=2, environment="production/eu")
    assert found(project)["2"].attributes["changes_known"] is False


def test_a_change_merged_after_the_deployment_is_none_it_brought(project):
    project.add_merge(20, NOW - 3 * DAY, NOW - DAY)
    project.add_merge(21, NOW - 3 * DAY, None, state="opened")
    project.add_deployment(NOW - 7 * DAY, sha(0), id=1)
    project.add_deployment(NOW - 6 * DAY, sha(1), id=2, brings=[4, 20, 21])
    assert found(project)["2"].changes == ("ml/pricing#4",)


def test_changes_that_must_not_be_seen_are_unknown(project):
    project.add_deployment(NOW - 7 * DAY, sha(0), id=1)
    project.add_deployment(NOW - 6 * DAY, sha(1), id=2, brings=[4])
    project.forbidden.add("merge_requests")
    record = found(project)["2"]
    assert (record.changes, record.attributes["changes_known"]) == ((), False)


def test_a_deployment_that_ends_later_is_read_to_its_end(project):
    project.add_deployment(NOW - 7 * DAY, sha(1), id=1)
    project.add_deployment(NOW, sha(2), id=2, status="running", updated=NOW - MINUTE, brings=[2])
    fake = FakeGitlab(project)
    first = read(fake, "deployments")
    assert records(first)["2"].outcome == "running"
    project.add_deployment(NOW + 2 * MINUTE, sha(2), id=2, brings=[2])
    record = records(read(fake, "deployments", cursor=first[-1].cursor, now=NOW + HOUR))["2"]
    assert (record.outcome, record.finished_at) == ("success", NOW + 2 * MINUTE)
    assert record.changes == ("ml/pricing#2",)


def test_overlapping_deployments_stand_in_order_of_their_ends(project):
    project.add_deployment(NOW - 7 * DAY, sha(1), id=1)
    project.add_deployment(NOW - 5 * DAY, sha(2), id=2, updated=NOW - 4 * DAY + HOUR)  # took effect first, told last
    project.add_deployment(NOW - 4 * DAY, sha(3), id=3)
    assert found(project)["3"].attributes["previous_sha"] == sha(2)


def test_a_deployment_touched_long_after_is_no_roll_back(project):
    for number in range(1, 5):
        project.add_deployment(NOW - (10 - number) * DAY, sha(number), id=number)
    fake = FakeGitlab(project)
    first = read(fake, "deployments")
    project.deployments[2]["updated_at"] = "2026-03-02T10:30:00.000Z"
    project.add_deployment(NOW - 90 * DAY, sha(1), id=50, updated=NOW + 20 * MINUTE)
    again = records(read(fake, "deployments", cursor=first[-1].cursor, now=NOW + HOUR))
    assert again["2"] == records(first)["2"]
    assert (again["50"].rollback_of, again["50"].unplanned) == (None, False)
    project.add_deployment(NOW + 30 * MINUTE, sha(5), id=60)
    last = records(read(fake, "deployments", cursor=first[-1].cursor, now=NOW + HOUR))["60"]
    assert last.attributes["previous_sha"] == sha(4)


@pytest.mark.parametrize("count", [0, 100, 101, 250])
def test_every_deployment_is_read_beyond_a_page(project, count):
    for number in range(count):
        project.add_deployment(NOW - 180 * DAY + number * HOUR, sha(number), id=number + 1, environment="review/x")
    pages = read(FakeGitlab(project, totals_to=150), "deployments")
    assert len(records(pages)) == count
    assert known(pages) == [(SINCE, SETTLED)]


@pytest.mark.parametrize("kill", range(1, 5))
def test_stopped_after_any_page_it_goes_on_to_the_same_end(project, kill):
    for number in range(330):
        commit = number % 5 if number % 11 == 0 else number
        project.add_deployment(NOW - 180 * DAY + number * HOUR, sha(commit), id=number + 1, brings=[number % 4 + 1])
    fake = FakeGitlab(project)
    whole = read(fake, "deployments")
    before = read(fake, "deployments", pages=kill)
    after = read(fake, "deployments", cursor=before[-1].cursor)
    assert len(whole) == 5
    assert any(record.rollback_of for record in records(whole).values())
    assert records([*before, *after]) == records(whole)
    assert after[-1].cursor == whole[-1].cursor
    assert known(before) == []
    assert known(after) == known(whole)


def test_what_is_no_deployment_is_named_and_left_out(project):
    project.add_deployment(NOW - DAY, sha(1), id=1)
    fake = FakeGitlab(project)
    odd = [7, {"id": 8, "status": "success", "updated_at": "2026-02-01T10:00:00Z"}]

    def hostile(request, _):
        if not request.url.path.endswith("/deployments") or "environment" in request.url.params:
            return None
        return httpx.Response(200, json=[*odd, *project.deployments.values()])

    fake.faults.append(hostile)
    pages = read(fake, "deployments")
    assert set(records(pages)) == {"1"}
    refused = [line for page in pages for line in page.refused]
    assert refused[0].startswith("deployment (without id)")
    assert refused[1] == "deployment 8: the field 'sha' is missing"


@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_one_brought_that_is_refused_is_unknown_and_asked_again_in_its_place(project, status):
    for number in range(1, 5):
        project.add_deployment(NOW - (9 - number) * DAY, sha(number), id=number, brings=[number])
    fake = FakeGitlab(project)
    end = "/deployments/2/merge_requests"
    fake.faults = [lambda asked, _: httpx.Response(status) if asked.url.path.endswith(end) else None]
    first = read(fake, "deployments")
    assert [one.changes for one in records(first).values()] == [(), (), (f"{PATH}#3",), (f"{PATH}#4",)]
    assert records(first)["2"].attributes["changes_known"] is False
    fake.faults = []
    later = records(read(fake, "deployments", cursor=first[-1].cursor, now=NOW + HOUR))
    assert {key: one.changes for key, one in later.items()} == {"2": (f"{PATH}#2",)}
    assert later["2"].attributes["previous_sha"] == sha(1)
    assert later["2"].rollback_of is None
