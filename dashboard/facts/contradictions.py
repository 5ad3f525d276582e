"""Contradictions of many teams as one list."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_maturity.evidence.contradictions import Case


def newest_first(cases: Iterable[Case]) -> list[Case]:
    """By the day since which they stand, the newest first; the widest first among those of one day."""

    def rank(case: Case) -> tuple[int, float, str, str]:
        return -case.episode.first.toordinal(), -case.episode.gap, case.team, case.practice

    return sorted(cases, key=rank)
