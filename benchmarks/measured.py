"""Work measured in a process of its own: its CPU and wall seconds, and the most memory the process ever held."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of one way."""

    cpu: float
    """Seconds of the work itself, imports left out."""
    wall: float
    idle_mib: float
    """The process before the work: interpreter and imports."""
    peak_mib: float
    count: int
    """What the work says it has got."""


def measure(program: str, *arguments: str) -> Measured:
    """Run `program` (a file beside this one), which has to call `tell`, in a new process."""
    path = Path(__file__).with_name(program)
    done = subprocess.run([sys.executable, str(path), *arguments], check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def tell(work: Callable[[], int]) -> None:
    """Do the work, and print what it took for `measure`."""
    idle = _peak_mib()
    cpu, wall = time.process_time(), time.perf_counter()
    count = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"cpu": cpu, "wall": wall, "idle_mib": idle, "peak_mib": _peak_mib(), "count": count}))


def _peak_mib() -> float:
    """The most that was ever resident. Not `ru_maxrss`, which on Linux begins with what the parent held."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM in /proc/self/status: this needs Linux")
