"""A real server and a real Chromium."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

# `driving` is shared by the tests of this folder only; with importlib mode nothing puts it on the path.
sys.path.insert(0, str(Path(__file__).parent))

from driving import Go, begin, settled

LAUNCHER = """\
import sys, time_machine
from datetime import datetime, UTC
from pathlib import Path
from mlops_maturity.dashboard.server import run
from mlops_maturity.dashboard.widgets import follow
follow.SECONDS = follow.MENDED_SECONDS = 1
with time_machine.travel(datetime(2026, 11, 23, 13, 3, tzinfo=UTC), tick=True):
    run(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]))
"""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is marked, and skipped with a reason where there is no browser."""
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="needs Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site_home(_filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with settings and store that the server works on; what tests of one subject write others don't see."""
    return shutil.copytree(_filled, tmp_path_factory.mktemp("site") / "organisation")


@pytest.fixture(scope="module")
def site(site_home: Path) -> Iterator[str]:
    """The address of a server on the filled organisation."""
    with serving(site_home / "maturity.yaml") as address:
        yield address


@contextmanager
def serving(config: Path) -> Iterator[str]:
    """A server of its own on a free port; ended by its handle."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", LAUNCHER, str(config), str(port)]
    with (config.parent / "server.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended before it began"
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the server did not answer in a minute")


@pytest.fixture
def sent() -> list[str | bytes]:
    """What the pages have sent to the server."""
    return []


@pytest.fixture
def go(chromium: Any, site: str, sent: list[str | bytes]) -> Iterator[Go]:
    """Opens an address in a context of its own; at the end there must have been no error and no foreign request."""
    wrong: list[str] = []
    contexts = []

    def go_(path: str, *, dark: bool = False, width: int = 1280, respondent: str = "ann") -> Any:
        scheme = "dark" if dark else "light"
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        page.on("dialog", lambda dialog: _stay(dialog) or wrong.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: _foreign(request.url, site) and wrong.append(f"foreign: {request.url}"))
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        page.goto(f"{site}{path}")
        settled(page)
        if path.startswith("/assess"):
            begin(page, respondent)
        return page

    yield go_
    for context in contexts:
        context.close()
    assert wrong == []


def _stay(dialog: Any) -> bool:
    """Whether it is the question before leaving; then stay."""
    before_leaving = dialog.type == "beforeunload"
    if before_leaving:
        dialog.dismiss()
    return before_leaving


def _foreign(url: str, site: str) -> bool:
    return not url.startswith((site, site.replace("http", "ws", 1), "data:", "blob:"))
