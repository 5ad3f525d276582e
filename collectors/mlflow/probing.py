"""What `doctor` shows of an MLflow source."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from itertools import islice

from mlops_maturity.collectors.interface import Probe, SourceError, Unsupported
from mlops_maturity.collectors.mlflow.client import MlflowSource
from mlops_maturity.collectors.mlflow.logged_models import IDS_AT_ONCE, logged_model_of
from mlops_maturity.collectors.mlflow.prompts import refuse_old
from mlops_maturity.collectors.probe_lines import next_step, not_reached, part_not_read
from mlops_maturity.config.plural import counted

_LOOKED_AT = 500
_TRACED = 100
"""Experiments that are asked for traces at once."""
_FAR_MS = 1 << 52
"""An instant after every trace."""
_VERSION = re.compile(r"\d+\.\d+")
_URL = "MLflow's own address, as in the browser"


def probes(source: MlflowSource) -> tuple[Probe, ...]:
    """Reachable, experiments and runs, models with aliases, versions with validation tags, logged models, prompts,
    traces."""
    looks: list[Callable[[MlflowSource], Probe]] = [_runs, _models, _versions, _logged, _prompts, _traces]
    found: list[Probe] = []
    if source.settings.is_http:
        try:
            found.append(_reachable(source))
        except SourceError as error:
            found.append(not_reached(error, _URL))
        if found[0].state == "error":
            return tuple(found)
    return (*found, *(_probed(look.__name__.strip("_"), look, source) for look in looks))


def _probed(name: str, look: Callable[[MlflowSource], Probe], source: MlflowSource) -> Probe:
    try:
        return look(source)
    except SourceError as error:
        return part_not_read(name, error, absent="update MLflow, or leave it: what it does not have is never 0")


def _reachable(source: MlflowSource) -> Probe:
    source.text("/health")
    version = source.text("/version").strip()[:40]
    if not _VERSION.match(version):
        seen = "with a web page (a login?)" if version.startswith("<") else repr(version) if version else "nothing"
        return Probe(
            name="reachable",
            state="error",
            detail=f"answers {seen} where MLflow tells its version",
            fix="check url, and that no login page or proxy stands in front of it; a token may be needed",
        )
    client = importlib.metadata.version("mlflow-skinny")
    return Probe(name="reachable", state="ok", detail=f"MLflow {version}, read with client {client}")


def _runs(source: MlflowSource) -> Probe:
    try:
        experiments = source.experiments()
    except SourceError as error:  # every MLflow has them
        return Probe(name="runs", state="error", detail=str(error), fix=next_step(error, _URL))
    if not experiments:
        return Probe(
            name="runs",
            state="warning",
            detail="no experiment is visible",
            fix="give the token read access to the experiments",
        )
    found = source.runs([entry.id for entry in experiments[:_LOOKED_AT]], "", "start_time")
    some = f"{len(found.items)} or more runs" if found.token else counted(len(found.items), "run")
    return Probe(name="runs", state="ok", detail=f"{counted(len(experiments), 'experiment')}, {some}")


def _models(source: MlflowSource) -> Probe:
    models = list(islice(source.models(), _LOOKED_AT))
    wanted = set(source.settings.production_aliases)
    served = sum(bool(wanted & set(model.aliases or {})) for model in models)
    detail = f"{counted(len(models), 'model')}, {served} with a production alias ({', '.join(sorted(wanted))})"
    if models and not served:
        used = sorted({alias for model in models for alias in model.aliases or {}})
        fix = f"set `production_aliases`; in use: {', '.join(used)}" if used else "mark the served version by an alias"
        return Probe(name="models", state="warning", detail=detail, fix=fix)
    return Probe(name="models", state="ok", detail=detail)


def _versions(source: MlflowSource) -> Probe:
    versions = list(islice(source.versions(), _LOOKED_AT))
    tag = source.settings.validation_tag
    tagged = sum(tag in (version.tags or {}) for version in versions)
    detail = f"{counted(len(versions), 'version')} looked at, {tagged} with the tag {tag}"
    if versions and not tagged:
        return Probe(name="versions", state="warning", detail=detail, fix="set `validation_tag` to the tag you use")
    return Probe(name="versions", state="ok", detail=detail)


def _logged(source: MlflowSource) -> Probe:
    behind = {model for version in islice(source.versions(), _LOOKED_AT) if (model := logged_model_of(version))}
    if not behind:
        return Probe(name="logged models", state="ok", detail="no version was registered from one")
    experiments = [entry.id for entry in source.experiments()[:_LOOKED_AT]]
    try:
        found = list(source.logged_models(experiments, sorted(behind)[:IDS_AT_ONCE]))
    except Unsupported as error:
        return Probe(name="logged models", state="ok", detail=f"not in this version: {error}")
    named = sum(bool(model.source_run_id) for model in found)
    return Probe(name="logged models", state="ok", detail=f"{len(found)} behind versions, {named} name their run")


def _prompts(source: MlflowSource) -> Probe:
    try:
        refuse_old(source)
        prompts = list(islice(source.prompts(), _LOOKED_AT))
    except Unsupported as error:
        return Probe(name="prompts", state="ok", detail=f"not in this version: {error}")
    tag = source.settings.application_tag
    named = sum(tag in (prompt.tags or {}) for prompt in prompts)
    detail = f"{counted(len(prompts), 'prompt')}, {named} with the tag {tag}"
    if prompts and not named:
        fix = f"name the application of a prompt by the tag {tag}, or set `application_tag`; its own name counts now"
        return Probe(name="prompts", state="warning", detail=detail, fix=fix)
    return Probe(name="prompts", state="ok", detail=detail)


def _traces(source: MlflowSource) -> Probe:
    globs = source.settings.trace_experiments
    experiments = [entry for entry in source.experiments() if any(fnmatchcase(entry.name, glob) for glob in globs)]
    if not experiments:
        fix = "set `trace_experiments` to the names of experiments whose traces come of production"
        return Probe(name="traces", state="warning", detail=f"no experiment is named like {', '.join(globs)}", fix=fix)
    try:
        found = source.traces([entry.id for entry in experiments[:_TRACED]], 0, _FAR_MS)
    except Unsupported as error:
        return Probe(name="traces", state="ok", detail=f"not in this version: {error}")
    some = f"{len(found.items)} or more traces" if found.token else counted(len(found.items), "trace")
    return Probe(name="traces", state="ok", detail=f"{counted(len(experiments), 'experiment')}, {some}")
