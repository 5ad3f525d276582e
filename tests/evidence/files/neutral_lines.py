"""Lines of neutral records, and files of them, for tests to spoil."""

from __future__ import annotations

import io
import json


def a_line(**fields):
    whole = {"kind": "deployment", "source": "ci", "id": "1", "finished_at": "2026-03-01T12:00:00Z", **fields}
    return json.dumps({name: value for name, value in whole.items() if value is not ...})


def a_file(*lines):
    return io.BytesIO("\n".join(lines).encode())
