"""Whether changes were built before they were merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter

from mlops_maturity.evidence.records import Change, Record, occurred_at
from mlops_maturity.evidence.refs import plain_branch
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.checks import EXECUTED
from mlops_maturity.evidence.signals.ci.runs import of_purpose
from mlops_maturity.evidence.signals.figures import counted, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.scm.changes import merged_by_people
from mlops_maturity.evidence.signals.view import TeamView, bounds

_Ends = Mapping[tuple[str, str], list[datetime]]


def change_build_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of merged changes with a CI run that was over before the merge.

    Unit: percent of changes.
    Window: 90 days, by the merge.
    Formula: 100 x changes for which a CI run ended, well or badly, after the change was proposed and before it was
        merged / merged changes judged. A run is one of a change by its commit (`attributes.head_sha`, or the merged
        commit itself), or by repository and branch (`attributes.branch`). Changes made by bots are left out.
    Unknown: a change that names neither its last commit nor its branch, and whose merged commit was not built before,
        lowers seen; so do changes of repositories of which no pipeline runs are read.
    Seen: changes judged, of the merged ones; opportunities are the changes judged.
    Source: changes, and pipeline runs whose purpose is ci.
    Missing: changes or pipeline runs not read; none merged; of none is it known.
    """
    if absent := unseen(view, window, "change") or unseen(view, window, "pipeline_run"):
        return absent
    merged, bots = merged_by_people(view, window)
    if not merged:
        return nothing("changes were merged by people", window)
    end = bounds(window)[1]
    built = {name for name, since in view.once(_built_since).items() if since < end}
    judged: list[tuple[bool | None, Record]] = [
        (_built(view, change) if change.repository in built else None, change) for change in merged
    ]
    if all(verdict is None for verdict, _ in judged):
        return too_little(f"Of none of {len(merged)} merged changes is known which pipeline runs were made for it.")
    return share(judged, remarks=[counted(bots, "by bots left out")])


def _built(view: TeamView, change: Change) -> bool | None:
    """Whether CI ran for a change before its merge; None where nothing ties runs to it."""
    assert change.merged_at is not None
    repository = change.repository or ""
    head, branch = (change.attributes.get(name) for name in ("head_sha", "branch"))
    ends = [end for sha in (head, change.merge_sha) if sha for end in view.once(_by_commit).get((repository, sha), ())]
    if branch:
        since = change.first_commit_at or change.created_at
        of_branch = view.once(_by_branch).get((repository, branch), ())
        # The name of a branch may have been used before.
        ends += [end for end in of_branch if since is None or end >= since]
    if any(end <= change.merged_at for end in ends):
        return True
    return False if head or branch else None


def _built_since(view: TeamView) -> Mapping[str, datetime]:
    """Repository to its first pipeline run."""
    newest_first = {run.repository: run for run in reversed(view.pipeline_runs.dated) if run.repository}
    firsts = ((name, occurred_at(run)) for name, run in newest_first.items())
    return {name: first for name, first in firsts if first is not None}


def _by_commit(view: TeamView) -> _Ends:
    return _ends(view, "sha")


def _by_branch(view: TeamView) -> _Ends:
    return _ends(view, "ref")


def _ends(view: TeamView, field: str) -> _Ends:
    """Repository and commit, or branch, to when its CI runs ended."""
    found: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    name = attrgetter(field)
    for run in of_purpose(view, "ci"):
        if (called := name(run)) and run.finished_at is not None and run.outcome in EXECUTED:
            found[run.repository or "", plain_branch(called)].append(run.finished_at)
    return found


SIGNALS = (
    Signal(
        id="ci.change_build_share",
        title="Changes built before they were merged",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("change", "pipeline_run"),
        source="own definition",
        measure=change_build_share,
        reads=("change", "pipeline_run"),
        reaches="past",
    ),
)
