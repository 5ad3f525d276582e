from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from streamlit import config

from mlops_maturity.dashboard import server


def test_every_option_is_one_that_streamlit_knows() -> None:
    assert set(server.options("127.0.0.1", 8501)) <= set(config._config_options_template)


def test_nothing_is_told_to_others() -> None:
    options = server.options("127.0.0.1", 8501)
    assert options["browser.gatherUsageStats"] is False
    assert options["server.address"] == "127.0.0.1"
    assert options["client.showErrorDetails"] == "type"
    assert options["client.toolbarMode"] == "viewer"
    assert options["server.fileWatcherType"] == "none"


def test_logo_icon_and_fonts_are_files_of_our_own_with_their_licence() -> None:
    static = Path(server.__file__).parent / "static"
    files = {file.name for file in static.iterdir()}
    assert {"favicon.svg", "logo-light.svg", "logo-dark.svg", "inter-OFL.txt"} <= files
    fonts = {Path(face["url"]).name for face in server.options("127.0.0.1", 1)["theme.fontFaces"]}
    assert fonts <= files


def test_a_server_whose_command_was_killed_ends_too() -> None:
    waiting = "import sys, time; from mlops_maturity.dashboard.server import end_with; end_with(sys.stdin.buffer); "
    with subprocess.Popen(
        [sys.executable, "-c", f"{waiting} print('up', flush=True); time.sleep(60)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == b"up\n"
        assert server.poll() is None
        server.stdin.close()
        assert server.wait(timeout=30) == -signal.SIGTERM
