"""History as OpenMetrics text, as promtool takes it: https://prometheus.io/docs/specs/om/open_metrics_spec/."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_TOTAL = "_total"


@dataclass(frozen=True, slots=True)
class Series:
    """One series with its samples, as (epoch in seconds, value), in order of time."""

    name: str
    labels: Mapping[str, str]
    points: Sequence[tuple[int, float]]


def write_history(path: Path, series: Iterable[Series]) -> int:
    """Write the file; how many samples it holds. Names that end in `_total` are counters, all others gauges."""
    families: defaultdict[str, list[Series]] = defaultdict(list)
    for one in series:
        families[one.name].append(one)
    written = 0
    with path.open("w", encoding="utf-8") as out:
        for name, members in sorted(families.items()):
            kind: Literal["counter", "gauge"] = "counter" if name.endswith(_TOTAL) else "gauge"
            out.write(f"# TYPE {name.removesuffix(_TOTAL) if kind == 'counter' else name} {kind}\n")
            for member in members:
                head = f"{name}{_labels(member.labels)}"
                out.writelines(f"{head} {value:.12g} {moment}\n" for moment, value in member.points)
                written += len(member.points)
        out.write("# EOF\n")
    return written


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(labels.items())) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
