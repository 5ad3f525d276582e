"""Who answered, how far they agree, and what rests on one voice: in a terminal, as CSV and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console

from mlops_maturity.cli.grid import Field, Grid, exact, print_grid
from mlops_maturity.cli.tables import csv_text
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.respondents import Responses

COLUMNS = ("team", "respondent", "last_on", "silent_days", "answered")
FIELDS = (
    *exact("team", "respondents"),
    *exact("agreement", right=True),
    Field(name="widest spread", exact=True, rank=1),
    Field(name="one voice", exact=True, rank=2),
    Field(name="no answer", exact=True, rank=3),
    *exact("newest answer"),
)
Teams = Mapping[str, Responses]
"""Team id to its responses."""


def as_json(found: Responses) -> dict[str, Any]:
    """Numbers unrounded; `alpha` is None for the reason that stands beside it."""
    return {
        "alpha": found.alpha,
        "why_no_alpha": found.why_no_alpha,
        "respondents": [
            {"respondent": each.id, "last_on": each.last_on.isoformat(), "silent_days": each.silent_days,
             "answered": each.answered}
            for each in found.respondents
        ],
        "practices": [asdict(each) for each in found.practices],
        "single": list(found.single),
        "unanswered": list(found.unanswered),
    }  # fmt: skip


def as_csv(teams: Teams) -> str:
    """A row a team and respondent."""
    return csv_text(
        COLUMNS,
        (
            (team, each.id, each.last_on.isoformat(), each.silent_days, each.answered)
            for team, found in teams.items()
            for each in found.respondents
        ),
    )


def as_tables(teams: Teams, catalogue: Catalogue, console: Console) -> None:
    """A row a team; for a single one also its respondents, and the practices to ask about."""
    rows = []
    for team, found in teams.items():
        newest = min((each.silent_days for each in found.respondents), default=None)
        widest = found.practices[0].spread if found.practices else None
        rows.append((
            team, str(len(found.respondents)), "—" if found.alpha is None else f"{found.alpha:z.2f}",
            "—" if widest is None else f"{widest} of 3 rungs", _practices(len(found.single)),
            _practices(len(found.unanswered)), "never" if newest is None else _ago(newest),
        ))  # fmt: skip
    print_grid(Grid(fields=FIELDS, rows=rows, instead="--format json"), console)
    if len(teams) == 1:
        _tell_team(next(iter(teams.values())), catalogue, console)
    console.print(
        "Agreement: Krippendorff's alpha (ordinal), 1 = perfect, 0 = as if by chance. None of this changes a level.",
        style="dim",
    )


def _tell_team(found: Responses, catalogue: Catalogue, console: Console) -> None:
    if found.why_no_alpha is not None:
        console.print(f"No agreement is worked out: {found.why_no_alpha}.", markup=False, highlight=False)
    if found.respondents:
        rows = [
            (each.id, f"{each.last_on} ({_ago(each.silent_days)})", str(each.answered)) for each in found.respondents
        ]
        print_grid(Grid(fields=exact("respondent", "last answered", "answers that count"), rows=rows), console)
    for voices in (each for each in found.practices if each.spread > 1):
        title = catalogue.by_id[voices.practice].title
        console.print(
            f"{title!r}: {voices.respondents} respondents lie {voices.spread} rungs apart; let them talk.",
            markup=False, highlight=False,
        )  # fmt: skip
    for told, practices in (("Rests on one respondent", found.single), ("Nobody's answer counts", found.unanswered)):
        if practices:
            console.print(f"{told}: {', '.join(practices)}.", markup=False, highlight=False)


def _practices(number: int) -> str:
    return "1 practice" if number == 1 else f"{number} practices"


def _ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
