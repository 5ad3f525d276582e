"""The dashboard as a process of its own, however it is ended."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from mlops_maturity.cli import dashboard_process


class Deaf:
    """A server that heard nothing of the interrupt that its parent got."""

    def __init__(self, command: list[str]) -> None:
        self.command, self.waits, self.ended = command, 0, False

    def wait(self, timeout: float | None = None) -> int:
        self.waits += 1
        if self.waits == 1:
            raise KeyboardInterrupt
        raise subprocess.TimeoutExpired(self.command, timeout or 0)

    def poll(self) -> int | None:
        return 0 if self.ended else None

    def terminate(self) -> None:
        self.ended = True


def test_an_interrupt_that_only_the_command_got_ends_the_server_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[Deaf] = []

    def start(command: list[str], **_: object) -> Deaf:
        started.append(Deaf(command))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    assert dashboard_process.serve_dashboard(tmp_path / "maturity.yaml", "127.0.0.1", 8501) == 0
    assert started[0].ended


def test_a_server_that_is_told_to_end_has_not_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def serve(how: str) -> int:
        popen = partial(subprocess.Popen, [sys.executable, "-c", f"import os, signal; {how}"])
        with monkeypatch.context() as patched:
            patched.setattr(subprocess, "Popen", lambda *_, **__: popen())
            return dashboard_process.serve_dashboard(tmp_path / "maturity.yaml", "127.0.0.1", 8501)

    assert serve("os.kill(os.getpid(), signal.SIGTERM)") == 0
    assert serve("os._exit(3)") == 3
