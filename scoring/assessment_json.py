"""An assessment as plain JSON data: the format of `score` and of `assess --format json`."""

from __future__ import annotations

from typing import Any

from mlops_maturity.scoring.assessment import (
    AspectResult,
    Assessment,
    Blocking,
    Contradiction,
    Overall,
    PracticeResult,
    SignalPart,
    SurveyPart,
)


def to_json(assessment: Assessment) -> dict[str, Any]:
    """Numbers unrounded; what is not known is None."""
    return {
        "catalogue": {
            "id": assessment.catalogue_id,
            "version": assessment.catalogue_version,
            "hash": assessment.catalogue_hash,
        },
        "as_of": assessment.as_of.isoformat(),
        "overall": _figures(assessment.overall),
        "aspects": {aspect: _aspect(result) for aspect, result in assessment.aspects.items()},
        "practices": {practice: _practice(result) for practice, result in assessment.practices.items()},
    }


def _figures(result: AspectResult | Overall) -> dict[str, Any]:
    return {
        "level_lo": result.level_lo,
        "level": result.level,
        "level_hi": result.level_hi,
        "index_lo": result.index_lo,
        "index": result.index,
        "index_hi": result.index_hi,
        "confidence": result.confidence,
    }


def _aspect(result: AspectResult) -> dict[str, Any]:
    blocking = [blocking_json(practice) for practice in result.blocking]
    return {**_figures(result), "blocking": blocking, "waived": list(result.waived)}


def blocking_json(blocking: Blocking) -> dict[str, Any]:
    """One practice that blocks a level."""
    return {
        "practice": blocking.practice,
        "rung": blocking.rung,
        "value": blocking.value,
        "needs": blocking.needs,
        "confidence_ok": blocking.confidence_ok,
        "must": blocking.must,
    }


def _practice(result: PracticeResult) -> dict[str, Any]:
    return {
        "value_lo": result.value_lo,
        "value": result.value,
        "value_hi": result.value_hi,
        "level": result.level,
        "confidence": result.confidence,
        "telemetry": result.telemetry,
        "survey": result.survey,
        "unknown": result.unknown,
        "contradiction": _contradiction(result.contradiction),
        "parts": [*(_signal(part) for part in result.signals), _survey(result.answers)],
    }


def _contradiction(contradiction: Contradiction | None) -> dict[str, Any] | None:
    return None if contradiction is None else {"kind": contradiction.kind, "gap": contradiction.gap}


def _signal(part: SignalPart) -> dict[str, Any]:
    return {
        "kind": "signal",
        "id": part.id,
        "mass": part.mass,
        "value": part.value,
        "coverage": part.coverage,
        "sample": part.sample,
        "freshness": part.freshness,
    }


def _survey(part: SurveyPart) -> dict[str, Any]:
    return {
        "kind": "survey",
        "mass": part.mass,
        "value": part.value,
        "respondents": part.respondents,
        "spread": part.spread,
    }
