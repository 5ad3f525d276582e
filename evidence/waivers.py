"""Waivers as people enter them, and the figures they touch."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.evidence.store.waivers import StoredWaiver
from mlops_maturity.evidence.wording import A_YEAR, name_fault, reason_fault

SOON = timedelta(days=30)
"""From so long before its end on a waiver is warned of: time to renew it or to gather evidence."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Faults = list[tuple[str, str]]
"""Column or option, and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A waiver as typed: every field is text."""

    team: str
    practice: str
    start: str
    """Empty: today."""
    until: str
    reason: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a draft may name."""

    teams: Collection[str]
    practices: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A waiver that holds on a day, and what it leaves out of the figures."""

    waiver: StoredWaiver
    aspect: str
    title: str
    """Of the practice."""
    days_left: int
    """After that day; 0 = it is the last one."""

    @property
    def ends_soon(self) -> bool:
        """Whether it is time to renew it."""
        return self.days_left <= SOON.days


def waiver_of(draft: Draft, known: Known, *, author: str, now: datetime, today: date) -> tuple[StoredWaiver, Faults]:
    """The waiver that a draft declares, and everything wrong with it: without faults only it may be kept.

    `now` is aware, `today` the organisation's day.
    """
    faults: Faults = []
    for column, given, names in (("team", draft.team, known.teams), ("practice", draft.practice, known.practices)):
        if given not in names:
            faults.append((column, f"{given!r} is not known{did_you_mean(given, names)}"))
    start = _day("from", draft.start, faults) if draft.start else today
    until = _day("until", draft.until, faults)
    if start is not None and until is not None:
        faults += _span_faults(start, until, today)
    for column, fault in (("reason", reason_fault(draft.reason)), ("owner", name_fault(draft.owner))):
        if fault is not None:
            faults.append((column, fault))
    waiver = StoredWaiver(
        team=draft.team,
        practice=draft.practice,
        start=start or today,
        until=until or today,
        reason=draft.reason.strip(),
        owner=draft.owner.strip(),
        author=author.strip(),
        recorded_at=now,
    )
    return waiver, faults


def waived_on(waivers: Iterable[StoredWaiver], catalogue: Catalogue, day: date) -> tuple[Waived, ...]:
    """The waivers that hold on a day, in the order of the catalogue; those of practices that are gone are left out."""
    order = {practice.id: place for place, practice in enumerate(catalogue.practices)}
    holding = [row for row in waivers if row.holds_on(day) and row.practice in order]
    return tuple(
        Waived(
            waiver=row,
            aspect=catalogue.by_id[row.practice].aspect,
            title=catalogue.by_id[row.practice].title,
            days_left=(row.until - day).days,
        )
        for row in sorted(holding, key=lambda row: order[row.practice])
    )


def _day(column: str, text: str, faults: Faults) -> date | None:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    missing = "is needed: the last day on which it holds" if not text else f"{text!r} is not a date"
    faults.append((column, f"{missing}; write it like 2026-11-23"))
    return None


def _span_faults(start: date, until: date, today: date) -> Faults:
    faults: Faults = []
    if until < today:
        faults.append(("until", f"{until} lies in the past; name a day from {today} on"))
    if start > until:
        faults.append(("from", f"{start} lies after the end, {until}"))
    elif until - start > A_YEAR:
        told = f"a waiver lasts a year at most, here until {start + A_YEAR}; renew it then, with a reason"
        faults.append(("until", told))
    return faults
