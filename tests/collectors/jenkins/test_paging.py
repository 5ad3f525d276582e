"""Lists that shift while they are read, builds that are thrown away, and going on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_jenkins import NOW, FakeJenkins, absent, path_of
from jenkins_reading import DAY, SETTLED, SINCE, covered, deployments, read, runs

from mlops_maturity.collectors.interface import BadAnswer, Unsupported

PROD = {"ENVIRONMENT": "prod"}


@pytest.fixture
def fake():
    return FakeJenkins()


@pytest.fixture
def job(fake):
    return fake.job("ml/train")


@pytest.fixture
def small(monkeypatch):
    """Pages of few builds, so that few builds fill several."""
    monkeypatch.setattr("mlops_maturity.collectors.jenkins.build_list.LISTED", 8)
    monkeypatch.setattr("mlops_maturity.collectors.jenkins.build_list.BATCH", 5)
    monkeypatch.setattr("mlops_maturity.collectors.jenkins.build_list.SLACK", 2)


def fill(job, count, *, days=90.0, end=NOW - DAY):
    step = timedelta(seconds=round(days * 86400 / max(count, 1)))
    return [job.add(end - step * (count - number)) for number in range(count)]


def numbers(pages, job="ml/train"):
    return [int(name.rpartition("#")[2]) for name in runs(pages) if name.startswith(f"{job}#")]


def lists(request):
    """Which list of builds a request asks for: `numbers`, `builds`, or neither."""
    tree = request.url.params.get("tree", "")
    if not tree.startswith("allBuilds"):
        return None
    return "numbers" if tree.startswith("allBuilds[number,timestamp]") else "builds"


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 8, 9, 14, 15, 47])
def test_every_build_is_read_oldest_first_beyond_pages(fake, job, small, count):
    fill(job, count)
    pages = read(fake)
    assert numbers(pages) == list(range(1, count + 1))
    assert covered(pages) == ([(SINCE, SETTLED)], [])


def test_many_builds_cost_few_requests(fake, job):
    fill(job, 2500)
    pages = read(fake, stages=False)
    assert len(numbers(pages)) == 2500
    assert len(fake.requests) == 1 + 3 + 50, "the jobs, 3 pages of numbers, 50 of builds"


def test_a_job_without_news_costs_no_request(fake, job):
    fill(job, 3)
    cursor = read(fake)[-1].cursor
    asked = len(fake.requests)
    pages = read(fake, cursor=cursor, now=NOW + DAY)
    assert len(fake.requests) == asked + 1, "the list of jobs"
    assert covered(pages) == ([(SETTLED, SETTLED + DAY)], [])


def test_the_first_reading_goes_back_to_since_only_and_is_whole_from_there(fake, job, small):
    fill(job, 60, days=200)
    job.delete(*range(1, 20))
    since = NOW - 50 * DAY
    pages = read(fake, since=since)
    assert min(run.started_at for run in runs(pages).values()) >= since
    assert covered(pages) == ([(since, SETTLED)], [])
    assert sum(lists(request) == "numbers" for request in fake.requests) == 3


@pytest.mark.parametrize("pace", [1, 2, 3, 7])
def test_builds_that_begin_while_it_reads_shift_nothing_out(fake, job, small, pace):
    fill(job, 47)
    fake.faults.append(lambda request, number: fill(job, pace, days=0, end=NOW) and None if number < 12 else None)
    pages = read(fake)
    found = numbers(pages)
    assert found == list(range(1, len(found) + 1))
    assert len(found) >= 47
    assert covered(pages) == ([(SINCE, SETTLED)], [])
    rest = read(fake, cursor=pages[-1].cursor, now=NOW + timedelta(hours=1))
    assert set(found) | set(numbers(rest)) == set(range(1, job.next_number))


@pytest.mark.parametrize("kind", ["numbers", "builds"])
@pytest.mark.parametrize("turn", range(1, 6))
@pytest.mark.parametrize("gone", [[1, 2, 3], [20], [45, 46, 47], list(range(10, 40))])
def test_builds_that_are_deleted_while_it_reads_take_no_others_with_them(fake, job, small, kind, turn, gone):
    fill(job, 47)
    asked = []

    def delete(request, number):
        if lists(request) == kind:
            asked.append(number)
            if len(asked) == turn:
                job.delete(*(number for number in gone if number in job.builds))

    fake.faults.append(delete)
    pages = read(fake)
    assert set(numbers(pages)) >= set(range(1, 48)) - set(gone)
    lost = set(gone) - set(numbers(pages))
    assert bool(covered(pages)[1]) == bool(lost), "what was deleted before it was read is told"


def test_a_list_that_never_holds_still_is_told_and_not_read_for_ever(fake, job, small):
    fill(job, 47)
    fake.faults.append(lambda request, number: fill(job, 9, days=0, end=NOW) and None if number else None)
    with pytest.raises(BadAnswer, match=r"ml/train: builds (move|come and go) faster than they can be (read|listed)"):
        read(fake)


def test_a_list_that_vanishes_faster_than_it_is_listed_is_told(fake, job, small):
    fill(job, 200)

    def delete(request, number):
        if lists(request) == "numbers":
            job.delete(*job.listed() and [row["number"] for row in job.listed()[:10]])

    fake.faults.append(delete)
    with pytest.raises(BadAnswer, match=r"ml/train: builds come and go faster than they can be listed"):
        read(fake)


def test_rows_listed_twice_are_one_build(fake, job, small):
    fill(job, 12)
    inner = job.listed
    job.listed = lambda: [row for row in inner() for _ in range(2)]
    pages = read(fake)
    assert numbers(pages) == list(range(1, 13))
    assert sum(len(page.records) for page in pages) == 12


def test_builds_thrown_away_before_the_first_reading_are_told_as_retention(fake, job):
    fill(job, 40, days=80)
    job.delete(*range(1, 31))
    pages = read(fake)
    oldest = runs(pages)["ml/train#31"].started_at
    ((known,), (gap,)) = covered(pages)
    assert known == (oldest, SETTLED)
    assert gap == (SINCE, oldest, "retention: builds 1 to 30 are gone from ml/train")


def test_a_build_kept_for_ever_does_not_vouch_for_those_around_it(fake, job):
    fill(job, 40, days=80)
    job.delete(*range(1, 5), *range(6, 31))
    pages = read(fake)
    fifth, later = (runs(pages)[f"ml/train#{number}"].started_at for number in (5, 31))
    known, gaps = covered(pages)
    assert known == [(later, SETTLED)]
    assert [gap[:2] for gap in gaps] == [(SINCE, fifth), (fifth, later)]


def test_a_single_deleted_build_leaves_a_gap_between_its_neighbours(fake, job):
    fill(job, 9, days=9)
    job.delete(4)
    pages = read(fake)
    before, after = (runs(pages)[f"ml/train#{number}"].started_at for number in (3, 5))
    assert covered(pages) == (
        [(SINCE, before), (after, SETTLED)],
        [(before, after, "retention: build 4 is gone from ml/train")],
    )


def test_builds_thrown_away_between_two_readings_are_told_from_the_first_one_s_end(fake, job):
    fill(job, 5, end=NOW - 10 * DAY)
    cursor = read(fake)[-1].cursor
    begun = [job.add(NOW + number * DAY) for number in range(1, 9)]
    job.delete(*range(1, 6), *begun[:6])
    pages = read(fake, cursor=cursor, now=NOW + 20 * DAY)
    assert numbers(pages) == begun[6:]
    assert covered(pages) == (
        [(NOW + 7 * DAY, SETTLED + 20 * DAY)],
        [(SETTLED, NOW + 7 * DAY, "retention: builds 6 to 11 are gone from ml/train")],
    )


def test_the_newest_builds_that_are_gone_are_told_once_and_hold_nothing_back_later(fake, job):
    fill(job, 5, days=5)
    job.delete(4, 5)
    pages = read(fake)
    third = runs(pages)["ml/train#3"].started_at
    assert covered(pages) == (
        [(SINCE, third)],
        [(third, SETTLED, "retention: builds 4 to 5 are gone from ml/train")],
    )
    again = read(fake, cursor=pages[-1].cursor, now=NOW + DAY)
    assert covered(again) == ([(SETTLED, SETTLED + DAY)], [])


def test_a_job_of_which_nothing_is_kept_knows_nothing_until_now(fake, job):
    fill(job, 5)
    job.delete(*range(1, 6))
    pages = read(fake)
    assert covered(pages) == ([], [(SINCE, SETTLED, "retention: builds 1 to 5 are gone from ml/train")])


def test_a_build_that_has_its_number_before_it_is_listed_is_found_by_the_next_reading(fake, job):
    fill(job, 3)
    late = job.add(NOW - timedelta(seconds=2))
    job.add(NOW - timedelta(seconds=1))
    held = job.builds.pop(late)
    cursor = read(fake)[-1].cursor
    job.builds[late] = held
    assert late in numbers(read(fake, cursor=cursor, now=NOW + timedelta(hours=1)))


def test_a_list_that_comes_back_empty_is_not_taken_for_builds_that_are_gone(fake, job):
    fill(job, 7)
    fake.faults.append(
        lambda request, number: httpx.Response(200, json={"allBuilds": []}) if lists(request) == "numbers" else None
    )
    with pytest.raises(BadAnswer, match="ml/train: the list leaves out build 7"):
        read(fake)


def test_a_build_that_ends_later_is_followed_to_its_end(fake):
    job = fake.job("deploy")
    begun = job.add(NOW - timedelta(hours=3), "building", parameters=PROD)
    job.add(NOW - timedelta(hours=2), parameters=PROD)
    first = read(fake)
    assert runs(first)["deploy#1"].outcome == "running"
    assert deployments(first)["deploy#1"].outcome == "running"
    still = read(fake, cursor=first[-1].cursor, now=NOW + timedelta(hours=1))
    assert runs(still)["deploy#1"].outcome == "running"
    job.finish(begun, "FAILURE", 4 * 3600)
    last = read(fake, cursor=still[-1].cursor, now=NOW + timedelta(hours=2))
    assert runs(last)["deploy#1"].finished_at == NOW + timedelta(hours=1)
    assert deployments(last)["deploy#1"].outcome == "failure"
    assert last[-1].cursor["jobs"]["deploy"]["open"] == []
    assert runs(read(fake, cursor=last[-1].cursor, now=NOW + timedelta(hours=3))) == {}


def test_a_running_build_that_is_deleted_or_never_ends_is_forgotten(fake, job):
    gone = job.add(NOW - DAY, "building")
    job.add(NOW - 2 * DAY, "building")
    cursor = read(fake)[-1].cursor
    assert cursor["jobs"]["ml/train"]["open"] == [1, 2]
    job.delete(gone)
    cursor = read(fake, cursor=cursor, now=NOW + DAY)[-1].cursor
    assert cursor["jobs"]["ml/train"]["open"] == [2]
    cursor = read(fake, cursor=cursor, now=NOW + 40 * DAY)[-1].cursor
    assert cursor["jobs"]["ml/train"]["open"] == []


def test_a_job_made_anew_counts_from_one_again_and_its_builds_are_others(fake, job):
    fill(job, 9, days=9)
    first = read(fake)
    fake.folder("ml").items.clear()
    anew = fake.job("ml/train")
    for hour in range(3):
        anew.add(NOW + timedelta(hours=hour))
    later = NOW + DAY
    second = read(fake, cursor=first[-1].cursor, now=later)
    assert numbers(second) == [1, 2, 3]
    assert not {run.id for run in runs(first).values()} & {run.id for run in runs(second).values()}
    assert covered(second) == ([(SETTLED, SETTLED + DAY)], [])


def test_backfill_reads_from_since_again_whatever_the_cursor_says(fake, job):
    fill(job, 9, days=150)
    cursor = read(fake)[-1].cursor
    assert numbers(read(fake, cursor=cursor)) == []
    again = read(fake, cursor=cursor, backfill=True, since=NOW - 400 * DAY)
    assert numbers(again) == list(range(1, 10))
    assert covered(again) == ([(NOW - 400 * DAY, SETTLED)], [])


def test_a_clock_of_ours_that_runs_ahead_claims_nothing_the_server_has_not_lived_through(fake, job):
    fake.date = "Mon, 02 Mar 2026 09:00:00 GMT"
    fill(job, 2)
    assert covered(read(fake))[0] == [(SINCE, NOW - timedelta(hours=1, minutes=5))]


def project(fake):
    """A multibranch project with 4 branches, one of them running, and gaps in two."""
    for branch, count in (("main", 17), ("feature/a", 7), ("PR-3", 1), ("develop", 6)):
        fill(fake.branch("ml/pricing", branch), count, end=NOW - DAY + timedelta(milliseconds=375))
    fake.branch("ml/pricing", "main").delete(1, 2, 9)
    fake.branch("ml/pricing", "feature/a").delete(1, 2, 3, 5)
    fake.branch("ml/pricing", "main").add(NOW - timedelta(minutes=2), "building")


def test_a_multibranch_project_is_one_stream_whose_main_branch_says_what_is_known(fake, small):
    project(fake)
    pages = read(fake)
    found = runs(pages)
    assert {record.pipeline for record in found.values()} == {"ml/pricing"}
    assert len(found) == 18 - 3 + 7 - 4 + 1 + 6
    assert next(iter(found)).startswith("ml/pricing/main#"), "the main branch comes first"
    begun = (found[f"ml/pricing/main#{number}"].started_at for number in (3, 8, 10))
    third, eighth, tenth = (moment.replace(microsecond=0) for moment in begun)
    known, gaps = covered(pages)
    assert known == [(third, eighth), (tenth, SETTLED)]
    assert [gap[2] for gap in gaps] == [
        "retention: builds 1 to 2 are gone from ml/pricing/main",
        "retention: build 9 is gone from ml/pricing/main",
    ]


def test_without_a_main_branch_every_branch_says_what_is_known(fake):
    fill(fake.branch("p", "develop"), 5, days=5)
    fake.branch("p", "develop").delete(1)
    assert [gap[2] for gap in covered(read(fake))[1]] == ["retention: build 1 is gone from p/develop"]


def test_branches_come_and_go(fake):
    project(fake)
    cursor = read(fake)[-1].cursor
    del fake.folder("ml/pricing").items["develop"]
    fake.branch("ml/pricing", "feature/b").add(NOW + timedelta(hours=1))
    pages = read(fake, cursor=cursor, now=NOW + DAY)
    assert "ml/pricing/feature/b#1" in runs(pages)
    assert set(pages[-1].cursor["jobs"]) == {
        f"ml/pricing/{branch}" for branch in ("main", "PR-3", "feature/a", "feature/b")
    }


def test_a_branch_that_goes_while_it_is_read_leaves_the_others_alone(fake):
    project(fake)
    fake.faults.append(lambda request, number: absent() if "develop" in path_of(request) else None)
    found = runs(read(fake))
    assert {record.ref for record in found.values()} == {"main", "feature/a", "PR-3"}


def test_a_job_that_goes_while_it_is_read_is_told(fake, job):
    fill(job, 3)
    fake.faults.append(lambda request, number: absent() if "train" in path_of(request) else None)
    with pytest.raises(Unsupported):
        read(fake)


@pytest.mark.parametrize("kill", range(1, 12))
def test_stopped_after_any_page_it_goes_on_to_the_same_end(fake, small, kill):
    project(fake)
    whole = read(fake)
    before = read(fake, pages=kill)
    after = read(fake, cursor=before[-1].cursor)
    assert runs([*before, *after]) == runs(whole)
    assert covered([*before, *after] if kill < len(whole) else before) == covered(whole)
    assert after[-1].cursor == whole[-1].cursor


@pytest.mark.parametrize("kill", range(1, 12))
def test_stopped_after_any_page_of_a_later_reading_with_news_it_misses_none(fake, small, kill):
    project(fake)
    first = read(fake, pages=kill)
    main = fake.branch("ml/pricing", "main")
    begun = [f"ml/pricing/main#{main.add(NOW + timedelta(hours=hour))}" for hour in range(1, 8)]
    rest = read(fake, cursor=first[-1].cursor, now=NOW + DAY)
    found = runs([*first, *rest])
    assert len(found) == 18 - 3 + 7 - 4 + 1 + 6 + 7
    assert set(begun) <= set(found)
