"""`assess`: level, index, confidence, contradictions, and what blocks the next level."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.cli.assessment_text import as_csv, as_markdown, as_tables
from mlops_maturity.cli.declared_text import as_json
from mlops_maturity.cli.framework_view import chosen_framework, show_framework
from mlops_maturity.cli.result_format import Format
from mlops_maturity.cli.rollup_text import Together
from mlops_maturity.cli.trending import lately_of, past_year
from mlops_maturity.cli.what_if_view import show_sensitivity, show_weights, show_what_if
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    GroupOption,
    TeamOption,
    Workplace,
    open_workplace,
)
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.assess import Dossier, gather_all
from mlops_maturity.evidence.declared import declared
from mlops_maturity.evidence.group import group_of
from mlops_maturity.evidence.kept_past import KeptPast
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.assessment_json import to_json
from mlops_maturity.scoring.score import score


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(assess)


def assess(
    config: ConfigOption = DEFAULT_CONFIG,
    team: TeamOption = None,
    group: GroupOption = None,
    as_of: AsOfOption = None,
    framework: Annotated[
        str | None, typer.Option("--framework", metavar="ID", help="Through this framework, for example google.")
    ] = None,
    what_if: Annotated[
        Path | None, typer.Option("--what-if", metavar="FILE", help="One team, as it would be with the edits in FILE.")
    ] = None,
    compare_weights: Annotated[
        Path | None, typer.Option("--compare-weights", metavar="FILE", help="One team under the weightings in FILE.")
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="One team, with each parameter and weight 25 % lower and higher.")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """Show the level of teams on a day, and their trend. With --team and `--format json`: the assessment itself.

    Without --team also the teams together: of the group, or of the organisation.
    """
    view = _one_view(framework=framework, what_if=what_if, compare_weights=compare_weights, sensitivity=sensitivity)
    place = open_workplace(config, writes=False)
    day = place.day(as_of)
    place.tell_if_to_come(day)
    teams = place.teams(team, group)
    if view not in (None, "--framework") and len(teams) > 1:
        raise InputRefused([Problem(str(view), "", "looks at one team; name it with --team")])
    chosen = chosen_framework(place, framework) if framework is not None else None
    dossiers = gather_all(place.store, place.settings, place.catalogue, teams, day)
    if chosen is not None:
        show_framework(place, chosen, dossiers, day, format, alone=team is not None)
    elif what_if is not None:
        show_what_if(dossiers[0], place.catalogue, day, what_if, format)
    elif compare_weights is not None:
        show_weights(dossiers[0], place.catalogue, day, compare_weights, format)
    elif sensitivity:
        show_sensitivity(dossiers[0], place.catalogue, day, format)
    else:
        _show(place, dossiers, day, format, team, group)


def _one_view(**views: object) -> str | None:
    """The option that asks for another view, if any. Raises `InputRefused` where several do."""
    asked = [f"--{name.replace('_', '-')}" for name, value in views.items() if value]
    if len(asked) > 1:
        raise InputRefused([Problem(", ".join(asked), "", "give one of them at a time")])
    return asked[0] if asked else None


def _show(
    place: Workplace, dossiers: Sequence[Dossier], day: date, format: Format, team: str | None, group: str | None
) -> None:
    """The assessment itself."""
    results = {dossier.team.id: _concerning(dossier, place.catalogue, day) for dossier in dossiers}
    beside = declared(place.store, place.settings, place.catalogue, dossiers, results)
    past = past_year(place, results, day)
    lately = lately_of(place, dossiers, results, past, alone=team is not None)
    whole = _together(place, group, dossiers, results, past) if team is None else None
    if format is Format.TABLE:
        as_tables(results, place.settings, place.catalogue, lately, beside)
        if whole is not None:
            whole.print_tables()
    elif format is Format.CSV:
        typer.echo(as_csv(results, lately, whole.csv_rows(day) if whole is not None else ()), nl=False)
    elif format is Format.MARKDOWN:
        typer.echo(as_markdown(results, place.settings, place.catalogue, lately, beside))
        if whole is not None:
            typer.echo(whole.as_markdown())
    else:
        documents = {
            name: {"team": name, **to_json(result), **as_json(beside[name], place.catalogue),
                   "trend": lately.as_json(name)}
            for name, result in results.items()
        }  # fmt: skip
        chosen = documents[team or ""] if whole is None else whole.as_json(day, documents)
        typer.echo(json.dumps(chosen, indent=1, ensure_ascii=False, allow_nan=False))


def _together(
    place: Workplace, group: str | None, dossiers: Sequence[Dossier], results: Mapping[str, Assessment], past: KeptPast
) -> Together:
    teams = [dossier.team for dossier in dossiers]
    return Together(place.settings, place.catalogue, group, group_of(place.catalogue, teams, results, past.rows))


def _concerning(dossier: Dossier, catalogue: Catalogue, day: date) -> Assessment:
    """The assessment of a team without the practices that none of its kinds of model has."""
    result = score(catalogue, dossier.evidence, day)
    kinds = frozenset(dossier.team.kinds)
    kept = {name: found for name, found in result.practices.items() if catalogue.by_id[name].concerns(kinds)}
    return replace(result, practices=kept)
