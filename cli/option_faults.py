"""What is wrong with an option, in the words of this program rather than those of the library that found it."""

from __future__ import annotations

import re

_WORDS = (
    (r"^Input should be less than or equal to (.+)$", r"should be at most \1"),
    (r"^Input should be greater than or equal to (.+)$", r"should be at least \1"),
    (r"^Input should be less than (.+)$", r"should be less than \1"),
    (r"^Input should be greater than (.+)$", r"should be more than \1"),
    (r"^Input should be a valid integer\b.*$", "should be a whole number"),
    (r"^Input should be a valid number\b.*$", "should be a number"),
    (r"^Input should be (.+)$", r"should be \1"),
    (r"^Value error, (.+)$", r"\1"),
)


def plain_fault(message: str) -> str:
    """The message of a refused option; one that needs no other words as it is."""
    for found, plain in _WORDS:
        told, changed = re.subn(found, plain, message, count=1, flags=re.DOTALL)
        if changed:
            return told
    return message
