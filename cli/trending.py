"""The past year of the teams that a command tells of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mlops_maturity.cli.workplace import Workplace
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.baseline import NEAR, a_year_before
from mlops_maturity.evidence.history import rows_of
from mlops_maturity.evidence.store.history import HistoryRow, read_history
from mlops_maturity.evidence.trends import TeamTrend, trends_of
from mlops_maturity.scoring import trend_words as words
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.outlook import Outlook, expectations, outlook
from mlops_maturity.scoring.trend import Causes
from mlops_maturity.scoring.trend_causes import causes
from mlops_maturity.scoring.trend_json import outlook_json, trend_json

Trends = Mapping[str, Mapping[str, TeamTrend]]
"""Team id to scope (`overall` or aspect id) to its trend."""
Pasts = Mapping[str, Sequence[HistoryRow]]
"""Team id to its weekly past."""


TREND_COLUMNS = ("trend", "trend_since", "trend_change", "confirmed_level")
"""What `assess --format csv` tells of a trend."""


@dataclass(frozen=True, slots=True)
class Lately:
    """What the past year says beside today's level."""

    trends: Trends
    alone: bool = False
    """Whether a single team is told of; then also what lies ahead."""
    ahead: Outlook | None = None
    """What its next level waits for; None at the top."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Team id to its kept weeks that are not re-scored under the catalogue in force; only of teams that lack them."""

    def confirmed(self, team: str, scope: str = OVERALL) -> str:
        """The confirmed level."""
        level = self.trends[team][scope].confirmed
        return "—" if level is None else str(level)

    def verdict(self, team: str, scope: str = OVERALL) -> str:
        """Rising, falling, no change shown, or not judged."""
        return words.verdict(self.trends[team][scope].trend)

    def cells(self, team: str, scope: str) -> tuple[object, ...]:
        """The values of `TREND_COLUMNS`."""
        found = self.trends[team][scope]
        measured = found.trend.measured
        return found.trend.verdict, measured.since, measured.change, found.confirmed

    def remarks(self, team: str, catalogue: Catalogue, quiet: Collection[str] = ()) -> list[str]:
        """Why no change is shown, and what the next level waits for, a line each; nothing of aspects in `quiet`."""
        ahead = [] if self.ahead is None else words.next_level(self.ahead, catalogue)
        if team in self.waiting:
            return [self.wait(), *ahead]
        names = {OVERALL: "Overall"} | {aspect.id: aspect.name for aspect in catalogue.aspects}
        unshown = [
            f"{names[scope]}, {words.verdict(each.trend)} {words.SPAN}: {words.reason(each.trend)}."
            for scope, each in self.trends[team].items()
            if each.trend.reason is not None and scope not in quiet
        ]
        return unshown + ahead

    def wait(self) -> str:
        """Why trends and confirmed levels are missing though weeks are kept, and what to do; empty where none waits."""
        if not self.waiting:
            return ""
        whose = "" if self.alone else f" of {counted(len(self.waiting), 'team')}"
        return (
            f"Trend and confirmed level{whose} are missing as the catalogue changed: the weeks kept (up to"
            f" {max(self.waiting.values())}) are not re-scored under it yet; `mlops-maturity collect` does that, and so"
            " does any import of answers or records."
        )

    def as_json(self, team: str) -> dict[str, Any]:
        """What stands under `trend`, with the next level where a single team is told of."""
        told = {scope: trend_json(each.trend, each.confirmed) for scope, each in self.trends[team].items()}
        alone = {"next_level": outlook_json(self.ahead)} if self.alone else {}
        weeks = {"weeks_not_rescored": self.waiting.get(team, 0)}
        return {"overall": told.pop(OVERALL), "aspects": told, **weeks, **alone}


def lately_of(
    place: Workplace, dossiers: Sequence[Dossier], results: Mapping[str, Assessment], pasts: Pasts, alone: bool
) -> Lately:
    """The trends of the teams of these dossiers, judged among all teams; of a single one also what lies ahead."""
    evidence = {dossier.team.id: dossier.evidence for dossier in dossiers}
    day = max(each.as_of for each in results.values())

    def causes_of(team: str, since: date, until: date) -> Mapping[str, Causes | None]:
        return causes(place.catalogue, evidence[team], since, until)

    trends = trends_of(place.catalogue, pasts, day, causes_of, evidence)
    waiting = _waiting(place, trends, day)
    if not alone:
        return Lately(trends, waiting=waiting)
    ((team, result),) = results.items()
    ahead = outlook(result, expectations(place.catalogue, evidence[team], result))
    return Lately(trends, True, ahead, waiting)


def _waiting(place: Workplace, trends: Trends, day: date) -> dict[str, int]:
    """Of teams that lack weeks: how many are kept under another catalogue, and wait to be re-scored."""
    lacking = [
        team for team, told in trends.items()
        if not words.judged(told[OVERALL].trend) or told[OVERALL].confirmed is None
    ]  # fmt: skip
    since = a_year_before(day) - NEAR
    kept = {team: read_history(place.store, team=team, since=since, until=day) for team in lacking}
    weeks = {
        team: sum(row.scope == OVERALL and not _in_force(row, place.catalogue) for row in rows)
        for team, rows in kept.items()
    }
    return {team: number for team, number in weeks.items() if number}


def pasts_of(place: Workplace, assessments: Mapping[str, Assessment], day: date) -> dict[str, list[HistoryRow]]:
    """The weekly past of every team of the settings; it ends on `day` with the assessments, where they are given.

    What is kept was worked out when facts came in last; so a past never says something else than the command.
    """
    pasts: dict[str, list[HistoryRow]] = {team.id: [] for team in place.settings.teams}
    for row in read_history(place.store, since=a_year_before(day) - NEAR, until=day):
        if _in_force(row, place.catalogue) and row.team in pasts and not (row.team in assessments and row.on == day):
            pasts[row.team].append(row)
    for team, assessment in assessments.items():
        pasts[team] += rows_of(team, assessment)
    return pasts


def _in_force(row: HistoryRow, catalogue: Catalogue) -> bool:
    """Else a change of the model would look like the team's; what is chained was moved for it."""
    return row.basis == "chained" or row.catalogue_hash == catalogue.hash
