"""A second reading of the scoring design, told in its own formulas and sharing no code with the product.

Plain dictionaries in, plain dictionaries out, one team at a time. Written to be compared with, never to be quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

NEAR = 1e-9
"""Rounding: a value this close to a threshold reaches it."""
Rung = float
Book = dict[str, Any]


def rung(anchors: Sequence[tuple[float, float]], raw: float) -> Rung:
    """Piecewise linear, level outside."""
    if raw <= anchors[0][0]:
        return anchors[0][1]
    for (left, low), (right, high) in pairwise(anchors):
        if raw <= right:
            return low + (high - low) * (raw - left) / (right - left)
    return anchors[-1][1]


def practice(entry: Any, evidence: Any, p: Any, day: date) -> Book:
    """§3.1: t, m_T, E, m_S, q, s; then known, lo, hi, point and confidence."""
    t = yes_t = 0.0
    for use in entry.signals:
        past = [r for r in evidence.readings if r.signal == use.id and r.on <= day]
        if not past:
            continue
        newest = max(r.on for r in past)
        claims = []
        for r in past:
            if r.on == newest:
                coverage = min(1.0, r.seen / r.scope) if r.scope else 0.0
                sample = r.opportunities / (r.opportunities + p.sample_k) if r.opportunities else 0.0
                claims.append((rung(use.anchors, r.value), coverage * sample))
        value, weight = min(claims)
        age = (day - newest).days
        mass = (
            use.share * weight * 2 ** (-age / use.half_life_days)
            if age <= p.expiry_half_lives * use.half_life_days
            else 0
        )
        t, yes_t = t + mass, yes_t + mass * value
    heard: dict[str, Any] = {}
    for a in sorted(evidence.answers, key=lambda a: (a.on, a.value is not None, -(a.value or 0), not a.attested)):
        if a.practice == entry.id and a.on <= day:
            heard[a.respondent] = a
    said = []
    for a in heard.values():
        age = (day - a.on).days
        if a.value is not None and age <= p.expiry_half_lives * p.survey_half_life_days:
            said.append((a.value, 2 ** (-age / p.survey_half_life_days) * (p.attested_weight if a.attested else 1)))
    effective = sum(w for _, w in said)
    m_s = sum(v * w for v, w in said) / effective if effective else 0.0
    q = p.survey_max * effective / (effective + p.survey_k)
    s = (1 - t) * q
    known, yes = t + s, yes_t + s * m_s
    share = sum(use.share for use in entry.signals)
    point = yes / max(known, p.floor)
    gap = abs(m_s - yes_t / t) if t and effective else 0.0
    contradicts = gap >= p.contradiction_gap - NEAR and min(t, q) >= p.contradiction_mass - NEAR and gap > 0
    return {
        "lo": yes,
        "point": point,
        "hi": max(point, yes + 3 * (1 - known)),
        "confidence": known / (share + p.survey_max * (1 - share)),
        "contradiction": round(gap, 9) if contradicts else None,
    }


def holds(rows: Sequence[tuple[Any, Book]], level: int, figure: str, p: Any) -> bool:
    """§3.2 (a), (b), (c) for one level."""
    weight = met_weight = 0.0
    for entry, book in rows:
        required = entry.required[level - 1]
        if required == 0:
            continue
        x = book[figure]
        meets = x >= required - p.tolerance - NEAR
        if figure != "hi":
            meets = meets and book["confidence"] >= p.min_confidence[level] - NEAR
        weight += entry.weight
        met_weight += entry.weight if meets else 0.0
        if entry.key_from is not None and level >= entry.key_from and not meets:
            return False
        if x < required - p.tolerance - p.slack - NEAR:
            return False
    return weight == 0 or met_weight / weight >= p.share - NEAR


def level(rows: Sequence[tuple[Any, Book]], figure: str, p: Any) -> int:
    """The highest level such that it and all below hold."""
    reached = 0
    while reached < 3 and holds(rows, reached + 1, figure, p):
        reached += 1
    return reached


def assess(catalogue: Any, evidence: Any, day: date) -> Book:
    """§3.2 and §3.3: aspects, then all together; an aspect with nothing left says nothing."""
    p = catalogue.parameters
    waived = {w.practice for w in evidence.waivers if w.start <= day <= w.until}
    books = {entry.id: practice(entry, evidence, p, day) for entry in catalogue.practices}
    scopes: Book = {}
    for aspect in catalogue.aspects:
        rows = [
            (entry, books[entry.id])
            for entry in catalogue.practices
            if entry.aspect == aspect.id
            and entry.id not in waived
            and (entry.applies_to is None or evidence.kinds is None or set(entry.applies_to) & set(evidence.kinds))
        ]
        if not rows:
            continue
        whole = sum(entry.weight for entry, _ in rows)
        scopes[aspect.id] = {
            **{f"level_{name}": level(rows, name, p) for name in ("lo", "point", "hi")},
            **{
                f"index_{name}": 100 * sum(e.weight * b[name] / 3 for e, b in rows) / whole
                for name in ("lo", "point", "hi")
            },
            "confidence": sum(e.weight * b["confidence"] for e, b in rows) / whole,
        }
    weights = {aspect.id: aspect.weight for aspect in catalogue.aspects if aspect.id in scopes}
    if weights:
        whole = sum(weights.values())
        names = next(iter(scopes.values()))
        scopes["overall"] = {
            name: min(scopes[a][name] for a in weights)
            if name.startswith("level")
            else sum(w * scopes[a][name] for a, w in weights.items()) / whole
            for name in names
        }
    return {"practices": books, "scopes": scopes}
