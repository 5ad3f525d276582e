"""What a reader looks at: team or group, aspect, practice, day, framework, span. The same words in every address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.hints import near_miss
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.dashboard import text

SPANS = (3, 12, 24)
"""The lengths that trends can be shown over, in months."""
USUAL_SPAN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One view of the organisation. None = not narrowed: all teams, today."""

    team: str | None = None
    group: str | None = None
    aspect: str | None = None
    practice: str | None = None
    as_of: date | None = None
    framework: str | None = None
    """Another model than the catalogue's own levels to look through."""
    span: int | None = None
    """How far back trends are shown, in months; None = `USUAL_SPAN`."""

    @property
    def months(self) -> int:
        """How far back trends are shown."""
        return self.span or USUAL_SPAN

    def params(self) -> dict[str, str]:
        """The query parameters that lead back to this scope."""
        named = (
            ("team", self.team), ("group", self.group), ("aspect", self.aspect), ("practice", self.practice),
            ("framework", self.framework), ("span", None if self.span is None else str(self.span)),
        )  # fmt: skip
        params = {name: value for name, value in named if value is not None}
        return params if self.as_of is None else params | {"as_of": self.as_of.isoformat()}

    def at_team(self, team: str | None) -> Scope:
        """This scope for another team; the group stays, as it is what the team was picked from."""
        return replace(self, team=team)

    def at_aspect(self, aspect: str) -> Scope:
        """This scope for another aspect; a practice of the old one is left behind."""
        return replace(self, aspect=aspect, practice=None if aspect != self.aspect else self.practice)

    def teams(self, settings: Settings) -> tuple[Team, ...]:
        """The teams it is about: the one, those of the group, or all."""
        if self.team is not None:
            return tuple(team for team in settings.teams if team.id == self.team)
        return teams_of_group(settings, self.group)


NAMES = ("team", "group", "aspect", "practice", "as_of", "framework", "span")
"""The query parameters that make up a scope."""


def teams_of_group(settings: Settings, group: str | None) -> tuple[Team, ...]:
    """The teams at or below a group; all teams for None."""
    if group is None:
        return settings.teams
    return tuple(team for team in settings.teams if _within(team.group.strip("/"), group))


def read_scope(
    params: Mapping[str, str],
    settings: Settings,
    catalogue: Catalogue,
    today: date,
    frameworks: Collection[str] = (),
) -> tuple[Scope, tuple[str, ...]]:
    """The scope that query parameters ask for, and one note (Markdown) for each that can't be followed."""
    notes: list[str] = []
    team = _one_of(params, "team", {team.id for team in settings.teams}, notes)
    group = _one_of(params, "group", set(settings.groups), notes)
    aspect = _one_of(params, "aspect", {aspect.id for aspect in catalogue.aspects}, notes)
    practice = _one_of(params, "practice", set(catalogue.by_id), notes)
    if team and group and team not in {member.id for member in teams_of_group(settings, group)}:
        notes.append(text.note_team_outside_group(team, group))
        group = None
    if practice:
        aspect = catalogue.by_id[practice].aspect
    framework = _one_of(params, "framework", set(frameworks), notes)
    day = _day(params, today, notes)
    scope = Scope(
        team=team, group=group, aspect=aspect, practice=practice, as_of=day, framework=framework,
        span=_span(params, notes),
    )  # fmt: skip
    return scope, tuple(notes)


def _within(path: str, group: str) -> bool:
    return path == group or path.startswith(f"{group}/")


def _one_of(params: Mapping[str, str], name: str, known: set[str], notes: list[str]) -> str | None:
    value = params.get(name)
    if not value or value in known:
        return value or None
    notes.append(text.note_unknown_value(name, value, near_miss(value, known)))
    return None


def _span(params: Mapping[str, str], notes: list[str]) -> int | None:
    value = params.get("span")
    if not value:
        return None
    span = next((months for months in SPANS if str(months) == value), None)
    if span is None:
        notes.append(text.note_unknown_span(value, SPANS, USUAL_SPAN))
    return None if span == USUAL_SPAN else span


def _day(params: Mapping[str, str], today: date, notes: list[str]) -> date | None:
    value = params.get("as_of")
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        notes.append(text.note_bad_day(value))
        return None
    if day > today:
        notes.append(text.note_future_day(day))
        return None
    return None if day == today else day
