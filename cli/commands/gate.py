"""`gate`: for pipelines; whether a team is where it has to be, and what blocks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from mlops_maturity.cli.blocking_text import blocked_lines
from mlops_maturity.cli.silence_text import silence_lines
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, AsOfOption, ConfigOption, Workplace, open_workplace
from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.plural import counted
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.assess import gather
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.assessment_json import blocking_json
from mlops_maturity.scoring.gate_check import GateCheck, check_gate
from mlops_maturity.scoring.percent import percent
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.silence import silence

NOT_MET = 1
LISTED = 5
"""Practices of which too little is known that are named in words; JSON names all."""


class Format(StrEnum):
    """How to print. Plain text without colours, for logs."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(gate)


def gate(
    team: Annotated[str, typer.Option("--team", help="The team (its id).")],
    min_level: Annotated[int, typer.Option("--min-level", min=1, max=TOP_LEVEL, help="The level asked for, 1 to 3.")],
    config: ConfigOption = DEFAULT_CONFIG,
    min_confidence: Annotated[
        float | None,
        typer.Option("--min-confidence", metavar="SHARE", help="Also this confidence, 0 to 1."),
    ] = None,
    aspect: Annotated[
        str | None, typer.Option("--aspect", metavar="ID", help="Only this aspect; the overall level if left out.")
    ] = None,
    as_of: AsOfOption = None,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> None:
    """Exit 0 where a team has reached a level, 1 where it has not, naming each practice that blocks it."""
    _refuse_no_share(min_confidence)
    place = open_workplace(config, writes=False)
    day = place.day(as_of)
    place.tell_if_to_come(day)
    (entry,) = place.teams(team)
    _refuse_unknown(aspect, place.catalogue)
    evidence = gather(place.store, place.settings, place.catalogue, entry, day).evidence
    assessment = score(place.catalogue, evidence, day)
    check = check_gate(place.catalogue, assessment, evidence.kinds, min_level, min_confidence, aspect)
    if format is Format.JSON:
        document = _json(entry, aspect, assessment, check)
        typer.echo(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        for line in _lines(entry, aspect, assessment, check, place):
            typer.echo(line)
    if not check.met:
        raise typer.Exit(NOT_MET)


def _refuse_no_share(confidence: float | None) -> None:
    if confidence is not None and not 0 <= confidence <= 1:
        raise InputRefused([Problem("--min-confidence", "", f"{confidence:g} is no share; write 0.55 for 55 %")])


def _refuse_unknown(aspect: str | None, catalogue: Catalogue) -> None:
    known = [entry.id for entry in catalogue.aspects]
    if aspect is not None and aspect not in known:
        raise InputRefused([Problem("--aspect", "", f"{aspect!r} is no aspect{did_you_mean(aspect, known)}")])


def _lines(team: Team, aspect: str | None, assessment: Assessment, check: GateCheck, place: Workplace) -> Iterator[str]:
    catalogue = place.catalogue
    names = {entry.id: entry.name for entry in catalogue.aspects}
    where = f"{team.title}, {names[aspect]}" if aspect is not None else team.title
    yield f"{'met' if check.met else 'not met'}: {where} {_standing(check)} on {assessment.as_of}; {_asked(check)}."
    if silence(assessment) is not None:
        yield from silence_lines(team, assessment, place.settings)[-1:]
        return
    for barrier in check.barriers:
        for told in blocked_lines(barrier.blocking, barrier.level, assessment, catalogue):
            yield f"- {names[barrier.aspect]}, level {barrier.level}: {told}"
    for unsure in check.unsure[:LISTED]:
        title = catalogue.by_id[unsure.practice].title
        known = f"{title!r} is known to {percent(unsure.confidence)} only"
        yield f"- {known if unsure.confidence else f'nothing is known of {title!r}'}."
    if len(check.unsure) > LISTED:
        more = len(check.unsure) - LISTED
        yield f"- So {'is' if more == 1 else 'are'} {counted(more, 'more practice')}."
    waived = _waived(assessment, aspect)
    if len(waived) > LISTED:
        yield f"Left out by waiver: {len(waived)} practices; `waivers list --team {team.id}` names them."
    elif waived:
        yield f"Left out by waiver: {', '.join(waived)}."


def _standing(check: GateCheck) -> str:
    standing = check.standing
    if standing.level is None:
        return "is not judged, for every practice is waived or for other kinds of model,"
    if not standing.confidence:
        return "has no evidence at all"
    return f"is at level {standing.level} with confidence {percent(standing.confidence)}"


def _asked(check: GateCheck) -> str:
    confidence = f" with confidence {percent(check.min_confidence)}" if check.min_confidence is not None else ""
    return f"level {check.min_level}{confidence} was asked for"


def _waived(assessment: Assessment, aspect: str | None) -> list[str]:
    return [name for key, part in assessment.aspects.items() if aspect in (None, key) for name in part.waived]


def _json(team: Team, aspect: str | None, assessment: Assessment, check: GateCheck) -> dict[str, Any]:
    standing = check.standing
    known = standing.level is not None and bool(standing.confidence)
    return {
        "team": team.id,
        "as_of": assessment.as_of.isoformat(),
        "aspect": aspect,
        "met": check.met,
        "min_level": check.min_level,
        "min_confidence": check.min_confidence,
        "level": standing.level if known else None,
        "confidence": standing.confidence,
        "level_met": check.level_met,
        "confidence_met": check.confidence_met,
        "blocking": [
            {"aspect": barrier.aspect, "level": barrier.level, **blocking_json(block)}
            for barrier in check.barriers
            for block in barrier.blocking
        ],
        "unsure": [{"practice": unsure.practice, "confidence": unsure.confidence} for unsure in check.unsure],
        "waived": _waived(assessment, aspect),
    }
