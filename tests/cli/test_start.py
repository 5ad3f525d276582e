"""Ctrl-C while the program is still loading."""

from __future__ import annotations

import subprocess
import sys

LOADING = """
import sys
from importlib.abc import MetaPathFinder

class Interrupted(MetaPathFinder):
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
from mlops_maturity.cli.start import main
main()
"""


def test_ctrl_c_while_loading_leaves_no_trace() -> None:
    done = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
