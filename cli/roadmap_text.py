"""A plan in a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from mlops_maturity.cli.grid import Field, Grid, print_grid
from mlops_maturity.cli.tables import result_console
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring import plan_words as words
from mlops_maturity.scoring.percent import percent
from mlops_maturity.scoring.plan import Plan, Step
from mlops_maturity.scoring.plan_work import Work

Shares = Mapping[Work, float]
NAMED = 3
"""Practices that a sentence names."""
UNESTIMATED = "—"
KINDS = {True: "evidence work", False: "improvement"}
FIELDS = (
    Field(name="#", exact=True, right=True),
    Field(name="kind", exact=True, rank=1),
    Field(name="step", least=20),
    Field(name="days", exact=True),
    Field(name="why", least=16),
    Field(name="stays", exact=True, right=True),
)
CAUTION = (
    "Estimates are those of the catalogue, not of your team. The plan assumes that improvements show in the evidence,"
    " and that evidence work confirms what is known."
)


def as_table(team: str, plan: Plan, catalogue: Catalogue, shares: Shares | None, ask: str) -> None:
    """Print the plan; `ask` says how one learns what is not known."""
    console = result_console()
    console.print(f"{team}: {words.headline(plan)}", markup=False, highlight=False)
    for barrier in plan.obstacles:
        console.print(f"- {words.obstacle(barrier, catalogue)}", markup=False, highlight=False)
    if not plan.steps:
        return
    rows = _rows(plan, catalogue, shares, ask)
    fields = FIELDS if shares is not None else FIELDS[:-1]
    print_grid(Grid(fields=fields, rows=rows, instead="--format markdown"), console)
    console.print(CAUTION, style="dim")


def as_markdown(team: str, plan: Plan, catalogue: Catalogue, shares: Shares | None, ask: str) -> str:
    """The plan as a Markdown document; `ask` says how one learns what is not known."""
    lines = [f"## {team}", "", words.headline(plan)]
    if plan.obstacles:
        lines += ["", *(f"- {words.obstacle(barrier, catalogue)}" for barrier in plan.obstacles)]
    if plan.steps:
        head = ["#", "kind", "step", "days", "why", *(["stays"] if shares is not None else [])]
        rows = _rows(plan, catalogue, shares, ask)
        lines += ["", _row(head), "|" + "---|" * len(head), *(_row(cells) for cells in rows), "", CAUTION]
    return "\n".join(lines)


def _rows(plan: Plan, catalogue: Catalogue, shares: Shares | None, ask: str) -> list[list[str]]:
    """Evidence work first: asking makes steps smaller, or needless."""
    unknown = [step for step in plan.steps if step.unknown]
    rows = [_cells(number, step, catalogue, shares) for number, step in enumerate(plan.steps, 1)]
    if not unknown:
        return rows
    names = list(dict.fromkeys(name for step in unknown for name in step.practices))
    titles = ", ".join(repr(catalogue.by_id[name].title) for name in names[:NAMED])
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    what = f"Learn where {titles}{more} stand: {ask}"
    why = (
        f"Nothing is known of {'them' if len(names) > 1 else 'it'} today, so the plan starts from rung 0:"
        " what is there already makes steps smaller, or needless. Then ask for the plan again."
    )
    first = ["first", KINDS[True], what, UNESTIMATED, why, *([UNESTIMATED] if shares is not None else [])]
    return [first, *rows]


def _cells(number: int, step: Step, catalogue: Catalogue, shares: Shares | None) -> list[str]:
    done = words.looks_like(step, catalogue)
    what = words.title(step, catalogue) + (f": {done}" if done else "")
    cells = [
        str(number),
        KINDS[step.evidence_work],
        what,
        words.span(step.effort),
        words.reason(step, catalogue, ask=False),
    ]
    return [*cells, *([percent(shares[step.work])] if shares is not None else [])]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
