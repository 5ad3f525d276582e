"""Other weights: what they make of the same evidence, and which practices make the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import fsum

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.score import score


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """Weights that differ from the catalogue's; all positive, only ratios matter."""

    name: str = ""
    aspects: Mapping[str, float] = field(default_factory=dict)
    practices: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one practice does to the index when one weighting takes the place of another."""

    practice: str
    value: float
    share_one: float
    """Its share of the overall index under the one weighting."""
    share_other: float
    effect: float
    """Index points, positive for the other weighting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The same evidence under two weightings."""

    one: Assessment
    other: Assessment
    differences: tuple[Difference, ...]
    """The largest effect first; together they are the difference of the two indices."""


def reweighted(catalogue: Catalogue, weighting: Weighting) -> Catalogue:
    """The catalogue under other weights; what a weighting doesn't name keeps its own."""
    if not weighting.aspects and not weighting.practices:
        return catalogue
    return replace(
        catalogue,
        aspects=tuple(
            replace(aspect, weight=weighting.aspects.get(aspect.id, aspect.weight)) for aspect in catalogue.aspects
        ),
        practices=tuple(
            replace(practice, weight=weighting.practices.get(practice.id, practice.weight))
            for practice in catalogue.practices
        ),
    )


def compare(catalogue: Catalogue, evidence: Evidence, as_of: date, one: Weighting, other: Weighting) -> Comparison:
    """Score under both weightings.

    A practice's effect is the change of its share times how far it lies above the mean of the two indices: more
    weight for what is weak lowers the index, more for what is strong raises it. Shares sum to 1 under both, so the
    effects sum to the difference exactly.
    """
    catalogues = reweighted(catalogue, one), reweighted(catalogue, other)
    results = score(catalogues[0], evidence, as_of), score(catalogues[1], evidence, as_of)
    shares = [_shares(entry, result, evidence) for entry, result in zip(catalogues, results, strict=True)]
    middle = fsum(result.overall.index or 0.0 for result in results) / 2
    found = [
        Difference(
            practice=name,
            value=results[0].practices[name].value,
            share_one=shares[0][name],
            share_other=shares[1][name],
            effect=(shares[1][name] - shares[0][name]) * (100 * results[0].practices[name].value / TOP_LEVEL - middle),
        )
        for name in shares[0]
    ]
    ordered = sorted(found, key=lambda difference: -abs(difference.effect))
    return Comparison(one=results[0], other=results[1], differences=tuple(ordered))


def _shares(catalogue: Catalogue, assessment: Assessment, evidence: Evidence) -> dict[str, float]:
    """Practice to its share of the overall index, over those that count."""
    told = [aspect for aspect in catalogue.aspects if assessment.aspects[aspect.id].level is not None]
    whole = fsum(aspect.weight for aspect in told)
    shares: dict[str, float] = {}
    for aspect in told:
        counted = [
            practice
            for practice in catalogue.of_aspect(aspect.id)
            if practice.id not in assessment.aspects[aspect.id].waived and practice.concerns(evidence.kinds)
        ]
        part = fsum(practice.weight for practice in counted)
        shares |= {practice.id: aspect.weight / whole * practice.weight / part for practice in counted}
    return shares
