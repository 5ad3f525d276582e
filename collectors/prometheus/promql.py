"""Writing PromQL: every value that comes from outside is escaped, so that none can add matchers or functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlops_maturity.collectors.alerts import LABEL

DAY = "86399500ms"
"""A window that ends a second before midnight and holds just that day: it begins half a second before the day does, as
Prometheus 2 counts a sample on the very edge and Prometheus 3 and VictoriaMetrics do not."""
_HOUR = "3600500ms"
"""Likewise an hour, with the samples on both its edges."""
NOTHING = '__maturity__=""'
"""A matcher that every series fulfils, where a list of matchers must not be empty."""


def quoted(text: str) -> str:
    """A PromQL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def matchers(labels: Mapping[str, str]) -> str:
    """`name="value"` for each label, in order of the names. Raises ValueError for what is no name of a label."""
    for name in labels:
        if not LABEL.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a label; write letters, digits and _")
    return ", ".join(f"{name}={quoted(value)}" for name, value in sorted(labels.items()))


def with_matcher(series: str, matcher: str) -> str:
    """A series with one more matcher: `a{b="c"}` and `d!=""` make `a{b="c", d!=""}`."""
    name, brace, rest = series.partition("{")
    inner = rest.rpartition("}")[0].strip().rstrip(",") if brace else ""
    return f"{name}{{{inner}, {matcher}}}" if inner else f"{name}{{{matcher}}}"


@dataclass(frozen=True, slots=True)
class Grouping:
    """The labels by which models are told apart: the model's own, and those that pick a team."""

    model: str
    further: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: str, selectors: Iterable[Mapping[str, str]]) -> Grouping:
        """For these teams' label matchers; what can be no label is left out and picks nothing."""
        names = {name for selector in selectors for name in selector if LABEL.fullmatch(name)}
        return cls(model, tuple(sorted(names - {model})))

    def about(self, subject: str, *further: str) -> Grouping:
        """Likewise for something else than models, told apart by these labels as well."""
        return Grouping(subject, tuple(sorted({*self.further, *further} - {subject})))

    @property
    def by(self) -> str:
        """The list after `by`."""
        return ", ".join((self.model, *self.further))


def present(series: str, grouping: Grouping) -> str:
    """Which groups had a sample in the day."""
    return f"count by ({grouping.by}) ({newest(series, grouping)})"


def newest(series: str, grouping: Grouping) -> str:
    """The newest sample of the day of each series, without those that a job pushed on an earlier day.

    A Pushgateway tells what was pushed once for ever, so that a job that died looks alive; when each group was pushed
    stands in `push_time_seconds`, with the job's own labels, or with `exported_` ones where labels are not honoured.
    Groups may be pushed per model.
    """
    label = grouping.model
    pushed_by = ", ".join(dict.fromkeys(("job", "instance", "exported_job", "exported_instance", label)))
    by_job = pushed_by.removesuffix(f", {label}")
    unnamed = f'{label}=""'
    return (
        f"last_over_time({series}[{DAY}])"
        f" unless on ({pushed_by}) {_pushed_before(nonempty(label))}"
        f" unless on ({by_job}) {_pushed_before(unnamed)}"
    )


def _pushed_before(matcher: str) -> str:
    return f"(time() - last_over_time(push_time_seconds{{{matcher}}}[{DAY}]) > 86400)"


def availability(series: str, grouping: Grouping) -> str:
    """Per group, the share of the day for which its best scrape target was up, 0 to 1.

    Targets are those that exported the series in the last week: one that is down all day exports nothing that day,
    while one that was taken away has no `up` either.
    """
    here = f"count by ({grouping.by}, job, instance) (last_over_time({series}[7d]))"
    up = f"max by (job, instance) (avg_over_time(up[{DAY}]))"
    return f"max by ({grouping.by}) (({here} > bool 0) * on (job, instance) group_left () {up})"


def traffic(series: str, version: str, grouping: Grouping, window: str = DAY) -> str:
    """Which versions answered requests in the day: groups by version whose counter moved.

    Not by `increase()`: VictoriaMetrics counts a series' first sample as a rise from 0, and Prometheus does not.
    """
    versioned = with_matcher(series, nonempty(version))
    moved = f"max_over_time({versioned}[{window}]) - min_over_time({versioned}[{window}])"
    return f"sum by ({grouping.by}) ({moved}) > 0"


def rise(series: str, grouping: Grouping) -> str:
    """Per group, by how much its counters rose in the day, over restarts as well.

    An estimate: Prometheus stretches what lies between the first and the last sample to the whole day, and does not
    see what a new series counted before its first sample.
    """
    return f"sum by ({grouping.by}) (increase({series}[{DAY}]))"


def shared_hours(series: str, version: str, models: Grouping) -> str:
    """Per group, the hours of the day in which two versions or more answered requests.

    An hour counts where the counters of both moved in it; the hours are the 24 that end at a full hour in the day.
    """
    hourly = traffic(series, version, models.about(models.model, version), _HOUR)
    return f"count_over_time((count by ({models.by}) ({hourly}) > 1)[{DAY}:1h])"


def age(series: str, grouping: Grouping, *, is_instant: bool) -> str:
    """Per group, the seconds since its oldest part was brought up to date, from its age or from that instant."""
    if is_instant:
        return f"time() - min by ({grouping.by}) (last_over_time({series}[{DAY}]))"
    return f"max by ({grouping.by}) ({newest(series, grouping)})"


def least(series: str, grouping: Grouping) -> str:
    """Per group, the least of the newest values of the day."""
    return f"min by ({grouping.by}) (last_over_time({series}[{DAY}]))"


def nonempty(label: str) -> str:
    """The matcher of series that have a label."""
    return f'{label}!=""'


def anything(*series: str | None) -> str:
    """Whether there was any sample in the day, of targets or of these series."""
    names = ["up", *(one for one in series if one is not None)]
    return " or ".join(f"count(last_over_time({name}[{DAY}]))" for name in names)


def for_team(promql: str, labels: Mapping[str, str], window_days: int) -> str:
    """A user's expression for one team: `$team` becomes its matchers, `$window` the window."""
    return promql.replace("$team", matchers(labels) or NOTHING).replace("$window", f"{window_days}d")
