"""How a project's default branch is protected, whether a file names owners; and what can't be told of it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from gitlab_reading import NOW, PATH, FakeGitlab, Project, known, read, records

from mlops_maturity.collectors.interface import BadAnswer, Unsupported

MIDNIGHT = NOW.replace(hour=0)
ID = f"protected_branch/{PATH}/2026-03-02"
OWNERS = f"owner_file/{PATH}/2026-03-02"


@pytest.fixture
def project():
    return Project(PATH)


@pytest.mark.parametrize(("protected", "state"), [(True, "yes"), (False, "no")])
def test_the_default_branch_tells(project, protected, state):
    project.protected = protected
    pages = read(FakeGitlab(project), "repository")
    record = records(pages)[ID]
    assert (record.subject, record.name, record.state) == (PATH, "protected_branch", state)
    assert record.observed_at == MIDNIGHT
    assert known(pages) == [(MIDNIGHT, NOW)]


def test_a_forbidden_branch_is_a_state_and_asked_again_on_the_same_day(project):
    project.forbidden.add("branches")
    fake = FakeGitlab(project)
    pages = read(fake, "repository")
    assert records(pages)[ID].state == "forbidden"
    assert "403" in records(pages)[ID].attributes["reason"]
    project.forbidden.clear()
    again = read(fake, "repository", cursor=pages[-1].cursor, now=NOW + timedelta(hours=1))
    assert records(again)[ID].state == "no"


def test_one_look_a_day(project):
    fake = FakeGitlab(project)
    cursor = read(fake, "repository")[-1].cursor
    asked = fake.asked("/branches/main")
    later = read(fake, "repository", cursor=cursor, now=NOW + timedelta(hours=1))
    assert (records(later), fake.asked("/branches/main")) == ({}, asked)
    tomorrow = records(read(fake, "repository", cursor=cursor, now=NOW + timedelta(days=1)))
    environments = ID.replace("branch", "environment")
    assert list(tomorrow) == [ID[:-2] + "03", OWNERS[:-2] + "03", environments[:-2] + "03"]


@pytest.mark.parametrize("branch", [None, "gone"])
def test_without_a_default_branch_it_is_unknown(project, branch):
    project.description["default_branch"] = branch
    project.absent.add("branches")
    record = records(read(FakeGitlab(project), "repository"))[ID]
    assert record.state == "unknown"
    assert record.attributes["reason"].startswith("there is no ")
    assert records(read(FakeGitlab(project), "repository"))[OWNERS].state == "unknown"


def test_a_repository_that_is_switched_off_is_unsupported():
    fake = FakeGitlab(Project(PATH, repository_access_level="disabled"))
    with pytest.raises(Unsupported, match="repository is switched off"):
        read(fake, "repository")


@pytest.mark.parametrize("body", [[], {}, {"protected": None}, "x"])
def test_garbage_is_a_bad_answer_and_never_no(project, body):
    fake = FakeGitlab(project)
    fake.faults.append(
        lambda request, number: httpx.Response(200, json=body) if request.url.path.endswith("/branches/main") else None
    )
    with pytest.raises(BadAnswer):
        read(fake, "repository")


@pytest.mark.parametrize("path", ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"])
def test_a_file_that_names_owners_is_found_where_gitlab_looks(project, path):
    project.files.add(path)
    record = records(read(FakeGitlab(project), "repository"))[OWNERS]
    assert (record.state, record.attributes) == ("yes", {"shown_by": path})


def test_without_such_a_file_on_the_default_branch_nobody_is_named(project):
    project.files |= {"OWNERS", ".github/CODEOWNERS"}
    assert records(read(FakeGitlab(project), "repository"))[OWNERS].state == "no"


def test_files_that_may_not_be_read_are_forbidden_and_asked_again_on_the_same_day(project):
    project.files.add("CODEOWNERS")
    project.forbidden.add("files")
    fake = FakeGitlab(project)
    pages = read(fake, "repository")
    assert (records(pages)[ID].state, records(pages)[OWNERS].state) == ("no", "forbidden")
    project.forbidden.clear()
    again = read(fake, "repository", cursor=pages[-1].cursor, now=NOW + timedelta(hours=1))
    assert records(again)[OWNERS].state == "yes"


def test_garbage_for_a_file_is_a_bad_answer_and_never_yes(project):
    fake = FakeGitlab(project)
    fake.faults.append(
        lambda request, number: httpx.Response(200, json={"message": "hm"}) if "/files/" in request.url.path else None
    )
    with pytest.raises(BadAnswer):
        read(fake, "repository")


def protections(fake):
    return {
        one.attributes.get("environment"): (one.state, one.attributes.get("shown_by"))
        for one in records(read(fake, "repository")).values()
        if one.name == "protected_environment"
    }


def test_protected_environments_and_those_of_production_that_are_not(project):
    project.environments = {
        name: {"id": number, "name": name, "tier": tier}
        for number, (name, tier) in enumerate([("eu", "production"), ("us", "production"), ("review/7", "development")])
    }
    levels = [{"access_level": 40, "access_level_description": "Maintainers"}]
    project.protections = [
        {"name": "eu", "deploy_access_levels": levels, "required_approval_count": 2},
        {"name": "lab", "deploy_access_levels": levels, "approval_rules": [{"required_approvals": 1}]},
    ]
    assert protections(FakeGitlab(project)) == {
        "eu": ("yes", "1 role, user or group may deploy, 2 approvals needed"),
        "us": ("no", None),
        "lab": ("yes", "1 role, user or group may deploy, 1 approval needed"),
    }


def test_a_tier_without_protected_environments_is_unsupported_and_a_missing_right_forbidden(project):
    assert protections(FakeGitlab(project)) == {None: ("unsupported", None)}
    project.forbidden.add("protected_environments")
    assert protections(FakeGitlab(project)) == {None: ("forbidden", None)}
