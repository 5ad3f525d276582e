"""Unexpected exceptions in one line that holds no credential."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from mlops_maturity.config.settings import SourceSettings

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_QUERY = re.compile(r"\?[^\s'\"<>)]+")
_LONGEST = 300


def told(error: BaseException, source: SourceSettings) -> str:
    """`Type: text (at file:line)`; queries, user names in addresses and the source's token are taken out."""
    lines = str(error).strip().splitlines()
    text = _without_token(lines[0] if lines else "", source)
    text = _QUERY.sub("?…", _USERINFO.sub("", text))[:_LONGEST]
    frames = traceback.extract_tb(error.__traceback__)
    place = f" (at {Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {text}{place}"


def _without_token(text: str, source: SourceSettings) -> str:
    try:
        secret = source.secret()
    except LookupError:
        return text
    token = secret.get_secret_value().strip() if secret else ""
    return text.replace(token, "***") if token else text
