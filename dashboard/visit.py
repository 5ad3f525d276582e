"""One run of one page: what it is about, and what it may ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.dashboard import data
from mlops_maturity.dashboard.data import Place
from mlops_maturity.dashboard.scope import Scope
from mlops_maturity.dashboard.theme import Tokens
from mlops_maturity.evidence.targets import aimed

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.navigation.page import StreamlitPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What the entry script hands to a view."""

    page: str
    """The path of the page that is drawn."""
    place: Place
    version: str
    """Changes whenever anything that a page shows may have changed; every cached read hangs on it."""
    scope: Scope
    now: datetime
    """The start of the run; aware, in the organisation's time zone."""
    clock: Callable[[], datetime]
    """The present moment likewise, for what happens after the run: a callback that saves."""
    tokens: Tokens
    pages: Mapping[str, StreamlitPage]
    """Page path to what links lead to."""
    subtitle: DeltaGenerator
    """The line under the heading, for the view to fill."""

    @property
    def settings(self) -> Settings:
        """The organisation's settings."""
        return self.place.settings

    @property
    def catalogue(self) -> Catalogue:
        """The maturity model in force."""
        return self.place.catalogue

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()

    @property
    def day(self) -> date:
        """The day that is shown."""
        return self.scope.as_of or self.today

    @property
    def teams(self) -> tuple[Team, ...]:
        """The teams in scope, each with the target that holds for it, wherever that was set."""
        targets = data.targets(self.version, self.place)
        return tuple(aimed(team, targets) for team in self.scope.teams(self.settings))

    @property
    def key(self) -> tuple[str, ...]:
        """Day and teams, for the keys of caches."""
        return (self.day.isoformat(), *(team.id for team in self.teams))

    @property
    def facts(self) -> str:
        """What facts and charts of the teams in scope hang on; an answer of another team leaves it as it is."""
        return data.facts_of(self.version, [team.id for team in self.scope.teams(self.settings)], self.place)

    @property
    def team(self) -> Team | None:
        """The one team that the page is about, if it is one."""
        return self.teams[0] if len(self.teams) == 1 else None
