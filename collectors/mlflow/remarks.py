"""What a source as a whole says of a day: that it was looked for something, or why it can't be told.

The observations of prompts and traces bear no coverage of their own: the span of `observation` is that of what watches
serving models, and MLflow does not. That they were looked for is itself an observation, whose subject is `*`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from mlops_maturity.collectors.interface import Forbidden, SourceError, Unauthorized
from mlops_maturity.evidence.records import Observation, State
from mlops_maturity.evidence.selection import WHOLE_SOURCE


def looked(source: str, name: str, day: date, number: float | None, *, whole: bool = True) -> Observation:
    """That the source was looked through for `name` on that day, and how many it has; not `whole`: in part only."""
    state: State = "unknown" if not whole or number is None else "yes" if number else "no"
    reason = {} if whole else {"reason": "more than are read at once: raise `traces_per_day`"}
    return _of_source(source, name, day, state, number, reason)


def refused(source: str, name: str, day: date, error: SourceError) -> Observation:
    """That the source does not tell, and in which words."""
    state: State = "forbidden" if isinstance(error, Forbidden | Unauthorized) else "unsupported"
    return _of_source(source, name, day, state, None, {"reason": str(error)})


def beginning(day: date) -> datetime:
    """The first instant of a day, UTC: what is known of it is filed there, however late in the day it was seen."""
    return datetime.combine(day, time(), UTC)


def _of_source(
    source: str, name: str, day: date, state: State, value: float | None, further: dict[str, str]
) -> Observation:
    return Observation(
        source=source,
        id=f"{name}/{WHOLE_SOURCE}/{day.isoformat()}",
        subject=WHOLE_SOURCE,
        name=name,
        state=state,
        value=value,
        observed_at=beginning(day),
        attributes=further,
    )
