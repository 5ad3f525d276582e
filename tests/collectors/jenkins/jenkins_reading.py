"""How the tests read the fake."""

from __future__ import annotations

from datetime import timedelta

import httpx
from fake_jenkins import NOW

from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.http_client import basic_of
from mlops_maturity.collectors.interface import ReadRequest
from mlops_maturity.collectors.jenkins.collector import JenkinsCollector
from mlops_maturity.collectors.jenkins.settings import JenkinsSettings

DAY = timedelta(days=1)
SINCE = NOW - 100 * DAY
SETTLED = NOW - timedelta(minutes=5)


def settings(**more):
    return JenkinsSettings.model_validate(
        {"id": "ci", "type": "jenkins", "url": "http://jenkins.example:8080/jenkins", **more}
    )


def collector(fake, **more):
    source = settings(**more)
    return JenkinsCollector(source, http_of(fake, source))


def http_of(fake, source):
    return Http(
        source,
        token_prefix="Basic ",
        credential=basic_of,
        sleep=lambda _: None,
        transport=httpx.MockTransport(under(fake.handle, "/jenkins")),
    )


def under(handle, path):
    """A server that answers below a path."""

    def inner(request):
        raw = request.url.raw_path
        if not raw.startswith(path.encode() + b"/"):
            return httpx.Response(404)
        url = request.url.copy_with(raw_path=raw.removeprefix(path.encode()))
        return handle(httpx.Request(request.method, url, headers=request.headers))

    return inner


def read(fake, *, stream=None, cursor=None, now=NOW, since=SINCE, backfill=False, pages=None, **more):
    """The pages of one stream, of the only one where it is not named."""
    made = collector(fake, **more)
    streams = {one.scope: one for one in made.streams()}
    chosen = next(iter(streams.values())) if stream is None else streams[stream]
    assert stream is not None or len(streams) == 1
    found = []
    for page in made.read(chosen, ReadRequest(now=now, since=since, cursor=cursor or {}, backfill=backfill)):
        found.append(page)
        if pages is not None and len(found) >= pages:
            break
    return found


def runs(pages):
    """Runs by job and number; the last one counts."""
    return {
        f"{record.attributes['job']}#{record.attributes['number']}": record
        for page in pages
        for record in page.records
        if record.kind == "pipeline_run"
    }


def deployments(pages):
    return {
        record.id.partition("-1")[0]: record for page in pages for record in page.records if record.kind == "deployment"
    }


def covered(pages):
    """Spans of runs that are known, and those that are not with the reason; the same goes for deployments."""
    spans = {
        kind: [span for page in pages for span in page.coverage if span.stream == kind]
        for kind in ("pipeline_run", "deployment")
    }
    known, unknown = (
        {
            kind: [(span.start, span.end, span.reason) for span in part if span.complete is complete]
            for kind, part in spans.items()
        }
        for complete in (True, False)
    )
    assert known["pipeline_run"] == known["deployment"]
    assert unknown["pipeline_run"] == unknown["deployment"]
    return [span[:2] for span in known["pipeline_run"]], unknown["pipeline_run"]
