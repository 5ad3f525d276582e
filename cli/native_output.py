"""Keeps what C libraries print by themselves out of a command's output: the solver of plans does so at times."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

STDOUT = 1


@contextmanager
def native_output_dropped() -> Iterator[None]:
    """Drop what is written past Python to standard output meanwhile. For commands: it holds for the whole process."""
    try:
        kept = os.dup(STDOUT)
    except OSError:  # standard output is closed: nothing can get into it
        yield
        return
    sys.stdout.flush()
    _flush_native()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDOUT)
    os.close(nowhere)
    try:
        yield
    finally:
        _flush_native()
        os.dup2(kept, STDOUT)
        os.close(kept)


def _flush_native() -> None:
    """Write out what C libraries hold back; where the C library can't be reached, nothing is lost but tidiness."""
    try:
        ctypes.CDLL(None).fflush(None)
    except (OSError, AttributeError, TypeError):
        return
