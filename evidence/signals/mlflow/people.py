"""How many people log to one place."""

from __future__ import annotations

from collections import defaultdict

from mlops_maturity.evidence.records import TrainingRun
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.figures import counted, lower_median, notes, proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView, bounds


def contributors_per_experiment(view: TeamView, window: Window) -> Measured | Missing:
    """How many different people log runs to one experiment.

    Unit: people.
    Window: 90 days, by the end of the run.
    Formula: lower median over active experiments of the number of different authors of runs that automation did not
        start. Only runs of experiments that the team selects count. An experiment that automation alone logs to is
        left out: who is behind its runs is not known.
    Unknown: an experiment of which no run by a person names its author lowers seen.
    Seen: experiments with a known author, of those that people log to; opportunities are those with a known author.
    Source: training runs; an author is a keyed hash. Deleted runs count as long as they were read.
    Missing: runs not read; no run in the window; automation alone logs; no author known.
    """
    if absent := unseen(view, window, "training_run"):
        return absent
    runs = [
        run for run in view.training_runs.between(*bounds(window)) if (run.source, run.id) not in view.behind_versions
    ]
    if not runs:
        return nothing("runs of this team's experiments were tracked", window)
    experiments: defaultdict[tuple[str, str], list[TrainingRun]] = defaultdict(list)
    for run in runs:
        if run.trigger != "automation":
            experiments[run.source, run.experiment or ""].append(run)
    if not experiments:
        return too_little(f"All {len(runs)} runs were started by automation: who is behind them is not known.")
    people = [{run.author for run in group} - {None} for group in experiments.values()]
    known = [len(authors) for authors in people if authors]
    if not known:
        return too_little(f"None of the runs in {len(people)} experiments names who logged it.")
    return Measured(
        value=float(lower_median(known)),
        seen=len(known),
        scope=len(people),
        opportunities=len(known),
        proof=proof([run for run in runs if run.author is not None and run.trigger != "automation"]),
        note=notes(
            f"{len(known)} experiments, at most {max(known)} people", counted(len(people) - len(known), "unknown")
        ),
    )


SIGNALS = (
    Signal(
        id="mlflow.contributors_per_experiment",
        title="People who log to one experiment",
        unit="people",
        window_days=90,
        better="higher",
        needs=("training_run",),
        source="own definition; by mlflow.user, as a keyed hash",
        measure=contributors_per_experiment,
        reads=("training_run",),
    ),
)
