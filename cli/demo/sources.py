"""The sources of the demo organisation, and its settings file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mlops_maturity.cli.demo.teams import MONTHS, OWNER, TEAMS, Character
from mlops_maturity.evidence.records import RecordKind

TRACKED: tuple[RecordKind, ...] = ("training_run", "model_version", "model", "model_alias")
BUILT: tuple[RecordKind, ...] = ("pipeline_run", "deployment")
WATCHED: tuple[RecordKind, ...] = ("observation", "incident")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One server, as the settings name it."""

    id: str
    type: str
    lines: str
    """The rest of its settings, as YAML."""
    kinds: tuple[RecordKind, ...]
    connected: float = 0.0
    """Month of the history from which it is known."""
    silent: float = MONTHS
    """Month from which nothing came of it any more."""


RULES = """\
    rules:
      purpose:                              # first match wins
        - {pipeline: "train-*", is: training}
        - {pipeline: "deploy*", is: deployment}
        - {pipeline: "*", is: ci}
      tier:
        - {environment: "prod*", is: production}
"""

PROMETHEUS = """\
    labels: {model: model, version: version}
    drift_alerts: "ModelDrift.*"
    drift_metric: model_drift_score
    serving_metric: model_requests_total
    latency_histogram: model_latency_seconds
    slo_alerts: "ModelSlo.*"
    slo_budget_metric: model_error_budget_left
    quality_metric: model_quality
    cost_metric: model_cost_euros_total
    token_metric: model_tokens_total
    guardrail_metric: model_guardrail_decisions_total
    feature_updated_metric: feature_table_updated_seconds
"""

MLFLOW = """\
    production_aliases: [champion]
    validation_tag: validation_status
    max_age_tag: max_age_days
"""

SOURCES = (
    Source(
        id="tracking",
        type="mlflow",
        lines="    url: https://mlflow.northwind.example\n" + MLFLOW,
        kinds=TRACKED,
    ),
    Source(
        id="genai-tracking",
        type="mlflow",
        lines="    url: https://genai-mlflow.northwind.example\n" + MLFLOW,
        kinds=TRACKED,
        connected=11.5,
    ),
    Source(
        id="github",
        type="github",
        lines=f"    url: https://github.northwind.example/api/v3\n    organisation: {OWNER}\n" + RULES,
        kinds=("change", *BUILT, "incident", "observation"),
    ),
    Source(
        id="buildbot",
        type="buildbot",
        lines='    url: https://buildbot.northwind.example\n    builders: ["*"]\n' + RULES,
        kinds=BUILT,
    ),
    Source(
        id="metrics",
        type="prometheus",
        lines="    url: https://prometheus.northwind.example\n" + PROMETHEUS,
        kinds=WATCHED,
    ),
    Source(
        id="logistics-metrics",
        type="prometheus",
        lines="    url: https://logistics-prometheus.northwind.example   # silent for five months\n" + PROMETHEUS,
        kinds=WATCHED,
        silent=13.0,
    ),
)

HEAD = """\
# The demo organisation: twelve invented teams, so that every page has something to show.
# Its servers don't exist (names under .example never do); what they would tell was generated and imported.
organisation: Northwind Demo
timezone: Europe/Vienna
store: sqlite:///maturity.db
catalogue: mlops
"""


def demo_settings(end: date | None = None) -> str:
    """The settings file of the demo organisation; with targets where `end` is given, from which they are counted."""
    teams = "".join(line for character in TEAMS for line in _team(character, end))
    sources = "".join(f"  - id: {source.id}\n    type: {source.type}\n{source.lines}" for source in SOURCES)
    return f"{HEAD}\nteams:\n{teams}\nsources:\n{sources}"


def _team(character: Character, end: date | None) -> Iterator[str]:
    prefix = character.models[0].split("-")[0]
    yield f"  - id: {character.id}\n"
    yield f"    name: {character.name}\n"
    yield f"    group: {character.group}\n"
    yield f"    kinds: [{', '.join(character.kinds)}]\n"
    yield f"    criticality: {character.criticality}\n"
    if character.target is not None and end is not None:
        level, months = character.target
        yield f"    target: {{level: {level}, by: {_month_end(end, months).isoformat()}}}\n"
    yield f'    models: ["{prefix}-*"]\n'
    yield f'    experiments: ["{character.id}/*"]\n'
    yield f"    repositories: [{', '.join(f'{OWNER}/{name}' for name in character.repositories)}]\n"
    yield f"    prometheus: {{team: {character.id}}}\n"


def _month_end(end: date, months: int) -> date:
    """The first day of the month that lies so many months after the one of `end`."""
    year, month = divmod(end.year * 12 + end.month - 1 + months, 12)
    return date(year, month + 1, 1)
