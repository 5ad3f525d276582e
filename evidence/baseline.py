"""What today is compared with: one rule for every page, command and report.

A year ago is the same day of the week 52 weeks earlier. What stood there is the newest week known by that day. Where
nothing was known yet, the comparison is with the first week that is, and said to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.scoring.history import OVERALL

NEAR = timedelta(days=13)
"""How much older than the day asked for a row may be to stand for it: weekly rows, one of which may be missing."""
YEAR = timedelta(weeks=52)
Past = Sequence[HistoryRow]
"""The rows of one team, in the order of their days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What stood at the beginning of a span."""

    on: date
    """The day its rows were scored as of, the newest of them."""
    short: bool
    """Whether the evidence begins there, later than the span does."""
    rows: Mapping[str, HistoryRow]
    """Team id to where it stood; teams that were not known then are left out."""


def a_year_before(day: date) -> date:
    """Fifty-two weeks earlier: the same day of the week."""
    return day - YEAR


def known(row: HistoryRow, least: float = 0.0) -> bool:
    """Whether anything was known that week, or enough of it: without evidence a level of 0 would be a claim."""
    return row.level is not None and bool(row.confidence) and (row.confidence or 0.0) >= least


def standing_on(past: Past, day: date, scope: str = OVERALL, least: float = 0.0) -> HistoryRow | None:
    """The newest row on or before a day, if it is near enough to stand for it and enough was known."""
    rows = [row for row in past if row.scope == scope and day - NEAR <= row.on <= day]
    return rows[-1] if rows and known(rows[-1], least) and rows[-1].index is not None else None


def baseline(
    pasts: Mapping[str, Past], asked: date, day: date, scope: str = OVERALL, least: float = 0.0
) -> Baseline | None:
    """Where the teams stood on the day asked for, else on the first day after it, and before `day`, that any is known.

    Known means with a confidence of `least` (0 to 1) at least: an index from the first scraps of evidence is nothing to
    have risen from. None where there is no such day.
    """
    if rows := _standing(pasts, asked, scope, least):
        return Baseline(on=max(row.on for row in rows.values()), short=False, rows=rows)
    later = (
        row.on for past in pasts.values() for row in past
        if row.scope == scope and asked < row.on < day and known(row, least) and row.index is not None
    )  # fmt: skip
    first = min(later, default=None)
    return None if first is None else Baseline(on=first, short=True, rows=_standing(pasts, first, scope, least))


def _standing(pasts: Mapping[str, Past], day: date, scope: str, least: float) -> dict[str, HistoryRow]:
    rows = {team: standing_on(past, day, scope, least) for team, past in pasts.items()}
    return {team: row for team, row in rows.items() if row is not None}
