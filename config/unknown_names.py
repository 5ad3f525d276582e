"""Names that nothing bears: one that was misspelt or changed is told once, with every place that still uses it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import Problem
from mlops_maturity.config.yaml_positions import Place

LISTED = 3
"""Further places that are named; of the others the number."""
Use = tuple[str, Place]
"""A name, and where it is used."""


def unknown_names(uses: Iterable[Use], known: Collection[str], what: str) -> Iterator[Problem]:
    """One problem for each name that is not `known`, at its first place; `what` it should be, such as `practice`."""
    places: defaultdict[str, list[Place]] = defaultdict(list)
    for name, place in uses:
        if name not in known:
            places[name].append(place)
    for name, (first, *others) in places.items():
        yield first.problem(f"{name!r} is no {what}{did_you_mean(name, known)}{_followers(others)}")


def _followers(others: list[Place]) -> str:
    if not others:
        return ""
    named = [place.where for place in others[:LISTED]]
    rest = len(others) - len(named)
    told = ", ".join(named) + (f" and {rest} more" if rest else "")
    return f"; named in {len(others)} more place{'' if len(others) == 1 else 's'} ({told}), which follow from it"
