"""Which models came of a run, an experiment or a repository, from the records of the whole organisation.

A team's own records can't tell that a run made another team's model: the version that says so is not among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mlops_maturity.evidence.records import Deployment, ModelVersion, Record, TrainingRun
from mlops_maturity.evidence.signals.view import Maker


def makers_of(records: Sequence[Record]) -> Mapping[Maker, frozenset[str]]:
    """What makes models to the models that it made."""
    made: defaultdict[Maker, set[str]] = defaultdict(set)
    for record in records:
        if isinstance(record, ModelVersion) and record.run is not None:
            made["run", record.source, record.run].add(record.model)
        elif isinstance(record, Deployment) and record.repository and record.model:
            made["repository", "", record.repository].add(record.model)
    for record in records:
        if isinstance(record, TrainingRun) and record.experiment:
            models = made.get(("run", record.source, record.id))
            if models:
                made["experiment", record.source, record.experiment] |= models
    return {maker: frozenset(models) for maker, models in made.items()}
