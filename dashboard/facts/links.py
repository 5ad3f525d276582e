"""Which addresses from outside may become links."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 2000


def web_address(words: str) -> str | None:
    """The address if it is a plain web address: http or https, a host, no user name, nothing unseen; else None."""
    address = words.strip()
    if not address.isprintable() or any(sign in address for sign in ' <>"\\`{}|^') or len(address) > LONGEST:
        return None
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  raises for a port that is none
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return address
