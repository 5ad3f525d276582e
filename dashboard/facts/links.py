"""Which addresses from outside may become links."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 2000


def web_address(words: str) -> str | None:
    """The address if it is a plain web address: http or https, a host, no user name, nothing unseen; else None."""
    address = words.strip()
    return None if link_fault(address) else address


def link_fault(address: str) -> str:
    """What keeps an address from becoming a link (plain text, follows "it"); empty where nothing does."""
    if not address.isprintable() or any(sign in address for sign in ' <>"\\`{}|^'):
        return "holds a blank or a sign that no web address has"
    if len(address) > LONGEST:
        return f"is longer than {LONGEST:,} characters"
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  raises for a port that is none
    except ValueError:
        return "is no web address"
    if parts.scheme.lower() not in ("http", "https"):
        return "should begin with https:// or http://"
    if not parts.hostname:
        return "names no server after https://"
    if "@" in parts.netloc:
        return "holds a user name or password; leave them out, everybody can read it"
    return ""
