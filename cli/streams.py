"""Standard output and error on terminals and in pipes that don't speak UTF-8."""

from __future__ import annotations

import codecs
import os
import sys
from io import TextIOWrapper

PLAIN = {
    "…": "...", "—": "-", "–": "-", "→": "->", "≥": ">=", "≤": "<=", "×": "x", "’": "'", "“": '"', "”": '"', "━": "-",
}  # fmt: skip
"""What stands for characters that the words of this program hold; a question mark for those of others."""


def prepare_streams() -> None:
    """Let no character end a command: plain ones on a screen, UTF-8 in files and pipes, which are data."""
    codecs.register_error("plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, TextIOWrapper) or codecs.lookup(stream.encoding).name == "utf-8":
            continue
        if stream.isatty() or "PYTHONIOENCODING" in os.environ:
            stream.reconfigure(errors="plain")
        else:
            stream.reconfigure(encoding="utf-8")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """The error handler: raises what isn't about encoding."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(char, "?") for char in error.object[error.start : error.end]), error.end
