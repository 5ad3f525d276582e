"""The live demo: real servers, a real collection, levels resting on it, and a second one that changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mlops_maturity.cli.assessment_text import as_tables
from mlops_maturity.cli.collecting import collect_once
from mlops_maturity.cli.dashboard_process import serve_dashboard
from mlops_maturity.cli.demo.live import prepare_live
from mlops_maturity.cli.demo.servers.program import DidNotStart
from mlops_maturity.cli.refreshing import console
from mlops_maturity.cli.trending import lately_of, past_year
from mlops_maturity.cli.workplace import Workplace, open_workplace
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.answers_file import import_answers
from mlops_maturity.evidence.assess import gather_all
from mlops_maturity.scoring.score import score


def run_live(home: Path, *, serve: bool, port: int) -> int:
    """Start the servers in `home`, collect twice, print the levels, serve the dashboard; the exit code.

    1 where a server is missing on this machine or a source could not be read. Raises `InputRefused` where `home`
    holds something else or a server did not start.
    """
    try:
        with prepare_live(home, datetime.now(UTC), console.print) as demo:
            for line in demo.missing:
                console.print(f"Left out: {line}", markup=False)
            failed = _collect_twice(demo.settings, demo.answers)
            if serve:
                failed |= serve_dashboard(demo.settings, "127.0.0.1", port) != 0
            return int(failed or bool(demo.missing))
    except (DidNotStart, FileExistsError) as error:
        raise InputRefused([Problem(str(home), "", str(error))]) from error


def _collect_twice(config: Path, answers: Path) -> bool:
    place = open_workplace(config)
    with answers.open("rb") as rows:
        console.print(import_answers(place.store, rows, answers.name, now=place.now).summary())
    failed = collect_once(place)
    _tell_levels(place)
    console.print("Once more: what is known already changes nothing.")
    return collect_once(open_workplace(config)) or failed


def _tell_levels(place: Workplace) -> None:
    dossiers = gather_all(place.store, place.settings, place.catalogue, place.settings.teams, place.today)
    levels = {each.team.id: score(place.catalogue, each.evidence, place.today) for each in dossiers}
    lately = lately_of(place, dossiers, levels, past_year(place, levels, place.today), alone=False)
    as_tables(levels, place.settings, place.catalogue, lately)
