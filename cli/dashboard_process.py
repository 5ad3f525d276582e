"""Starts the dashboard as a process of its own: nothing imports `dashboard`, so a page can't reach into a command."""

from __future__ import annotations

import errno
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from mlops_maturity.config.problems import InputRefused, Problem

GRACE = 3.0
"""Seconds that an interrupted server has to end by itself; then it is told to."""


def refuse_taken_port(host: str, port: int) -> None:
    """Raise InputRefused where the dashboard could not listen, before its address is told to anybody."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except socket.gaierror:
        raise InputRefused([Problem("--host", "", f"{host!r} is no address of this machine; try 127.0.0.1")]) from None
    except OSError as error:
        raise InputRefused([_why_not(error, host, port)]) from None


def _why_not(error: OSError, host: str, port: int) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return Problem(
            "--port", "", f"{port} is taken on {host} by another program; name a free one: --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return Problem("--port", "", f"{port} is not for this user; name one above 1023, such as --port 8501")
    return Problem("--host", "", f"can't listen at {host}: {error.strerror}; try 127.0.0.1")


def serve_dashboard(config: Path, host: str, port: int) -> int:
    """Serve until interrupted or told to end, which is no failure: then 0; else the exit code of the server."""
    command = [sys.executable, "-m", "mlops_maturity.dashboard.server", str(config.resolve()), host, str(port)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE)  # whose end tells it that this process is gone
    before = signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        code = server.wait()
        return 0 if code == -signal.SIGTERM else code
    except KeyboardInterrupt:
        with suppress(subprocess.TimeoutExpired):  # only a terminal interrupts the server as well; `kill -INT` does not
            server.wait(timeout=GRACE)
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
        if server.poll() is None:
            server.terminate()
