"""Merge requests: who wrote, who reviewed, when it began; in order of their last change."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_gitlab import sha
from gitlab_reading import NOW, PATH, SETTLED, SINCE, FakeGitlab, Project, known, read, records

from mlops_maturity.collectors.interface import BadAnswer
from mlops_maturity.collectors.mapping import AUTHOR_KEY_VARIABLE, author_hash, author_key

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
CREATED, MERGED = NOW - 3 * DAY, NOW - DAY


@pytest.fixture
def project():
    return Project(PATH)


def change(project, number=1):
    return records(read(FakeGitlab(project), "changes"))[f"{PATH}#{number}"]


def test_a_merged_request_becomes_a_record_without_any_name(project, monkeypatch):
    monkeypatch.delenv(AUTHOR_KEY_VARIABLE, raising=False)
    commit = project.add_merge(1, CREATED, MERGED)
    project.add_note(1, CREATED + 5 * HOUR, "cid")
    project.approve(1, CREATED + 7 * HOUR, "bob")
    assert change(project).model_dump() == {
        "kind": "change",
        "source": "gitlab",
        "id": "ml/pricing#1",
        "url": "https://gitlab.example/ml/pricing/-/merge_requests/1",
        "attributes": {"head_sha": sha("head 1"), "branch": "feature"},
        "repository": PATH,
        "number": 1,
        "author": author_hash(author_key("Acme"), "ann"),
        "author_kind": "human",
        "first_commit_at": CREATED - 2 * HOUR,
        "created_at": CREATED,
        "first_review_at": CREATED + 5 * HOUR,
        "merged_at": MERGED,
        "merge_sha": commit,
        "approvals": 1,
        "reverted_by": None,
    }


def test_approvals_count_other_people_once_and_no_programs(project):
    project.add_merge(1, CREATED, MERGED)
    for hour, author in enumerate(["ann", "project_7_bot_a1b2", "renovate-x", None, "ghost", "bob", "bob", "cid"]):
        project.approve(1, CREATED + (1 + hour) * HOUR, author)
    record = change(project)
    assert record.approvals == 2
    assert record.first_review_at == CREATED + 6 * HOUR


def test_an_approval_counts_as_review_by_its_own_time_or_by_gitlab_s_note_of_it(project):
    project.add_merge(1, CREATED, MERGED)
    project.approve(1, CREATED + 3 * HOUR, dated=False)
    assert change(project).first_review_at == CREATED + 3 * HOUR
    project.approvals[1][0]["approved_at"] = (CREATED + 2 * HOUR).isoformat()
    assert change(project).first_review_at == CREATED + 2 * HOUR


def test_what_gitlab_itself_notes_is_no_review(project):
    project.add_merge(1, CREATED, MERGED)
    for body in (
        "assigned to @bob",
        "mentioned in commit abc",
        "unapproved this merge request",
        "requested review from @bob",
    ):
        project.add_note(1, CREATED + HOUR, "bob", body, system=True)
    assert change(project).first_review_at is None


def test_an_unreviewed_change_has_no_approvals_and_a_forbidden_one_unknown(project):
    project.add_merge(1, CREATED, MERGED)
    assert (change(project).approvals, change(project).first_review_at) == (0, None)
    project.forbidden |= {"approvals", "notes", "commits"}
    record = change(project)
    assert (record.approvals, record.first_review_at, record.first_commit_at) == (None, None, None)


@pytest.mark.parametrize(
    ("author", "who"),
    [
        ("ann", "human"),
        ("project_7_bot_a1b2", "bot"),
        ("group_9_bot", "bot"),
        ("service_account_group_9_x", "bot"),
        ("renovate-x", "bot"),
        ("abbot", "human"),
        ("ghost", None),
        (None, None),
    ],
)
def test_programs_are_told_from_people_and_deleted_users_from_both(project, author, who):
    project.add_merge(1, CREATED, MERGED, author=author)
    record = change(project)
    assert record.author_kind == who
    assert (record.author is None) == (who is None)


def test_the_first_commit_is_found_beyond_a_page_and_a_cut_list_tells_nothing(project):
    project.add_merge(1, CREATED, MERGED)
    for number in range(220):
        project.add_commit(1, CREATED + number * timedelta(minutes=1))
    assert change(project).first_commit_at == CREATED - 2 * HOUR
    for _ in range(900):
        project.add_commit(1, CREATED)
    assert change(project).first_commit_at is None


def test_each_way_to_merge_names_the_commit_on_the_target(project):
    project.add_merge(1, CREATED, MERGED, merge_commit_sha="m", squash_commit_sha="s")
    project.add_merge(2, CREATED, MERGED, merge_commit_sha=None, squash_commit_sha="s")
    project.add_merge(3, CREATED, MERGED, merge_commit_sha=None)
    assert [change(project, number).merge_sha for number in (1, 2, 3)] == ["m", "s", sha("head 3")]


def test_one_given_up_is_kept_without_a_merge_and_an_open_one_is_left_out(project):
    project.add_merge(1, CREATED)
    project.add_merge(2, CREATED, state="opened")
    project.add_merge(3, CREATED, state="locked")
    fake = FakeGitlab(project)
    (record,) = records(read(fake, "changes")).values()
    assert (record.number, record.merged_at, record.merge_sha, record.approvals) == (1, None, None, None)
    assert len(fake.requests) == 2, "the project and one page"


def test_every_merge_request_is_read_beyond_a_page(project):
    for number in range(1, 251):
        project.add_merge(number, NOW - 180 * DAY + number * HOUR)
    pages = read(FakeGitlab(project, totals_to=99), "changes")
    assert len(records(pages)) == 250
    assert known(pages) == [(SINCE, SETTLED)]


def test_a_later_comment_brings_a_merge_request_back(project):
    project.add_merge(1, NOW - 30 * DAY, NOW - 20 * DAY)
    project.add_merge(2, NOW - 30 * DAY, NOW - 20 * DAY)
    fake = FakeGitlab(project)
    cursor = read(fake, "changes")[-1].cursor
    project.merges[1]["updated_at"] = "2026-03-02T10:30:00.123Z"
    pages = read(fake, "changes", cursor=cursor, now=NOW + HOUR)
    assert set(records(pages)) == {f"{PATH}#1"}
    assert known(pages) == [(SETTLED, SETTLED + HOUR)]


@pytest.mark.parametrize("kill", range(1, 5))
def test_stopped_after_any_page_it_goes_on_to_the_same_end(project, kill):
    for number in range(1, 70):
        project.add_merge(number, NOW - 90 * DAY, NOW - (80 - number) * DAY if number % 3 else None)
    fake = FakeGitlab(project)
    whole = read(fake, "changes")
    before = read(fake, "changes", pages=kill)
    after = read(fake, "changes", cursor=before[-1].cursor)
    assert len(whole) == 5
    assert known(before) == []
    assert records([*before, *after]) == records(whole)
    assert after[-1].cursor == whole[-1].cursor
    assert known(after) == known(whole)


@pytest.mark.parametrize("part", ["approvals", "notes", "commits"])
@pytest.mark.parametrize("status", [403, 404, 500])
def test_details_refused_for_one_are_unknown_and_asked_again_later(project, part, status):
    for number in range(1, 5):
        project.add_merge(number, CREATED, MERGED)
        project.add_note(number, CREATED + HOUR, "cid")
        project.approve(number, CREATED + 2 * HOUR, "bob")
    fake = FakeGitlab(project)
    end = f"/merge_requests/2/{part}"
    fake.faults = [lambda asked, _: httpx.Response(status) if asked.url.path.endswith(end) else None]
    first = read(fake, "changes")
    field = {"approvals": "approvals", "notes": "first_review_at", "commits": "first_commit_at"}[part]
    unlike = {name for name, one in records(first).items() if getattr(one, field) != getattr(change(project), field)}
    assert unlike == {f"{PATH}#2"}
    assert "details of merge requests of 1 could not be read and are asked for again" in first[-1].warnings[0]
    assert known(first) == [(SINCE, SETTLED)]
    asked = len(fake.requests)
    soon = read(fake, "changes", cursor=first[-1].cursor, now=NOW + HOUR / 2)
    assert records(soon) == {}
    assert not [request for request in fake.requests[asked:] if "/merge_requests/" in request.url.path]
    fake.faults = []
    later = read(fake, "changes", cursor=soon[-1].cursor, now=NOW + HOUR)
    assert records(later) == {f"{PATH}#2": change(project, 2)}
    assert later[-1].cursor["unread"] == {}


def test_details_that_stay_refused_are_asked_for_with_growing_pauses(project):
    project.add_merge(1, NOW - 90 * DAY, NOW - 60 * DAY)
    project.forbidden.add("approvals")
    fake = FakeGitlab(project)
    cursor, asked = read(fake, "changes")[-1].cursor, []
    for day in range(1, 60):
        before = len(fake.requests)
        cursor = read(fake, "changes", cursor=cursor, now=NOW + day * DAY)[-1].cursor
        asked += [day for request in fake.requests[before:] if request.url.path.endswith("/approvals")]
    assert asked == [1, 2, 3, 4, 5, 7, 10, 16, 23, 30]


def test_a_server_that_fails_at_all_details_ends_the_stream_and_stores_nothing(project):
    for number in range(1, 5):
        project.add_merge(number, CREATED, MERGED)
    fake = FakeGitlab(project)
    fake.faults = [lambda asked, _: httpx.Response(502) if not asked.url.path.endswith("/merge_requests") else None]
    with pytest.raises(BadAnswer, match="502"):
        read(fake, "changes")
