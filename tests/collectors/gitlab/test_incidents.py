"""Incidents of the issue tracker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from gitlab_reading import NOW, PATH, SETTLED, SINCE, FakeGitlab, Project, known, read, records

from mlops_maturity.collectors.interface import Unsupported

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def project():
    return Project(PATH)


def test_an_incident_becomes_a_record_without_its_text(project):
    project.add_issue(5, NOW - 3 * DAY, NOW - DAY, severity="HIGH")
    (record,) = records(read(FakeGitlab(project), "incidents")).values()
    assert record.model_dump() == {
        "kind": "incident",
        "source": "gitlab",
        "id": "ml/pricing#5",
        "url": "https://gitlab.example/ml/pricing/-/issues/5",
        "attributes": {},
        "subject": PATH,
        "category": "other",
        "detected_at": NOW - 3 * DAY,
        "acknowledged_at": None,
        "resolved_at": NOW - DAY,
        "severity": "high",
        "origin": "tracker",
        "caused_by": None,
    }


def test_an_open_incident_has_no_end_until_it_is_closed_and_again_when_it_is_opened_again(project):
    project.add_issue(5, NOW - 3 * DAY)
    fake = FakeGitlab(project)
    first = read(fake, "incidents")
    (record,) = records(first).values()
    assert (record.resolved_at, record.severity) == (None, None)
    project.add_issue(5, NOW - 3 * DAY, NOW + HOUR)
    second = read(fake, "incidents", cursor=first[-1].cursor, now=NOW + 2 * HOUR)
    assert records(second)[f"{PATH}#5"].resolved_at == NOW + HOUR
    project.issues[5] |= {"state": "opened", "updated_at": "2026-03-02T13:00:00Z"}
    third = read(fake, "incidents", cursor=second[-1].cursor, now=NOW + 4 * HOUR)
    assert records(third)[f"{PATH}#5"].resolved_at is None


def test_other_issues_are_left_out_even_where_the_filter_is_not_heeded(project):
    project.add_issue(1, NOW - DAY)
    project.add_issue(2, NOW - DAY, kind="issue")
    project.add_issue(3, NOW - DAY, issue_type=None)
    project.issues[3]["type"] = "TASK"
    assert set(records(read(FakeGitlab(project), "incidents"))) == {f"{PATH}#1"}


def test_a_gitlab_that_does_not_tell_incidents_is_unsupported_not_empty(project):
    project.add_issue(1, NOW - DAY, issue_type=None, type=None)
    with pytest.raises(Unsupported, match="does not say which issues are incidents"):
        read(FakeGitlab(project), "incidents")


def test_every_incident_is_read_beyond_a_page_and_none_is_known_to_be_none(project):
    assert known(read(FakeGitlab(project), "incidents")) == [(SINCE, SETTLED)]
    for number in range(1, 231):
        project.add_issue(number, NOW - 100 * DAY + number * HOUR)
    pages = read(FakeGitlab(project, totals_to=5), "incidents")
    assert len(records(pages)) == 230
    for kill in range(1, len(pages)):
        before = read(FakeGitlab(project), "incidents", pages=kill)
        after = read(FakeGitlab(project), "incidents", cursor=before[-1].cursor)
        assert records([*before, *after]) == records(pages)
        assert after[-1].cursor == pages[-1].cursor
