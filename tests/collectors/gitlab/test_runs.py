"""Pipelines: pages that shift while reading, retries, child pipelines, and going on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from gitlab_reading import NOW, PATH, SETTLED, SINCE, FakeGitlab, Project, known, read, records

from mlops_maturity.collectors.interface import BadAnswer

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BY_JOB = {"purpose": [{"job": "train*", "is": "training"}, {"pipeline": "*", "is": "ci"}]}


@pytest.fixture
def project():
    return Project(PATH)


def fill(project, count, *, days=190.0):
    for number in range(count):
        project.add_pipeline(
            NOW - timedelta(days=days * (count - number) / count, milliseconds=number % 7), id=number + 1
        )


def test_a_pipeline_becomes_a_record(project):
    created = NOW - 3 * DAY
    project.add_pipeline(created, name="train-pricing", status="failed", source="schedule", id=42)
    (record,) = records(read(FakeGitlab(project), "runs")).values()
    assert record.model_dump(exclude={"sha"}) == {
        "kind": "pipeline_run",
        "source": "gitlab",
        "id": "42",
        "url": "https://gitlab.example/ml/pricing/-/pipelines/42",
        "attempt": 1,
        "repository": PATH,
        "pipeline": "train-pricing",
        "purpose": "training",
        "trigger": "schedule",
        "ref": "main",
        "queued_at": created,
        "started_at": created + timedelta(seconds=5),
        "finished_at": created + 10 * MINUTE,
        "outcome": "failure",
        "raw_status": "failed",
        "jobs": (),
        "attributes": {"event": "schedule", "number": 1, "default_branch": "main", "active_seconds": 590},
    }


@pytest.mark.parametrize(
    ("told", "kept"), [("93.46", 93.46), (0, 0.0), (None, None), ("", None), ("n/a", None), ("140", None)]
)
def test_the_coverage_that_gitlab_read_of_the_jobs_is_kept(project, told, kept):
    number = project.add_pipeline(NOW - DAY)
    project.times[number]["coverage"] = told
    (record,) = records(read(FakeGitlab(project), "runs")).values()
    assert record.attributes.get("coverage") == kept


@pytest.mark.parametrize(
    ("status", "outcome", "asks"),
    [
        ("success", "success", 1),
        ("failed", "failure", 1),
        ("canceled", "cancelled", 1),
        ("running", "running", 1),
        ("manual", "running", 1),
        ("canceling", "running", 1),
        ("skipped", "skipped", 0),
        ("created", "running", 0),
        ("pending", "running", 0),
        ("preparing", "running", 0),
        ("scheduled", "running", 0),
        ("waiting_for_resource", "running", 0),
        ("what_comes_next", "unknown", 1),
    ],
)
def test_each_state_has_its_outcome_and_only_what_has_begun_is_asked_for_its_times(project, status, outcome, asks):
    project.add_pipeline(NOW - HOUR, status=status, id=9)
    fake = FakeGitlab(project)
    (record,) = records(read(fake, "runs")).values()
    assert (record.outcome, record.raw_status) == (outcome, status)
    assert (record.finished_at is not None) == (status in ("success", "failed", "canceled"))
    assert fake.asked("/pipelines/9") == asks


@pytest.mark.parametrize(
    ("source", "trigger"),
    [
        ("push", "push"),
        ("merge_request_event", "pull_request"),
        ("schedule", "schedule"),
        ("web", "manual"),
        ("trigger", "event"),
        ("api", "event"),
        ("pipeline", "event"),
        ("something new", "event"),
        (None, "unknown"),
    ],
)
def test_what_started_a_pipeline(project, source, trigger):
    project.add_pipeline(NOW - HOUR, source=source)
    (record,) = records(read(FakeGitlab(project), "runs")).values()
    assert record.trigger == trigger


def test_a_pipeline_without_a_name_is_called_like_its_file():
    for config, name in [("", ".gitlab-ci.yml"), (None, ".gitlab-ci.yml"), ("ci/train.yml@ml/shared", "train.yml")]:
        project = Project(PATH, ci_config_path=config)
        project.add_pipeline(NOW - HOUR)
        (record,) = records(read(FakeGitlab(project), "runs")).values()
        assert record.pipeline == name


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 347])
@pytest.mark.parametrize("totals_to", [10_000, 50])
def test_every_pipeline_is_read_beyond_a_page_with_and_without_totals(project, count, totals_to):
    fill(project, count)
    pages = read(FakeGitlab(project, totals_to=totals_to), "runs")
    assert len(records(pages)) == count
    assert known(pages) == [(SINCE, SETTLED)]


def test_pages_are_counted_on_where_a_proxy_strips_the_headers(project):
    fill(project, 300)
    fake = FakeGitlab(project)
    inner = fake.handle

    def stripped(request):
        answer = inner(request)
        return httpx.Response(answer.status_code, content=answer.content)

    fake.handle = stripped
    assert len(records(read(fake, "runs"))) == 300


def test_pipelines_that_change_while_reading_hide_no_others(project):
    fill(project, 450)
    fake = FakeGitlab(project)
    waiting = list(range(1, 60))

    def meanwhile(request):
        if request.url.path.endswith("/pipelines") and "source" not in request.url.params:
            for number in [waiting.pop(0) for _ in range(5) if waiting]:  # each leaves its place for the list's end
                project.change_pipeline(number, NOW - MINUTE + timedelta(seconds=len(waiting)), "success")

    fake.before = meanwhile
    pages = read(fake, "runs")
    assert len(records(pages)) == 450
    assert len({record.id for page in pages for record in page.records}) == 450


def test_hundreds_of_pipelines_that_changed_in_one_second_are_all_read(project):
    for number in range(345):
        moment = NOW - 9 * DAY + timedelta(milliseconds=number % 3)
        project.add_pipeline(NOW - 20 * DAY, id=number + 1, updated=moment if number > 20 else moment - DAY)
    assert len(records(read(FakeGitlab(project), "runs"))) == 345


def test_the_list_costs_a_request_a_page(project):
    fill(project, 1000)
    fake = FakeGitlab(project)
    read(fake, "runs")
    assert fake.asked("/pipelines") <= 10 + 2, "ten pages, their overlap, and the list of children"


def test_the_first_reading_goes_back_to_since_only(project):
    project.add_pipeline(NOW - 40 * DAY, id=1)
    project.add_pipeline(NOW - 4 * DAY, id=2)
    assert set(records(read(FakeGitlab(project), "runs", since=NOW - 7 * DAY))) == {"2"}


def test_a_pipeline_that_ends_later_is_read_to_its_end(project):
    project.add_pipeline(NOW - HOUR, status="running", updated=NOW - HOUR, id=1)
    fake = FakeGitlab(project)
    cursor = read(fake, "runs")[-1].cursor
    project.change_pipeline(1, NOW + MINUTE, "success", finished=NOW + MINUTE)
    pages = read(fake, "runs", cursor=cursor, now=NOW + HOUR)
    (record,) = records(pages).values()
    assert (record.outcome, record.finished_at) == ("success", NOW + MINUTE)
    assert known(pages) == [(SETTLED, SETTLED + HOUR)]


def test_a_retried_job_brings_the_pipeline_back_with_each_try(project):
    project.add_pipeline(NOW - 60 * DAY, status="failed", id=1)
    project.add_job(1, "train model", "failed", retried=True)
    fake = FakeGitlab(project)
    first = read(fake, "runs", rules=BY_JOB)
    assert records(first)["1"].outcome == "failure"
    project.add_job(1, "train model")
    project.change_pipeline(1, NOW + MINUTE, "success", finished=NOW)
    record = records(read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR, rules=BY_JOB))["1"]
    assert (record.outcome, record.finished_at, record.attempt) == ("success", NOW, 1)
    assert record.queued_at == NOW - 60 * DAY
    assert [(job.name, job.outcome) for job in record.jobs] == [("train model", "failure"), ("train model", "success")]


def test_jobs_are_asked_for_only_where_a_rule_looks_at_them(project):
    project.add_pipeline(NOW - DAY, id=1)
    project.add_job(1, "train")
    fake = FakeGitlab(project)
    assert records(read(fake, "runs"))["1"].purpose == "ci"
    assert fake.asked("/jobs") == 0
    assert records(read(fake, "runs", rules=BY_JOB))["1"].purpose == "training"


def test_jobs_beyond_a_page_are_read(project):
    project.add_pipeline(NOW - DAY, id=1)
    for number in range(130):
        project.add_job(1, f"test {number}")
    project.add_job(1, "train")
    record = records(read(FakeGitlab(project), "runs", rules=BY_JOB))["1"]
    assert (len(record.jobs), record.purpose) == (131, "training")


def test_a_child_pipeline_counts_where_it_has_a_name_or_rules_look_at_jobs(project):
    project.add_pipeline(NOW - DAY, id=1)
    project.add_pipeline(NOW - DAY, id=2, source="parent_pipeline", name="train model")
    project.add_pipeline(NOW - DAY, id=3, source="parent_pipeline")
    project.add_job(3, "train")
    found = records(read(FakeGitlab(project), "runs"))
    assert {key: record.purpose for key, record in found.items()} == {"1": "ci", "2": "training"}
    found = records(read(FakeGitlab(project), "runs", rules=BY_JOB))
    assert {key: record.purpose for key, record in found.items()} == {"1": "ci", "2": "ci", "3": "training"}


def test_times_of_a_pipeline_deleted_meanwhile_are_unknown(project):
    project.add_pipeline(NOW - DAY, id=1)
    fake = FakeGitlab(project)
    fake.faults.append(lambda request, _: httpx.Response(404) if request.url.path.endswith("/pipelines/1") else None)
    record = records(read(fake, "runs"))["1"]
    assert (record.outcome, record.started_at, record.finished_at) == ("success", None, None)


def test_a_pipeline_that_changed_just_now_is_read_again_next_time(project):
    fake = FakeGitlab(project)
    cursor = read(fake, "runs")[-1].cursor
    project.add_pipeline(NOW - 30 * MINUTE, updated=NOW - 3 * MINUTE, id=9)
    assert "9" in records(read(fake, "runs", cursor=cursor, now=NOW + 10 * MINUTE))


def test_a_clock_of_ours_that_runs_ahead_claims_nothing_the_server_has_not_lived_through(project):
    pages = read(FakeGitlab(project, date="Mon, 02 Mar 2026 09:00:00 GMT"), "runs")
    assert known(pages) == [(SINCE, NOW - HOUR - 5 * MINUTE)]
    assert pages[-1].cursor["high_water"] == "2026-03-02T08:55:00Z"


def test_backfill_reads_from_since_again_whatever_the_cursor_says(project):
    project.add_pipeline(NOW - 150 * DAY, id=1)
    fake = FakeGitlab(project)
    cursor = read(fake, "runs")[-1].cursor
    assert "1" not in records(read(fake, "runs", cursor=cursor))
    again = read(fake, "runs", cursor=cursor, backfill=True)
    assert "1" in records(again)
    assert known(again) == [(SINCE, SETTLED)]


@pytest.mark.parametrize("kill", range(1, 11))
def test_stopped_after_any_page_it_goes_on_to_the_same_end(project, kill):
    fill(project, 140)
    for number in range(45):
        project.add_pipeline(NOW - 100 * DAY + number * DAY, source="parent_pipeline", name="train", id=900 + number)
    fake = FakeGitlab(project)
    whole = read(fake, "runs")
    before = read(fake, "runs", pages=kill)
    after = read(fake, "runs", cursor=before[-1].cursor)
    assert len(whole) == 11
    assert records([*before, *after]) == records(whole)
    assert after[-1].cursor == whole[-1].cursor
    assert known(before) == []
    assert known(after) == known(whole)


def test_what_is_no_pipeline_is_named_and_left_out(project):
    project.add_pipeline(NOW - 2 * DAY, id=1)
    project.add_pipeline(NOW - DAY, id=2)
    fake = FakeGitlab(project)
    odd = [None, "x", {}, {"id": 3, "status": "success"}, {"id": 4, "status": "failed", "created_at": "yesterday"}]

    def hostile(request, _):
        rows = list(project.pipelines.values())
        return httpx.Response(200, json=[*odd, *rows]) if request.url.path.endswith("/pipelines") else None

    fake.faults.append(hostile)
    pages = read(fake, "runs")
    assert set(records(pages)) == {"1", "2"}
    refused = [line for page in pages for line in page.refused]
    assert "pipeline 3: the field 'created_at' is missing" in refused
    assert any(line.startswith("pipeline 4: Invalid isoformat") for line in refused)
    assert any(line.startswith("pipeline (without id)") for line in refused)


def test_pages_in_a_circle_are_an_error(project):
    fill(project, 300)
    fake = FakeGitlab(project)
    inner = fake.handle

    def circling(request):
        answer = inner(request)
        answer.headers["x-next-page"] = "1"
        return answer

    fake.handle = circling
    with pytest.raises(BadAnswer, match="circle"):
        read(fake, "runs")


def test_a_server_that_ignores_the_filter_is_an_error_and_no_endless_reading(project):
    fill(project, 400)
    fake = FakeGitlab(project)
    inner = fake.handle

    def ignoring(request):
        url = request.url.copy_remove_param("updated_after")
        return inner(httpx.Request("GET", url, headers=request.headers))

    fake.handle = ignoring
    with pytest.raises(BadAnswer, match="does not heed `updated_after`"):
        read(fake, "runs")


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("end", ["/pipelines/2", "/pipelines/2/jobs"])
def test_a_detail_of_one_pipeline_that_stays_refused_holds_nothing_up(project, status, end):
    for number in range(1, 40):
        project.add_pipeline(NOW - DAY + number * MINUTE, id=number)
        project.add_job(number, "train")
    fake = FakeGitlab(project)
    fake.faults = [lambda asked, _: httpx.Response(status) if asked.url.path.endswith(end) else None]
    first = read(fake, "runs", rules=BY_JOB)
    found = records(first)
    assert [key for key, one in found.items() if not (one.started_at and one.jobs)] == ["2"]
    assert f"HTTP {status}" in first[-1].warnings[0]
    fake.faults = []
    later = records(read(fake, "runs", rules=BY_JOB, cursor=first[-1].cursor, now=NOW + HOUR))
    assert {key: bool(one.started_at and one.jobs) for key, one in later.items()} == {"2": True}
