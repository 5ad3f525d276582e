"""`assess --framework`: the same evidence through somebody else's model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import typer

from mlops_maturity.cli.framework_text import as_csv, as_markdown, as_tables
from mlops_maturity.cli.result_format import Format
from mlops_maturity.cli.workplace import Workplace
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.framework import Framework
from mlops_maturity.config.framework_file import load_frameworks
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.scoring.framework import judge
from mlops_maturity.scoring.framework_result import FrameworkResult, result_json
from mlops_maturity.scoring.score import score


def chosen_framework(place: Workplace, name: str) -> Framework:
    """The framework of that id, the package's or the user's. Raises `InputRefused`."""
    known = load_frameworks(place.settings.frameworks, place.catalogue.by_id.keys())
    if name not in known:
        raise InputRefused([Problem("--framework", "", f"{name!r} is no framework{did_you_mean(name, known)}")])
    return known[name]


def show_framework(
    place: Workplace, framework: Framework, dossiers: Sequence[Dossier], day: date, format: Format, alone: bool
) -> None:
    """Print what the framework says of the teams; `alone`: of the one team there is, without a frame around it."""
    views = {dossier.team.id: _view(place.catalogue, framework, dossier, day) for dossier in dossiers}
    titles = {dossier.team.id: dossier.team.title for dossier in dossiers}
    if format is Format.TABLE:
        as_tables(views, titles, framework, place.catalogue)
    elif format is Format.CSV:
        typer.echo(as_csv(views, day, framework), nl=False)
    elif format is Format.MARKDOWN:
        typer.echo(as_markdown(views, titles, framework, place.catalogue))
    else:
        frame = {"organisation": place.settings.organisation, "as_of": day.isoformat()}
        told = {
            name: {"team": name, "as_of": day.isoformat(), **result_json(framework, view)}
            for name, view in views.items()
        }
        document = next(iter(told.values())) if alone else {**frame, "framework": framework.id, "teams": told}
        typer.echo(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))


def _view(catalogue: Catalogue, framework: Framework, dossier: Dossier, day: date) -> FrameworkResult:
    return judge(framework, catalogue, score(catalogue, dossier.evidence, day), dossier.evidence.kinds)
