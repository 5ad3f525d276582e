"""What the facts of a page cost: cold, warm, and after one answer of one team. `python benchmarks/pages.py [SETTINGS]`.

Without a settings file the demo organisation is made first (half a minute). `--teams N` copies its teams until there
are N, with readings, answers and history. Seconds of CPU: a page waits longer on a busy machine. Charts and the
browser are left out.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import streamlit as st

logging.disable(logging.CRITICAL)

from mlops_maturity.cli.main import app  # noqa: E402
from mlops_maturity.config.settings import Team  # noqa: E402
from mlops_maturity.dashboard import data  # noqa: E402
from mlops_maturity.dashboard.facts.past import points  # noqa: E402
from mlops_maturity.dashboard.facts.trends import first_day, panels  # noqa: E402
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers, read_answers  # noqa: E402
from mlops_maturity.evidence.store.history import read_history, replace_history  # noqa: E402
from mlops_maturity.evidence.store.readings import read_readings, write_readings  # noqa: E402

Read = Callable[[data.Place, date], object]


def overview(place: data.Place, day: date) -> object:
    """All teams."""
    version, teams = data.version_of(place), place.settings.teams
    data.assessments(version, teams, day, place)
    for team in teams:
        data.contradictions(version, team.id, day, place)
    mark, past = data.facts_of(version, [team.id for team in teams], place), data.pasts(version, teams, day, place)
    return data.kept("points", mark, day, partial(points, past, {}))


def overview_of_a_past_day(place: data.Place, day: date) -> object:
    """A Wednesday half a year ago, of which no readings are kept."""
    return overview(place, day - timedelta(weeks=26, days=day.isoweekday() - 3))


def trends(place: data.Place, day: date) -> object:
    """All teams."""
    version, teams = data.version_of(place), place.settings.teams
    ids, first = tuple(team.id for team in teams), first_day(day, 12)
    found, past = data.assessments(version, teams, day, place), data.pasts(version, teams, day, place)
    judged = data.trends(version, ids, day, place)
    for team in ids:
        data.first_seen(version, team, place)
    make = partial(panels, place.catalogue, found, past, day, first, trends=judged)
    return data.kept("panels", data.facts_of(version, ids, place), day, make)


def one_team(place: data.Place, day: date) -> object:
    """Assess, Gaps: one team."""
    version, team = data.version_of(place), place.settings.teams[0].id
    return data.assessment(version, team, day, place), data.contradictions(version, team, day, place)


PAGES: dict[str, Read] = {
    "Overview": overview,
    "Trends": trends,
    "Assess, Gaps": one_team,
    "Overview, a past Wednesday": overview_of_a_past_day,
}


def measure(place: data.Place, day: date) -> None:
    """A row a page."""
    print("| page | cold | warm | after an answer of one team |\n|---|---|---|---|")
    for name, read in PAGES.items():
        st.cache_resource.clear()
        cold = seconds(read, place, day)
        warm = seconds(read, place, day)
        answer(place, day)
        print(f"| {name} | {cold:.2f} | {warm:.4f} | {seconds(read, place, day):.3f} |", flush=True)


def seconds(read: Read, place: data.Place, day: date) -> float:
    begin = time.process_time()
    read(place, day)
    return time.process_time() - begin


def answer(place: data.Place, day: date) -> None:
    """Say something new of the first team."""
    last = read_answers(place.store, team=place.settings.teams[0].id)[-1]
    said = replace(last, on=day, comment=str(time.monotonic_ns()), recorded_at=datetime.now(place.settings.zone))
    append_answers(place.store, [said])


def multiplied(place: data.Place, count: int) -> data.Place:
    """The place with that many teams, each of the further ones a copy of one that is there."""
    known, settings = place.settings.teams, place.settings
    teams = [*known, *(_copy(place, known[number % len(known)], number) for number in range(len(known), count))]
    return replace(place, settings=settings.model_copy(update={"teams": tuple(teams)}), stamp=f"{place.stamp}|{count}")


def _copy(place: data.Place, team: Team, number: int) -> Team:
    name = f"{team.id}-{number}"
    rows, now = read_readings(place.store, team=team.id), datetime.now(place.settings.zone)
    write_readings(place.store, [replace(row, team=name) for row in rows], now)
    said: list[StoredAnswer] = [replace(row, team=name) for row in read_answers(place.store, team=team.id)]
    append_answers(place.store, said)
    replace_history(place.store, name, [replace(row, team=name) for row in read_history(place.store, team=team.id)])
    return team.model_copy(update={"id": name, "name": name})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", nargs="?", type=Path)
    parser.add_argument("--teams", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "demo"
        if asked.settings is None:
            app(["demo", "--home", str(home), "--no-serve"], standalone_mode=False)
        else:
            shutil.copytree(asked.settings.parent, home)
        place = data.place_of(home / (asked.settings.name if asked.settings else "maturity.yaml"))
        if asked.teams > len(place.settings.teams):
            place = multiplied(place, asked.teams)
        print(f"{len(place.settings.teams)} teams; seconds of CPU", file=sys.stderr)
        measure(place, max(row.on for row in read_readings(place.store, team=place.settings.teams[0].id)))
        place.store.close()


if __name__ == "__main__":
    main()
