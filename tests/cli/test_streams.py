"""The command as a process: closed pipes, Ctrl-C, screens and pipes that don't speak UTF-8."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from mlops_maturity.cli.commands import assess as command

Run = Callable[..., Result]
PLAIN = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "COLUMNS": "100"}
"""A C locale as other programs see it: Python alone would take it for UTF-8."""


def process(home: Path, *arguments: str, out: int = subprocess.PIPE, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "mlops_maturity.cli", *arguments, "-c", str(home / "maturity.yaml")],
        stdout=out, stderr=subprocess.PIPE, env={**os.environ, **more}, check=False,
    )  # fmt: skip


@pytest.fixture
def elsewhere(home: Path) -> Path:
    """The organisation with a name that ASCII doesn't have."""
    settings = home / "maturity.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("Acme", "Zürich 漢"), encoding="utf-8")
    return home


def test_a_pipe_gets_utf_8_whatever_the_locale(elsewhere: Path) -> None:
    done = process(elsewhere, "assess", **PLAIN)
    assert done.returncode == 0, done.stderr
    assert "Zürich 漢" in done.stdout.decode("utf-8")


def test_a_screen_of_another_encoding_gets_characters_that_it_has(elsewhere: Path) -> None:
    screen, end = pty.openpty()
    try:
        done = process(elsewhere, "assess", "--team", "idle", out=end, **PLAIN)
        shown = os.read(screen, 100_000)
    finally:
        os.close(end)
        os.close(screen)
    assert done.returncode == 0, done.stderr
    assert b"0 ... 3" in shown
    assert shown.isascii()


def test_a_closed_pipe_says_nothing(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = process(home, "readings", "--format", "json", out=writing)
    finally:
        os.close(writing)
    assert done.stderr == b""


def test_ctrl_c_is_one_line_and_exit_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "open_workplace", interrupted)
    done = run("assess")
    assert done.exit_code == 130
    assert done.stderr.strip().splitlines() == [
        "Interrupted. What was written stays; the same command again goes on from there."
    ]


def test_no_colour_where_none_is_wanted(home: Path) -> None:
    for more in ({"TERM": "dumb"}, {"NO_COLOR": "1", "TERM": "xterm"}):
        screen, end = pty.openpty()
        try:
            process(home, "assess", out=end, **more)
            shown = os.read(screen, 100_000)
        finally:
            os.close(end)
            os.close(screen)
        assert b"\x1b[3" not in shown.replace(b"\x1b[3m", b""), "colours are codes from 30 on; 3 alone is italic"
