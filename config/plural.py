"""Numbers with their nouns, as every room writes them."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 problem`, `2,000 problems`; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
