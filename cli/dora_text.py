"""Delivery measures beside DORA's figures, in a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import typer

from mlops_maturity.cli.grid import Field, Grid, exact, print_grid
from mlops_maturity.config.dora import Edition
from mlops_maturity.config.dora_editions import editions
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.scoring.dora import Check, quick_check, standings

Values = Mapping[str, Mapping[str, float]]
"""Team to signal to value."""


def edition_of(name: str) -> Edition:
    """The edition of that name. Raises `InputRefused`."""
    if name not in editions():
        reason = f"there is no edition {name!r}{did_you_mean(name, editions())}"
        raise InputRefused([Problem("--dora", "", reason)])
    return editions()[name]


def tell_dora(edition: Edition, values: Values, as_json: bool) -> None:
    """Print how teams stand beside an edition; what is not known stays unknown."""
    if as_json:
        typer.echo(json.dumps(_json(edition, values), indent=1, ensure_ascii=False, allow_nan=False))
        return
    print_grid(_scores(edition, values) if edition.questions else _bands(edition, values))
    checked = "" if edition.verified else " Not every figure could be checked against it."
    typer.echo(f"{edition.title}. {edition.source.strip()}{checked}")
    for metric in edition.metrics:
        if metric.why_none:
            typer.echo(f"{_title(metric.signal)}: no bands, {metric.why_none}.")


def _bands(edition: Edition, values: Values) -> Grid:
    names = [f"{_title(metric.signal)} ({_unit(metric.signal)})" for metric in edition.metrics]
    rows = [
        (
            team,
            *(
                "not known" if entry.value is None else f"{entry.value:.3g} {entry.band or '(no band)'}"
                for entry in standings(edition, known)
            ),
        )
        for team, known in values.items()
    ]
    return Grid(fields=(*exact("team"), *(Field(name=name) for name in names)), rows=rows, instead="--format json")


def _scores(edition: Edition, values: Values) -> Grid:
    names = [question.signal for question in edition.questions]
    rows: list[tuple[str, ...]] = []
    for team, known in values.items():
        check = quick_check(edition, known)
        if check is not None:
            figures = [check.overall, check.throughput, check.stability]
            single = [check.scores.get(name) for name in names]
            rows.append((team, *map(_figure, figures), f"{len(check.scores)} of {check.asked}", *map(_figure, single)))
    means = [f"{question.mean:.1f}" for question in edition.questions]
    check = quick_check(edition, {})
    rows.append(("all industries", f"{check.mean:.2f}" if check else "", "", "", "", *means))
    fields = (
        *exact("team", "score 0 to 10"), Field(name="throughput", rank=2), Field(name="stability", rank=2),
        Field(name="of", exact=True), *(Field(name=_title(name), rank=1) for name in names),
    )  # fmt: skip
    return Grid(fields=fields, rows=rows, instead="--format json")


def _json(edition: Edition, values: Values) -> dict[str, Any]:
    return {
        "edition": {
            "id": edition.edition,
            "title": edition.title,
            "source": edition.source.strip(),
            "verified": edition.verified,
        },
        "teams": {
            team: {
                "bands": {
                    entry.signal: {"value": entry.value, "band": entry.band} for entry in standings(edition, known)
                },
                "quick_check": _check_json(quick_check(edition, known)),
            }
            for team, known in values.items()
        },
    }


def _check_json(check: Check | None) -> dict[str, Any] | None:
    if check is None:
        return None
    return {
        "overall": check.overall,
        "throughput": check.throughput,
        "stability": check.stability,
        "scores": dict(check.scores),
        "known": len(check.scores),
        "asked": check.asked,
        "mean_of_all_industries": check.mean,
    }


def _figure(score: float | None) -> str:
    return "not known" if score is None else f"{score:.1f}"


def _title(signal: str) -> str:
    known = signals().get(signal)
    return known.title if known else signal


def _unit(signal: str) -> str:
    known = signals().get(signal)
    return known.unit if known else ""
