"""What Sources tells: how each source is doing, what it has given, which spans are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mlops_maturity.config.settings import Settings
from mlops_maturity.dashboard.charts.spans import Span
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.selection import Unselected, selectors_of
from mlops_maturity.evidence.store.records import RecordCount
from mlops_maturity.evidence.store.runs import StoredRun

STALE = timedelta(days=14)
"""Age from which the newest known day is worth a warning; judgement."""
NEVER, IMPORTED = "never read", "imported"
_ALL = "*"
_WELL = {"ok", "running", "busy", IMPORTED}
AT_REST = {"ok", IMPORTED}
"""States in which newer facts come only when somebody asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A stream that did not end well."""

    stream: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """One source."""

    id: str
    type: str
    """Kind of source; empty where only its records are known."""
    host: str
    state: str
    run: StoredRun | None
    troubles: tuple[Trouble, ...]
    counts: tuple[RecordCount, ...]
    known_until: datetime | None
    """The end of what is completely known, of the stream that is the furthest."""
    lag: timedelta | None
    spans: tuple[Span, ...]

    @property
    def stale(self) -> bool:
        """Whether what it knows is too old to go unmentioned."""
        return self.lag is not None and self.lag > STALE

    @property
    def well(self) -> bool:
        """Whether there is nothing to look at: read (or being read, or imported), and not too long ago."""
        return self.state in _WELL and not self.stale


@dataclass(frozen=True, slots=True, kw_only=True)
class UnselectedName:
    """What no team selects, of one name, whatever kinds of records and sources it is named by."""

    name: str
    """Empty where the records name nothing."""
    groups: tuple[Unselected, ...]
    """Largest first."""
    selectors: tuple[str, ...]
    """Keys of a team in the settings that could take all of them in; empty where none could."""

    @property
    def count(self) -> int:
        """How many records."""
        return sum(group.count for group in self.groups)


def sources(
    settings: Settings,
    runs: Sequence[StoredRun],
    coverage: Sequence[Coverage],
    counts: Sequence[RecordCount],
    now: datetime,
) -> tuple[SourceFacts, ...]:
    """Those to look at first, then those never read; of each the configured ones in their order before the others."""
    configured = {source.id: source for source in settings.sources}
    others = sorted(({run.source for run in runs} | {each.source for each in counts}) - configured.keys())
    found = []
    for source in [*configured, *others]:
        own = configured.get(source)
        run = next((run for run in runs if run.source == source), None)
        spans = [span for span in coverage if span.source == source]
        until = max((span.end for span in spans if span.complete), default=None)
        kinds = tuple(each for each in counts if each.source == source)
        found.append(
            SourceFacts(
                id=source,
                type=own.type if own else "",
                host=_host(own.url) if own else "",
                state=run.state if run else IMPORTED if kinds else NEVER,
                run=run,
                troubles=tuple(_troubles(run)),
                counts=kinds,
                known_until=until,
                lag=max(now - until, timedelta(0)) if until else None,
                spans=tuple(_span(span, settings.zone) for span in spans),
            )
        )
    return tuple(sorted(found, key=lambda source: (source.well, source.state == NEVER)))


def by_name(groups: Sequence[Unselected]) -> tuple[UnselectedName, ...]:
    """One entry a name, the one with the most records first; what names nothing by its source and kind, each alone."""
    named: dict[tuple[str, ...], list[Unselected]] = {}
    for group in groups:
        named.setdefault((group.name,) if group.name else ("", group.source, group.kind), []).append(group)
    found = [
        UnselectedName(
            name=own[0].name,
            groups=tuple(sorted(own, key=lambda group: -group.count)),
            selectors=_selectors(own) if own[0].name else (),
        )
        for own in named.values()
    ]
    return tuple(sorted(found, key=lambda each: (-each.count, each.name)))


def _selectors(groups: Sequence[Unselected]) -> tuple[str, ...]:
    """Those that could take in all of the groups; where no one does, those that could take in the largest."""
    able = [selectors_of(group.kind) for group in groups]
    common = [each for each in able[0] if all(each in others for others in able)]
    return tuple(common or able[0])


def first_day(found: Iterable[SourceFacts], today: date) -> date:
    """Where the time axes of all charts begin: the first known day, two years back at most."""
    first = min((span.start for source in found for span in source.spans), default=today - timedelta(days=90))
    return min(max(first, today - timedelta(days=730)), today - timedelta(days=30))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _troubles(run: StoredRun | None) -> Iterable[Trouble]:
    for stream in run.streams if run else ():
        if stream.get("state") != "ok" or stream.get("reason"):
            yield Trouble(
                stream=_words(stream, "stream"), state=_words(stream, "state"), reason=_words(stream, "reason")
            )


def _words(stream: Mapping[str, Any], name: str) -> str:
    value = stream.get(name, "")
    return value if isinstance(value, str) else ""


def _span(span: Coverage, zone: ZoneInfo) -> Span:
    row = span.stream.replace("_", " ") + ("" if span.scope == _ALL else f" · {span.scope}")
    last = span.end - timedelta(microseconds=1)
    return Span(
        row=row,
        start=span.start.astimezone(zone).date(),
        end=max(last, span.start).astimezone(zone).date(),
        complete=span.complete,
        reason=span.reason,
    )
