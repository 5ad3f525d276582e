"""What people may write beside a figure: reasons, and who answers for them. One short line, and nobody's address."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

LONGEST_REASON = 500
"""Characters of a reason: what fits beside a figure; the rest belongs behind a link."""
LONGEST_NAME = 64
A_YEAR = timedelta(days=366)
"""A year, for waivers and explanations alike: what holds for longer is looked at again."""

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# Control characters, and those that turn the direction of text: they make a line read as something else.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def reason_fault(text: str) -> str | None:
    """What keeps `text` from being a reason; None where nothing does."""
    if not text.strip():
        return "is needed: say in a few words why, so that others can judge it"
    return _line_fault(text, LONGEST_REASON) or _mail_fault(text, "name a role or a team instead")


def name_fault(text: str) -> str | None:
    """What keeps `text` from naming who said something; None where nothing does."""
    if not text.strip():
        return "is needed: a role or a team, such as platform-team"
    if "@" in text:
        return "should be a role or a team, such as platform-team: mail addresses are personal data and are not kept"
    return _line_fault(text, LONGEST_NAME)


def _mail_fault(text: str, instead: str) -> str | None:
    return f"holds a mail address, which is personal data; {instead}" if _MAIL.search(text) else None


def _line_fault(text: str, longest: int) -> str | None:
    unseen = next((char for char in text if unicodedata.category(char) in _UNSEEN), None)
    if unseen is not None:
        return f"holds a character that can't be seen (U+{ord(unseen):04X}); write one line of plain text"
    if len(text) > longest:
        return f"has {len(text):,} characters; write at most {longest}, and link to the rest"
    return None
