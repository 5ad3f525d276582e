"""Why a level or an index moved, as plain JSON data. Numbers unrounded; what is not known is null."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from mlops_maturity.evidence.explain import Proofs, Told
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Reading
from mlops_maturity.scoring.explain import ScopeChange
from mlops_maturity.scoring.level_moves import LevelMove, Turn
from mlops_maturity.scoring.level_weeks import Week, levels_of
from mlops_maturity.scoring.parts import CAUSES, Parts
from mlops_maturity.scoring.practice_change import AnswerTurn, Piece, ReadingTurn

Json = dict[str, Any]


def explained_json(told: Told) -> Json:
    """Everything that is told."""
    change = told.explanation
    return {
        "team": told.team,
        "since": change.since.isoformat(),
        "until": change.until.isoformat(),
        "catalogues": {"before": _catalogue(change.before), "after": _catalogue(change.after)},
        "unknown_model": told.unknown_model,
        "scopes": {scope.scope: _scope(scope) for scope in change.scopes},
        "moves": [_move(move, told.proofs) for move in change.moves],
        "weeks": [_week(week, told.proofs) for week in told.weeks],
        "readings": [_dated(asdict(reading)) for reading in told.readings],
        "answers": [_dated(asdict(answer)) for answer in told.answers],
        "expired": [{"practice": practice, "signal": signal} for practice, signal in told.expired],
    }


def _catalogue(assessment: Assessment) -> Json:
    return {
        "id": assessment.catalogue_id,
        "version": assessment.catalogue_version,
        "hash": assessment.catalogue_hash,
    }


def _scope(scope: ScopeChange) -> Json:
    return {
        "level_before": scope.level_before,
        "level_after": scope.level_after,
        "index_before": scope.index_before,
        "index_after": scope.index_after,
        "confidence_before": scope.confidence_before,
        "confidence_after": scope.confidence_after,
        **_parts(scope.parts),
        "practices": {name: _parts(parts) for name, parts in scope.practices.items()},
    }


def _parts(parts: Parts | None) -> dict[str, float | None]:
    if parts is None:
        return {"change": None, **dict.fromkeys(CAUSES)}
    return {"change": parts.total, **asdict(parts)}


def _week(week: Week, proofs: Proofs) -> Json:
    before, after = levels_of(week.before), levels_of(week.after)
    return {
        "since": week.before.as_of.isoformat(),
        "until": week.after.as_of.isoformat(),
        "scopes": {scope: {"level_before": before.get(scope), "level_after": after[scope]} for scope in week.scopes},
        "moves": [_move(move, proofs) for move in week.moves],
    }


def _move(move: LevelMove, proofs: Proofs) -> Json:
    return {
        "aspect": move.aspect,
        "level": move.level,
        "gained": move.gained,
        "together": move.together,
        "before": asdict(move.before),
        "after": asdict(move.after),
        "practices": [_turn(turn, proofs) for turn in move.turns],
    }


def _turn(turn: Turn, proofs: Proofs) -> Json:
    change = turn.change
    return {
        "practice": turn.practice,
        "toward": turn.toward,
        "alone": turn.alone,
        "before": asdict(turn.before),
        "after": asdict(turn.after),
        "value": _parts(None if change is None else change.value),
        "confidence": _parts(None if change is None else change.confidence),
        "pieces": [] if change is None else [_piece(piece, turn.practice, proofs) for piece in change.pieces],
    }


def _piece(piece: Piece, practice: str, proofs: Proofs) -> Json:
    return {
        "cause": piece.cause,
        "value": piece.value,
        "confidence": piece.confidence,
        "readings": [_reading_turn(each, proofs) for each in piece.readings],
        "answers": [_answer_turn(each, practice, proofs) for each in piece.answers],
    }


def _reading_turn(turn: ReadingTurn, proofs: Proofs) -> Json:
    return {
        "signal": turn.signal,
        "before": _reading(turn.before, proofs),
        "after": _reading(turn.after, proofs),
    }


def _reading(reading: Reading | None, proofs: Proofs) -> Json | None:
    if reading is None:
        return None
    behind = proofs.readings.get((reading.signal, reading.on))
    return {
        "on": reading.on.isoformat(),
        "value": reading.value,
        "seen": reading.seen,
        "scope": reading.scope,
        "opportunities": reading.opportunities,
        "note": None if behind is None else behind.note,
        "records": None if behind is None else behind.proof.count,
        "sample": [] if behind is None else [list(each) for each in behind.proof.sample],
    }


def _answer_turn(turn: AnswerTurn, practice: str, proofs: Proofs) -> Json:
    return {
        "respondent": turn.respondent,
        "before": _answer(turn.before, practice, proofs),
        "after": _answer(turn.after, practice, proofs),
        "dont_know_on": _day(turn.unsure_on),
    }


def _answer(answer: Answer | None, practice: str, proofs: Proofs) -> Json | None:
    if answer is None:
        return None
    behind = proofs.answers.get((practice, answer.respondent, answer.on))
    return {
        "on": answer.on.isoformat(),
        "value": answer.value,
        "attested": answer.attested,
        "evidence_url": None if behind is None else behind.evidence_url,
    }


def _dated(row: Mapping[str, Any]) -> Json:
    return {**row, **{name: _day(row[name]) for name in ("on", "before_on")}}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
