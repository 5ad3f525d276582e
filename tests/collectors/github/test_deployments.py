"""Deployments: their states, what was live before, rollbacks, the changes they brought, and going on."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from reading import NOW, REPO, SINCE, FakeGithub, Repo, covered, iterate, read, records

from mlops_maturity.collectors.interface import BadAnswer, Forbidden, Unreachable

DAY = timedelta(days=1)
SETTLED = NOW - timedelta(minutes=5)


@pytest.fixture
def repo():
    """Four changes merged on four days, in order."""
    repo = Repo(REPO)
    repo.history.append("base")
    for number in range(1, 5):
        repo.add_pull(number, NOW - (30 - number) * DAY, NOW - (20 - number) * DAY)
    return repo


def merge(repo, number):
    return repo.pulls[number]["merge_commit_sha"]


def test_a_deployment_becomes_a_record_with_the_end_and_the_run_of_its_statuses(repo):
    created = NOW - 3 * DAY
    one = repo.add_deployment(created, merge(repo, 1), id=7)
    repo.add_status(one, created + timedelta(minutes=1), "in_progress", run=1234)
    repo.add_status(one, created + timedelta(minutes=9), "success", run=1234)
    repo.add_status(one, created + DAY, "inactive", run=1234)
    (record,) = records(read(FakeGithub(repo), "deployments")).values()
    assert record.model_dump() == {
        "kind": "deployment",
        "source": "github",
        "id": "7",
        "url": "https://github.example/acme/fraud/actions/runs/1234/job/1",
        "repository": REPO,
        "environment": "production",
        "tier": "production",
        "sha": merge(repo, 1),
        "model": None,
        "model_version": None,
        "started_at": created,
        "finished_at": created + timedelta(minutes=9),
        "outcome": "success",
        "rollback_of": None,
        "unplanned": False,
        "pipeline_run": "1234",
        "changes": (),
        "attributes": {
            "ref": "main",
            "task": "deploy",
            "raw_status": "inactive",
            "transient": False,
            "changes_known": False,
        },
    }


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        (["success"], "success"),
        (["success", "inactive"], "success"),
        (["in_progress", "failure"], "failure"),
        (["error"], "failure"),
        (["failure", "in_progress", "success"], "success"),
        (["queued"], "running"),
        (["pending", "in_progress"], "running"),
        (["in_progress", "inactive"], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_last_state_that_ends_it_decides_and_inactive_is_no_failure(repo, states, outcome):
    repo.add_deployment(NOW - DAY, merge(repo, 1), *states)
    (record,) = records(read(FakeGithub(repo), "deployments")).values()
    assert record.outcome == outcome
    assert (record.finished_at is None) == (outcome not in ("success", "failure"))


def test_environments_take_the_tier_of_the_rules_and_else_what_github_says(repo):
    for number, (environment, production) in enumerate(
        [("Production", False), ("staging", True), ("x", True), ("y", False)]
    ):
        repo.add_deployment(NOW - number * DAY, "c", "success", environment=environment, production=production)
    found = records(read(FakeGithub(repo), "deployments")).values()
    tiers = {record.environment: record.tier for record in found}
    assert tiers == {"Production": "production", "staging": "staging", "x": "production", "y": "other"}


def test_a_deployment_names_the_changes_since_the_one_before_it(repo):
    repo.add_deployment(NOW - 9 * DAY, merge(repo, 1), "success", id=1)
    repo.add_deployment(NOW - 8 * DAY, merge(repo, 2), "failure", id=2)
    repo.add_deployment(NOW - 7 * DAY, merge(repo, 3), "success", id=3, environment="staging")
    repo.add_deployment(NOW - 6 * DAY, merge(repo, 3), "success", id=4)
    repo.add_deployment(NOW - 5 * DAY, merge(repo, 3), "success", id=5)
    repo.add_deployment(NOW - 4 * DAY, merge(repo, 4), "success", id=6)
    found = records(read(FakeGithub(repo), "deployments"))
    assert {key: record.changes for key, record in found.items()} == {
        "1": (),
        "2": (),
        "3": (),
        "4": ("acme/fraud#2", "acme/fraud#3"),
        "5": (),
        "6": ("acme/fraud#4",),
    }
    assert [found[key].attributes.get("changes_known") for key in "123456"] == [False, None, None, True, True, True]
    assert found["4"].attributes["previous_sha"] == merge(repo, 1)


def test_bringing_back_an_older_commit_is_a_rollback_of_the_one_before(repo):
    for number, change in enumerate([1, 2, 3, 2, 2, 4], 1):
        repo.add_deployment(NOW - (10 - number) * DAY, merge(repo, change), "success", id=number)
    found = records(read(FakeGithub(repo), "deployments"))
    assert {key: record.rollback_of for key, record in found.items()} == {
        "1": None,
        "2": None,
        "3": None,
        "4": "3",
        "5": None,
        "6": None,
    }
    assert found["4"].unplanned is True
    assert found["4"].changes == ()
    assert found["6"].changes == ("acme/fraud#3", "acme/fraud#4")


def test_environments_have_each_their_own_history(repo):
    repo.add_deployment(NOW - 9 * DAY, merge(repo, 1), "success", id=1, environment="production-eu")
    repo.add_deployment(NOW - 8 * DAY, merge(repo, 2), "success", id=2, environment="production-us")
    repo.add_deployment(NOW - 7 * DAY, merge(repo, 1), "success", id=3, environment="production-us")
    assert all(record.rollback_of is None for record in records(read(FakeGithub(repo), "deployments")).values())


def test_a_repair_shows_by_the_branch_or_by_a_change_that_came_along(repo):
    repo.add_pull(5, NOW - 3 * DAY, NOW - 2 * DAY, branch="hotfix/leak")
    repo.add_pull(6, NOW - 3 * DAY, NOW - DAY, labels=["Hotfix"])
    for identity, (commit, ref) in enumerate(
        [
            (merge(repo, 1), "main"),
            (merge(repo, 2), merge(repo, 2)),
            ("other", "hotfix/x"),
            (merge(repo, 4), "main"),
            (merge(repo, 5), "main"),
            (merge(repo, 6), "main"),
        ]
    ):
        repo.add_deployment(NOW - timedelta(hours=20 - identity), commit, "success", id=identity, ref=ref)
    found = records(read(FakeGithub(repo), "deployments"))
    assert [found[str(identity)].unplanned for identity in range(6)] == [False, False, True, False, True, True]


def test_without_branch_and_changes_nobody_can_tell_whether_it_was_planned(repo):
    repo.add_deployment(NOW - DAY, "abc1234", "success", ref="abc1234")
    (record,) = records(read(FakeGithub(repo), "deployments")).values()
    assert record.unplanned is None


@pytest.mark.parametrize("refused", ["pulls", "compare"])
def test_where_changes_are_forbidden_they_are_unknown_and_the_deployment_is_kept(repo, refused):
    repo.add_deployment(NOW - 9 * DAY, merge(repo, 1), "success", id=1)
    repo.add_deployment(NOW - 8 * DAY, merge(repo, 2), "success", id=2)
    repo.hidden.add(refused)
    record = records(read(FakeGithub(repo), "deployments"))["2"]
    assert (record.changes, record.attributes["changes_known"]) == ((), False)


@pytest.mark.parametrize("refused", ["pulls", "compare"])
def test_changes_that_were_refused_are_asked_for_at_the_next_reading(repo, refused):
    repo.add_deployment(NOW - 9 * DAY, merge(repo, 1), "success", id=1)
    repo.add_deployment(NOW - 8 * DAY, merge(repo, 2), "success", id=2)
    repo.add_deployment(NOW - 7 * DAY, merge(repo, 3), "success", id=3)
    repo.hidden.add(refused)
    fake = FakeGithub(repo)
    first = read(fake, "deployments")
    assert "changes of deployments of 2 could not be read" in first[-1].warnings[0]
    again = read(fake, "deployments", cursor=first[-1].cursor, now=NOW + timedelta(hours=1))
    assert [one.attributes["changes_known"] for one in records(again).values()] == [False]
    repo.hidden.clear()
    found = read(fake, "deployments", cursor=again[-1].cursor, now=NOW + timedelta(hours=3))
    assert {key: one.changes for key, one in records(found).items()} == {
        "2": ("acme/fraud#2",),
        "3": ("acme/fraud#3",),
    }
    assert not any(one.rollback_of for one in records(found).values())
    assert records(read(fake, "deployments", cursor=found[-1].cursor, now=NOW + timedelta(hours=9))) == {}


def an_open_one_beneath_many(repo):
    """A deployment that is under way when the list is read first, two pages deep, and ends afterwards."""
    one = repo.add_deployment(NOW - 2 * DAY, merge(repo, 2), "in_progress", id=1)
    for number in range(150):
        repo.add_deployment(NOW - DAY + timedelta(seconds=number), "c", "success", environment="test")
    fake = FakeGithub(repo)
    first = read(fake, "deployments")
    repo.add_status(one, NOW, "success")
    return fake, first


def test_a_deployment_under_way_that_is_refused_once_is_asked_for_again(repo):
    fake, first = an_open_one_beneath_many(repo)
    fake.faults = [lambda asked, _: httpx.Response(403) if asked.url.path.endswith("/deployments/1") else None]
    second = read(fake, "deployments", cursor=first[-1].cursor, now=NOW + timedelta(hours=1))
    assert records(second) == {}
    fake.faults = []
    third = read(fake, "deployments", cursor=second[-1].cursor, now=NOW + timedelta(hours=2))
    assert records(third)["1"].outcome == "success"


def test_a_commit_that_is_gone_leaves_the_changes_unknown(repo):
    repo.add_deployment(NOW - 9 * DAY, "rebased away", "success", id=1)
    repo.add_deployment(NOW - 8 * DAY, merge(repo, 2), "success", id=2)
    record = records(read(FakeGithub(repo), "deployments"))["2"]
    assert (record.changes, record.attributes["changes_known"]) == ((), False)


def test_the_first_deployment_read_knows_the_one_that_was_live_before(repo):
    repo.add_deployment(NOW - 9 * DAY, merge(repo, 1), "success", id=1)
    repo.add_deployment(NOW - 8 * DAY, merge(repo, 2), "failure", id=2)
    repo.add_deployment(NOW - 3 * DAY, merge(repo, 3), "success", id=3)
    found = records(read(FakeGithub(repo), "deployments", since=NOW - 5 * DAY))
    assert set(found) == {"3"}
    assert found["3"].changes == ("acme/fraud#2", "acme/fraud#3")


def test_a_deployment_without_an_end_is_asked_for_until_it_has_one(repo):
    one = repo.add_deployment(NOW - 2 * DAY, merge(repo, 2), "in_progress", id=1)
    for number in range(150):
        repo.add_deployment(NOW - DAY + timedelta(seconds=number), "c", "success", environment="test")
    fake = FakeGithub(repo)
    first = read(fake, "deployments")
    assert records(first)["1"].outcome == "running"
    repo.add_status(one, NOW + timedelta(minutes=5), "success")
    later = NOW + timedelta(hours=1)
    second = read(fake, "deployments", cursor=first[-1].cursor, now=later)
    assert {key: record.outcome for key, record in records(second).items()} == {"1": "success"}
    third = read(fake, "deployments", cursor=second[-1].cursor, now=later)
    assert records(third) == {}


def test_a_deployment_that_never_ends_is_asked_for_thirty_days(repo):
    repo.add_deployment(NOW - 2 * DAY, merge(repo, 2), "in_progress", id=1)
    fake = FakeGithub(repo)
    cursor = read(fake, "deployments")[-1].cursor
    cursor = read(fake, "deployments", cursor=cursor, now=NOW + 29 * DAY)[-1].cursor
    assert cursor["open"] == {}
    asked = len(fake.requests)
    read(fake, "deployments", cursor=cursor, now=NOW + 30 * DAY)
    assert len(fake.requests) == asked + 1


def test_every_deployment_is_read_beyond_a_page(repo):
    for number in range(230):
        repo.add_deployment(NOW - timedelta(days=150, hours=-number), "c", "success", environment="test")
    pages = read(FakeGithub(repo), "deployments")
    assert len(records(pages)) == 230
    assert covered(pages) == ([(SINCE, SETTLED)], [])


@pytest.mark.parametrize("kill", range(1, 9))
def test_stopped_after_any_page_it_goes_on_to_the_same_end(repo, kill, monkeypatch):
    monkeypatch.setattr("mlops_maturity.collectors.github.deployments.BATCH", 2)
    for number, change in enumerate([1, 2, 3, 2, 4, 4, 1, 4], 1):
        states = ["in_progress"] if number == 5 else ["success"]
        repo.add_deployment(NOW - (10 - number) * DAY, merge(repo, change), *states, id=number)
    repo.add_deployment(NOW - 2 * DAY, merge(repo, 4), "success", id=9)  # in the same second as the one before
    fake = FakeGithub(repo)
    whole = read(fake, "deployments")
    before = read(fake, "deployments", pages=kill)
    after = read(fake, "deployments", cursor=before[-1].cursor)
    assert records([*before, *after]) == records(whole)
    assert after[-1].cursor == whole[-1].cursor
    assert covered([*before, *after]) == covered(whole)


def test_a_replay_reads_only_what_may_have_changed(repo):
    for number in range(30):
        repo.add_deployment(NOW - (40 - number) * DAY, "c", "success", environment="test")
    fake = FakeGithub(repo)
    first = read(fake, "deployments")
    asked = len(fake.requests)
    second = read(fake, "deployments", cursor=first[-1].cursor)
    assert records(second) == {}
    assert second[-1].cursor == first[-1].cursor
    assert len(fake.requests) == asked + 1


def test_statuses_of_a_deployment_that_is_gone_leave_its_outcome_unknown(repo):
    one = repo.add_deployment(NOW - DAY, "c", "success")
    del repo.statuses[one]
    (record,) = records(read(FakeGithub(repo), "deployments")).values()
    assert record.outcome == "unknown"


def test_an_object_that_is_no_deployment_is_named_and_the_others_are_kept(repo):
    one = repo.add_deployment(NOW - DAY, "c", "success")
    fake = FakeGithub(repo)
    rows = [repo.deployments[one], {"id": 8}, None]
    fake.faults.append(
        lambda request, number: httpx.Response(200, json=rows) if request.url.path.endswith("/deployments") else None
    )
    pages = read(fake, "deployments")
    assert set(records(pages)) == {str(one)}
    refused = [line for page in pages for line in page.refused]
    assert refused[0] == "deployment 8: the field 'created_at' is missing"
    assert len(refused) == 2


def test_a_backfill_does_not_forget_what_was_live_before(repo):
    repo.add_deployment(NOW - 9 * DAY, merge(repo, 1), "success", id=1)
    repo.add_deployment(NOW - 3 * DAY, merge(repo, 3), "success", id=3)
    fake = FakeGithub(repo)
    first = read(fake, "deployments")
    again = read(fake, "deployments", cursor=first[-1].cursor, since=NOW - 5 * DAY, backfill=True)
    assert records(again)["3"] == records(first)["3"]


def test_a_list_in_which_nothing_changed_costs_no_quota(repo):
    repo.add_deployment(NOW - 3 * DAY, merge(repo, 1), "success")
    fake = FakeGithub(repo)
    first = read(fake, "deployments")
    used = fake.used
    again = read(fake, "deployments", cursor=first[-1].cursor, now=NOW + DAY)
    assert (fake.used, fake.unchanged, records(again)) == (used, 1, {})
    assert covered([*first, *again]) == ([(SINCE, SETTLED + DAY)], [])
    repo.add_deployment(NOW + DAY, merge(repo, 2), "success", id=9000)
    third = records(read(fake, "deployments", cursor=again[-1].cursor, now=NOW + 2 * DAY))
    assert third["9000"].changes == ("acme/fraud#2",)


def test_one_that_was_open_is_asked_for_though_the_list_is_as_it_was(repo):
    one = repo.add_deployment(NOW - DAY, merge(repo, 1), "in_progress", id=7)
    fake = FakeGithub(repo)
    cursor = read(fake, "deployments")[-1].cursor
    repo.add_status(one, NOW, "failure")
    again = records(read(fake, "deployments", cursor=cursor, now=NOW + DAY))
    assert (fake.unchanged, again["7"].outcome) == (1, "failure")


def test_a_reading_that_was_cut_short_lists_again(repo, monkeypatch):
    monkeypatch.setattr("mlops_maturity.collectors.github.deployments.BATCH", 1)
    for number in range(1, 4):
        repo.add_deployment(NOW - (5 - number) * DAY, merge(repo, number), "success", id=number)
    fake = FakeGithub(repo)
    cut = read(fake, "deployments", pages=1)
    assert cut[-1].cursor["etag"] is None
    assert set(records(read(fake, "deployments", cursor=cut[-1].cursor))) >= {"2", "3"}


STUCK = "/deployments/3/statuses"
HOUR = timedelta(hours=1)


def with_stuck(repo, status, *, count=30):
    """Deployments to test of which the third one's statuses answer only with that status."""
    for number in range(1, count + 1):
        repo.add_deployment(NOW - (40 - number) * DAY, "c", "success", environment="test", id=number)
    fake = FakeGithub(repo)
    fake.faults = [lambda asked, _: httpx.Response(status) if asked.url.path.endswith(STUCK) else None]
    return fake


@pytest.mark.parametrize("fault", [httpx.ReadTimeout("stalled"), httpx.ReadError("reset")])
def test_statuses_that_never_come_hold_nothing_up_either(repo, fault):
    fake = with_stuck(repo, 200)
    fake.faults = [lambda asked, _: fault if asked.url.path.endswith(STUCK) else None]
    pages = read(fake, "deployments")
    assert [key for key, one in records(pages).items() if one.outcome != "success"] == ["3"]
    fake.faults = [
        lambda asked, _: fault if "/statuses" in asked.url.path or asked.url.path == f"/repos/{REPO}" else None
    ]
    with pytest.raises(Unreachable):
        read(fake, "deployments")


@pytest.mark.parametrize("status", [403, 500, 409])
def test_statuses_that_stay_refused_leave_one_outcome_unknown_and_the_stream_goes_on(repo, status):
    pages = read(with_stuck(repo, status), "deployments")
    found = records(pages)
    assert {key for key, one in found.items() if one.outcome != "success"} == {"3"}
    assert (found["3"].outcome, found["3"].finished_at) == ("unknown", None)
    assert found["3"].attributes["statuses_known"] is False
    assert found["3"].sha == "c"
    assert "statuses_known" not in found["4"].attributes
    assert f"HTTP {status}" in pages[-1].warnings[0]
    assert "statuses of deployments of 1 could not be read and are asked for again" in pages[-1].warnings[0]
    assert covered(pages) == ([(SINCE, SETTLED)], [])


def test_refused_statuses_are_asked_for_again_with_growing_pauses_until_they_answer(repo):
    fake = with_stuck(repo, 403)
    cursor, asked = read(fake, "deployments")[-1].cursor, []
    for hour in range(1, 20):
        before = len(fake.requests)
        cursor = read(fake, "deployments", cursor=cursor, now=NOW + hour * HOUR)[-1].cursor
        asked += [hour for path in fake.paths()[before:] if path.endswith(STUCK)]
    assert asked == [1, 3, 7, 15]
    fake.faults = []
    answered = read(fake, "deployments", cursor=cursor, now=NOW + 31 * HOUR)
    assert {key: one.outcome for key, one in records(answered).items()} == {"3": "success"}
    assert answered[-1].cursor["stateless"] == {}
    assert answered[-1].warnings == []


def test_refused_statuses_are_given_up_after_a_month(repo):
    fake = with_stuck(repo, 500)
    cursor = read(fake, "deployments")[-1].cursor
    asked = len(fake.requests)
    later = read(fake, "deployments", cursor=cursor, now=NOW + 31 * DAY)
    assert later[-1].cursor["stateless"] == {}
    assert not [path for path in fake.paths()[asked:] if path.endswith("/statuses")]


@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (500, BadAnswer)])
@pytest.mark.parametrize("count", [1, 30])
def test_a_server_that_tells_no_statuses_at_all_ends_the_stream_and_stores_nothing(repo, status, error, count):
    fake = with_stuck(repo, 200, count=count)
    fake.faults = [lambda asked, _: httpx.Response(status) if asked.url.path.endswith("/statuses") else None]
    stored = []
    with pytest.raises(error, match=str(status)):
        stored.extend(iterate(fake, "deployments"))
    assert stored == []


def test_an_outage_in_the_middle_ends_the_stream_with_what_was_read_before(repo):
    fake = with_stuck(repo, 200, count=60)
    down = []

    def fails(asked, _):
        down.extend([1] if asked.url.path.endswith("/deployments/25/statuses") else [])
        return httpx.Response(500) if down else None

    fake.faults = [fails]
    stored = []
    with pytest.raises(BadAnswer, match="HTTP 500"):
        stored.extend(iterate(fake, "deployments"))
    assert set(records(stored)) == {str(number) for number in range(1, 21)}
    assert all(one.outcome == "success" for one in records(stored).values())
    fake.faults = []
    assert len(records(read(fake, "deployments", cursor=stored[-1].cursor))) >= 40


def test_many_that_stay_refused_side_by_side_hold_nothing_up_while_others_answer(repo):
    fake = with_stuck(repo, 200, count=40)
    stuck = {f"/repos/{REPO}/deployments/{number}/statuses" for number in range(5, 18)}
    fake.faults = [lambda asked, _: httpx.Response(500) if asked.url.path in stuck else None]
    found = records(read(fake, "deployments"))
    assert [key for key, one in found.items() if one.outcome == "unknown"] == [str(number) for number in range(5, 18)]
    assert found["40"].outcome == "success"


def test_one_whose_statuses_answer_late_takes_nobody_s_place(repo):
    for number, change in enumerate([1, 2, 3], 1):
        repo.add_deployment(NOW - (9 - number) * DAY, merge(repo, change), "success", id=number)
    fake = FakeGithub(repo)
    fake.faults = [lambda asked, _: httpx.Response(403) if asked.url.path.endswith("/deployments/2/statuses") else None]
    first = read(fake, "deployments")
    assert records(first)["3"].changes == ("acme/fraud#2", "acme/fraud#3")
    fake.faults = []
    again = read(fake, "deployments", cursor=first[-1].cursor, now=NOW + HOUR)
    late = records(again)["2"]
    assert (late.outcome, late.changes, late.rollback_of) == ("success", (), None)
    repo.add_deployment(NOW + HOUR, merge(repo, 4), "success", id=4)
    after = records(read(fake, "deployments", cursor=again[-1].cursor, now=NOW + 2 * HOUR))["4"]
    assert (after.changes, after.rollback_of) == (("acme/fraud#4",), None)


def test_where_the_one_before_may_not_be_looked_at_the_changes_of_the_first_are_unknown(repo):
    repo.add_deployment(NOW - 9 * DAY, merge(repo, 1), "success", id=1)
    repo.add_deployment(NOW - 8 * DAY, merge(repo, 2), "success", id=2)
    repo.add_deployment(NOW - 3 * DAY, merge(repo, 3), "success", id=3)
    fake = FakeGithub(repo)
    fake.faults = [lambda asked, _: httpx.Response(403) if asked.url.path.endswith("/deployments/2/statuses") else None]
    pages = read(fake, "deployments", since=NOW - 5 * DAY)
    assert {key: one.attributes["changes_known"] for key, one in records(pages).items()} == {"3": False}
    assert pages[-1].cursor["stateless"] == {}


def test_an_open_one_that_fails_for_itself_does_not_end_the_list(repo):
    fake, first = an_open_one_beneath_many(repo)
    fake.faults = [lambda asked, _: httpx.Response(500) if asked.url.path.endswith("/deployments/1") else None]
    repo.add_deployment(NOW + HOUR / 2, "c", "success", environment="test", id=9000)
    second = read(fake, "deployments", cursor=first[-1].cursor, now=NOW + HOUR)
    assert set(records(second)) == {"9000"}
    fake.faults = []
    third = read(fake, "deployments", cursor=second[-1].cursor, now=NOW + 2 * HOUR)
    assert records(third)["1"].outcome == "success"
