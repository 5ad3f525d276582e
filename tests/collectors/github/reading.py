"""Reads a fake GitHub the way the runner does, without a store."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

import httpx
from fake_github import NOW, FakeGithub, Repo

from mlops_maturity.collectors.github.api import HEADERS
from mlops_maturity.collectors.github.collector import GithubCollector
from mlops_maturity.collectors.github.settings import GithubSettings
from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import ReadRequest, Stream

SINCE = NOW - timedelta(days=200)
REPO = "acme/fraud"


def settings(**more):
    return GithubSettings.model_validate({"id": "github", "type": "github", "repositories": [REPO], **more})


def collector(fake: FakeGithub, **more) -> GithubCollector:
    source = settings(**more)
    transport = httpx.MockTransport(fake.handle)
    http = Http(source, headers=HEADERS, reserve=1 - source.budget, sleep=lambda seconds: None, transport=transport)
    return GithubCollector(source, "Acme", http)


def fill(repo, count, *, days=190.0):
    """So many runs, evenly over the last days."""
    for number in range(count):
        repo.add_run(NOW - timedelta(days=days * (count - number) / count, seconds=number % 7))


def read(fake, stream, *, cursor=None, now=NOW, since=SINCE, backfill=False, pages=None, **more):
    """The pages of a stream (the first `pages` of them)."""
    reading = iterate(fake, stream, cursor=cursor, now=now, since=since, backfill=backfill, **more)
    return list(islice(reading, pages))


def iterate(fake, stream, *, cursor=None, now=NOW, since=SINCE, backfill=False, **more):
    """The pages of a stream as they come."""
    chosen = Stream(name=f"{stream}:{REPO}", kinds=("pipeline_run",), scope=REPO)
    request = ReadRequest(now=now, since=since, cursor=cursor or {}, backfill=backfill)
    return collector(fake, **more).read(chosen, request)


def records(pages):
    """Records by id (and attempt, where there is one); the last one counts."""
    return {
        (record.id, record.attempt) if hasattr(record, "attempt") else record.id: record
        for page in pages
        for record in page.records
    }


def covered(pages):
    """Spans known completely, joined; and those knowingly not."""
    spans = sorted((span for page in pages for span in page.coverage), key=lambda span: (span.start, span.end))
    whole = []
    for span in spans:
        if not span.complete:
            continue
        if whole and span.start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], span.end))
        else:
            whole.append((span.start, span.end))
    return whole, [span for span in spans if not span.complete]


__all__ = [
    "NOW",
    "REPO",
    "SINCE",
    "FakeGithub",
    "Repo",
    "collector",
    "covered",
    "iterate",
    "read",
    "records",
    "settings",
]
