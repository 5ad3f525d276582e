"""Web addresses that people hand in: fit to be stored, clicked and read by everybody."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def address_fault(text: str) -> str:
    """What keeps `text` from being such an address; empty where nothing does. Never repeats it."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return "is no web address"
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f\x7f]", text):
        return "should be a web address that begins with http:// or https://"
    if parts.username is not None or parts.password is not None:
        return "holds a user name or password; leave them out, everybody can read it"
    return ""
