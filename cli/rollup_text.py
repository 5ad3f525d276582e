"""Teams together: tables for a terminal, and the same as Markdown, CSV rows and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mlops_maturity.cli.grid import Field, Grid, exact, print_grid
from mlops_maturity.cli.tables import markdown_text, result_console
from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.group import Group
from mlops_maturity.scoring.percent import percent
from mlops_maturity.scoring.rollup import Distribution, enough
from mlops_maturity.scoring.rollup_json import change_json, cohort_json, funnel_json, rollup_json

LEVELS = range(TOP_LEVEL + 1)
GROUP_COLUMNS = ("group", *(f"teams_at_{level}" for level in LEVELS), "teams_without_evidence")
"""What `assess --format csv` tells of teams together, beside the columns of a team."""
HEAD = (
    "teams together", *(f"level {level}" for level in LEVELS), "little known", "nothing known",
    *(f"≥ {level}" for level in LEVELS[1:]), "median", "index",
)  # fmt: skip
FIELDS = (
    Field(name=HEAD[0], least=16),
    *exact(*HEAD[1:7], right=True),
    *exact(*HEAD[7:10], right=True, rank=2),
    *exact(HEAD[10], right=True, rank=1),
    *exact(HEAD[11], right=True),
)


@dataclass(frozen=True, slots=True)
class Together:
    """A group of teams, or the organisation, to be told."""

    settings: Settings
    catalogue: Catalogue
    name: str | None
    """Path of the group; None = the organisation."""
    group: Group

    def print_tables(self) -> None:
        """Print the teams per level, overall and by aspect, and what moved the index."""
        console = result_console()
        print_grid(Grid(fields=FIELDS, rows=list(self._rows()), instead="--format markdown"), console)
        for line in self.remarks():
            console.print(line, markup=False, highlight=False)

    def as_markdown(self) -> str:
        """The same as Markdown."""
        lines = ["", f"## {markdown_text(self._title)}: teams together", "", "| " + " | ".join(HEAD) + " |"]
        lines += ["|" + "---|" * len(HEAD)]
        lines += ["| " + " | ".join(map(markdown_text, cells)) + " |" for cells in self._rows()]
        return "\n".join([*lines, "", *(f"- {markdown_text(line)}" for line in self.remarks())])

    def csv_rows(self, day: date) -> Iterator[Mapping[str, object]]:
        """Column to value, for the whole and for each aspect: `level` is the weighted median, `index` the mean."""
        for scope, found in {"overall": self.group.rollup.overall, **self.group.rollup.aspects}.items():
            counts = {f"teams_at_{level}": found.counts[level] for level in LEVELS}
            yield {
                "as_of": day.isoformat(), "scope": scope, "level": found.median, "index": found.index,
                "group": self._title, **counts, "teams_without_evidence": found.unknown + found.slight,
            }  # fmt: skip

    def as_json(self, day: date, teams: Mapping[str, Any]) -> dict[str, Any]:
        """The teams, and everything about them together."""
        group = self.group
        return {
            "organisation": self.settings.organisation,
            **({"group": self.name} if self.name else {}),
            "as_of": day.isoformat(),
            "teams": teams,
            "rollup": {
                **rollup_json(group.rollup),
                "since": None if group.since is None else group.since.isoformat(),
                "change": change_json(group.change),
                "fixed_cohort": cohort_json(group.cohort),
                "funnel": funnel_json(group.funnel),
                "left_out": {"no_evidence": list(group.silent), "too_little_evidence": list(group.slight)},
            },
        }

    def remarks(self) -> list[str]:
        """The weakest aspect, what moved the index, the teams known throughout, who stands out, and who is left out."""
        told = (self._worst(), self._change(), self._cohort(), *self._outside(), self._left_out())
        return [line for line in told if line]

    @property
    def _title(self) -> str:
        return self.name or self.settings.organisation

    def _rows(self) -> Iterator[list[str]]:
        yield _cells(self._title, self.group.rollup.overall)
        for aspect in self.catalogue.aspects:
            yield _cells(aspect.name, self.group.rollup.aspects[aspect.id])

    def _worst(self) -> str:
        names = [aspect.name for aspect in self.catalogue.aspects if aspect.id in self.group.rollup.worst]
        return f"Weakest aspect: {', '.join(names)}." if names else ""

    def _change(self) -> str:
        change = self.group.change
        if change is None:
            return ""
        begins = ", where enough evidence begins" if self.group.begins else ""
        told = (
            f"Mean index {change.total:+z.1f} since {self.group.since}{begins}: {change.within:+z.1f} within teams,"
            f" {change.mix:+z.1f} by which teams are known, and their weights."
        )
        came = f" Known since: {self._titles(change.joined)}." if change.joined else ""
        went = f" No longer known: {self._titles(change.left)}." if change.left else ""
        return told + came + went

    def _cohort(self) -> str:
        line, teams = self.group.cohort.line, len(self.group.cohort.teams)
        if len(line) < 2:
            return ""
        of = "The one team" if teams == 1 else f"The {teams} teams"
        return f"{of} known in every week since {line[0][0]}: index {line[0][1]:.1f}, now {line[-1][1]:.1f}."

    def _outside(self) -> Iterator[str]:
        """Teams outside of the 95 % limits of the funnel: never a ranking of those inside."""
        members = self.group.funnel.members if self.group.funnel is not None else ()
        for side in ("below", "above"):
            teams = tuple(member.team for member in members if member.side == side)
            if teams:
                yield f"Unusually far {side} the others, given how much is known of each: {self._titles(teams)}."

    def _left_out(self) -> str:
        """Who is in none of these figures: else "nobody stands out" would speak of them as well."""
        least = percent(enough(self.catalogue))
        parts = [f"nothing is known of {self._titles(self.group.silent)}"] if self.group.silent else []
        parts += (
            [f"less than {least} of the evidence is there of {self._titles(self.group.slight)}"]
            if self.group.slight
            else []
        )
        return f"Left out of medians, means and limits: {'; '.join(parts)}." if parts else ""

    def _titles(self, teams: tuple[str, ...]) -> str:
        found = (self.settings.team(team) for team in teams)
        return ", ".join(team.title for team in found if team is not None)


def _cells(name: str, found: Distribution) -> list[str]:
    shares = [found.at_or_above(level) for level in LEVELS[1:]]
    return [
        name,
        *map(str, found.counts),
        str(found.slight),
        str(found.unknown),
        *("—" if share is None else percent(share) for share in shares),
        "—" if found.median is None else str(found.median),
        "—" if found.index is None else f"{found.index:.1f}",
    ]
