"""Where the store is: its URL read, checked and shown without its password."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from mlops_maturity.config.problems import InputRefused, Problem

_SECRET_WORDS = ("pass", "secret", "token", "key")
_SCHEMES = "write sqlite:///maturity.db or postgresql://user@host/database"


def refused(shown: str, reason: str) -> InputRefused:
    """The refusal of a store; `shown` is its URL without password, or empty."""
    return InputRefused([Problem("store", "", f"{shown}: {reason}" if shown else reason)])


def parse_url(url: str, base: Path, password: str | None = None) -> URL:
    """The URL of a store, a relative SQLite path taken from `base`, a `password` put in where a server wants one.

    Raises InputRefused, never with the password, for what can't be read or is not SQLite or PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text itself is not repeated: what can't be parsed can't have its password taken out.
        raise refused("", f"this is not a database URL; {_SCHEMES}") from None
    system = parsed.get_backend_name()
    if system == "sqlite":
        return _sqlite_url(parsed, base)
    if system in ("postgresql", "postgres"):
        return _postgresql_url(parsed if password is None else parsed.set(password=password))
    raise refused(show(parsed), f"{system} is not supported; {_SCHEMES}")


def show(url: URL) -> str:
    """The URL with *** for the password, wherever it stands."""
    query = {
        name: "***" if any(word in name.lower() for word in _SECRET_WORDS) else value
        for name, value in url.query.items()
    }
    return url.set(query=query).render_as_string(hide_password=True)


def _sqlite_url(url: URL, base: Path) -> URL:
    if url.host:
        raise refused(
            show(url), f"{url.host!r} stands where no host belongs: three slashes, as in sqlite:///maturity.db"
        )
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise refused(
            show(url), "the store has to be a file that several processes can open; write sqlite:///maturity.db"
        )
    path = base / url.database
    absolute = url.set(drivername="sqlite+pysqlite", database=str(path))
    _check_file(path, show(absolute))
    return absolute


def _check_file(path: Path, shown: str) -> None:
    folder = path.parent
    # os.path, not Path: a folder that this user may not enter is no crash here.
    if not os.path.isdir(folder):
        raise refused(shown, f"there is no folder {folder} that this user may enter; create it with: mkdir -p {folder}")
    if os.path.isdir(path):
        raise refused(shown, "this is a folder; name a file in it")
    if not path.exists() and not _writable(folder):
        raise refused(shown, _no_right(folder))


def unwritable(url: URL) -> str:
    """Why this user can't write to an SQLite store; empty where nothing is in the way, or it is a server."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return ""
    path = Path(url.database)
    # WAL keeps two more files beside the database: the folder has to be writable as well.
    return next((_no_right(place) for place in (path, path.parent) if place.exists() and not _writable(place)), "")


def _writable(place: Path) -> bool:
    return os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _no_right(place: Path) -> str:
    return f"read-only: {place} can't be written by this user; change its owner or rights, or name another file"


def _postgresql_url(url: URL) -> URL:
    if importlib.util.find_spec("psycopg") is None:
        raise refused(show(url), "PostgreSQL needs psycopg; install it with: pip install 'mlops-maturity[postgres]'")
    if not url.database:
        raise refused(show(url), "the name of the database is missing: postgresql://user@host/database")
    return url.set(drivername="postgresql+psycopg")
