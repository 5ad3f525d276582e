"""What a file is that was meant to be text: told by its first bytes, so that the next step can be named."""

from __future__ import annotations

from collections.abc import Mapping

_UNPACK = "unpack it first"
_BEGINNINGS: Mapping[bytes, str] = {
    b"\x1f\x8b": f"is compressed with gzip; {_UNPACK}, such as with gunzip",
    b"BZh": f"is compressed with bzip2; {_UNPACK}, such as with bunzip2",
    b"\xfd7zXZ\0": f"is compressed with xz; {_UNPACK}, such as with unxz",
    b"\x28\xb5\x2f\xfd": f"is compressed with zstd; {_UNPACK}, such as with unzstd",
    b"PK\x03\x04": f"is a ZIP archive or a spreadsheet; {_UNPACK}, or save the sheet as CSV (UTF-8)",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet; save the sheet as CSV (UTF-8)",
    b"SQLite format 3\0": "is an SQLite database, not text",
    b"PAR1": "is a Parquet file, not text",
    b"%PDF": "is a PDF, not text",
    b"\xff\xfe": "is UTF-16; save the file as UTF-8",
    b"\xfe\xff": "is UTF-16; save the file as UTF-8",
}
"""How a file begins, and what it is then. The signatures are those of the formats' own specifications."""


def no_text(head: bytes) -> str | None:
    """What a file is that begins like this, and what to do; None where it may be text."""
    return next((told for beginning, told in _BEGINNINGS.items() if head.startswith(beginning)), None)
