from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from mlops_maturity.config.file_kind import no_text


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("facts.jsonl", "{}")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (gzip.compress(b"{}", mtime=0), "gunzip"),
        (bz2.compress(b"{}"), "bunzip2"),
        (lzma.compress(b"{}"), "unxz"),
        (zipped(), "save the sheet as CSV"),
        ("{}".encode("utf-16"), "save the file as UTF-8"),
    ],
)
def test_what_is_no_text_is_named_with_what_to_do(content: bytes, told: str) -> None:
    assert told in str(no_text(content))


@pytest.mark.parametrize("content", [b"", b"{}", b"\xef\xbb\xbf{}", b"catalogue: mlops", "é".encode(), b"\xe9"])
def test_text_is_not_taken_for_anything_else(content: bytes) -> None:
    assert no_text(content) is None
