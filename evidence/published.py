"""The past as it was published: rows of what was shown then, whatever is known now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from mlops_maturity.evidence.model_changes import indices_of
from mlops_maturity.evidence.store.assessments import PublishedAssessment
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.scoring.history import OVERALL

_FIGURES = ("level_lo", "level", "level_hi", "index_lo", "index", "index_hi", "confidence")


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A scope of an assessment as it was shown."""

    row: HistoryRow
    published_at: datetime


def published_rows(published: Iterable[PublishedAssessment]) -> Iterator[PublishedRow]:
    """The rows of one team's assessments, oldest first; scopes of which nothing was known have none.

    On the day of a change of catalogue both are there, and the second bears the model effect: what is between them.
    """
    for before, each in pairwise([None, *published]):
        assert each is not None
        effects: Mapping[str, float] = {} if before is None else _effects(before, each)
        scopes: Mapping[str, Mapping[str, Any]] = {OVERALL: each.payload["overall"], **each.payload["aspects"]}
        for scope, part in scopes.items():
            if part["confidence"] != 0:
                yield PublishedRow(
                    HistoryRow(
                        team=each.team,
                        on=each.as_of,
                        scope=scope,
                        **{name: part[name] for name in _FIGURES},
                        catalogue_hash=each.catalogue_hash,
                        basis="published",
                        model_effect=effects.get(scope),
                    ),
                    each.published_at,
                )


def _effects(before: PublishedAssessment, after: PublishedAssessment) -> dict[str, float]:
    if before.as_of != after.as_of or before.catalogue_hash == after.catalogue_hash:
        return {}
    old, new = indices_of(before.payload), indices_of(after.payload)
    return {scope: new[scope] - old[scope] for scope in new if scope in old}
