"""How often production deployments go wrong, how fast that is put right, and how much work is repair."""

from __future__ import annotations

from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.faults import GRACE, Fate, fates, key_of, roll_backs
from mlops_maturity.evidence.signals.ci.production import in_production
from mlops_maturity.evidence.signals.figures import (
    counted,
    days,
    hours,
    lower_median,
    notes,
    proof,
    rate_note,
    share,
)
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView, bounds


def change_fail_percent(view: TeamView, window: Window) -> Measured | Missing:
    """Share of production deployments that needed immediate repair.

    Unit: percent of deployments.
    Window: 90 days, by the finish of the deployment; those of its last 7 days are left out, as their failures may
        not have shown yet.
    Formula: 100 x deployments with at least one incident that names them as its cause, a roll-back, or a hotfix
        (unplanned deployment) of the same service within 7 days / all successful production deployments. A
        deployment job that failed before it changed production is none of them.
    Unknown: where no incident of the team names its cause, a deployment whose successor within 7 days does not say
        whether it was planned lowers seen; it is never counted as failed.
    Seen: deployments of which a failure would have shown, of all; opportunities are all.
    Source: deployments and incidents. Formula after DORA's change fail rate.
    Missing: deployments not read; no production deployment older than 7 days in the window.
    """
    if absent := unseen(view, window, "deployment"):
        return absent
    start, end = bounds(window)
    ripe = [fate for fate in view.once(fates) if start <= fate.at <= end - GRACE]
    if not ripe:
        return nothing("production deployments older than seven days", window)
    failed = [fate for fate in ripe if fate.failed(end)]
    silent = sum(not (fate.tellable(end) or fate.failed(end)) for fate in ripe)
    return Measured(
        value=100 * len(failed) / len(ripe),
        seen=len(ripe) - silent,
        scope=len(ripe),
        opportunities=len(ripe),
        proof=proof([fate.deployment for fate in failed or ripe]),
        note=notes(rate_note(len(failed), len(ripe)), counted(silent, "of which a failure would not have shown")),
    )


def recovery_hours(view: TeamView, window: Window) -> Measured | Missing:
    """Hours from a failed production deployment to its repair.

    Unit: hours.
    Window: 180 days, by the finish of the failed deployment.
    Formula: lower median over failed deployments of (first of: incident resolved, roll-back finished, hotfix
        finished - finish of the failed deployment). What counts as failed is told by the change fail rate. Negative
        times (clocks) are left out and counted.
    Unknown: failed deployments not put right yet are censored: they lower seen and are counted, with the age of the
        oldest.
    Seen: failed deployments put right, of all failed; opportunities are those put right.
    Source: deployments and incidents. Formula after DORA's failed deployment recovery time.
    Missing: deployments not read; no production deployment; none failed; none put right yet.
    """
    if absent := unseen(view, window, "deployment"):
        return absent
    start, end = bounds(window)
    deployed = [fate for fate in view.once(fates) if start <= fate.at < end]
    if not deployed:
        return nothing("production deployments", window)
    failed = [fate for fate in deployed if fate.failed(end)]
    if not failed:
        return too_little(f"None of {len(deployed)} production deployments is known to have failed.")
    mended = [fate for fate in failed if fate.remedies and fate.remedies[0] < end]
    measured = [(hours(fate.at, fate.remedies[0]), fate) for fate in mended if fate.remedies[0] >= fate.at]
    open_ = [fate for fate in failed if fate not in mended]
    remarks = notes(_still_open(open_, window), counted(len(mended) - len(measured), "negative"))
    if not measured:
        return too_little(f"{len(failed)} deployments failed, none can be measured: {remarks}.")
    return Measured(
        value=lower_median(time for time, _ in measured),
        seen=len(measured),
        scope=len(failed),
        opportunities=len(measured),
        proof=proof([fate.deployment for fate in failed]),
        note=notes(f"{len(measured)} failed deployments put right", remarks),
    )


def rework_percent(view: TeamView, window: Window) -> Measured | Missing:
    """Share of production deployments that were unplanned repairs.

    Unit: percent of deployments.
    Window: 90 days, by the finish of the deployment.
    Formula: 100 x deployments marked as unplanned (by the configured rules for hotfixes) or that put an older commit
        or model version back / deployments of which it is known.
    Unknown: a deployment that does not say whether it was planned lowers seen.
    Seen: deployments judged, of all; opportunities are the deployments judged.
    Source: deployments. Formula after DORA's deployment rework rate.
    Missing: deployments not read; no production deployment; of none is it known.
    """
    if absent := unseen(view, window, "deployment"):
        return absent
    made = view.known_part(view.once(in_production), "deployment", window)
    if not made:
        return nothing("production deployments", window)
    backwards = view.once(roll_backs)
    judged: list[tuple[bool | None, Record]] = [
        (True if key_of(deployment) in backwards else deployment.unplanned, deployment) for deployment in made
    ]
    if all(verdict is None for verdict, _ in judged):
        return Missing(
            reason="unsupported",
            detail="None of these deployments says whether it was planned: configure the rules for hotfixes.",
        )
    return share(judged)


def _still_open(failed: list[Fate], window: Window) -> str:
    if not failed:
        return ""
    age = days(min(fate.at for fate in failed), bounds(window)[1])
    return f"{len(failed)} not put right yet, the oldest for {age:.0f} days"


SIGNALS = (
    Signal(
        id="ci.change_fail_percent",
        title="Change fail rate",
        unit="percent",
        window_days=90,
        better="lower",
        needs=("deployment",),
        source="DORA, change fail rate",
        measure=change_fail_percent,
        reads=("deployment", "incident"),
        reaches="past",
    ),
    Signal(
        id="ci.recovery_hours",
        title="Failed deployment recovery time",
        unit="hours",
        window_days=180,
        better="lower",
        needs=("deployment",),
        source="DORA, failed deployment recovery time",
        measure=recovery_hours,
        reads=("deployment", "incident"),
        reaches="past",
    ),
    Signal(
        id="ci.rework_percent",
        title="Deployment rework rate",
        unit="percent",
        window_days=90,
        better="lower",
        needs=("deployment",),
        source="DORA, deployment rework rate",
        measure=rework_percent,
        reads=("deployment", "incident"),
        reaches="past",
    ),
)
