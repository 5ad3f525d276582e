"""Starts the dashboard: Streamlit as an application of its own, with the product's theme and safe defaults."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from starlette.middleware import Middleware

from mlops_maturity.dashboard.theme import streamlit_options
from mlops_maturity.dashboard.too_deep import TooDeep

CONFIG = "MLOPS_MATURITY_CONFIG"
APP = Path(__file__).with_name("app.py")


def run(settings_path: Path, host: str = "127.0.0.1", port: int = 8501) -> int:
    """Serve the dashboard for a settings file until it is interrupted; the exit code."""
    import streamlit as st  # takes a second, and reads its options when it is imported

    os.environ[CONFIG] = str(settings_path.resolve())
    st.App(APP, middleware=[Middleware(TooDeep)]).run(config=options(host, port))
    return 0


def options(host: str, port: int) -> dict[str, Any]:
    """Streamlit's options by their dotted names."""
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.enableStaticServing": True,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "type",
        "client.toolbarMode": "viewer",
        "client.showErrorLinks": False,
        "runner.magicEnabled": False,
        "logger.hideWelcomeMessage": True,
        **streamlit_options(),
    }


def end_with(stream: BinaryIO) -> None:
    """End this process when the other side of a pipe is gone: whoever holds it may be killed and can't tell."""

    def watch() -> None:
        while stream.read(1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


if __name__ == "__main__":
    settings, address, number = sys.argv[1:]
    end_with(open(sys.stdin.fileno(), "rb", buffering=0, closefd=False))  # noqa: SIM115 - for as long as the process
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(run(Path(settings), address, int(number)))
