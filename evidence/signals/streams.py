"""What is read together: records of one kind, but facts of repositories apart from observations of what serves.

Both are observations, yet they come of different systems: a metrics server that fell silent must not look alive because
a code host still answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Observation, Record, RecordKind

Stream = RecordKind | Literal["repository"]
REPOSITORY: Literal["repository"] = "repository"
REPOSITORY_FACTS = frozenset(
    {
        "protected_branch", "lockfile", "owner_file", "model_card", "template", "release_notes", "signed_releases",
        "static_analysis", "no_known_vulnerabilities", "dependency_updates", "least_token_rights", "sbom",
        "protected_environment",
    }
)  # fmt: skip
"""Names of the observations of which the subject is a repository."""


def stream_of(record: Record) -> Stream:
    """What a record is read together with."""
    if isinstance(record, Observation) and record.name in REPOSITORY_FACTS:
        return REPOSITORY
    return record.kind


def streams_of(coverage: Iterable[Coverage], records: Iterable[Record]) -> Mapping[str, Sequence[Coverage]]:
    """Coverage rows by stream. Rows of observations belong to what their source observes; of a source that observed
    nothing yet, to what serves."""
    observed: defaultdict[str, set[str]] = defaultdict(set)
    for record in records:
        if isinstance(record, Observation):
            observed[record.source].add(stream_of(record))
    streams: defaultdict[str, list[Coverage]] = defaultdict(list)
    for span in coverage:
        names = observed.get(span.source, {span.stream}) if span.stream == "observation" else {span.stream}
        for name in names:
            streams[name].append(span)
    return streams
