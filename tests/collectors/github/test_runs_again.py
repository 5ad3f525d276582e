"""Workflow runs that were read before: what did not change costs no quota, and what did is read again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from reading import NOW, FakeGithub, Repo, covered, read, records

HOUR = timedelta(hours=1)
REPO = "acme/fraud"
SETTLED = NOW - timedelta(minutes=5)


@pytest.fixture
def repo():
    return Repo(REPO)


def busy(repo):
    """Three runs a day for 60 days, with ids from 1 on."""
    for number in range(180):
        repo.add_run(NOW - timedelta(days=60) + number * 8 * HOUR, id=number + 1)
    repo.run_again(178, NOW - timedelta(hours=5))
    return FakeGithub(repo)


def test_what_is_read_again_costs_no_quota_where_nothing_changed(repo):
    fake = busy(repo)
    first = read(fake, "runs")
    used = fake.used
    again = read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR)
    assert fake.used == used
    assert fake.unchanged == 7, "six weeks, and the repository itself"
    assert records(again) == {}
    assert covered(again) == ([(NOW.replace(month=1, day=26, hour=0), SETTLED + HOUR)], [])
    assert again[-1].cursor["attempts"] == {"178": 1}
    third = read(fake, "runs", cursor=again[-1].cursor, now=NOW + 2 * HOUR)
    assert (fake.used, records(third)) == (used, {})


def test_a_week_in_which_something_changed_is_read_again_and_no_other(repo):
    fake = busy(repo)
    first = read(fake, "runs")
    used = fake.used
    repo.run_again(150, NOW)
    repo.add_run(NOW, id=900)
    again = records(read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR))
    assert {key for key in again if key[0] in ("150", "900")} == {("150", 1), ("150", 2), ("900", 1)}
    assert len(again) < 50
    assert fake.used == used + 2 * 2 + 1, "two weeks asked for twice, and an earlier attempt"


def test_weeks_beyond_a_page_and_the_cap_are_remembered_as_they_were_halved(repo, small):
    for number in range(90):
        repo.add_run(NOW - timedelta(days=20, minutes=number * 9), id=number)
    fake = FakeGithub(repo, **small)
    first = read(fake, "runs")
    used, asked = fake.used, len(fake.requests)
    again = read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR)
    assert (records(again), fake.used) == ({}, used)
    assert len(fake.requests) - asked > 18, "each page is asked for"
    repo.run_again(44, NOW)
    third = read(fake, "runs", cursor=again[-1].cursor, now=NOW + 2 * HOUR)
    assert records(third)["44", 2].outcome == "success"
    assert len(records(third)) <= 21
    assert covered(third)[1] == []


def test_another_default_branch_is_noticed(repo):
    fake = busy(repo)
    cursor = read(fake, "runs")[-1].cursor
    assert cursor["default_branch"] == "main"
    repo.default_branch = "trunk"
    repo.add_run(NOW, id=900)
    again = read(fake, "runs", cursor=cursor, now=NOW + HOUR)
    assert records(again)["900", 1].attributes["default_branch"] == "trunk"
    assert again[-1].cursor["default_branch"] == "trunk"


def test_runs_are_mapped_again_when_the_rules_change(repo):
    fake = busy(repo)
    cursor = read(fake, "runs")[-1].cursor
    rules = {"purpose": [{"pipeline": "ci", "is": "training"}]}
    again = records(read(fake, "runs", cursor=cursor, rules=rules))
    assert len(again) > 80
    assert {record.purpose for record in again.values()} == {"training"}


def test_a_server_without_etags_is_read_again_in_full(repo):
    fake = busy(repo)
    plain = fake._conditional
    fake._conditional = lambda request, answer: answer
    first = read(fake, "runs")
    assert first[-1].cursor["weeks"]["spans"] == {}
    again = read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR)
    assert len(records(again)) > 80
    fake._conditional = plain


def test_a_new_week_begins_without_a_hole(repo):
    fake = busy(repo)
    cursor = read(fake, "runs")[-1].cursor
    later = NOW + timedelta(days=9)
    repo.add_run(later - HOUR, id=901)
    pages = read(fake, "runs", cursor=cursor, now=later)
    assert ("901", 1) in records(pages)
    ((start, end),), gaps = covered(pages)
    assert (start <= SETTLED, end, gaps) == (True, later - timedelta(minutes=5), [])
    assert min(pages[-1].cursor["weeks"]["spans"]) == "2026-02-09T00:00:00Z..2026-02-15T23:59:59Z"
