"""The teams of the demo organisation, as data: who they are, how mature they really are, and what they say of it.

Everything is invented. A team's `truth` is a line through (month of the history, maturity 0 to 3); what its systems
do follows that line, what its people say follows it with a bias of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

MONTHS = 18
"""Length of the history."""

Truth = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """How a team answers the questionnaire."""

    respondents: tuple[str, ...]
    """Roles, never names."""
    months: tuple[float, ...]
    """Months of the history in which it is asked."""
    bias: float = 0.0
    """Rungs by which people see themselves higher (or lower) than they are."""
    attested: float = 0.1
    """Share of the answers that come with a linked artefact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """One team of the demo organisation."""

    id: str
    name: str
    group: str
    story: str
    """What a visitor should see in its pages."""
    truth: Truth
    models: tuple[str, ...]
    repositories: tuple[str, ...]
    people: int
    """How many of them change code."""
    survey: Survey | None
    kinds: tuple[str, ...] = ("classical",)
    criticality: str = "normal"
    target: tuple[int, int] | None = None
    """Level wanted, and in how many months from the end of the history."""
    lean: Mapping[str, float] = field(default_factory=dict)
    """Aspect to the rungs by which the team is stronger or weaker there."""
    tracking: str | None = "tracking"
    """The source that holds its runs and models; None = not connected. Likewise below."""
    builds: str | None = "github"
    changes: str | None = "github"
    metrics: str | None = "metrics"
    since: float = 0.0
    """Month of the history in which its systems were connected, and its first record was made."""
    silent_from: Mapping[str, float] = field(default_factory=dict)
    """Source to the month from which nothing came of it any more."""

    def maturity(self, month: float, aspect: str) -> float:
        """The true maturity in a month of the history, 0 to 3."""
        return min(3.0, max(0.0, _on_line(self.truth, month) + self.lean.get(aspect, 0.0)))


def _on_line(points: Truth, x: float) -> float:
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


QUARTERLY = (0.1, 3.5, 6.4, 9.5, 12.4, 15.4, 17.4)
HALF_YEARLY = (0.1, 6.8, 12.6, 16.6)

AUTOMATION, COLLABORATION = "standardization-automation", "collaboration-communication"
DELIVERY, WATCHING = "ci-cd", "monitoring-governance"

TEAMS = (
    Character(
        id="fraud-detection",
        name="Fraud Detection",
        group="payments/risk",
        story="rises steadily from level 1 to the top",
        truth=((0, 1.2), (6, 1.9), (12, 2.7), (15, 3.1), (18, 3.3)),
        kinds=("classical",),
        criticality="high",
        target=(3, 2),
        models=("fraud-card", "fraud-transfer", "fraud-account", "fraud-merchant"),
        repositories=("fraud-models", "fraud-scoring", "fraud-features"),
        people=7,
        survey=Survey(respondents=("tech-lead", "data-scientist-1", "ml-engineer-1"), months=QUARTERLY, attested=0.3),
    ),
    Character(
        id="credit-scoring",
        name="Credit Scoring",
        group="payments/risk",
        story="steady on level 2 for a year and a half; strong in governance",
        truth=((0, 2.2), (18, 2.3)),
        criticality="high",
        target=(2, 1),
        lean={WATCHING: 0.2},
        models=("credit-retail", "credit-small-business", "credit-limit", "credit-collections"),
        repositories=("credit-models", "credit-scoring-service"),
        people=5,
        survey=Survey(respondents=("tech-lead", "risk-officer", "data-scientist-1"), months=HALF_YEARLY, attested=0.25),
    ),
    Character(
        id="pricing",
        name="Pricing",
        group="commerce/revenue",
        story="came from level 0 to level 2; delivery moved first",
        truth=((0, 0.6), (5, 1.2), (10, 1.9), (14, 2.3), (18, 2.45)),
        target=(3, 9),
        lean={DELIVERY: 0.2},
        models=("pricing-elasticity", "pricing-markdown", "pricing-promotion"),
        repositories=("pricing-models", "pricing-service"),
        people=5,
        survey=Survey(respondents=("tech-lead", "data-scientist-1", "product-owner"), months=QUARTERLY),
    ),
    Character(
        id="demand-forecast",
        name="Demand Forecast",
        group="commerce/supply",
        story="falls from level 2 to level 1 after a re-organisation took half of its people",
        truth=((0, 2.3), (9, 2.4), (10, 2.0), (12, 1.4), (18, 1.25)),
        target=(2, 6),
        models=("forecast-daily", "forecast-weekly", "forecast-new-items", "forecast-returns"),
        repositories=("forecast-models", "forecast-pipelines"),
        people=5,
        survey=Survey(respondents=("tech-lead", "data-scientist-2"), months=HALF_YEARLY, bias=0.1),
    ),
    Character(
        id="search-ranking",
        name="Search Ranking",
        group="commerce/discovery",
        story="has been near the top throughout, and is there now",
        truth=((0, 2.6), (8, 2.9), (12, 3.2), (18, 3.3)),
        criticality="high",
        target=(3, 1),
        models=("search-ranker", "search-speller", "search-embeddings", "search-intent", "search-personal"),
        repositories=("search-models", "search-serving", "search-features"),
        people=8,
        survey=Survey(
            respondents=("tech-lead", "ml-engineer-1", "data-scientist-1", "data-engineer-1"),
            months=QUARTERLY,
            bias=0.1,
            attested=0.3,
        ),
    ),
    Character(
        id="recommendations",
        name="Recommendations",
        group="commerce/discovery",
        story="claims a lot and shows little",
        truth=((0, 0.3), (18, 0.35)),
        lean={DELIVERY: -0.35},
        target=(2, 4),
        models=("recommend-home", "recommend-basket", "recommend-mail"),
        repositories=("recommend-notebooks", "recommend-service"),
        people=4,
        survey=Survey(respondents=("team-manager", "tech-lead"), months=QUARTERLY, bias=1.9, attested=0.02),
    ),
    Character(
        id="churn",
        name="Churn",
        group="customer/marketing",
        story="flat on level 1: one model file a month, dropped in by hand",
        truth=((0, 1.3), (18, 1.4)),
        criticality="low",
        models=("churn-prepaid", "churn-contract", "churn-winback"),
        repositories=("churn-model", "churn-service"),
        people=3,
        survey=Survey(respondents=("data-scientist-1", "product-owner"), months=HALF_YEARLY),
    ),
    Character(
        id="document-ai",
        name="Document AI",
        group="customer/service",
        story="a young team with generative models; its systems were connected half a year ago",
        truth=((10, 1.3), (13, 2.0), (18, 2.45)),
        kinds=("classical", "genai"),
        target=(2, 3),
        models=("document-classify", "document-extract", "document-summary"),
        repositories=("document-ai", "document-prompts"),
        people=5,
        tracking="genai-tracking",
        since=11.5,
        survey=Survey(respondents=("tech-lead", "ml-engineer-1"), months=(12.0, 14.6, 17.2)),
    ),
    Character(
        id="support-agent",
        name="Support Agent",
        group="customer/service",
        story="has only answered the questionnaire; nothing of it is connected",
        truth=((0, 0.7), (18, 1.35)),
        kinds=("genai", "agent"),
        criticality="high",
        models=("support-agent",),
        repositories=("support-agent",),
        people=4,
        tracking=None,
        builds=None,
        changes=None,
        metrics=None,
        survey=Survey(respondents=("tech-lead", "prompt-engineer"), months=(6.0, 11.8, 16.9), bias=0.1),
    ),
    Character(
        id="predictive-maintenance",
        name="Predictive Maintenance",
        group="operations/plants",
        story="does more than it says: engineers who answer modestly",
        truth=((0, 2.0), (18, 2.6)),
        target=(2, 2),
        models=("maintenance-pumps", "maintenance-turbines", "maintenance-valves", "maintenance-bearings"),
        repositories=("maintenance-models", "maintenance-edge"),
        people=5,
        builds="buildbot",
        survey=Survey(respondents=("tech-lead", "plant-engineer"), months=HALF_YEARLY, bias=-1.0, attested=0.0),
    ),
    Character(
        id="delivery-eta",
        name="Delivery ETA",
        group="operations/logistics",
        story="holds level 2 although its metrics have been silent for five months",
        truth=((0, 1.9), (6, 2.3), (18, 2.45)),
        models=("eta-parcel", "eta-freight", "eta-pickup", "eta-returns"),
        repositories=("eta-models", "eta-service"),
        people=5,
        metrics="logistics-metrics",
        silent_from={"logistics-metrics": 13.0},
        survey=Survey(respondents=("tech-lead", "data-engineer-1"), months=QUARTERLY, attested=0.15),
    ),
    Character(
        id="energy-load",
        name="Energy Load",
        group="operations/plants",
        story="all of its systems are connected, and nobody has answered a question",
        truth=((0, 1.8), (18, 2.3)),
        models=("load-hourly", "load-peak", "load-solar"),
        repositories=("load-models", "load-service"),
        people=4,
        builds="buildbot",
        survey=None,
    ),
)
"""The twelve teams, group by group."""

OWNER = "northwind-demo"
"""The owner of all repositories."""


def repository(name: str) -> str:
    """A repository's full name."""
    return f"{OWNER}/{name}"


def experiment(character: Character, model: str) -> str:
    """Where the runs of a model are tracked."""
    return f"{character.id}/{model}"
