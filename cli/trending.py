"""The past year of the teams that a command tells of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mlops_maturity.cli.workplace import Workplace
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.baseline import NEAR, a_year_before
from mlops_maturity.evidence.history import rows_of
from mlops_maturity.evidence.kept_past import KeptPast, kept_past, waits
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.survivors import Survivors, first_days, shown, survivors, tell, together
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
    """Team id to its weeks that are kept under another catalogue and re-scored for this; only of such teams."""
    survivors: Mapping[str, Sequence[Survivors]] = field(default_factory=dict)
    """Team id to the sources of which older weeks show only what had not been deleted."""

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
        names = {OVERALL: "Overall"} | {aspect.id: aspect.name for aspect in catalogue.aspects}
        unshown = [
            f"{names[scope]}, {words.verdict(each.trend)} {words.SPAN}: {words.reason(each.trend)}."
            for scope, each in self.trends[team].items()
            if each.trend.reason is not None and scope not in quiet
        ]
        return unshown + ahead

    def waits(self) -> list[str]:
        """That weeks are re-scored for this, and what keeps them so; no line where all are kept so."""
        return [waits(max(self.waiting.values()), len(self.waiting))] if self.waiting else []

    def biased(self) -> list[str]:
        """Before which day weeks count survivors only, a line for each source; none where no such week is told of."""
        return [tell(each, signals()) for each in together(self.survivors.values())]

    def as_json(self, team: str) -> dict[str, Any]:
        """What stands under `trend`, with the next level where a single team is told of."""
        told = {scope: trend_json(each.trend, each.confirmed) for scope, each in self.trends[team].items()}
        alone = {"next_level": outlook_json(self.ahead)} if self.alone else {}
        weeks = {"weeks_rescored_for_this": self.waiting.get(team, 0)}
        older = [{"source": each.source, "known_from": each.known_from.isoformat(), "signals": list(each.signals)}
                 for each in self.survivors.get(team, ())]  # fmt: skip
        return {"overall": told.pop(OVERALL), "aspects": told, **weeks, "survivors": older, **alone}


def lately_of(
    place: Workplace, dossiers: Sequence[Dossier], results: Mapping[str, Assessment], past: KeptPast, alone: bool
) -> Lately:
    """The trends of the teams of these dossiers, judged among all teams; of a single one also what lies ahead."""
    evidence = {dossier.team.id: dossier.evidence for dossier in dossiers}
    day = max(each.as_of for each in results.values())

    def causes_of(team: str, since: date, until: date) -> Mapping[str, Causes | None]:
        return causes(place.catalogue, evidence[team], since, until)

    trends = trends_of(place.catalogue, past.rows, day, causes_of, evidence)
    waiting = {team: weeks for team, weeks in past.waiting.items() if team in results}
    older = _survivors(place, dossiers, day)
    if not alone:
        return Lately(trends, waiting=waiting, survivors=older)
    ((team, result),) = results.items()
    ahead = outlook(result, expectations(place.catalogue, evidence[team], result))
    return Lately(trends, True, ahead, waiting, older)


def _survivors(place: Workplace, dossiers: Sequence[Dossier], day: date) -> dict[str, tuple[Survivors, ...]]:
    """What has to be said of the year to `day`, by team."""
    found = survivors(place.store, place.settings, [dossier.team for dossier in dossiers])
    return {
        dossier.team.id: shown(
            found[dossier.team.id],
            dossier.team,
            first_days((each.signal, each.on) for each in dossier.evidence.readings if each.on <= day),
            place.catalogue,
            a_year_before(day),
        )
        for dossier in dossiers
        if found[dossier.team.id]
    }


def past_year(place: Workplace, assessments: Mapping[str, Assessment], day: date) -> KeptPast:
    """The weekly past of every team of the settings; it ends on `day` with the assessments, where they are given.

    What is kept was worked out when facts came in last; so a past never says something else than the command.
    """
    kept = kept_past(place.store, place.catalogue, place.settings.teams, day, a_year_before(day) - NEAR)
    ends = {team: list(rows_of(team, assessment)) for team, assessment in assessments.items()}
    before = {team: [row for row in kept.rows[team] if row.on < day] for team in ends}
    return replace(kept, rows={**kept.rows, **{team: [*before[team], *end] for team, end in ends.items()}})
