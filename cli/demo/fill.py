"""Fills a store with the demo organisation, through the same import, signal and scoring code as live facts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from mlops_maturity.cli.demo.generate import demo_answers, demo_coverage, demo_readings, demo_records, demo_settings
from mlops_maturity.cli.refreshing import console, refresh
from mlops_maturity.cli.workplace import Workplace, open_workplace
from mlops_maturity.evidence.answers_file import import_answers, write_answers
from mlops_maturity.evidence.readings_file import import_readings
from mlops_maturity.evidence.records_file import import_records, write_records
from mlops_maturity.evidence.store.records import write_page

STALE_AFTER = timedelta(days=7)
"""A demo older than this is built anew, so that its evidence still looks fresh."""


def fill(home: Path, end: date | None) -> Path:
    """The demo's settings file, with its store filled up to `end` (today if None). Reuses what is there already."""
    config, mark = home / "maturity.yaml", home / "ready.json"
    if _is_ready(mark, end):
        console.print(f"The demo in {home} is ready; --fresh builds it anew.")
        return config
    last = end or datetime.now(UTC).date()
    home.mkdir(parents=True, exist_ok=True)
    for leftover in (*home.glob("maturity.db*"), mark):
        leftover.unlink(missing_ok=True)
    config.write_text(demo_settings(last), encoding="utf-8")
    place = open_workplace(config)
    _import(place, home, last)
    refresh(place)
    mark.write_text(json.dumps({"version": version("mlops-maturity"), "end": last.isoformat()}), encoding="utf-8")
    return config


def _is_ready(mark: Path, end: date | None) -> bool:
    try:
        made = json.loads(mark.read_text(encoding="utf-8"))
        made_until = date.fromisoformat(made["end"])
    except (OSError, ValueError, KeyError):
        return False
    fits = made_until == end if end is not None else datetime.now(UTC).date() - made_until < STALE_AFTER
    return fits and bool(made["version"] == version("mlops-maturity"))


def _import(place: Workplace, home: Path, last: date) -> None:
    """Write the files that a user would hand in, and hand them in."""
    records, answers, readings = home / "records.jsonl", home / "answers.csv", home / "readings.jsonl"
    with console.status("Inventing 12 teams with 18 months of history …"):
        with records.open("w", encoding="utf-8") as out:
            write_records(demo_records(last), out)
        with answers.open("w", encoding="utf-8", newline="") as out:
            write_answers(demo_answers(last), out)
        with readings.open("w", encoding="utf-8") as out:
            out.writelines(f"{line.model_dump_json()}\n" for line in demo_readings(last))
    now = place.now
    with (
        console.status("Importing records and answers …"),
        records.open("rb") as lines,
        answers.open("rb") as rows,
        readings.open("rb") as looks,
    ):
        facts = import_records(place.store, lines, records.name, now=now)
        teams, practices = frozenset(team.id for team in place.settings.teams), frozenset(place.catalogue.by_id)
        said = import_answers(place.store, rows, answers.name, now=now, teams=teams, practices=practices)
        seen = import_readings(place.store, looks, readings.name, now=now, teams=teams)
    write_page(place.store, (), coverage=demo_coverage(last), seen_at=now)
    console.print(facts.summary())
    console.print(said.summary())
    console.print(seen.summary())
