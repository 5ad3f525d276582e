"""`roadmap`: the cheapest path to a level, or the best plan within a budget."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from math import inf
from typing import Annotated

import typer

from mlops_maturity.cli.native_output import native_output_dropped
from mlops_maturity.cli.result_format import TextFormat
from mlops_maturity.cli.roadmap_text import as_markdown, as_table
from mlops_maturity.cli.silence_text import first_step
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, AsOfOption, ConfigOption, open_workplace
from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.assess import gather
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.plan import Plan, best_plan, cheapest_path
from mlops_maturity.scoring.plan_json import plan_json
from mlops_maturity.scoring.plan_solver import Unsolved
from mlops_maturity.scoring.plan_work import Work

DRAWS = 200
SEED = 2017
"""Any number: only that it stays the same, so that the same question gets the same answer."""
NOT_MET = 1
FAILED = {"infeasible", "nothing_fits", "nothing_judged"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(roadmap)


def roadmap(
    team: Annotated[str, typer.Option("--team", help="The team (its id).")],
    config: ConfigOption = DEFAULT_CONFIG,
    to_level: Annotated[int | None, typer.Option(min=1, max=TOP_LEVEL, help="The cheapest path to this level.")] = None,
    budget_days: Annotated[
        float | None, typer.Option(metavar="DAYS", help="The best plan within so many expected person-days.")
    ] = None,
    as_of: AsOfOption = None,
    format: Annotated[TextFormat, typer.Option("--format", help="How to print.")] = TextFormat.TABLE,
    robustness: Annotated[
        bool, typer.Option("--robustness", help=f"Also in how many of {DRAWS} draws of the estimates a step stays.")
    ] = False,
) -> None:
    """Work out the next steps of a team. Give either --to-level or --budget-days. Exit 1: there is no such plan."""
    _refuse_wrong_use(to_level, budget_days)
    place = open_workplace(config, writes=False)
    day = place.day(as_of)
    place.tell_if_to_come(day)
    (entry,) = place.teams(team)
    evidence = gather(place.store, place.settings, place.catalogue, entry, day).evidence
    plan, shares = _worked_out(place.catalogue, evidence, day, to_level, budget_days, robustness)
    if format is TextFormat.JSON:
        document = {"team": team, **plan_json(plan, place.catalogue, shares)}
        typer.echo(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    elif format is TextFormat.MARKDOWN:
        typer.echo(as_markdown(entry.title, plan, place.catalogue, shares, first_step(place.settings)))
    else:
        as_table(entry.title, plan, place.catalogue, shares, first_step(place.settings))
    if plan.outcome in FAILED:
        raise typer.Exit(NOT_MET)


def _refuse_wrong_use(to_level: int | None, budget_days: float | None) -> None:
    if (to_level is None) == (budget_days is None):
        both = "both are given" if to_level is not None else "neither is given"
        raise InputRefused([Problem("--to-level, --budget-days", "", f"{both}; give one of the two")])
    if budget_days is not None and not 0 < budget_days < inf:
        raise InputRefused([Problem("--budget-days", "", f"{budget_days:g} is not a number of days; give more than 0")])


def _worked_out(
    catalogue: Catalogue,
    evidence: Evidence,
    day: date,
    to_level: int | None,
    budget_days: float | None,
    robustness: bool,
) -> tuple[Plan, Mapping[Work, float] | None]:
    """The plan, and if asked for the share of draws in which each step stays."""
    try:
        with native_output_dropped():
            plan = (
                cheapest_path(catalogue, evidence, day, to_level)
                if to_level is not None
                else best_plan(catalogue, evidence, day, budget_days or 0.0)
            )
            return plan, _shares(catalogue, evidence, plan) if robustness else None
    except Unsolved as gave_up:
        typer.echo(f"no plan was found in time ({gave_up}); ask for a lower level or a smaller budget", err=True)
        raise typer.Exit(NOT_MET) from gave_up


def _shares(catalogue: Catalogue, evidence: Evidence, plan: Plan) -> Mapping[Work, float]:
    import numpy as np

    from mlops_maturity.scoring.plan_robustness import robustness

    return robustness(catalogue, evidence, plan.before.as_of, plan, np.random.default_rng(SEED), DRAWS)
