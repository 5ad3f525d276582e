"""`score`: the pure function on files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.cli.workplace import parse_day
from mlops_maturity.config.catalogue_file import BUILT_IN, resolve_catalogue
from mlops_maturity.evidence.evidence_file import load_evidence
from mlops_maturity.scoring.assessment_json import to_json
from mlops_maturity.scoring.score import score as score_evidence


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(score)


def score(
    evidence: Annotated[Path, typer.Option(help="Answers, readings and waivers of one team, as JSON.")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day to score, YYYY-MM-DD.")],
    catalogue: Annotated[
        str, typer.Option(help="A YAML file, or a folder of them; the built-in catalogue is called as shown.")
    ] = BUILT_IN,
) -> None:
    """Score evidence in a file against a catalogue in a file; JSON out, no store touched."""
    model = resolve_catalogue(catalogue, Path())
    assessment = score_evidence(model, load_evidence(evidence, model), parse_day(as_of, "--as-of"))
    typer.echo(json.dumps(to_json(assessment), indent=1, ensure_ascii=False, allow_nan=False))
