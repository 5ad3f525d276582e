"""Lists longer than GitHub gives: found another way, or told as unknown, and never lost."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_github import iso
from reading import NOW, REPO, SINCE, FakeGithub, Repo, covered, read, records

from mlops_maturity.collectors.github import api, changes, deployment_list, deployments, pulls
from mlops_maturity.collectors.interface import BadAnswer

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SETTLED = NOW - timedelta(minutes=5)
LISTED, PER_PAGE = 20, 5


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """GitHub's 40,000 items and 100 a page, in small."""
    for module in (api, pulls, deployment_list):
        monkeypatch.setattr(module, "LISTED", LISTED)
        monkeypatch.setattr(module, "PER_PAGE", PER_PAGE)
    monkeypatch.setattr(changes, "BATCH", 7)
    monkeypatch.setattr(deployments, "BATCH", 7)


@pytest.fixture
def repo():
    """60 pull requests, merged one an hour, among issues."""
    repo = Repo(REPO)
    repo.history.append("base")
    for number in range(1, 61):
        repo.add_pull(number, NOW - 90 * HOUR, NOW - (70 - number) * HOUR)
    repo.issues = [iso(NOW - number * HOUR / 2) for number in range(160)]
    return repo


@pytest.mark.parametrize("says_so", [True, False], ids=["422", "no link"])
class TestPullRequests:
    def test_beyond_the_list_are_found_as_issues_and_read_whole(self, repo, says_so):
        fake = FakeGithub(repo, listed=LISTED, says_so=says_so)
        pages = read(fake, "changes")
        found = records(pages)
        assert sorted(found) == sorted(f"{REPO}#{number}" for number in range(1, 61))
        assert {record.merge_sha for record in found.values()} == {
            pull["merge_commit_sha"] for pull in repo.pulls.values()
        }
        assert covered(pages) == ([(SINCE, SETTLED)], [])
        assert sum(path.endswith("/pulls/1") for path in fake.paths()) == 1
        assert not any(path.endswith("/pulls/60") for path in fake.paths()), "it was in the list"

    def test_the_next_reading_asks_the_short_list_only(self, repo, says_so):
        fake = FakeGithub(repo, listed=LISTED, says_so=says_so)
        cursor = read(fake, "changes")[-1].cursor
        again = FakeGithub(repo, listed=LISTED, says_so=says_so)
        assert records(read(again, "changes", cursor=cursor, now=NOW + HOUR)) == {}
        assert len(again.requests) == 1

    def test_where_issues_are_hidden_the_rest_is_told_as_unknown(self, repo, says_so):
        repo.hidden = {"issues"}
        pages = read(FakeGithub(repo, listed=LISTED, says_so=says_so), "changes")
        assert sorted(records(pages)) == sorted(f"{REPO}#{number}" for number in range(41, 61))
        reached = NOW - 29 * HOUR
        whole, (gap,) = covered(pages)
        assert whole == [(reached, SETTLED)]
        assert (gap.start, gap.end) == (SINCE, reached)
        assert gap.reason.startswith("cap: GitHub lists 20 pull requests, and older ones only as issues: ")

    def test_what_was_deployed_of_them_is_unknown_and_not_nothing(self, repo, says_so):
        for number in (5, 10, 50, 55):
            repo.add_deployment(
                NOW - (70 - number) * HOUR + HOUR / 2, repo.pulls[number]["merge_commit_sha"], "success", id=number
            )
        found = records(read(FakeGithub(repo, listed=LISTED, says_so=says_so), "deployments"))
        assert {name: record.attributes["changes_known"] for name, record in found.items()} == dict.fromkeys(
            ("5", "10", "50", "55"), False
        )


def test_issues_are_asked_in_parts_where_their_list_ends_too(repo):
    fake = FakeGithub(repo, listed=LISTED)
    read(fake, "changes")
    asked = {str(request.url.params["since"]) for request in fake.requests if request.url.path.endswith("/issues")}
    assert len(asked) > 2


def test_more_issues_in_a_second_than_are_listed_is_an_error(repo):
    repo.issues = [iso(NOW - 80 * HOUR)] * (LISTED + 1)
    with pytest.raises(BadAnswer, match="in one second, 2026"):
        read(FakeGithub(repo, listed=LISTED), "changes")


class TestDeployments:
    @pytest.fixture
    def repo(self):
        """15 deployments to production among 38 to other environments."""
        repo = Repo(REPO)
        repo.history.append("base")
        for number in range(38):
            name = "staging" if number % 2 else "preview"
            repo.add_deployment(
                NOW - (100 - number) * HOUR, "base", "success", id=number, environment=name, production=False
            )
        for number in range(15):
            repo.add_deployment(NOW - (100 - 5 * number) * HOUR, "base", "success", id=100 + number)
        return repo

    def test_beyond_the_list_each_environment_is_listed_by_itself(self, repo):
        pages = read(FakeGithub(repo, listed=LISTED), "deployments")
        assert len(records(pages)) == 53
        assert covered(pages) == ([(SINCE, SETTLED)], [])

    def test_what_lies_beyond_even_that_is_told_as_unknown(self, repo):
        for number in range(30):
            repo.add_deployment(NOW - (60 - number) * HOUR, "base", "success", id=200 + number)
        pages = read(FakeGithub(repo, listed=LISTED), "deployments")
        whole, gaps = covered(pages)
        newest = sorted(one["created_at"] for one in repo.deployments.values() if one["environment"] == "production")
        assert whole[-1][1] == SETTLED
        assert iso(whole[0][0]) == newest[-LISTED]
        assert {gap.reason for gap in gaps} == {
            "cap: GitHub lists no more than 20 deployments of an environment (production)"
        }
        assert min(gap.start for gap in gaps) == SINCE

    def test_without_a_right_to_the_environments_those_not_seen_may_be_missing(self, repo):
        repo.hidden = {"environments"}
        _, gaps = covered(read(FakeGithub(repo, listed=LISTED), "deployments"))
        assert "environments that can't be listed" in gaps[0].reason


def test_another_refusal_is_an_error(repo):
    fake = FakeGithub(repo)
    fake.faults.append(lambda request, number: httpx.Response(422, json={"message": "no"}) if not number else None)
    with pytest.raises(BadAnswer, match="422"):
        read(fake, "changes")
