"""OpenSSF Scorecard results (JSON) as observations of a repository.

Scorecard grades each check from 0 to 10, and -1 where it can't tell. A check becomes a *yes* from the grade on at
which its own documentation says that the practice is there; an inconclusive check is *unknown*, never *no*.
Source of the grades: OpenSSF Scorecard, docs/checks.md, github.com/ossf/scorecard, as of 2026.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, TextIO, TypeGuard

from mlops_maturity.collectors.files.entries import Entry, entries
from mlops_maturity.collectors.files.interface import FileFormat, Reading
from mlops_maturity.evidence.json_problems import TOLERANCE, future_reason
from mlops_maturity.evidence.record_sense import faults_of
from mlops_maturity.evidence.records import Observation, Record, State

SOURCE = "scorecard"
INCONCLUSIVE = -1
CHECKS: Mapping[str, tuple[str, float]] = {
    # Review is asked for from tier 2 on: 6 of 10 points.
    "Branch-Protection": ("protected_branch", 6),
    "Pinned-Dependencies": ("lockfile", 8),
    # 8: the last five releases are signed; 10: they come with provenance.
    "Signed-Releases": ("signed_releases", 8),
    "SAST": ("static_analysis", 8),
    "Vulnerabilities": ("no_known_vulnerabilities", 10),
    "Dependency-Update-Tool": ("dependency_updates", 10),
    "Token-Permissions": ("least_token_rights", 10),
    "SBOM": ("sbom", 5),
}
"""Name of a check to the observation it becomes, and the grade from which on that is a yes."""


def read_scorecard(stream: BinaryIO | TextIO, reading: Reading) -> Iterator[Record]:
    """Yield one observation a known check; other checks are left out and counted."""
    for entry in entries(stream, reading.problems):
        head = _head(entry, reading)
        checks = entry.content.get("checks")
        if not isinstance(checks, list):
            reading.problems.put(entry.problem("checks", "should be the list of checks that Scorecard writes"))
        elif head is not None:
            for index, check in enumerate(checks):
                yield from _observed(check, f"checks.{index}", head, entry, reading)


def _head(entry: Entry, reading: Reading) -> tuple[str, datetime] | None:
    """Repository and moment of a result."""
    repo = entry.content.get("repo")
    name = repo.get("name") if isinstance(repo, dict) else None
    moment = _moment(entry.content.get("date"))
    if not isinstance(name, str) or not name.strip():
        reading.problems.put(entry.problem("repo.name", "is needed: which repository was checked"))
    if moment is None:
        reading.problems.put(entry.problem("date", "should be the day of the check, such as 2026-01-31"))
    elif moment > reading.now + TOLERANCE:
        reading.problems.put(entry.problem("date", future_reason(entry.content["date"], reading.now)))
        moment = None
    if moment is None or not isinstance(name, str) or not name.strip():
        return None
    return _repository(name.strip()), moment


def _repository(name: str) -> str:
    """`github.com/owner/name` as teams select it: `owner/name`."""
    host, _, path = name.partition("/")
    return path if "." in host and path else name


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _observed(
    check: Any, path: str, head: tuple[str, datetime], entry: Entry, reading: Reading
) -> Iterator[Observation]:
    name, score = (check.get("name"), check.get("score")) if isinstance(check, dict) else (None, None)
    if not isinstance(name, str) or not _is_grade(score):
        reading.problems.put(entry.problem(path, "should have a name and a score from -1 to 10"))
        return
    if name not in CHECKS:
        reading.leave_out(f"check {name}")
        return
    observation, passing = CHECKS[name]
    repository, moment = head
    found = Observation(
        source=reading.source or SOURCE,
        id=f"{observation}/{repository}/{moment:%Y-%m-%d}",
        subject=repository,
        name=observation,
        state=_state(score, passing),
        value=None if score == INCONCLUSIVE else float(score),
        observed_at=moment,
        attributes={"check": name, "reason": str(check.get("reason") or "")[:500]},
    )
    faults = list(faults_of(found, reading.now))
    for field, reason in faults:
        reading.problems.put(entry.problem(f"{path}: {field}", reason))
    if not faults:
        yield found


def _is_grade(score: Any) -> TypeGuard[float]:
    number = isinstance(score, int | float) and not isinstance(score, bool)
    return number and math.isfinite(score) and INCONCLUSIVE <= score <= 10


def _state(score: float, passing: float) -> State:
    if score == INCONCLUSIVE:
        return "unknown"
    return "yes" if score >= passing else "no"


FORMAT = FileFormat(name="scorecard", title="OpenSSF Scorecard results", read=read_scorecard)
