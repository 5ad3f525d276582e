"""What C libraries print stays out of a command's output, and nothing else does."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import ctypes, sys
from mlops_maturity.cli.native_output import native_output_dropped
libc = ctypes.CDLL(None)
print("before")
libc.printf(b"kept\\n")
with native_output_dropped():
    libc.printf(b"noise\\n")
print("after")
"""


def test_only_what_c_libraries_print_meanwhile_is_dropped() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["after", "before", "kept"]


def test_a_closed_standard_output_is_no_error() -> None:
    program = (
        "import os; os.close(1)\n"
        "from mlops_maturity.cli.native_output import native_output_dropped\n"
        "with native_output_dropped():\n    os.write(2, b'done')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ))
    assert done.stderr.startswith("done")
