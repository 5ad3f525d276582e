"""The stream of traces: counted by day and experiment, never kept one by one, without their contents.

Traces are read in order of their beginning, each page from the last instant on, as runs are. A day with more of them
than the settings allow is left at that many and marked. Assessments come after their trace: once a day the last week
is counted again. What was deleted before it was counted is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from fnmatch import fnmatchcase
from typing import Any

from mlops_maturity.collectors.interface import BadAnswer, Forbidden, Page, ReadRequest, Unauthorized, Unsupported
from mlops_maturity.collectors.mlflow.client import MAX_PAGES, Experiment, MlflowSource
from mlops_maturity.collectors.mlflow.instants import from_ms, to_ms
from mlops_maturity.collectors.mlflow.remarks import beginning, looked, refused
from mlops_maturity.evidence.records import Observation

NAME = "trace_day"
AGAIN = timedelta(days=7)
"""How long assessments are waited for. Threshold: own judgement, as for runs."""
AT_ONCE = 7
"""Days in one page."""
_DAY = timedelta(days=1)
_EXPERIMENTS_AT_ONCE = 100
_PERSON = "HUMAN"


@dataclass
class _Day:
    """What was counted of one day, by experiment id."""

    traces: Counter[str] = field(default_factory=Counter)
    assessed: Counter[str] = field(default_factory=Counter)
    by_people: Counter[str] = field(default_factory=Counter)
    capped: bool = False

    def count(self, trace: Any) -> None:
        """Takes in one trace (`mlflow.entities.TraceInfo`)."""
        experiment = str(getattr(trace.trace_location.mlflow_experiment, "experiment_id", ""))
        sources = [str(each.source.source_type) for each in trace.assessments or () if each.valid is not False]
        self.traces[experiment] += 1
        self.assessed[experiment] += bool(sources)
        self.by_people[experiment] += _PERSON in sources


class TraceReader:
    """Counts the traces of one source for one request; used once."""

    def __init__(self, source: MlflowSource, request: ReadRequest) -> None:
        self._source = source
        self._settings = source.settings
        self._request = request

    def pages(self) -> Iterator[Page]:
        """A page a week: counts of its days, and that they were looked at. Raises SourceError.

        A server without traces, or one that does not show them, is remarked and fails nothing.
        """
        today = self._request.now.date()
        first = self._first()
        weeks = range((today - first).days // AT_ONCE + 1)
        try:
            experiments = {each.id: each for each in self._source.experiments() if self._is_of_production(each.name)}
            for number in weeks:
                start = first + _DAY * AT_ONCE * number
                last = min(today, start + _DAY * (AT_ONCE - 1))
                days = self._counted(list(experiments), start, last)
                yield Page(
                    records=[*self._records(days, experiments), *self._remarks(days)],
                    cursor=self._cursor(last, today),
                    progress=f"traces, {start} … {last}",
                    done=(number + 1) / len(weeks),
                )
        except (Unsupported, Forbidden, Unauthorized) as error:
            remark = refused(self._settings.id, NAME, today, error)
            yield Page(records=(remark,), cursor=self._request.cursor, progress="traces", done=1.0)

    def _first(self) -> date:
        """The day to read from: that of the last reading, once a day a week earlier."""
        cursor = self._request.cursor
        since = self._request.since.astimezone(UTC).date()
        if "through" not in cursor or self._request.backfill or since < date.fromisoformat(cursor["since"]):
            return since
        through = date.fromisoformat(cursor["through"])
        return max(since, through - AGAIN if self._is_again_due() else through)

    def _is_again_due(self) -> bool:
        return bool(self._request.cursor.get("again") != self._request.now.date().isoformat())

    def _cursor(self, last: date, today: date) -> dict[str, str]:
        """Where to go on after `last`; the last week was counted again only once today is reached."""
        since = min(self._request.since.astimezone(UTC).date().isoformat(), self._request.cursor.get("since", "9999"))
        again = {"again": today.isoformat()} if last == today else {}
        return {"since": since, "through": last.isoformat(), **again}

    def _counted(self, experiments: Sequence[str], first: date, last: date) -> Mapping[date, _Day]:
        """The days from `first` to `last`."""
        days = {first + _DAY * number: _Day() for number in range((last - first).days + 1)}
        end = min(beginning(last + _DAY), self._request.now)
        for start in range(0, len(experiments), _EXPERIMENTS_AT_ONCE):
            part = experiments[start : start + _EXPERIMENTS_AT_ONCE]
            read: Counter[date] = Counter()
            for day, trace in self._ascending(part, to_ms(beginning(first)), to_ms(end), read):
                if day in days:
                    days[day].count(trace)
            for day, number in read.items():
                if day in days and number >= self._settings.traces_per_day:
                    days[day].capped = True
        return days

    def _ascending(
        self, experiments: Sequence[str], start: int, end: int, read: Counter[date]
    ) -> Iterator[tuple[date, Any]]:
        """The traces from `start` to `end` (ms), each once, of each day at most as many as the settings allow."""
        position, token = start, None
        given: set[str] = set()
        for _ in range(MAX_PAGES):
            batch = self._source.traces(experiments, position, end, token)
            for trace in batch.items:
                day = _day(trace)
                if trace.trace_id not in given and read[day] < self._settings.traces_per_day:
                    read[day] += 1
                    yield day, trace
            if batch.token is None or not batch.items:
                return
            last = batch.items[-1].request_time
            if read[_day(batch.items[-1])] >= self._settings.traces_per_day:
                position, token, given = to_ms(beginning(_day(batch.items[-1]) + _DAY)), None, set()
            elif last > position:
                given = {trace.trace_id for trace in batch.items if trace.request_time == last}
                position, token = last, None
            elif batch.token == token:
                break
            else:
                given |= {trace.trace_id for trace in batch.items}
                token = batch.token
            if position >= end:
                return
        raise BadAnswer(f"{self._settings.id}: the list of traces goes in a circle. Report it to the server's owner")

    def _records(self, days: Mapping[date, _Day], experiments: Mapping[str, Experiment]) -> Iterator[Observation]:
        sampling = self._settings.trace_sampling
        for day, counted in days.items():
            for experiment, number in sorted(counted.traces.items()):
                if experiment not in experiments:
                    continue
                name = experiments[experiment].name or experiment
                marks = {
                    **({"capped": True} if counted.capped else {}),
                    **({"sampling": sampling} if sampling < 1 else {}),
                }
                yield Observation(
                    source=self._settings.id,
                    id=f"{NAME}/{experiment}/{day.isoformat()}",
                    subject=name,
                    name=NAME,
                    state="yes",
                    value=number,
                    observed_at=beginning(day),
                    attributes={
                        "experiment": name,
                        "assessed": counted.assessed[experiment],
                        "by_people": counted.by_people[experiment],
                        **marks,
                    },
                )

    def _remarks(self, days: Mapping[date, _Day]) -> Iterator[Observation]:
        for day, counted in days.items():
            yield looked(self._settings.id, NAME, day, sum(counted.traces.values()), whole=not counted.capped)

    def _is_of_production(self, experiment: str) -> bool:
        return any(fnmatchcase(experiment, glob) for glob in self._settings.trace_experiments)


def _day(trace: Any) -> date:
    moment = from_ms(trace.request_time)
    if moment is None:
        raise BadAnswer("a trace without its beginning came of a search by beginning. Report it to the server's owner")
    return moment.date()
