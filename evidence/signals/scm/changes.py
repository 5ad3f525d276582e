"""How changes to code are reviewed, and by how many people they are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from mlops_maturity.evidence.records import Change, Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.production import finished, in_production
from mlops_maturity.evidence.signals.figures import counted, days, hours, lower_median, notes, proof, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView, Timeline, bounds

CONTRIBUTORS = 2


def review_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of merged changes that somebody else approved.

    Unit: percent of changes.
    Window: 90 days, by the merge.
    Formula: 100 x merged changes with at least one approval / merged changes with a known number of approvals.
        Nobody can approve a change of their own. Changes made by bots are left out.
    Unknown: a change of which the number of approvals is not known lowers seen.
    Seen: changes judged, of the merged ones; opportunities are the changes judged.
    Source: changes.
    Missing: changes not read; none merged; of none are the approvals known.
    """
    if absent := unseen(view, window, "change"):
        return absent
    merged, bots = merged_by_people(view, window)
    if not merged:
        return nothing("changes were merged by people", window)
    judged: list[tuple[bool | None, Record]] = [
        (change.approvals > 0 if change.approvals is not None else None, change) for change in merged
    ]
    if all(verdict is None for verdict, _ in judged):
        return Missing(reason="unsupported", detail=f"Of none of {len(merged)} changes are the approvals known.")
    return share(judged, remarks=[counted(bots, "by bots left out")])


def first_review_hours(view: TeamView, window: Window) -> Measured | Missing:
    """Hours that a change waits for its first review.

    Unit: hours.
    Window: 90 days, by the first review.
    Formula: lower median over changes of (first review - opening of the request). Changes made by bots are left out.
        Negative times (clocks) are left out and counted.
    Unknown: a reviewed change without the time of its opening, a negative time, and a change merged in the window of
        which it is not known whether it was reviewed, lower seen. Changes still waiting are counted, with the age of
        the oldest; those merged without a review are the matter of the share of reviewed changes.
    Seen: changes measured, of those and the unknown; opportunities are the changes measured.
    Source: changes.
    Missing: changes not read; no first review with known times in the window.
    """
    if absent := unseen(view, window, "change"):
        return absent
    end = bounds(window)[1]
    reviewed = [c for c in view.known_part(view.once(_by_first_review), "change", window) if not _by_bot(c)]
    waits = [
        (hours(change.created_at, change.first_review_at), change)
        for change in reviewed
        if change.created_at is not None
        and change.first_review_at is not None
        and change.first_review_at >= change.created_at
    ]
    silent = sum(c.first_review_at is None and c.approvals != 0 for c in merged_by_people(view, window)[0])
    waiting = [
        c.created_at
        for c in view.changes
        if c.created_at is not None and c.created_at < end and _waits(c) and not _by_bot(c)
    ]
    remarks = notes(
        counted(len(reviewed) - len(waits), "with unusable times"),
        counted(silent, "merged, review not known"),
        f"{len(waiting)} waiting, the oldest for {days(min(waiting), end):.0f} days" if waiting else "",
    )
    if not waits:
        empty = nothing("first reviews", window)
        return too_little(f"No first review can be measured: {remarks}.") if remarks else empty
    return Measured(
        value=lower_median(time for time, _ in waits),
        seen=len(waits),
        scope=len(reviewed) + silent,
        opportunities=len(waits),
        proof=proof([change for _, change in waits]),
        note=notes(f"{len(waits)} changes", remarks),
    )


def multi_contributor_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of repositories to which more than one person contributes.

    Unit: percent of repositories.
    Window: 180 days, by the merge.
    Formula: 100 x repositories with merged changes by at least two distinct people / repositories with merged
        changes judged. Where production deployments name repositories with such changes, only those count. People
        are told apart by a keyed hash; bots don't count.
    Unknown: a repository with one known author and changes of unknown authors lowers seen.
    Seen: repositories judged, of those with merged changes; opportunities are the repositories judged.
    Source: changes and deployments.
    Missing: changes not read; none merged by people; of no repository are the authors known.
    """
    if absent := unseen(view, window, "change"):
        return absent
    merged, _ = merged_by_people(view, window)
    repositories: defaultdict[str, list[Change]] = defaultdict(list)
    for change in merged:
        if change.repository:
            repositories[change.repository].append(change)
    if not repositories:
        return nothing("changes were merged by people", window)
    end = bounds(window)[1]
    serving = {name for name, since in view.once(_production_repositories).items() if since < end} & repositories.keys()
    judged: list[tuple[bool | None, Record]] = [
        (_shared(repositories[name]), repositories[name][-1]) for name in sorted(serving or repositories)
    ]
    if all(verdict is None for verdict, _ in judged):
        return Missing(reason="unsupported", detail="Of no repository are the authors of its changes known.")
    return share(judged)


def merged_by_people(view: TeamView, window: Window) -> tuple[list[Change], int]:
    """The changes of people merged in the window, and how many by bots there are beside."""
    merged = view.known_part(view.once(_by_merge), "change", window)
    people = [change for change in merged if not _by_bot(change)]
    return people, len(merged) - len(people)


def _by_merge(view: TeamView) -> Timeline[Change]:
    return Timeline((c for c in view.changes if c.merged_at is not None), lambda change: change.merged_at)


def _by_first_review(view: TeamView) -> Timeline[Change]:
    return Timeline((c for c in view.changes if c.first_review_at is not None), lambda change: change.first_review_at)


def _by_bot(change: Change) -> bool:
    return change.author_kind == "bot"


def _waits(change: Change) -> bool:
    return change.first_review_at is None and change.merged_at is None and change.approvals in (None, 0)


def _shared(changes: list[Change]) -> bool | None:
    authors = {change.author for change in changes}
    if len(authors - {None}) >= CONTRIBUTORS:
        return True
    return None if None in authors else False


def _production_repositories(view: TeamView) -> Mapping[str, datetime]:
    """Repository to its first production deployment."""
    newest_first = reversed(view.once(in_production).dated)
    return {d.repository: finished(d) for d in newest_first if d.repository}


SIGNALS = (
    Signal(
        id="scm.review_share",
        title="Merged changes that were approved",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("change",),
        source="own definition",
        measure=review_share,
        reads=("change",),
    ),
    Signal(
        id="scm.first_review_hours",
        title="Time to first review",
        unit="hours",
        window_days=90,
        better="lower",
        needs=("change",),
        source="own definition",
        measure=first_review_hours,
        reads=("change",),
        reaches="past",
    ),
    Signal(
        id="scm.multi_contributor_share",
        title="Repositories with several contributors",
        unit="percent",
        window_days=180,
        better="higher",
        needs=("change",),
        source="own definition",
        measure=multi_contributor_share,
        reads=("change", "deployment"),
        reaches="past",
    ),
)
