"""Real servers with history on loopback: an MLflow, a Prometheus and a Buildbot of four demo teams.

    with prepare_live(Path(".demo/live"), now) as demo:
        collect(…)  # by the settings in demo.settings

What the servers hold is what the generator tells of these teams, so the whole path from a real server to a score runs
on known facts.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mlops_maturity.cli.demo.generate import SEED, demo_answers, team_records
from mlops_maturity.cli.demo.live_series import demo_series, watched_by_rules
from mlops_maturity.cli.demo.period import Period
from mlops_maturity.cli.demo.servers import buildbot, mlflow, prometheus
from mlops_maturity.cli.demo.servers.mlflow_store import create_store, fill_store
from mlops_maturity.cli.demo.servers.openmetrics import write_history
from mlops_maturity.cli.demo.teams import TEAMS, Character, repository
from mlops_maturity.evidence.answers_file import write_answers
from mlops_maturity.evidence.records import Record, occurred_at

CHOSEN = ("fraud-detection", "pricing", "churn", "predictive-maintenance")
"""Teams that differ: near the top, rising, at the bottom, and one that builds with Buildbot."""
YEAR = timedelta(days=365)
_MARK = "made-by-demo-live"
_RULE = """\
groups:
  - name: drift
    rules:
      - alert: ModelDrift
        expr: model_drift_score{{model=~"{models}"}} > 0.3
        for: 15m
"""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDemo:
    """What runs, and where."""

    settings: Path
    """The `maturity.yaml` that reads these servers."""
    answers: Path
    """The teams' answers, as `answers import` takes them."""
    urls: dict[str, str]
    """Source id to address. A server that is not installed is left out."""
    missing: tuple[str, ...]
    """What is not there, one line each, with how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    home: Path
    now: datetime
    teams: Sequence[Character]
    records: Sequence[Record]


@contextmanager
def prepare_live(home: Path, now: datetime, tell: Tell = lambda text: None) -> Iterator[LiveDemo]:
    """Fill and run the servers in `home`, which is emptied first if an earlier demo made it.

    The history ends with the day (UTC) before `now`. `tell` is told what is being done. Raises DidNotStart, and
    FileExistsError where `home` holds something else.
    """
    _empty(home)
    teams = [character for character in TEAMS if character.id in CHOSEN]
    story = _Story(home=home, now=now, teams=teams, records=_a_year(teams, now))
    starts = {"tracking": _tracking, "metrics": _metrics, "buildbot": _buildbot}
    with ExitStack() as stack:
        urls, missing = {}, []
        for name, start in starts.items():
            found = start(stack, story, tell)
            if found.startswith("http"):
                urls[name] = found
            else:
                missing.append(found)
        yield LiveDemo(
            settings=_settings(home, teams, urls),
            answers=_answers(home, teams, now),
            urls=urls,
            missing=tuple(missing),
        )


def _empty(home: Path) -> None:
    if home.exists() and any(home.iterdir()):
        if not (home / _MARK).exists():
            raise FileExistsError(f"{home} holds something else; name another folder")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / _MARK).touch()


def _a_year(teams: Sequence[Character], now: datetime) -> list[Record]:
    period = Period(now.astimezone(UTC).date())
    found = (record for character in teams for record in team_records(character, period, SEED))
    return [
        record for record in found if (moment := occurred_at(record)) is None or moment >= now - YEAR or _kept(record)
    ]


def _kept(record: Record) -> bool:
    """What a registry shows however old it is."""
    return record.kind in ("model", "model_version")


def _tracking(stack: ExitStack, story: _Story, tell: Tell) -> str:
    if not mlflow.is_installed():
        return "no MLflow server: pip install 'mlops-maturity[local]'"
    tell("Filling an MLflow store with a year of runs …")
    database = story.home / "mlflow.db"
    create_store(database)
    fill_store(database, story.records)
    tell("Starting MLflow …")
    return stack.enter_context(mlflow.mlflow_server(database, story.home / "mlflow"))


def _metrics(stack: ExitStack, story: _Story, tell: Tell) -> str:
    if not prometheus.is_installed():
        return "no Prometheus: on Debian, apt-get install prometheus"
    tell("Filling a Prometheus with a year of metrics and alerts …")
    history, data = story.home / "history.om", story.home / "prometheus-data"
    write_history(history, demo_series(story.records, story.now))
    prometheus.backfill(history, data)
    history.unlink()
    tell("Starting Prometheus …")
    rules = _RULE.format(models="|".join(watched_by_rules(story.records)))
    return stack.enter_context(prometheus.prometheus_server(data, story.home / "prometheus", rules=rules))


def _buildbot(stack: ExitStack, story: _Story, tell: Tell) -> str:
    if not buildbot.is_installed():
        return "no Buildbot: pip install 'mlops-maturity[test]'"
    tell("Starting Buildbot …")
    url = stack.enter_context(buildbot.buildbot_server(story.home / "buildbot"))
    tell("Running builds …")
    buildbot.run_builds(url, orders(story.teams))
    return url


def orders(teams: Sequence[Character]) -> list[buildbot.Order]:
    """The builds to make: a history for the team that builds with Buildbot, a few for each of the others."""
    return [
        replace(order, repository=f"https://git.example/{repository(character.repositories[0])}")
        for character in teams
        for order in (buildbot.ORDERS if character.builds == "buildbot" else buildbot.FEW_ORDERS)
    ]


def _answers(home: Path, teams: Sequence[Character], now: datetime) -> Path:
    path, ids = home / "answers.csv", {character.id for character in teams}
    chosen = (answer for answer in demo_answers(now.astimezone(UTC).date()) if answer.team in ids)
    with path.open("w", encoding="utf-8", newline="") as out:
        write_answers(chosen, out)
    return path


def _settings(home: Path, teams: Sequence[Character], urls: dict[str, str]) -> Path:
    path = home / "maturity.yaml"
    path.write_text("".join(_lines(teams, urls)), encoding="utf-8")
    return path


def _lines(teams: Sequence[Character], urls: dict[str, str]) -> Iterator[str]:
    yield "# Real servers on this machine, which run as long as the command that wrote this file.\n"
    yield "organisation: Northwind Live Demo\ntimezone: Europe/Vienna\nstore: sqlite:///maturity.db\n\nteams:\n"
    for character in teams:
        prefix = character.models[0].split("-")[0]
        repositories = ", ".join(repository(name) for name in character.repositories)
        yield f"  - id: {character.id}\n    name: {character.name}\n    group: {character.group}\n"
        yield f'    models: ["{prefix}-*"]\n    experiments: ["{character.id}/*"]\n'
        yield f"    repositories: [{repositories}]\n    prometheus: {{team: {character.id}}}\n"
    yield "\nsources:\n" if urls else ""
    for name, url in urls.items():
        yield _SOURCES[name].format(url=url)


_SOURCES = {
    "tracking": "  - id: tracking\n    type: mlflow\n    url: {url}\n    validated_values: [passed]\n",
    "metrics": """\
  - id: metrics
    type: prometheus
    url: {url}
    labels: {{model: model, version: version}}
    drift_alerts: "ModelDrift.*"
    drift_metric: model_drift_score
    serving_metric: model_requests_total
""",
    "buildbot": """\
  - id: buildbot
    type: buildbot
    url: {url}
    environment_property: environment
    rules:
      purpose:                              # first match wins
        - {{pipeline: train, is: training}}
        - {{pipeline: deploy, is: deployment}}
        - {{pipeline: drift, is: monitoring}}
        - {{pipeline: "*", is: ci}}
      tier:
        - {{environment: "prod*", is: production}}
        - {{environment: "stag*", is: staging}}
      hotfix: {{branches: ["hotfix/*"]}}
""",
}
