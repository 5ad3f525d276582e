"""How prompts and releases of generative applications are kept and tried out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

from mlops_maturity.evidence.records import Observation, Record, TrainingRun, occurred_at
from mlops_maturity.evidence.selection import WHOLE_SOURCE
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen, unseen_all
from mlops_maturity.evidence.signals.figures import counted, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.mlflow.applications import application_of, applications, no_application
from mlops_maturity.evidence.signals.promotions import promoted_before
from mlops_maturity.evidence.signals.serving import KNOWN, refused
from mlops_maturity.evidence.signals.view import TeamView, bounds

PROMPT, RELEASED = "prompt_registered", "prompt_released"
LONGEST_AGO = timedelta(days=90)
"""An evaluation further back than this tells nothing of a first release. Threshold: own judgement."""


def prompt_registry_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the generative applications with a prompt in the registry that an alias marks.

    Unit: percent of applications.
    Window: 30 days; the newest look at each prompt in it counts.
    Formula: 100 x generative applications with at least one registered prompt that bears an alias / generative
        applications. A prompt belongs to the application that its tag names or its name begins with, or to the only
        one there is.
    Unknown: whether serving takes its prompts from the registry is not known, and not claimed.
    Seen: all generative applications of the team; opportunities are those.
    Source: observations `prompt_registered`; kinds of models and of the team. Prompts deleted since keep what was
        observed of them.
    Missing: registry not read; no generative application known; prompts not read, with the reason the source gives.
    """
    if absent := unseen(view, window, "model"):
        return absent
    known = applications(view, window)
    if not known:
        return no_application(view, window)
    newest = {entry.attributes.get("prompt"): entry for entry in _observed(view, PROMPT, window)}
    if not newest and not _looked(view, PROMPT, window):
        return refused(view, window, PROMPT) or Missing(
            reason="not_covered", detail=f"The prompts of {window.first} to {window.last} were not read: collect them."
        )
    found: defaultdict[str | None, list[Observation]] = defaultdict(list)
    for entry in newest.values():
        found[application_of(entry.subject, known)].append(entry)
    judged: list[tuple[bool | None, Record]] = []
    for application in known:
        marked = [entry for entry in found[application] if entry.state == "yes"]
        proof = next(iter(marked or found[application]), None) or _record_of(view, application, window)
        judged.append((bool(marked), proof))
    return share(judged, remarks=[counted(len(found[None]), "prompts of no application known")])


def genai_eval_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the releases of generative applications that an evaluation on a fixed data set came before.

    Unit: percent of releases.
    Window: 90 days, by the release: the first promotion of a version of a generative application, or a prompt's
        production alias first seen on another version.
    Formula: 100 x releases with a finished evaluation run on a named data set after the release before it (after 90
        days ago for the first one) and before it / releases. A run belongs to the application whose versions came of
        its experiment, or after which its experiment is named.
    Unknown: a release of which no application is known lowers seen. MLflow older than 3.0 leaves no mark on an
        evaluation: without any such mark so far there is no value.
    Seen: releases judged, of all; opportunities are the releases judged.
    Source: model aliases as observed, production deployments, observations `prompt_released`, training runs with the
        attribute `evaluation`. Versions deleted before we first looked don't count.
    Missing: neither aliases nor deployments read; no generative application known; no release in the window; no
        evaluation run known so far.
    """
    if absent := unseen_all(view, window, "model_alias", "deployment"):
        return absent
    known = applications(view, window)
    if not known:
        return no_application(view, window)
    start, end = bounds(window)
    releases = _releases(view, known, end)
    inside = [(name, at, record) for name, moments in releases.items() for at, record in moments if at >= start]
    if not inside:
        return nothing("releases of generative applications", window)
    evaluated = _evaluations(view, known, end)
    if not any(evaluated.values()):
        return too_little(
            f"{len(inside)} releases, and no evaluation run on a data set is known: run `mlflow.genai.evaluate` (3.0 "
            "or newer marks its runs)."
        )
    judged: list[tuple[bool | None, Record]] = []
    for name, moments in releases.items():
        ahead = [(moments[0][0] - LONGEST_AGO, moments[0][1]), *moments]
        for (before, _), (at, record) in pairwise(ahead):
            if at >= start:
                verdict = None if name is None else any(before <= run < at for run in evaluated[name])
                judged.append((verdict, record))
    if all(verdict is None for verdict, _ in judged):
        return too_little(f"Of none of {len(judged)} releases is known which application it is of.")
    return share(judged)


def _releases(view: TeamView, known: tuple[str, ...], end: datetime) -> dict[str | None, list[tuple[datetime, Record]]]:
    """Application to its releases before `end`, oldest first."""
    found: defaultdict[str | None, list[tuple[datetime, Record]]] = defaultdict(list)
    for entry in promoted_before(view, end):
        if entry.model in known:
            found[entry.model].append((entry.at, entry.record))
    prompts = view.observations.get(RELEASED)
    for released in prompts.before(end) if prompts else ():
        found[application_of(released.subject, known)].append((released.observed_at, released))
    return {name: sorted(moments, key=lambda moment: (moment[0], moment[1].id)) for name, moments in found.items()}


def _evaluations(view: TeamView, known: tuple[str, ...], end: datetime) -> Mapping[str, list[datetime]]:
    """Application to when evaluations of it on a named data set finished, before `end`."""
    made = view.once(_experiments)
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for run in view.training_runs.before(end):
        if run.attributes.get("evaluation") and run.datasets and run.outcome == "success":
            moment = occurred_at(run)
            assert moment is not None  # it is before `end`
            own = made.get((run.source, run.experiment or ""), frozenset()) & set(known)
            named = application_of(run.experiment or "", known)
            for application in own or {named} - {None}:
                assert application is not None
                found[application].append(moment)
    return found


def _experiments(view: TeamView) -> Mapping[tuple[str, str], frozenset[str]]:
    """Source and experiment to the models whose versions came of a run in it."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for version in view.model_versions:
        run: TrainingRun | None = view.runs_by_id.get((version.source, version.run or ""))
        if run is not None and run.experiment:
            found[run.source, run.experiment].add(version.model)
    return {key: frozenset(models) for key, models in found.items()}


def _experiments_known(view: TeamView) -> Iterator[tuple[date | None, str]]:
    """Which experiments the models came of, at whatever time."""
    yield from ((None, f"{key} {sorted(models)}") for key, models in view.once(_experiments).items())


def _observed(view: TeamView, name: str, window: Window) -> tuple[Observation, ...]:
    timeline = view.observations.get(name)
    entries = timeline.between(*bounds(window)) if timeline else ()
    return tuple(entry for entry in entries if entry.state in KNOWN and entry.subject != WHOLE_SOURCE)


def _looked(view: TeamView, name: str, window: Window) -> bool:
    """Whether any source said in the window that it was looked for, and found nothing or something."""
    start, end = bounds(window)
    return any(r.name == name and r.state in KNOWN and start <= r.observed_at < end for r in view.around.remarks)


def _record_of(view: TeamView, application: str, window: Window) -> Record:
    """What shows that the application is there at all."""
    end = bounds(window)[1]
    named: list[Record] = [model for model in view.models if model.name == application]
    named += [version for version in view.model_versions.before(end) if version.model == application]
    serving = view.observations.get("serving")
    named += [entry for entry in (serving.before(end) if serving else ()) if entry.subject == application]
    return named[0]


SIGNALS = (
    Signal(
        id="mlflow.prompt_registry_share",
        title="Generative applications with registered prompts",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("model",),
        source="own definition",
        measure=prompt_registry_share,
        reads=("model", "model_version", "observation"),
        reaches="past",
    ),
    Signal(
        id="mlflow.genai_eval_share",
        title="Generative releases that were evaluated before",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("model_alias", "deployment"),
        source="own definition; by mlflow.runType = genai_evaluate",
        measure=genai_eval_share,
        reads=("model_alias", "deployment", "model_version", "model", "observation", "training_run"),
        reaches="past",
        hangs_on=_experiments_known,
    ),
)
