"""A server program on loopback for the time of a `with`: own process group, ended by its number, log in a file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
_ENDS_WITHIN_S = 10.0
_LOOK_EVERY_S = 0.05
_SHOWN = 2_000


class DidNotStart(RuntimeError):
    """The program ended, or did not answer in time; the text ends with the last of its log."""


def free_port() -> int:
    """A port on loopback that was free just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str],
    *,
    log: Path,
    is_ready: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    ready_within_s: float = 60.0,
) -> Iterator[int]:
    """Start the program, wait until it is ready, give its process id, end it with its children.

    Raises DidNotStart. `environment` is added to this process's own.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(
            list(command),
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        _wait(process, is_ready, log, ready_within_s)
        yield process.pid
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], log: Path, limit_s: float) -> None:
    give_up = time.monotonic() + limit_s
    while not is_ready():
        if process.poll() is not None:
            raise DidNotStart(f"{process.args!r} ended with {process.returncode}:\n{_tail(log)}")
        if time.monotonic() > give_up:
            raise DidNotStart(f"{process.args!r} did not answer within {limit_s:g} s:\n{_tail(log)}")
        time.sleep(_LOOK_EVERY_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole group, so that no worker stays; the group is the process's own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_ENDS_WITHIN_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(_ENDS_WITHIN_S)


def _tail(log: Path) -> str:
    return log.read_bytes()[-_SHOWN:].decode("utf-8", "replace")
