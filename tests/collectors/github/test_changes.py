"""Pull requests: who wrote, who reviewed, when it began; in order of their last change."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_github import sha
from reading import NOW, REPO, SINCE, FakeGithub, Repo, covered, read, records

from mlops_maturity.collectors.interface import BadAnswer
from mlops_maturity.collectors.mapping import AUTHOR_KEY_VARIABLE, author_hash, author_key

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SETTLED = NOW - timedelta(minutes=5)


@pytest.fixture
def repo():
    return Repo(REPO)


def change(repo, number=1):
    return records(read(FakeGithub(repo), "changes"))[f"{REPO}#{number}"]


def test_a_merged_pull_request_becomes_a_record_without_any_name(repo, monkeypatch):
    monkeypatch.delenv(AUTHOR_KEY_VARIABLE, raising=False)
    created, merged = NOW - 3 * DAY, NOW - DAY
    commit = repo.add_pull(1, created, merged)
    repo.add_review(1, created + 5 * HOUR, "COMMENTED", author="cid")
    repo.add_review(1, created + 7 * HOUR, "APPROVED", author="bob")
    record = change(repo)
    assert record.model_dump() == {
        "kind": "change",
        "source": "github",
        "id": "acme/fraud#1",
        "url": "https://github.example/acme/fraud/pull/1",
        "attributes": {"head_sha": sha("head acme/fraud 1"), "branch": "feature"},
        "repository": REPO,
        "number": 1,
        "author": author_hash(author_key("Acme"), "ann"),
        "author_kind": "human",
        "first_commit_at": created - 2 * HOUR,
        "created_at": created,
        "first_review_at": created + 5 * HOUR,
        "merged_at": merged,
        "merge_sha": commit,
        "approvals": 1,
        "reverted_by": None,
    }


def test_approvals_count_other_people_once(repo):
    repo.add_pull(1, NOW - 3 * DAY, NOW - DAY)
    for number, (author, kind) in enumerate(
        [("ann", "User"), ("bob", "User"), ("bob", "User"), ("cid", "User"), ("lint[bot]", "User"), ("app", "Bot")]
    ):
        repo.add_review(1, NOW - 2 * DAY + number * HOUR, author=author, kind=kind)
    repo.add_review(1, NOW - 2 * DAY, author=None)
    record = change(repo)
    assert record.approvals == 2
    assert record.first_review_at == NOW - 2 * DAY + HOUR


def test_an_unreviewed_change_has_no_approvals_and_a_forbidden_review_is_unknown(repo):
    repo.add_pull(1, NOW - 3 * DAY, NOW - DAY)
    assert (change(repo).approvals, change(repo).first_review_at) == (0, None)
    repo.hidden.add("reviews")
    assert change(repo).approvals is None


def test_a_pending_review_is_none_yet(repo):
    repo.add_pull(1, NOW - 3 * DAY, NOW - DAY)
    repo.add_review(1, NOW - 2 * DAY, "PENDING")
    assert change(repo).first_review_at is None


@pytest.mark.parametrize(
    ("author", "kind", "who"),
    [("ann", "User", "human"), ("dependabot", "Bot", "bot"), ("renovate-x", "User", "bot"), (None, "User", None)],
)
def test_programs_are_told_from_people(repo, author, kind, who):
    repo.add_pull(1, NOW - 3 * DAY, NOW - DAY, author=author, kind=kind)
    record = change(repo)
    assert record.author_kind == who
    assert (record.author is None) == (author is None)


def test_the_first_commit_is_the_earliest_written(repo):
    repo.add_pull(1, NOW - 3 * DAY, NOW - DAY)
    repo.add_commit(1, NOW - 9 * DAY)
    repo.add_commit(1, NOW - 4 * DAY)
    assert change(repo).first_commit_at == NOW - 9 * DAY


def test_one_that_was_given_up_is_kept_without_a_merge_and_asks_for_nothing_more(repo):
    repo.add_pull(1, NOW - 3 * DAY)
    fake = FakeGithub(repo)
    (record,) = records(read(fake, "changes")).values()
    assert (record.merged_at, record.merge_sha, record.approvals) == (None, None, None)
    assert len(fake.requests) == 1


def test_every_pull_request_is_read_beyond_a_page(repo):
    for number in range(1, 251):
        repo.add_pull(number, NOW - 180 * DAY + number * HOUR)
    pages = read(FakeGithub(repo), "changes")
    assert len(records(pages)) == 250
    assert covered(pages) == ([(SINCE, SETTLED)], [])


def test_the_reading_ends_at_what_is_known(repo):
    for number in range(1, 251):
        repo.add_pull(number, NOW - 180 * DAY + number * HOUR)
    fake = FakeGithub(repo)
    cursor = read(fake, "changes")[-1].cursor
    repo.add_pull(300, NOW - DAY, NOW + HOUR)
    asked = len(fake.requests)
    pages = read(fake, "changes", cursor=cursor, now=NOW + 2 * HOUR)
    assert set(records(pages)) == {f"{REPO}#300"}
    assert len(fake.requests) == asked + 3
    assert covered(pages) == ([(SETTLED, SETTLED + 2 * HOUR)], [])


def test_a_later_comment_brings_a_pull_request_back(repo):
    repo.add_pull(1, NOW - 30 * DAY, NOW - 20 * DAY)
    fake = FakeGithub(repo)
    cursor = read(fake, "changes")[-1].cursor
    repo.pulls[1]["updated_at"] = "2026-03-02T10:30:00Z"
    assert set(records(read(fake, "changes", cursor=cursor, now=NOW + HOUR))) == {f"{REPO}#1"}


@pytest.mark.parametrize("kill", range(1, 8))
def test_stopped_after_any_page_it_goes_on_to_the_same_end(repo, kill, monkeypatch):
    monkeypatch.setattr("mlops_maturity.collectors.github.changes.BATCH", 2)
    for number in range(1, 12):
        merged = NOW - (12 - number // 2) * DAY if number % 3 else None
        repo.add_pull(number, NOW - 40 * DAY, merged)
    fake = FakeGithub(repo)
    whole = read(fake, "changes")
    before = read(fake, "changes", pages=kill)
    assert covered(before) == ([], []) or len(before) == len(whole)
    after = read(fake, "changes", cursor=before[-1].cursor, now=NOW)
    assert records([*before, *after]) == records(whole)
    assert after[-1].cursor == whole[-1].cursor
    assert covered([*before, *after]) == covered(whole)


def test_reviews_of_another_shape_refuse_the_change_and_leave_the_others_alone(repo):
    repo.add_pull(1, NOW - 3 * DAY, NOW - DAY)
    repo.add_pull(2, NOW - 3 * DAY, NOW - DAY)
    repo.add_review(1, NOW - 2 * DAY)
    repo.reviews[1].append("odd")
    pages = read(FakeGithub(repo), "changes")
    assert set(records(pages)) == {f"{REPO}#2"}
    assert [line.split(":")[0] for page in pages for line in page.refused] == ["pull request 1"]


@pytest.mark.parametrize("head", [None, {}, {"ref": None, "sha": None}])
def test_a_pull_request_of_a_deleted_fork_names_no_branch(repo, head):
    repo.add_pull(1, NOW - 3 * DAY, NOW - DAY)
    repo.pulls[1]["head"] = head
    assert change(repo).attributes == {}


def test_a_list_in_which_nothing_changed_costs_no_quota(repo):
    repo.add_pull(1, NOW - 3 * DAY, NOW - DAY)
    fake = FakeGithub(repo)
    first = read(fake, "changes")
    used = fake.used
    again = read(fake, "changes", cursor=first[-1].cursor, now=NOW + HOUR)
    assert (fake.used, fake.unchanged, records(again)) == (used, 1, {})
    assert covered([*first, *again]) == ([(SINCE, SETTLED + HOUR)], [])
    repo.add_pull(2, NOW, NOW + HOUR)
    third = read(fake, "changes", cursor=again[-1].cursor, now=NOW + 2 * HOUR)
    assert set(records(third)) == {f"{REPO}#2"}
    again = read(fake, "changes", cursor=third[-1].cursor, now=NOW + 3 * HOUR)
    assert (fake.unchanged, records(again)) == (2, {})
    assert set(records(read(fake, "changes", cursor=again[-1].cursor, backfill=True))) == {f"{REPO}#1", f"{REPO}#2"}


@pytest.mark.parametrize("part", ["reviews", "commits"])
@pytest.mark.parametrize("status", [403, 404, 500])
def test_details_refused_for_one_are_unknown_and_asked_again_later(repo, part, status):
    for number in range(1, 30):
        repo.add_pull(number, NOW - 90 * DAY, NOW - 60 * DAY + number * HOUR)
        repo.add_review(number, NOW - 61 * DAY)
    fake = FakeGithub(repo)
    end = f"/pulls/2/{part}"
    fake.faults = [lambda asked, _: httpx.Response(status) if asked.url.path.endswith(end) else None]
    first = read(fake, "changes")
    unknown = {name for name, one in records(first).items() if one.approvals is None or one.first_commit_at is None}
    assert unknown == {f"{REPO}#2"}
    assert "reviews or commits of pull requests of 1 could not be read and are asked for again" in first[-1].warnings[0]
    assert covered(first) == ([(SINCE, SETTLED)], [])
    asked = len(fake.requests)
    soon = read(fake, "changes", cursor=first[-1].cursor, now=NOW + HOUR / 2)
    assert (records(soon), len(fake.requests)) == ({}, asked + 1)
    fake.faults = []
    later = read(fake, "changes", cursor=soon[-1].cursor, now=NOW + HOUR)
    assert {name: one.approvals for name, one in records(later).items()} == {f"{REPO}#2": 1}
    assert later[-1].cursor["unread"] == {}
    asked = len(fake.requests)
    assert records(read(fake, "changes", cursor=later[-1].cursor, now=NOW + DAY)) == {}
    assert len(fake.requests) == asked + 1


def test_a_server_that_fails_at_all_details_ends_the_stream(repo):
    for number in range(1, 30):
        repo.add_pull(number, NOW - 90 * DAY, NOW - 60 * DAY + number * HOUR)
    fake = FakeGithub(repo)
    fake.faults = [lambda asked, _: httpx.Response(502) if "/pulls/" in asked.url.path else None]
    with pytest.raises(BadAnswer, match="502"):
        read(fake, "changes")
