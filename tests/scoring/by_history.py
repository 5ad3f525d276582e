"""A score by way of the history in arrays, put into the shape of an assessment for the tests that expect one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.history import Course, in_steps
from mlops_maturity.scoring.history_evidence import organisation_of
from mlops_maturity.scoring.history_gate import FIGURES, LEFT_OUT
from mlops_maturity.scoring.score import score

DAYS_BEFORE = (150, 7, 0)
"""Steps on the way to the day of scoring, so that the state has been aged, expired and replaced."""
BOUNDS = ("value_lo", "value", "value_hi", "confidence")


def score_by_history(catalogue: Catalogue, evidence: Evidence, as_of: date) -> Assessment:
    """What `score` gives, with every figure that the history knows taken from there."""
    organisation = organisation_of(catalogue, {"team": evidence})
    days = [as_of - timedelta(days=before) for before in DAYS_BEFORE]
    course = Course(catalogue, organisation.kinds, organisation.waivers)
    steps = zip(days, in_steps(organisation.readings, days), in_steps(organisation.answers, days), strict=True)
    for day, readings, answers in steps:
        scopes = course.move(day, readings, answers)
    practices = course.practices()
    plain = score(catalogue, evidence, as_of)

    def told(place: int) -> dict[str, float | int | None]:
        figures = {name: getattr(scopes, name)[place, 0].item() for name in FIGURES}
        return figures if figures["level"] != LEFT_OUT else dict.fromkeys(FIGURES)

    return replace(
        plain,
        overall=replace(plain.overall, **told(0)),
        aspects={id: replace(plain.aspects[id], **told(place)) for place, id in enumerate(plain.aspects, start=1)},
        practices={
            id: replace(result, **{name: getattr(practices, name)[place, 0].item() for name in BOUNDS})
            for place, (id, result) in enumerate(plain.practices.items())
        },
    )
