"""20,000 workflow runs: the collector beside a bare httpx loop over the same pages. Run by `collect.py`."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from measured import Measured, measure, tell

from mlops_maturity.collectors.github.collector import GithubCollector
from mlops_maturity.collectors.github.settings import GithubSettings
from mlops_maturity.collectors.interface import ReadRequest, Stream
from mlops_maturity.collectors.sanity import judged
from mlops_maturity.evidence.store.cursors import CursorUpdate
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.records import count_records, write_page

RUNS = 20_000
ROUNDS = 3
CAP, PAGE = 1000, 100
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPAN = timedelta(days=540)
REPOSITORY = "acme/fraud-model"
WORKFLOWS = ("ci", "ci", "ci", "train", "deploy", "drift")
WAYS = {
    "pages": "bare httpx loop, ten fields of each run kept",
    "read": "collector, records made and not stored",
    "store": "collector, stored in SQLite with cursor and coverage",
}
KEPT = (
    "id", "name", "head_branch", "head_sha", "event", "status", "conclusion", "created_at", "updated_at", "run_attempt",
)  # fmt: skip


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def row(number: int) -> bytes:
    """A run as large as GitHub's are (9.7 kB), for the most part addresses that nobody reads."""
    created = NOW - SPAN + number * SPAN / RUNS
    name = WORKFLOWS[number % len(WORKFLOWS)]
    links = {f"{word}_url": f"https://api.github.example/repos/{REPOSITORY}/{word}" for word in map(str, range(60))}
    return json.dumps(
        {
            "id": 10**9 + number,
            "name": name,
            "path": f".github/workflows/{name}.yml",
            "head_branch": "main" if number % 3 else f"feature-{number % 50}",
            "head_sha": f"{number:040x}",
            "event": "schedule" if name in ("train", "drift") else "push",
            "status": "completed",
            "conclusion": "success" if number % 11 else "failure",
            "workflow_id": 1,
            "run_number": number,
            "run_attempt": 1,
            "html_url": f"https://github.example/{REPOSITORY}/actions/runs/{number}",
            "created_at": stamp(created),
            "run_started_at": stamp(created),
            "updated_at": stamp(created + timedelta(minutes=7)),
            "referenced_workflows": [],
            "repository": links,
            "head_repository": links,
        }
    ).encode()


class Server:
    """Runs by time of creation, with GitHub's pages, links and cap; pages are made once and kept."""

    def __init__(self) -> None:
        self.rows = [row(number) for number in range(RUNS)]
        self.times = [stamp(NOW - SPAN + number * SPAN / RUNS) for number in range(RUNS)]
        self.asked: list[str] = []
        """Addresses of the pages of runs, as asked for."""

    def answer(self, path: str) -> tuple[bytes, str]:
        """The body, and the link to the next page."""
        parts = urlsplit(path)
        if not parts.path.endswith("/actions/runs"):
            return json.dumps({"full_name": REPOSITORY, "default_branch": "main"}).encode(), ""
        self.asked.append(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        first, _, last = query["created"].partition("..")
        begin, end = bisect_left(self.times, first), bisect_right(self.times, last)
        number = int(query.get("page", 1))
        shown = range(end - 1, max(begin, end - CAP) - 1, -1)[(number - 1) * PAGE : number * PAGE]
        body = (
            b'{"total_count": %d, "workflow_runs": [' % (end - begin) + b", ".join(self.rows[i] for i in shown) + b"]}"
        )
        more = number * PAGE < min(end - begin, CAP)
        link = f'<http://{{host}}{parts.path}?created={query["created"]}&per_page={PAGE}&page={number + 1}>; rel="next"'
        return body, link if more else ""


@contextmanager
def served(server: Server) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body, link = server.answer(self.path)
            self.send_response(200)
            if link:
                self.send_header("Link", link.format(host=self.headers["host"]))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()


def bare(url: str, paths: Sequence[str]) -> int:
    """The pages that the collector asks for, one after the other; a few of them are asked twice, as it does."""
    found = {}
    with httpx.Client(base_url=url) as client:
        for path in paths:
            for run in json.loads(client.get(path).content)["workflow_runs"]:
                found[run["id"]] = tuple(run.get(name) for name in KEPT)
    return len(found)


def collected(url: str, store: Store, *, stored: bool) -> int:
    source = GithubSettings.model_validate({"id": "g", "type": "github", "url": url, "repositories": [REPOSITORY]})
    collector = GithubCollector(source, "Acme")
    stream = Stream(name=f"runs:{REPOSITORY}", kinds=("pipeline_run",), scope=REPOSITORY)
    request = ReadRequest(now=NOW, since=NOW - SPAN - timedelta(days=1))
    read = 0
    for page in collector.read(stream, request):
        read += len(page.records)
        if stored:
            cursor = CursorUpdate(source="g", stream=stream.name, cursor=page.cursor)
            records = [kept for given in page.records if (kept := judged(given, NOW).record) is not None]
            write_page(store, records, cursor=cursor, coverage=page.coverage, seen_at=NOW)
    collector.close()
    return sum(row.records for row in count_records(store)) if stored else read


def work(way: str, url: str, paths: Sequence[str]) -> None:
    if way == "pages":
        tell(lambda: bare(url, paths))
        return
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("sqlite:///bench.db", Path(folder))
        tell(lambda: collected(url, store, stored=way == "store"))
        store.close()


def main() -> None:
    """Print the table. What else goes on only ever adds CPU time, so the least of the rounds is the nearest."""
    server = Server()
    found: dict[str, list[Measured]] = {way: [] for way in WAYS}
    with served(server) as url, tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "paths.json")
        paths.write_text("[]")
        measure("collect_github.py", "read", url, str(paths))
        paths.write_text(json.dumps(server.asked))
        for _ in range(ROUNDS):
            for way in WAYS:
                found[way].append(measure("collect_github.py", way, url, str(paths)))
        requests = len(json.loads(paths.read_text()))
    print(f"\nGitHub: {RUNS:,} runs, {requests} requests, {ROUNDS} rounds in turn; CPU the least, the rest medians\n")
    print("| way | CPU s | x bare | x bare, medians | wall s | idle MiB | peak MiB | runs |")
    print("|---|---|---|---|---|---|---|---|")
    bare = [one.cpu for one in found["pages"]]
    for way, rounds in found.items():
        cpu = [one.cpu for one in rounds]
        wall, idle, peak = (
            statistics.median(getattr(one, name) for one in rounds) for name in ("wall", "idle_mib", "peak_mib")
        )
        counts = {one.count for one in rounds}
        runs = f"{counts.pop():,}" if len(counts) == 1 else str(counts)
        least, middle = min(cpu) / min(bare), statistics.median(cpu) / statistics.median(bare)
        print(
            f"| {WAYS[way]} | {min(cpu):.2f} | {least:.2f} | {middle:.2f} "
            f"| {wall:.2f} | {idle:.0f} | {peak:.0f} | {runs} |"
        )


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], json.loads(Path(sys.argv[3]).read_text()))
