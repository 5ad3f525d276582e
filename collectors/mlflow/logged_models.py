"""Logged models (MLflow 3): what a registered version was made from, where the version itself does not say so.

They have no record of their own. A version that was registered from a logged model may bear no run, though the logged
model names it; and one that was never in any run still has parameters and metrics. They are asked for by id, and only
for versions that lack a run or are in use: a training that writes checkpoints makes thousands that nobody registers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from mlops_maturity.collectors.interface import Forbidden, ReadRequest, Unauthorized, Unsupported
from mlops_maturity.collectors.mlflow.client import MlflowSource
from mlops_maturity.collectors.mlflow.registry_records import in_use
from mlops_maturity.evidence.records import ModelVersion

AGAIN = timedelta(days=7)
"""How long metrics are waited for after a version came. Threshold: own judgement, as for runs."""
IDS_AT_ONCE = 100
_EXPERIMENTS_AT_ONCE = 1000
_ID = re.compile(r"(?:^models:/|/models/)(m-[0-9a-f]{32})(?:/|$)")
Facts = Mapping[str, Any]
"""`id`, `status`, and how many `params` and `metrics`; `run` where the logged model names its run."""


def logged_model_of(version: Any) -> str | None:
    """The id of the logged model behind a version (`ModelVersion`), which its source names: `model_id` is empty in the
    answers of a plain server."""
    named = _ID.search(version.source or "")
    return named[1] if named is not None else None


class LoggedModels:
    """What logged models tell of versions; what no longer changes is kept between runs in the versions' cursor."""

    def __init__(self, source: MlflowSource, known: Mapping[str, Facts], request: ReadRequest) -> None:
        """`known` is what `kept` gave before."""
        self._source = source
        self._known = dict(known)
        self._fresh = request.now - AGAIN
        self._experiments: list[str] | None = None
        self.refusal = ""
        """Why they may not be read, if so: told once, and not asked again in this run."""
        self._gone = False

    def look_up(self, versions: Iterable[tuple[ModelVersion, str | None]]) -> None:
        """Asks for the logged models (ids) of those versions that want something of them. Raises other SourceErrors."""
        ids = {model for version, model in versions if model is not None and self._is_wanted(version, model)}
        for some in _in_parts(sorted(ids), IDS_AT_ONCE):
            self._ask(some)

    def told(self, version: ModelVersion, model: str | None) -> ModelVersion:
        """The version with what is known of its logged model."""
        facts = self._known.get(model) if model is not None else None
        if facts is None:
            return version
        run = version.run or facts.get("run")
        told = {name: value for name, value in facts.items() if name != "run"}
        return version.model_copy(update={"run": run, "attributes": {**version.attributes, "logged_model": told}})

    def kept(self, models: Iterable[str]) -> dict[str, Facts]:
        """What to remember of the logged models whose versions are still there."""
        return {model: self._known[model] for model in sorted(models) if model in self._known}

    def _is_wanted(self, version: ModelVersion, model: str) -> bool:
        if version.run is not None and not in_use(version):
            return False
        is_fresh = version.created_at is None or version.created_at >= self._fresh
        return model not in self._known or is_fresh or in_use(version)

    def _ask(self, ids: Sequence[str]) -> None:
        try:
            for experiments in _in_parts(self._all_experiments(), _EXPERIMENTS_AT_ONCE):
                if self._gone:
                    return
                for model in self._source.logged_models(experiments, ids):
                    self._known[str(model.model_id)] = facts_of(model)
        except Unsupported:
            self._gone = True  # a server from before MLflow 3 has none
        except (Forbidden, Unauthorized) as error:
            self._gone, self.refusal = True, f"logged models are not read: {error}"

    def _all_experiments(self) -> Sequence[str]:
        if self._experiments is None:
            self._experiments = [each.id for each in self._source.experiments()]
        return self._experiments


def facts_of(model: Any) -> Facts:
    """What is kept of a logged model (`mlflow.entities.LoggedModel`): counts, no names or values."""
    return {
        "id": str(model.model_id),
        "status": str(getattr(model.status, "value", model.status)),
        "params": len(model.params or ()),
        "metrics": len({metric.key for metric in model.metrics or ()}),
        **({"run": str(model.source_run_id)} if model.source_run_id else {}),
    }


def _in_parts(items: Sequence[str], size: int) -> list[Sequence[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
