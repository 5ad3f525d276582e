"""The one way to ask an HTTP source: GET only, JSON only, bounded, and never a credential in a text.

    http = Http(source, headers={"Accept": "application/json"})
    answer = http.get("repos/acme/pricing/pulls", {"per_page": 100})
    answer.data, answer.headers, answer.next

Nothing else in the project imports the HTTP client, so changing it is a change here.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import httpx
import stamina

from mlops_maturity.collectors.cut_off import CutOff
from mlops_maturity.collectors.http_client import CONNECT_TIMEOUT_S, open_client, token_of
from mlops_maturity.collectors.http_errors import fault_of, first_bytes, place_of, refusal_of
from mlops_maturity.collectors.http_json import parsed
from mlops_maturity.collectors.interface import BadAnswer, Failing, NoAnswer, RateLimited, Unreachable
from mlops_maturity.collectors.patience import (
    LONGEST_WAIT_S,
    Patience,
    Setback,
    instant_of,
    limit_of,
    limited,
    quota_of,
)
from mlops_maturity.config.settings import SourceSettings

MAX_BYTES = 64 * 1024 * 1024
"""Largest body taken; the largest page measured (100 workflow runs) is under 2 MB."""
_REDIRECTS = 5
_TRANSIENT = frozenset({408, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})

LAG = timedelta(minutes=5)
"""What is younger than this is read again next time: servers list it late, and clocks differ."""

_Plain = str | int | float | bool | None
Parameters = Mapping[str, _Plain | Sequence[_Plain]]
"""A sequence is sent as the same parameter several times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A parsed answer."""

    data: Any
    """What the JSON holds; None for 304."""
    headers: Mapping[str, str]
    """Names in lower case."""
    status: int
    next: str | None
    """The link to the next page, on the configured origin."""


class Http:
    """GETs from one configured source, one at a time. `close` may come from another thread; it ends waits."""

    def __init__(
        self,
        source: SourceSettings,
        *,
        headers: Mapping[str, str] | None = None,
        token_header: str = "Authorization",  # noqa: S107 - the header's name
        token_prefix: str = "Bearer ",  # noqa: S107 - the scheme's name
        credential: Callable[[SourceSettings], str | None] = token_of,
        reserve: float = 0.0,
        links: bool = True,
        max_bytes: int = MAX_BYTES,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Opens nothing. `reserve` is the share of the server's request quota to leave for others, 0 to 1.

        `credential` reads what stands in the header behind the prefix; it is asked before the first request. Without
        `links` no link to a next page is looked at; the caller counts the pages.
        """
        self._source = source
        self._headers = {"Accept": "application/json", "User-Agent": "mlops-maturity", **(headers or {})}
        self._token_header, self._token_prefix, self._credential = token_header, token_prefix, credential
        self._reserve = reserve
        self._links = links
        self._max_bytes = max_bytes
        self._stopped = threading.Event()
        self._sleep = sleep or self._interruptible_sleep
        self._clock = clock
        self._transport = transport
        self._base: httpx.URL | None = None
        self._client: httpx.Client | None = None
        self._cut_off = CutOff()
        self._secrets: tuple[str, ...] = ()
        self._exhausted: RateLimited | None = None
        self._server_date: datetime | None = None
        self._rest = 0.0
        self._following: tuple[str, httpx.URL] | None = None

    def get(self, path: str, params: Parameters | None = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """One answer. `path` is relative to the source's `url`, or a link of an earlier answer.

        Raises Unreachable, Unauthorized (401), Forbidden (403), Unsupported (404, 410, 501), RateLimited,
        or BadAnswer.
        """
        if self._exhausted is not None:
            raise self._exhausted
        following = self._following  # looked at already, as the last answer's link
        url = following[1] if following is not None and following[0] == path else self._resolve(path)
        place = place_of(self._source.id, url)
        if self._rest:
            rest, self._rest = self._rest, 0.0
            self._sleep(rest)
        patience = Patience(self._sleep, self._clock)
        try:
            for attempt in stamina.retry_context(on=patience, attempts=None, timeout=None):
                with attempt:
                    return self._follow(url, params, headers or {}, place)
        except Setback as setback:
            if isinstance(setback.error, RateLimited):
                self._exhausted = setback.error
            raise setback.error from None
        raise AssertionError("the retries end by an answer or an error")

    def pages(self, path: str, params: Parameters | None = None) -> Iterator[Answer]:
        """Answers from `path` on along the `next` links, to the last."""
        answer = self.get(path, params)
        visited: set[str] = set()
        yield answer
        while answer.next:
            if answer.next in visited:
                place = place_of(self._source.id, httpx.URL(answer.next))
                raise BadAnswer(
                    f"{place}: the link to the next page leads in a circle. Report it to the server's owner"
                )
            visited.add(answer.next)
            answer = self.get(answer.next)
            yield answer

    def settled(self, now: datetime) -> datetime:
        """The instant up to which lists can be taken as whole: LAG before the slower clock, ours or the server's."""
        return (min(now, self._server_date or now) - LAG).replace(microsecond=0)

    def close(self) -> None:
        """Ends connections, and any wait at once."""
        self._stopped.set()
        self._cut_off.end()
        if self._client is not None:
            self._client.close()

    def _interruptible_sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Unreachable(f"{self._source.id}: stopped while waiting to try again")

    def _resolve(self, path: str) -> httpx.URL:
        try:
            base = self._base = self._base or httpx.URL(self._source.url.rstrip("/") + "/").copy_with(userinfo=b"")
            url = httpx.URL(urljoin(str(base), path))
        except httpx.InvalidURL:
            raise Unreachable(f"{self._source.id}: `url` is no address. Write it like https://host/path") from None
        if base.scheme not in ("http", "https") or not base.host:
            raise Unreachable(f"{self._source.id}: `url` has to start with http:// or https:// and name a host")
        if _origin(url) != _origin(base):
            raise BadAnswer(
                f"{place_of(self._source.id, base)}: the server points to another host, {url.host}; "
                "that is not asked, so that it does not get the token. If it is the right one, write it as `url`"
            )
        return url

    def _follow(self, url: httpx.URL, params: Parameters | None, headers: Mapping[str, str], place: str) -> Answer:
        response, body = self._once(url, params, headers, place)
        for _ in range(_REDIRECTS):
            if response.status_code not in _MOVED:
                break
            url = self._resolve(urljoin(str(response.request.url), response.headers.get("location", "")))
            response, body = self._once(url, None, headers, place)
        return self._judge(response, body, place)

    def _once(
        self, url: httpx.URL, params: Parameters | None, headers: Mapping[str, str], place: str
    ) -> tuple[httpx.Response, bytes]:
        client = self._connected()
        asked = url.copy_merge_params(dict(params)) if params else url
        limit = self._source.timeout_s
        with self._cut_off.within(min(CONNECT_TIMEOUT_S, limit) + limit) as over:
            try:
                watched = {"trace": self._cut_off.trace}
                with client.stream("GET", asked, headers=dict(headers), extensions=watched) as response:
                    body = self._read(response, place)
            except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, RuntimeError) as error:
                self._tell_end(over, place)
                raise fault_of(error, place, limit) from None
        self._tell_end(over, place)
        return response, body

    def _tell_end(self, over: threading.Event, place: str) -> None:
        """Raises what it means that the connection was cut off, if it was: a body may look whole then."""
        if self._stopped.is_set():
            raise Unreachable(f"{self._source.id}: stopped")
        if over.is_set():
            raise Setback(self._too_slow(place))

    def _too_slow(self, place: str) -> NoAnswer:
        limit = self._source.timeout_s
        return NoAnswer(
            f"{place}: the answer took longer than {limit:g} s. Raise `timeout_s` if the server is that slow"
        )

    def _read(self, response: httpx.Response, place: str) -> bytes:
        begun, parts, size = self._clock(), [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > self._max_bytes:
                raise BadAnswer(f"{place}: the answer is larger than {self._max_bytes:,} bytes. Is `url` right?")
            if self._clock() - begun > self._source.timeout_s:
                raise Setback(self._too_slow(place))
            parts.append(part)
        return b"".join(parts)

    def _judge(self, response: httpx.Response, body: bytes, place: str) -> Answer:
        status = response.status_code
        headers = {name.lower(): value for name, value in response.headers.items()}
        self._server_date = self._server_date or instant_of(headers.get("date"))
        self._note_quota(headers, place)
        if status == 304:
            return Answer(data=None, headers=headers, status=status, next=None)
        if 200 <= status < 300:
            return Answer(data=self._parse(body, place), headers=headers, status=status, next=self._link_of(response))
        said = first_bytes(body, *self._secrets)
        limit = limit_of(status, headers, said)
        if limit is not None:
            raise limited(place, limit)
        if status in _TRANSIENT:
            raise Setback(Failing(f"{place}: HTTP {status} to the end of the retries. Try later, or look at its log"))
        raise refusal_of(status, place, said)

    def _link_of(self, response: httpx.Response) -> str | None:
        link = response.links.get("next", {}).get("url") if self._links else None
        if not link:
            return None
        url = self._resolve(urljoin(str(response.request.url), link))
        self._following = str(url), url
        return self._following[0]

    def _parse(self, body: bytes, place: str) -> Any:
        try:
            return parsed(body)
        except (ValueError, RecursionError):
            said = first_bytes(body, *self._secrets) or "(empty)"
            raise BadAnswer(
                f"{place}: answered something else than JSON, beginning {said!r}. "
                "Is `url` the API's address, and no login page or proxy in front of it?"
            ) from None

    def _note_quota(self, headers: Mapping[str, str], place: str) -> None:
        """Rests or stops before the quota that others share is spent; the answer at hand still counts."""
        self._rest = 0.0
        quota = quota_of(headers)
        if quota is None or not self._reserve or quota.remaining > round(quota.limit * self._reserve, 6):
            return
        if quota.wait <= LONGEST_WAIT_S:
            self._rest = quota.wait
            return
        when = f", resumes {quota.resumes_at:%Y-%m-%d %H:%M} UTC" if quota.resumes_at else ""
        self._exhausted = RateLimited(
            f"{place}: {quota.remaining} of {quota.limit} requests left, kept for others (budget){when}. "
            "What is left goes on at the next collect",
            quota.resumes_at,
        )

    def _connected(self) -> httpx.Client:
        if self._stopped.is_set():
            raise Unreachable(f"{self._source.id}: stopped")
        if self._client is None:
            credential = self._credential(self._source)
            self._secrets = (credential or "", token_of(self._source) or "")
            credentials = {self._token_header: self._token_prefix + credential} if credential else {}
            self._client = open_client(self._source, {**self._headers, **credentials}, self._transport)
        return self._client


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host.lower(), url.port or {"http": 80, "https": 443}.get(url.scheme)
