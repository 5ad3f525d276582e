"""41,000 runs: past the 1,000 results of a filtered list and the 40,000 items of an unfiltered one, without a loss."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta

import httpx
import pytest
from reading import NOW, REPO, SINCE, FakeGithub, Repo, covered, iterate

RUNS = 41_000
FROM = timedelta(days=190)


class Large(FakeGithub):
    """Runs that never change, in order once; answers 422 past 40,000 items, as GitHub does."""

    def __init__(self, repo, rows):
        super().__init__(repo, limit=10**6)
        self.rows, self.times = rows, [row["created_at"] for row in rows]

    def _runs(self, request, repo):
        created = request.url.params.get("created")
        if not created:
            if int(request.url.params.get("page", 1)) * int(request.url.params.get("per_page", 30)) > 40_000:
                return httpx.Response(422, json={"message": "pagination is limited for this resource"})
            return self._page(request, self.rows[::-1], key="workflow_runs")
        first, _, last = created.partition("..")
        within = self.rows[bisect_left(self.times, first) : bisect_right(self.times, last)]
        return self._page(request, within[::-1], key="workflow_runs", cap=self.cap)


@pytest.fixture(scope="module")
def large():
    repo = Repo(REPO)
    repo.add_run(NOW, id=1)
    (pattern,) = repo.runs[1]
    step = FROM / RUNS
    rows = []
    for number in range(RUNS):
        # A third of them in bursts of 300 within one second, as a matrix of schedules makes them.
        at = NOW - FROM + (number - number % 300 if number % 900 < 300 else number) * step
        stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        rows.append({**pattern, "id": number, "created_at": stamp, "run_started_at": stamp, "updated_at": stamp})
    return Large(repo, sorted(rows, key=lambda row: (row["created_at"], row["id"])))


@pytest.mark.slow
def test_every_one_of_41_000_runs_is_read_with_few_requests_more_than_they_fill_pages(large):
    found, pages = set(), []
    for page in iterate(large, "runs"):
        found |= {record.id for record in page.records}
        pages.append(page)
    assert len(found) == RUNS
    whole, gaps = covered(pages)
    assert gaps == []
    assert whole[0][0] == SINCE
    assert len(large.requests) < 1.5 * RUNS / 100


@pytest.mark.slow
def test_the_list_without_a_filter_would_have_ended_before(large):
    asked = httpx.Request("GET", f"https://x/repos/{REPO}/actions/runs?per_page=100&page=401")
    assert large._runs(asked, None).status_code == 422
