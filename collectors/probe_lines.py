"""Lines of `doctor` that several kinds of source share."""

from __future__ import annotations

from collections import Counter

from mlops_maturity.collectors.interface import Probe

_EXAMPLES = 3


def mapped_names(name: str, what: str, taken: Counter[str], unmapped: Counter[str], fix: str) -> Probe:
    """What the newest objects are taken for, and those that no rule knows: the commonest wrong zero.

    `taken` counts purposes or tiers, `unmapped` the names that no rule matches.
    """
    total = taken.total()
    if unmapped:
        examples = ", ".join(f"{name} ({count})" for name, count in unmapped.most_common(_EXAMPLES))
        detail = f"{unmapped.total()} of the newest {total} {what} match no rule: {examples}"
        return Probe(name=name, state="warning", detail=detail, fix=fix)
    counts = ", ".join(f"{count} {word}" for word, count in taken.most_common()) or "none"
    return Probe(name=name, state="ok", detail=f"the newest {total} {what}: {counts}")
