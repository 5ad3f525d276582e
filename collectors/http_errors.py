"""What went wrong with a request, in one line: source, address without query, cause, next step."""

from __future__ import annotations

import re
import ssl

import httpx

from mlops_maturity.collectors.interface import (
    BadAnswer,
    Failing,
    Forbidden,
    NoAnswer,
    SourceError,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from mlops_maturity.collectors.patience import CONNECT_TRIES, Setback

_SHOWN = 120
_ABSENT = frozenset({404, 410, 501})
_FORBIDDEN = frozenset({403, 451})


class Unprocessable(Failing):
    """422: what was asked is understood, and not given; GitHub's answer for pages too far down a list."""


def place_of(source_id: str, url: httpx.URL) -> str:
    """`source: scheme://host:port/path`, for texts: no user, password, query or fragment."""
    port = f":{url.port}" if url.port else ""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{source_id}: {url.scheme}://{host}{port}{url.path}"


def first_bytes(body: bytes, *secrets: str) -> str:
    """The beginning of a body on one line, printable, and without the token should the server echo it."""
    text = body[: 4 * _SHOWN].decode("utf-8", "replace")
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    text = re.sub(r"\s+", " ", "".join(char if char.isprintable() else " " for char in text)).strip()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def refusal_of(status: int, place: str, said: str) -> SourceError:
    """The error of an answer that no further try would change."""
    told = f" ({said})" if said else ""
    if status == 401:
        return Unauthorized(f"{place}: HTTP 401, not authorised. Set `token_env` or `token_file` to a valid token")
    if status in _FORBIDDEN:
        return Forbidden(f"{place}: HTTP {status}, the credentials don't reach this{told}. Give the token read access")
    if status in _ABSENT:
        return Unsupported(f"{place}: HTTP {status}, not there. Is `url` right, and the name spelt so?")
    if status == 407:
        return Unreachable(f"{place}: HTTP 407, the proxy wants credentials. Set them in HTTPS_PROXY, or NO_PROXY")
    if 300 <= status < 400:
        return BadAnswer(f"{place}: HTTP {status}, redirects that lead nowhere. Write the final address as `url`")
    kind = Unprocessable if status == 422 else Failing
    return kind(f"{place}: HTTP {status}{told}. Is `url` right? If so, look at the server's log")


def fault_of(error: Exception, place: str, timeout_s: float) -> Setback | SourceError:
    """What a failed exchange means: a Setback where another try may help, else the error itself."""
    if isinstance(error, httpx.LocalProtocolError):
        # Its text can hold the offending header's value, so it is not repeated.
        return BadAnswer(
            f"{place}: the request can't be written in HTTP. Look for odd characters in `url` and the token"
        )
    if _certificate_refused(error):
        return Unreachable(
            f"{place}: its certificate is not trusted. Set `ca_bundle` to the certificate of your authority"
        )
    if isinstance(error, httpx.ConnectTimeout):
        return Setback(Unreachable(f"{place}: no connection in time. {_IS_IT_UP}"), tries=CONNECT_TRIES)
    if isinstance(error, httpx.ProxyError):
        return Setback(
            Unreachable(f"{place}: the proxy refused. Look at HTTPS_PROXY and NO_PROXY"), tries=CONNECT_TRIES
        )
    if isinstance(error, httpx.ConnectError):
        return Setback(Unreachable(f"{place}: {_reason(error)}. {_IS_IT_UP}"), tries=CONNECT_TRIES)
    if isinstance(error, httpx.TimeoutException):
        text = f"{place}: no answer within {timeout_s:g} s. Raise `timeout_s` if the server is that slow"
        return Setback(NoAnswer(text))
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol):
        return Setback(NoAnswer(f"{place}: the connection broke off. Look at the server's log"))
    return BadAnswer(f"{place}: the answer can't be read ({type(error).__name__}). Look at the server's log")


_IS_IT_UP = "Is the server running, and `url` right?"


def _certificate_refused(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _reason(error: Exception) -> str:
    """The system's own words without its number: `Connection refused`."""
    text = re.sub(r"\[[^\]]*\]\s*", "", str(error)).strip()
    return first_bytes(text.encode()) or "no connection"
