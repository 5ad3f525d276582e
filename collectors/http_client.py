"""The HTTP client of one source: time-outs, trust, proxies, token."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from mlops_maturity.collectors.interface import Unauthorized, Unreachable
from mlops_maturity.config.addresses import forbidden_host
from mlops_maturity.config.settings import SourceSettings

CONNECT_TIMEOUT_S = 5.0


def open_client(
    source: SourceSettings, headers: Mapping[str, str], transport: httpx.BaseTransport | None
) -> httpx.Client:
    """A client that sends `headers`, and follows no redirect by itself: each hop's origin is looked at first.

    Proxies and SSL_CERT_FILE of the environment count; httpx reads a .netrc only when told to, and is not told.
    Raises Unreachable where `ca_bundle` can't be read, or the host's addresses are none to ask.
    """
    trust: ssl.SSLContext | bool = True
    if transport is None:
        trust = _trust(source)
        refuse_forbidden_addresses(source)
    return httpx.Client(
        headers=dict(headers),
        timeout=httpx.Timeout(source.timeout_s, connect=min(CONNECT_TIMEOUT_S, source.timeout_s)),
        verify=trust,
        transport=transport,
        follow_redirects=False,
        trust_env=True,
    )


def refuse_forbidden_addresses(source: SourceSettings) -> None:
    """Raise Unreachable where the host's name leads to an address that hands out a cloud's credentials.

    The settings refuse such addresses as written; a name shows only here where it leads. A name that can't be looked
    up passes: a proxy may know it, and without one the request itself tells.
    """
    parts = urlsplit(source.url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError):
        return
    for *_, address in found:
        reason = forbidden_host(str(address[0]))
        if reason is not None:
            raise Unreachable(f"{source.id}: {parts.hostname} leads to {reason}. Correct `url`, or the name's entry")


def token_of(source: SourceSettings) -> str | None:
    """The source's token, fit for a header; None where none is configured. Raises Unauthorized."""
    token = _secret(source, "token")
    if token is not None and not (token.isascii() and token.isprintable()):
        raise Unauthorized(f"{source.id}: the token holds characters that no header can carry. Copy it again")
    return token


def basic_of(source: SourceSettings) -> str | None:
    """User and token as Basic authentication writes them (RFC 7617); None where no token is configured.

    The user is the source's secret `user`. Raises Unauthorized.
    """
    token = token_of(source)
    if token is None:
        return None
    user = _secret(source, "user") or ""
    if ":" in user:
        raise Unauthorized(f"{source.id}: the user holds a colon, which no user can. Give the name alone")
    return b64encode(f"{user}:{token}".encode()).decode()


def _secret(source: SourceSettings, name: str) -> str | None:
    try:
        secret = source.secret(name)
    except LookupError as error:
        raise Unauthorized(f"{source.id}: {error.args[0] if error.args else f'the {name} is not there'}") from None
    return None if secret is None else secret.get_secret_value().strip()


def _trust(source: SourceSettings) -> ssl.SSLContext | bool:
    if not source.verify:
        return False
    context = httpx.create_ssl_context(trust_env=True)
    if source.ca_bundle is not None:
        try:
            context.load_verify_locations(cafile=source.ca_bundle)
        except (OSError, ssl.SSLError):
            raise Unreachable(
                f"{source.id}: `ca_bundle` {source.ca_bundle} holds no readable certificates (PEM)"
            ) from None
    return context
