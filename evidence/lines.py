"""Lines of a file that anybody may have written: marks and line ends of every system, one bounded line at a time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO, cast

from mlops_maturity.config.file_kind import no_text
from mlops_maturity.evidence.import_report import ProblemList

LONGEST = 8 * 1024 * 1024
"""Bytes one line may have (characters, where the stream gives text)."""
_MARK = "\ufeff"


def numbered_lines(stream: BinaryIO | TextIO, problems: ProblemList) -> Iterator[tuple[int, str]]:
    """Line number from 1 and text, line end included; a byte order mark is taken off.

    A line that is too long or not UTF-8 is noted as a problem and left out; a file that is no text is noted once.
    """
    number = 0
    while chunk := stream.readline(LONGEST + 1):
        number += 1
        mistaken = no_text(chunk) if number == 1 and isinstance(chunk, bytes) else None
        if mistaken:
            problems.add(1, "", mistaken)
            return
        if len(chunk) > LONGEST:
            _skip_rest(stream, chunk)
            problems.add(number, "", f"has more than {LONGEST // 1024 // 1024} MiB; one entry a line is expected")
            continue
        text = _decoded(chunk, number, problems)
        if text is not None:
            yield number, text.removeprefix(_MARK) if number == 1 else text


@contextmanager
def arrived(stream: BinaryIO | TextIO) -> Iterator[BinaryIO | TextIO]:
    """The stream with all of it here: a pipe is copied to a temporary file first.

    For whoever reads it while others wait: what is at the other end of a pipe may take its time.
    """
    if stream.seekable():
        yield stream
        return
    binary = cast(BinaryIO, getattr(stream, "buffer", stream))
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(binary, copy)
        copy.seek(0)
        yield cast(BinaryIO, copy)


def _decoded(chunk: bytes | str, number: int, problems: ProblemList) -> str | None:
    if isinstance(chunk, str):
        return chunk
    try:
        return chunk.decode()
    except UnicodeDecodeError as error:
        problems.add(number, "", f"is not UTF-8 from its byte {error.start + 1} on; save the file as UTF-8")
        return None


def _skip_rest(stream: BinaryIO | TextIO, chunk: bytes | str) -> None:
    while chunk and chunk[-1:] not in (b"\n", "\n"):
        chunk = stream.readline(LONGEST)
