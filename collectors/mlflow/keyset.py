"""Reading a listing in order of an instant, so that rows added or removed meanwhile neither repeat nor hide others.

MLflow's page tokens are plain offsets: with rows added or deleted while reading, rows repeat or are skipped. So each
page asks for what lies at or after the last instant, and drops what it has already given of that instant. Only where
one millisecond holds more rows than a page is the token followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from mlops_maturity.collectors.interface import BadAnswer
from mlops_maturity.collectors.mlflow.client import MAX_PAGES, Batch

Ask = Callable[[int, str | None], Batch]
"""(lowest instant in ms, token) to runs ascending by that instant."""


def ascending(ask: Ask, start_ms: int, attribute: str, source: str) -> Iterator[tuple[Sequence[Any], int]]:
    """Pages of new runs, each with the instant of its last one (ms). `attribute` is the one that orders them.

    Raises BadAnswer where the server does not keep the order or never comes to an end.
    """
    position, token = start_ms, None
    given: set[str] = set()
    for _ in range(MAX_PAGES):
        batch = ask(position, token)
        moments = [_moment(run, attribute, position) for run in batch.items]
        if any(later < earlier for earlier, later in pairwise(moments)):
            raise BadAnswer(
                f"{source}: the runs don't come in the order of {attribute}. Is a cache or proxy in between?"
            )
        fresh = {run.info.run_id: run for run in batch.items if run.info.run_id not in given}
        last = moments[-1] if moments else position
        yield list(fresh.values()), last
        if batch.token is None:
            return
        if last > position:
            given = {run.info.run_id for run, moment in zip(batch.items, moments, strict=True) if moment == last}
            position, token = last, None
        elif batch.token == token:
            break
        else:
            given |= fresh.keys()
            token = batch.token
    raise BadAnswer(f"{source}: the list of runs goes in a circle. Report it to the server's owner")


def _moment(run: Any, attribute: str, default: int) -> int:
    value = getattr(run.info, attribute)
    return default if value is None else int(value)
