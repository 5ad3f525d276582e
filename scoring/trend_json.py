"""Trends and outlooks as plain JSON data. Numbers unrounded; what is not known is None."""

from __future__ import annotations

from datetime import date
from typing import Any

from mlops_maturity.scoring.outlook import Expected, Outlook
from mlops_maturity.scoring.trend import Trend


def trend_json(trend: Trend, confirmed: int | None) -> dict[str, Any]:
    """A verdict with what it rests on; changes in index points, the three causes adding up to the index's own."""
    measured, causes = trend.measured, trend.causes
    return {
        "verdict": trend.verdict,
        "reason": trend.reason,
        "since": _day(measured.since),
        "until": _day(measured.until),
        "weeks": measured.weeks,
        "change": measured.change,
        "points_per_week": measured.slope,
        "p": measured.p,
        "p_adjusted": trend.p_adjusted,
        "ageing": causes.ageing if causes else None,
        "new_evidence": causes.new_evidence if causes else None,
        "model": causes.model if causes else None,
        "confirmed_level": confirmed,
    }


def outlook_json(outlook: Outlook | None) -> dict[str, Any] | None:
    """The next level, and when what blocks it gets there; None at the top."""
    if outlook is None:
        return None
    return {
        "level": outlook.level,
        "binding": None if outlook.binding is None else outlook.binding.blocking.practice,
        "practices": [_expected(each) for each in outlook.expected],
    }


def _expected(each: Expected) -> dict[str, Any]:
    found = each.forecast
    return {
        "practice": each.blocking.practice,
        "aspect": each.aspect,
        "must": each.blocking.must,
        "value": each.blocking.value,
        "needs": each.blocking.needs,
        "confidence_ok": each.blocking.confidence_ok,
        "outcome": found.outcome,
        "first": _day(found.first),
        "last": _day(found.last),
        "rungs_per_week": found.pace,
        "weeks": found.weeks,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
