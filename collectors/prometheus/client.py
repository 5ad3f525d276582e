"""One Prometheus, asked through prometheus-api-client on our own session: numbers by labels, and typed errors.

Of the package only `custom_query` and `custom_query_range` are used. It drops the warnings of an answer and the kind
of an error, which is all that tells a partial answer from a whole one; so every answer is looked at before it is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from prometheus_api_client import PrometheusConnect
from urllib3.util.retry import Retry

from mlops_maturity.collectors.alerts import TENANT_HEADER
from mlops_maturity.collectors.bounded_session import BoundedSession, json_of
from mlops_maturity.collectors.http_errors import first_bytes
from mlops_maturity.collectors.interface import BadAnswer, SourceError
from mlops_maturity.collectors.patience import Setback
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings

MOST_POINTS = 10_000
"""Points of one series asked for at once; Prometheus refuses more than 11,000."""
_UNROUNDED = {"nocache": "1"}
"""Without it VictoriaMetrics rounds start and end of a long range to whole steps, and so moves every day by one; other
servers don't know it and leave it out of account."""
_LONG_QUERY = 3_000
"""From this length on a query goes in the body: addresses are cut or refused from some 8 kB on."""
_ANNOTATION = "PromQL "
"""How Prometheus 3 begins remarks on a query, which say nothing on whether the answer is whole."""


class QueryRefused(BadAnswer):
    """The expression is wrong, or too much for the server: another expression is needed, not another try."""


@dataclass(frozen=True, slots=True)
class Samples:
    """One series: its labels, and its finite samples in order, as (epoch in seconds, value)."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


class PrometheusSource:
    """Queries of one source. Connects when it is first asked. Every method raises SourceError."""

    def __init__(self, settings: PrometheusSettings, *, sleep: Callable[[float], None] | None = None) -> None:
        self.settings = settings
        self._sleep = sleep
        self._base = settings.url.rstrip("/")
        self._session: BoundedSession | None = None
        self._connect: PrometheusConnect | None = None
        self._warnings: list[str] = []
        self._closed = False

    def at(self, query: str, moment: datetime | None) -> list[Samples]:
        """An instant query: a vector, or with a range selector raw samples. None = when the server answers."""
        params = {} if moment is None else {"time": f"{moment.timestamp():.3f}"}
        return _samples(self._connected().custom_query(query, params=params))

    def over(self, query: str, start: datetime, end: datetime, step: timedelta) -> list[Samples]:
        """A range query at `start`, `start + step`, … up to `end`, whole seconds each; in parts where it is long."""
        found: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
        connect, seconds = self._connected(), str(int(step.total_seconds()))
        for first, last in _parts(start, end, step):
            for series in _samples(connect.custom_query_range(query, first, last, seconds, params=_UNROUNDED)):
                found.setdefault(tuple(sorted(series.labels.items())), []).extend(series.points)
        return [Samples(dict(labels), tuple(points)) for labels, points in found.items()]

    def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The `data` of a GET of `/api/v1/…`; empty where the server answers nothing, as VictoriaMetrics does."""
        self._connected()
        assert self._session is not None, "connected"
        answer = self._session.request("GET", self._base + path, params=dict(params or {}))
        data = json.loads(answer.content or b"{}").get("data")
        return data if isinstance(data, dict) else {}

    def warnings(self) -> list[str]:
        """What answers since the last call warned of, each once; such answers may be partial."""
        told, self._warnings = list(dict.fromkeys(self._warnings)), []
        return told

    def close(self) -> None:
        """Ends connections, and any wait at once; nothing is asked any more."""
        self._closed = True
        if self._session is not None:
            self._session.close()

    def _connected(self) -> PrometheusConnect:
        if self._connect is None:
            session = _QuerySession(self.settings, refusal=_refusal, accept=self._look_at, sleep=self._sleep)
            if self.settings.tenant is not None:
                session.headers[TENANT_HEADER] = self.settings.tenant
            self._connect = PrometheusConnect(
                url=self._base, session=session, timeout=math.ceil(self.settings.timeout_s), retry=Retry(0)
            )
            session.remount(self._base)
            self._session = session
            if self._closed:  # while the session was made
                session.close()
        return self._connect

    def _look_at(self, response: requests.Response, place: str) -> None:
        """Refuses what the package could not read, and keeps the warnings that it would drop."""
        if not response.content.strip():
            if "/api/v1/query" in response.url:
                raise BadAnswer(f"{place}: answered nothing. Is `url` the server's address?")
            return
        answer = json_of(response, place)
        if answer.get("status") != "success":
            raise BadAnswer(f"{place}: {_told(answer) or 'answered without success'}. Is `url` a Prometheus?")
        if "/api/v1/query" in response.url and not _has_result(answer):
            raise BadAnswer(f"{place}: the answer is not shaped as Prometheus promises. Is `url` a Prometheus?")
        if answer.get("isPartial") is True:  # VictoriaMetrics' cluster says it so
            self._warnings.append("some of its storage did not answer (isPartial)")
        warnings = answer.get("warnings")
        if isinstance(warnings, Sequence) and not isinstance(warnings, str):
            texts = (first_bytes(str(warning).encode()) for warning in warnings)
            self._warnings += [text for text in texts if not text.startswith(_ANNOTATION)]


class _QuerySession(BoundedSession):
    """Sends long queries in the body; the package puts them into the address in any case."""

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        params = options.get("params") or {}
        if len(str(params.get("query", ""))) > _LONG_QUERY:
            return super().request("POST", url, *args, **{**options, "params": None, "data": params})
        return super().request(method, url, *args, **options)


def _refusal(status: int, place: str, body: bytes) -> SourceError | Setback | None:
    """What Prometheus says of an error: `errorType` and `error`.

    Without queries there is no Prometheus: a path prefix is missing from `url`, and nothing is "not supported".
    """
    if status == 404 and "/api/v1/query" in place:
        return BadAnswer(
            f"{place}: HTTP 404, nothing answers queries there. Mimir lives below /prometheus, and Thanos or a proxy "
            "may have a prefix of their own: add it to `url`"
        )
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or "errorType" not in answer:
        return None
    kind = answer["errorType"]
    if status in (400, 422) or (status == 503 and kind in ("timeout", "canceled", "execution")):
        return QueryRefused(f"{place}: the query was refused: {_told(answer)}. Correct it, or ask for less at once")
    return None


def _told(answer: Mapping[str, Any]) -> str:
    return first_bytes(f"{answer.get('errorType', '')}: {answer.get('error', '')}".strip(": ").encode())


def _has_result(answer: Mapping[str, Any]) -> bool:
    data = answer.get("data")
    return isinstance(data, dict) and isinstance(data.get("result"), list)


def _samples(result: Sequence[Any]) -> list[Samples]:
    """Series of a vector, matrix or scalar result, without NaN and infinities. Raises BadAnswer for other shapes."""
    try:
        if result and not isinstance(result[0], Mapping):
            return [Samples({}, tuple(_finite([(result[0], result[1])])))]
        return [
            Samples(
                {str(name): str(value) for name, value in entry["metric"].items()},
                tuple(_finite(entry["values"] if "values" in entry else [entry["value"]])),
            )
            for entry in result
            if "values" in entry or "value" in entry  # native histograms have neither
        ]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise BadAnswer(
            f"the samples are not shaped as Prometheus promises ({type(error).__name__}). Is `url` a Prometheus?"
        ) from None


def _finite(pairs: Sequence[Any]) -> Iterator[tuple[float, float]]:
    for moment, text in pairs:
        value = float(text)
        if math.isfinite(value):
            yield float(moment), value


def _parts(start: datetime, end: datetime, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Spans of at most `MOST_POINTS` steps; the next begins a step after the last, so that no sample comes twice."""
    while start <= end:
        last = min(end, start + (MOST_POINTS - 1) * step)
        yield start, last
        start += MOST_POINTS * step
