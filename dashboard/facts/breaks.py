"""Where a line stands on another model of maturity than before, and what was published at the time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from mlops_maturity.dashboard.charts.trend_marks import Shown
from mlops_maturity.evidence.baseline import Past
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.trend_series import week_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A change of the model that the line went through."""

    on: date
    """The first day under the new one; of many teams the last such day of its week."""
    effect: float | None
    """Index points that the change alone brought, as published, of many teams the median; None = can't be told."""
    teams: int
    chained: bool
    """Whether the line before it is that of the older model, moved to join; else it is re-scored throughout."""


def breaks(pasts: Mapping[str, Past], scope: str, first: date) -> tuple[Break, ...]:
    """The changes of the model after `first`, in the order of their weeks."""
    weeks: dict[int, list[tuple[HistoryRow, bool]]] = defaultdict(list)
    for past in pasts.values():
        rows = [row for row in past if row.scope == scope]
        for before, row in pairwise(rows):
            joined = before.basis == "chained" and before.catalogue_hash != row.catalogue_hash
            if row.on > first and (joined or row.model_effect is not None):
                weeks[week_of(row.on)].append((row, joined))
    return tuple(_break(found) for _, found in sorted(weeks.items()))


def published(rows: Iterable[HistoryRow], first: date, scope: str = OVERALL) -> tuple[Shown, ...]:
    """What was shown last in each week since `first`; empty where that is a single week, which is no line."""
    newest = {
        week_of(row.on): Shown(row.on, row.index)
        for row in rows
        if row.scope == scope and row.on >= first and row.index is not None
    }
    return tuple(newest.values()) if len(newest) > 1 else ()


def _break(found: Sequence[tuple[HistoryRow, bool]]) -> Break:
    effects = [row.model_effect for row, _ in found if row.model_effect is not None]
    return Break(
        on=max(row.on for row, _ in found),
        effect=median(effects) if effects else None,
        teams=len(found),
        chained=any(joined for _, joined in found),
    )
