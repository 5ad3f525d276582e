"""Reads a fake GitLab the way the runner does, without a store."""

from __future__ import annotations

from datetime import timedelta

import httpx
from fake_gitlab import NOW, FakeGitlab, Project

from mlops_maturity.collectors.gitlab.collector import STREAMS, GitlabCollector, open_http
from mlops_maturity.collectors.gitlab.settings import GitlabSettings
from mlops_maturity.collectors.interface import ReadRequest, Stream

SINCE = NOW - timedelta(days=200)
SETTLED = NOW - timedelta(minutes=5)
PATH = "ml/pricing"
URL = "https://gitlab.acme.example"


def settings(**more):
    return GitlabSettings.model_validate({"id": "gitlab", "type": "gitlab", "url": URL, "projects": [PATH], **more})


def collector(fake: FakeGitlab, *, rests=None, **more) -> GitlabCollector:
    """`rests` collects how long it slept."""
    source = settings(**more)
    sleep = (lambda seconds: None) if rests is None else rests.append
    return GitlabCollector(source, "Acme", open_http(source, sleep=sleep, transport=httpx.MockTransport(fake.handle)))


def read(fake, name, *, cursor=None, now=NOW, since=SINCE, backfill=False, pages=None, **more):
    """The pages of a stream (the first `pages` of them)."""
    chosen = Stream(name=f"{name}:{PATH}", kinds=())
    request = ReadRequest(now=now, since=since, cursor=cursor or {}, backfill=backfill)
    found = []
    for page in collector(fake, **more).read(chosen, request):
        found.append(page)
        if len(found) == pages:
            break
    return found


def records(pages):
    """Records by id; the last one counts."""
    return {record.id: record for page in pages for record in page.records}


def known(pages):
    """What is said to be known, as (start, end)."""
    return [(span.start, span.end) for page in pages for span in page.coverage if span.complete]


__all__ = [
    "NOW",
    "PATH",
    "SETTLED",
    "SINCE",
    "STREAMS",
    "URL",
    "FakeGitlab",
    "Project",
    "collector",
    "known",
    "read",
    "records",
    "settings",
]
