"""What the names of a run's metrics tell: on how many slices they were taken, and how many speak of fairness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate

from mlops_maturity.collectors.mlflow.settings import MlflowSettings

_REMEMBERED = 20_000
"""Names judged once; runs of one experiment all have the same ones."""


class MetricNames:
    """Judges names by the patterns of one source."""

    def __init__(self, settings: MlflowSettings) -> None:
        self._slice = re.compile(settings.slice_metric)
        globs = [translate(glob.casefold()) for glob in settings.fairness_metrics]
        self._fairness = re.compile("|".join(globs)) if globs else None
        self._judged: dict[str, tuple[str | None, bool]] = {}

    def counts(self, names: Iterable[str]) -> dict[str, int]:
        """`slices` and `fairness`, each only where there are any; the names themselves are not kept."""
        judged = [self._judge(name) for name in names]
        found = {
            "slices": len({part for part, _ in judged if part is not None}),
            "fairness": sum(is_fairness for _, is_fairness in judged),
        }
        return {what: number for what, number in found.items() if number}

    def _judge(self, name: str) -> tuple[str | None, bool]:
        known = self._judged.get(name)
        if known is None:
            slice_ = self._slice.fullmatch(name)
            fair = self._fairness is not None and self._fairness.match(name.casefold()) is not None
            known = (slice_["slice"] if slice_ else None, fair)
            if len(self._judged) < _REMEMBERED:
                self._judged[name] = known
        return known
