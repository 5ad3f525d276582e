"""`doctor`: what was seen, why, and what to do; exit 0 where all is fine, 1 where something is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import Result

Run = Callable[..., Result]
KINDS = ("mlflow", "prometheus", "alertmanager", "github", "gitlab", "jenkins", "buildbot")
NEEDED = {"github": 'repositories: ["a/b"]', "gitlab": 'projects: ["a/b"]', "jenkins": "jobs: [a]"}


class Empty(BaseHTTPRequestHandler):
    """Answers everything with 200 and nothing: a proxy in front of a server that is gone."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def empty() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")


def sources(home: Path, *rows: str) -> None:
    settings = home / "maturity.yaml"
    listed = "".join(f"  - {{{row}}}\n" for row in rows)
    settings.write_text(f"{settings.read_text(encoding='utf-8')}sources:\n{listed}", encoding="utf-8")


def test_without_a_source_it_says_so_instead_of_an_empty_table(run: Run) -> None:
    done = run("doctor")
    assert done.exit_code == 0
    assert "No source is configured" in done.stdout
    assert "┃" not in done.stdout


def test_a_server_that_answers_nothing_is_an_error_with_a_next_step_for_every_kind(
    run: Run, home: Path, empty: str
) -> None:
    sources(home, *(f'id: {kind}-1, type: {kind}, url: "{empty}", {NEEDED.get(kind, "")}' for kind in KINDS))
    done = run("doctor")
    assert done.exit_code == 1
    rows = [line for line in done.stdout.splitlines() if line.startswith("│") and "-1 " in line[:20]]
    assert [row.split("│")[1].strip() for row in rows] == [f"{kind}-1" for kind in KINDS], "a line a source"
    for row in rows:
        assert " error " in row
        assert "check url" in row, row
    assert "7 sources: 7 with errors." in done.stdout
    for empty_words in ("see the text", "look at the message", "MLflow ,"):
        assert empty_words not in done.stdout


def test_an_unreachable_server_is_named_once(run: Run, home: Path) -> None:
    sources(home, 'id: tracking, type: mlflow, url: "http://127.0.0.1:9"')
    done = run("doctor")
    assert (done.exit_code, "check url, network and proxy" in done.stdout) == (1, True)
    assert "tracking: http" not in done.stdout, "the source stands in its own column"
