"""A `requests.Session` for client libraries that bring their own (prometheus-api-client, MLflow's stores).

It keeps what `collectors.http` keeps: every request ends in time, tries are bounded, no other host gets the token,
neither `.netrc` nor environment supply one, and what goes wrong is a `SourceError` with cause and next step.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import stamina
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, ReadTimeoutError
from urllib3.util.retry import Retry

from mlops_maturity.collectors.cut_off import CutOff, watched_pools
from mlops_maturity.collectors.http_client import CONNECT_TIMEOUT_S, refuse_forbidden_addresses, token_of
from mlops_maturity.collectors.http_errors import first_bytes, refusal_of
from mlops_maturity.collectors.interface import BadAnswer, Failing, NoAnswer, RateLimited, SourceError, Unreachable
from mlops_maturity.collectors.patience import CONNECT_TRIES, Patience, Setback, limit_of, limited
from mlops_maturity.config.settings import SourceSettings

MAX_BYTES = 256 * 1024 * 1024
"""Largest body taken; 1000 MLflow runs measured 3.6 MB, a large range answer 10 MB."""
_REDIRECTS = 5
_TRANSIENT = frozenset({408, 500, 502, 503, 504})
_PIECE = 64 * 1024

Refusal = Callable[[int, str, bytes], SourceError | Setback | None]
"""(status, place, body) to an error that the source's own interface explains; None to judge by the status alone."""
Accept = Callable[[requests.Response, str], None]
"""(answer, place): looks at a good answer with its body, before the library does. May raise a SourceError."""


class BoundedSession(requests.Session):
    """Requests to one configured source. `close` may come from another thread and ends waits."""

    def __init__(
        self,
        source: SourceSettings,
        *,
        refusal: Refusal | None = None,
        accept: Accept | None = None,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """Connects to nothing yet. Raises Unauthorized or Unreachable where token or `ca_bundle` can't be read, and
        Unreachable where the host's addresses are none to ask."""
        super().__init__()
        self._source = source
        self._refusal = refusal
        self._accept = accept
        self._stopped = threading.Event()
        self._sleep = sleep or self._interruptible_sleep
        self._clock = clock
        self._max_bytes = max_bytes
        self._exhausted: RateLimited | None = None
        self._token = token_of(source)
        refuse_forbidden_addresses(source)
        # Always some `auth`, even without a token: with none, requests would look into .netrc.
        self.auth = _Bearer(self._token)
        self.verify = source.verify
        self.max_redirects = _REDIRECTS
        self.headers["User-Agent"] = "mlops-maturity"
        self._cut_off = CutOff()
        self._adapter = _Adapter(_trust(source), self._cut_off)
        self.remount()

    def remount(self, prefix: str | None = None) -> None:
        """Puts our adapter (trust, no retries of its own) back under `prefix`, should a library have replaced it."""
        for start in ("http://", "https://") if prefix is None else (prefix,):
            self.mount(start, self._adapter)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """An answer of status 200 to 299, its body read. Raises a SourceError otherwise, after the retries."""
        if self._exhausted is not None:
            raise self._exhausted
        place = self.place(str(url))
        try:
            for attempt in stamina.retry_context(on=Patience(self._sleep, self._clock), attempts=None, timeout=None):
                with attempt:
                    return self._once(str(method), str(url), place, args, options)
        except Setback as setback:
            if isinstance(setback.error, RateLimited):
                self._exhausted = setback.error
            raise setback.error from None
        raise AssertionError("the retries end by an answer or an error")

    def place(self, url: str) -> str:
        """`source: scheme://host/path`, for texts: no user, password, query or fragment."""
        try:
            return f"{self._source.id}: {_without_secrets(url)}"
        except ValueError:
            raise Unreachable(f"{self._source.id}: `url` is no address. Write it like https://host/path") from None

    def close(self) -> None:
        """Ends connections, and any wait at once."""
        self._stopped.set()
        self._cut_off.end()
        super().close()

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where a redirect leads, if on the configured origin; the token goes nowhere else."""
        target = super().get_redirect_target(resp)
        if target is None:
            return None
        there = requests.compat.urljoin(resp.url, target)
        if _origin(there) != _origin(self._source.url):
            place = self.place(resp.url)
            raise BadAnswer(
                f"{place}: the server points to another address, {_without_secrets(there)}; it is not asked, so that "
                "it does not get the token. If it is the right one, write it as `url`"
            )
        return target

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Nothing to take off: only the configured origin is followed."""

    def _interruptible_sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Unreachable(f"{self._source.id}: stopped while waiting to try again")

    def _once(
        self, method: str, url: str, place: str, args: tuple[Any, ...], options: Mapping[str, Any]
    ) -> requests.Response:
        if self._stopped.is_set():
            raise Unreachable(f"{self._source.id}: stopped")
        limit = self._source.timeout_s
        to_connect = min(CONNECT_TIMEOUT_S, limit)
        bounded = {**options, "stream": True, "timeout": (to_connect, limit)}
        with self._cut_off.within(to_connect + limit) as over:
            try:
                with super().request(method, url, *args, **bounded) as response:
                    response._content = self._read(response, place)
            except (requests.RequestException, HTTPError, OSError) as error:
                self._tell_end(over, place)
                raise _fault_of(error, place, limit) from None
        self._tell_end(over, place)
        self._judge(response, place)
        return response

    def _tell_end(self, over: threading.Event, place: str) -> None:
        """Raises what it means that the connection was cut off, if it was: a body may look whole then."""
        if self._stopped.is_set():
            raise Unreachable(f"{self._source.id}: stopped")
        if over.is_set():
            raise Setback(NoAnswer(_too_slow(place, self._source.timeout_s)))

    def _read(self, response: requests.Response, place: str) -> bytes:
        begun, parts, size = self._clock(), [], 0
        # What has arrived, not a full piece: a server that sends a byte a second would keep us waiting for one.
        while part := response.raw.read1(_PIECE, decode_content=True):
            size += len(part)
            if size > self._max_bytes:
                raise BadAnswer(f"{place}: the answer is larger than {self._max_bytes:,} bytes. Is `url` right?")
            if self._clock() - begun > self._source.timeout_s:
                raise Setback(NoAnswer(_too_slow(place, self._source.timeout_s)))
            parts.append(part)
        return b"".join(parts)

    def _judge(self, response: requests.Response, place: str) -> None:
        status, body = response.status_code, response.content
        if 200 <= status < 300:
            if self._accept is not None:
                self._accept(response, place)
            return
        headers = {name.lower(): value for name, value in response.headers.items()}
        said = first_bytes(body, self._token or "")
        limit = limit_of(status, headers, said)
        if limit is not None:
            raise limited(place, limit)
        told = self._refusal(status, place, body) if self._refusal else None
        if told is not None:
            raise told
        if status in _TRANSIENT:
            text = f"{place}: HTTP {status} to the end of the retries. Try later, or look at its log"
            raise Setback(Failing(text))
        raise refusal_of(status, place, said)


def json_of(response: requests.Response, place: str) -> dict[str, Any]:
    """The JSON object of an answer. Raises BadAnswer for anything else."""
    try:
        data = json.loads(response.content)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        sent = str(response.request.headers.get("Authorization", "")) if response.request is not None else ""
        said = first_bytes(response.content, sent.removeprefix("Bearer ")) or "(empty)"
        raise BadAnswer(
            f"{place}: answered something else than a JSON object, beginning {said!r}. "
            "Is `url` the server's address, and no login page or proxy in front of it?"
        )
    return data


class _Bearer(AuthBase):
    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Adapter(HTTPAdapter):
    """Trusts what it is given beyond the usual certificates, and never tries again by itself."""

    def __init__(self, trust: ssl.SSLContext | None, cut_off: CutOff) -> None:
        self._trust = trust
        self._pools = watched_pools(cut_off)
        super().__init__(max_retries=Retry(0, read=False))

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        if self._trust is not None:
            options["ssl_context"] = self._trust
        super().init_poolmanager(connections, maxsize, block, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _trust(source: SourceSettings) -> ssl.SSLContext | None:
    if source.ca_bundle is None or not source.verify:
        return None
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=source.ca_bundle)
    except (OSError, ssl.SSLError):
        raise Unreachable(f"{source.id}: `ca_bundle` {source.ca_bundle} holds no readable certificates (PEM)") from None
    return context


def _fault_of(error: Exception, place: str, timeout_s: float) -> Setback | SourceError:
    """What a failed exchange means; never repeats the exception's text, which carries the whole address."""
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(
            f"{place}: its certificate is not trusted. Set `ca_bundle` to the certificate of your authority"
        )
    if isinstance(error, requests.exceptions.ProxyError):
        text = f"{place}: the proxy refused. Look at HTTPS_PROXY and NO_PROXY"
        return Setback(Unreachable(text), tries=CONNECT_TRIES)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        text = f"{place}: no connection in time. Is the server running, and `url` right?"
        return Setback(Unreachable(text), tries=CONNECT_TRIES)
    if isinstance(error, (requests.exceptions.Timeout, ReadTimeoutError)):
        return Setback(NoAnswer(_too_slow(place, timeout_s)))
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return BadAnswer(f"{place}: redirects in a circle. Write the final address as `url`")
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return Unreachable(f"{place}: `url` is no address. Write it like https://host/path")
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(cause, (NewConnectionError, NameResolutionError)):
        what = "unknown host" if isinstance(cause, NameResolutionError) else "connection refused"
        text = f"{place}: {what}. Is the server running, and `url` right?"
        return Setback(Unreachable(text), tries=CONNECT_TRIES)
    return Setback(NoAnswer(f"{place}: the connection broke off. Look at the server's log"))


def _too_slow(place: str, timeout_s: float) -> str:
    return f"{place}: no whole answer within {timeout_s:g} s. Raise `timeout_s` if the server is that slow"


def _without_secrets(url: str) -> str:
    """The address without user, password, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
