"""Starts the dashboard as a process of its own: nothing imports `dashboard`, so a page can't reach into a command."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path


def serve_dashboard(config: Path, host: str, port: int) -> int:
    """Serve until interrupted; the exit code of the server, 0 after an interrupt."""
    command = [sys.executable, "-m", "mlops_maturity.dashboard.server", str(config.resolve()), host, str(port)]
    server = subprocess.Popen(command)
    before = signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        return server.wait()
    except KeyboardInterrupt:
        server.wait(timeout=10)  # it got the interrupt as well
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
        if server.poll() is None:
            server.terminate()
