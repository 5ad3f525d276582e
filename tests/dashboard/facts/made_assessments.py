"""Assessments and pasts for tests of the facts, made without a store."""

from __future__ import annotations

from datetime import date, timedelta

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.history import rows_of
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.score import score

DAY = date(2026, 11, 23)
CATALOGUE: Catalogue = builtin_catalogue()


def assessed(said: int | None = None, shown: int | None = None, on: date = DAY, as_of: date = DAY) -> Assessment:
    """A team whose people say one rung of everything, and whose systems show another."""
    answers = () if said is None else tuple(_answer(practice.id, said, on) for practice in CATALOGUE.practices)
    readings = () if shown is None else tuple(_readings(shown, on))
    return score(CATALOGUE, Evidence(answers=answers, readings=readings), as_of)


def _answer(practice: str, value: int, on: date) -> Answer:
    return Answer(practice=practice, respondent="lead", value=value, on=on, attested=True)


def _readings(rung: int, on: date) -> list[Reading]:
    uses = {use.id: use for practice in CATALOGUE.practices for use in practice.signals}
    return [
        Reading(
            signal=use.id,
            value=min(use.anchors, key=lambda anchor: abs(anchor[1] - rung))[0],
            seen=10,
            scope=10,
            opportunities=50,
            on=on,
        )
        for use in uses.values()
    ]


def past(team: str, rungs: dict[int, int | None]) -> list[HistoryRow]:
    """A past from weeks ago to the rung that people and systems agreed on then; None = nothing known."""
    rows = []
    for weeks, rung in sorted(rungs.items(), reverse=True):
        on = DAY - timedelta(weeks=weeks)
        rows += rows_of(team, assessed(said=rung, shown=rung, on=on, as_of=on))
    return rows
