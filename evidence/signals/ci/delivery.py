"""How often, and by what means, production is deployed to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from mlops_maturity.evidence.records import Deployment, Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.production import finished, in_production
from mlops_maturity.evidence.signals.figures import counted, lower_median, notes, proof, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView, bounds, days_of
from mlops_maturity.evidence.signals.weeks import Days, blocks_back, full_weeks, within

FEWEST_WEEKS = 4
BLOCK_DAYS = 28
WEEKS_IN_A_BLOCK = 4
_DAY = timedelta(days=1)


def deployments_per_week(view: TeamView, window: Window) -> Measured | Missing:
    """Days with a production deployment, a week.

    Unit: per week.
    Window: 90 days; ISO weeks in the organisation's time zone that lie wholly in it and are known completely. Weeks
        cut by an end of the window are left out.
    Formula: lower median over those weeks of the number of days with a successful production deployment, dated by
        its finish; several on one day are one. Where that is 0, a quarter of the lower median over the 28-day blocks
        counted back from the end of the window, so that monthly delivery is 0.25 and not 0. Read, and no
        deployment: 0.
    Unknown: deployments without any instant can't be counted; days not known completely are left out.
    Seen: repositories (or sources) read, of those there are; opportunities are the full weeks watched.
    Source: deployments. Formula after DORA's deployment frequency, by days and lower median as in Apache DevLake.
    Missing: deployments not read; fewer than four full weeks known.
    """
    if absent := unseen(view, window, "deployment"):
        return absent
    known = view.covered("deployment", window)
    weeks = [week for part in known for week in full_weeks(part)]
    if len(weeks) < FEWEST_WEEKS:
        return too_little(f"Only {len(weeks)} full weeks are known; {FEWEST_WEEKS} are needed.")
    busy = view.once(_busy_days)
    value = days_a_week(busy, known, window)
    made = view.known_part(view.once(in_production), "deployment", window)
    seen, scope = view.sights["deployment"].extent(days_of(window))
    return Measured(
        value=value,
        seen=seen,
        scope=scope,
        opportunities=len(weeks),
        proof=proof(made),
        note=notes(
            f"{len(made)} deployments on {sum(_count(busy, part) for part in known)} days",
            f"{len(weeks)} full weeks",
            _pace(made, known),
            counted(scope - seen, "parts of the sources not read"),
        ),
    )


def pipeline_deploy_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of production deployments that a pipeline made, and nobody by hand.

    Unit: percent of deployments.
    Window: 90 days, by the finish of the deployment.
    Formula: 100 x successful production deployments that name their pipeline run / those of which it is known.
    Unknown: a deployment that names no pipeline run is one by hand where its source names the run of others; where
        the source never names any, it is unknown and lowers seen.
    Seen: deployments judged, of all; opportunities are the deployments judged.
    Source: deployments.
    Missing: deployments not read; no production deployment; no source that names pipeline runs.
    """
    if absent := unseen(view, window, "deployment"):
        return absent
    made = view.known_part(view.once(in_production), "deployment", window)
    if not made:
        return nothing("production deployments", window)
    end = bounds(window)[1]
    telling = {source for source, since in view.once(_naming_runs).items() if since < end}
    judged: list[tuple[bool | None, Record]] = [
        (deployment.pipeline_run is not None if deployment.source in telling else None, deployment)
        for deployment in made
    ]
    if all(verdict is None for verdict, _ in judged):
        return Missing(
            reason="unsupported",
            detail="No source of these deployments says which pipeline run made them.",
        )
    return share(judged)


def days_a_week(busy: Sequence[int], known: Sequence[Days], window: Window) -> float:
    """Lower median of busy days over the full weeks known; by 28-day blocks where that is 0.

    `busy` are ordinals of days in order, `known` the days known completely. Raises IndexError for no full week.
    """
    value = lower_median(_count(busy, week) for part in known for week in full_weeks(part))
    if value > 0:
        return value
    blocks = [block for block in blocks_back(days_of(window), BLOCK_DAYS) if within(tuple(known), block) == (block,)]
    return lower_median([_count(busy, block) for block in blocks] or [0]) / WEEKS_IN_A_BLOCK


def _busy_days(view: TeamView) -> list[int]:
    """The days with a production deployment, as ordinals in order."""
    deployments = view.once(in_production).dated
    return sorted({view.local_day(finished(deployment)).toordinal() for deployment in deployments})


def _count(busy: Sequence[int], days: Days) -> int:
    return bisect_right(busy, days.last) - bisect_left(busy, days.first)


def _pace(made: Sequence[Deployment], known: Sequence[Days]) -> str:
    if len(made) < 2:
        return ""
    watched = sum(part.last - part.first + 1 for part in known)
    gap = (finished(made[-1]) - finished(made[0])) / (len(made) - 1) / _DAY
    return f"{len(made) / watched:.2f} a day, mean gap {gap:.1f} days"


def _naming_runs(view: TeamView) -> Mapping[str, datetime]:
    """The sources that say of some deployment which pipeline run made it, to the first one of which they do."""
    found: dict[str, datetime] = {}
    for deployment in view.deployments.dated:
        if deployment.pipeline_run is not None:
            found.setdefault(deployment.source, finished(deployment))
    return found


SIGNALS = (
    Signal(
        id="ci.deployments_per_week",
        title="Production deployment days a week",
        unit="per week",
        window_days=90,
        better="higher",
        needs=("deployment",),
        source="DORA, deployment frequency; own rule for monthly delivery",
        measure=deployments_per_week,
        reads=("deployment",),
    ),
    Signal(
        id="ci.pipeline_deploy_share",
        title="Production deployments made by a pipeline",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("deployment",),
        source="own definition",
        measure=pipeline_deploy_share,
        reads=("deployment",),
        reaches="past",
    ),
)
