"""Secrets: named in the settings, read when needed, masked in memory, never in a text."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pydantic import SecretStr

MAX_BYTES = 64 * 1024
"""No token is larger; a wrong path such as a device or a log would be."""
_SHORTEST_SECRET = 16
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/=-]+|(?=.*[0-9])(?=.*[a-z])[A-Za-z0-9_+/=-]+")
"""Letters and digits mixed, and no words of capitals joined by `_`, as names of variables are."""
_SPEAKING = re.compile(r"token|secret|pass|key|user|cred|auth", re.IGNORECASE)


def read_secret(source_id: str, name: str, env: str | None, file: Path | None) -> SecretStr | None:
    """The secret `name` of a source from the environment variable `env` or the file `file`; None where neither is set.

    White space around it is dropped. Raises `LookupError` naming the variable or file that is set but missing,
    unreadable, empty or more than one line; the text never holds the secret.
    """
    if env is not None:
        value = os.environ.get(env)
        if value is None:
            raise LookupError(
                f"{name}_env of {source_id} names {_named(env)}, which is not set; export it, or correct the name"
            )
        return _checked(value, f"the environment variable {env} ({name}_env of {source_id})")
    if file is not None:
        return _checked(_content(source_id, name, file), f"the file {_told(file)} ({name}_file of {source_id})")
    return None


def _named(name: str) -> str:
    """The name of a variable or file as it may be told: one that may be the secret itself is not repeated."""
    if len(name) < _SHORTEST_SECRET or _SPEAKING.search(name) or not _RANDOM.fullmatch(name):
        return name
    return "what looks like a secret itself (not repeated here; change it if others saw it)"


def _content(source_id: str, name: str, file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LookupError(f"the file {_told(file)} ({name}_file of {source_id}) can't be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise LookupError(
            f"the file {_told(file)} ({name}_file of {source_id}) is too large for a secret; name the right file"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        where = f"the file {_told(file)} ({name}_file of {source_id})"
        raise LookupError(f"{where} is not text; name the right file") from None


def _told(file: Path) -> str:
    return str(file) if _named(file.name) == file.name else _named(file.name)


def _checked(value: str, where: str) -> SecretStr:
    secret = value.strip()
    if not secret:
        raise LookupError(f"{where} is empty; put the secret there")
    if not secret.isprintable():
        raise LookupError(f"{where} holds line breaks or control characters; put the secret there alone, on one line")
    return SecretStr(secret)
