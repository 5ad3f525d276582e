"""How often models come to production, how fast, how often they go back, and whether they could be made again."""

from __future__ import annotations

from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen_all
from mlops_maturity.evidence.signals.ci.delivery import FEWEST_WEEKS, days_a_week
from mlops_maturity.evidence.signals.figures import counted, hours, lower_median, notes, proof, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.promotions import Promotion, promoted, promoted_before, promotions, run_of
from mlops_maturity.evidence.signals.view import TeamView, bounds
from mlops_maturity.evidence.signals.weeks import full_weeks, merged


def model_deployments_per_week(view: TeamView, window: Window) -> Measured | Missing:
    """Days on which some model version came to production, a week.

    Unit: per week.
    Window: 90 days; full ISO weeks known completely, as for the deployments of code.
    Formula: lower median over those weeks of the number of days with a promotion: a production alias first seen on a
        version, or a successful production deployment that names model and version. Where that is 0, a quarter of
        the lower median over 28-day blocks counted back. Read, and no promotion: 0.
    Unknown: days not known completely are left out.
    Seen: days known, of the window; opportunities are the full weeks watched.
    Source: model aliases and deployments.
    Missing: neither read; fewer than four full weeks known.
    """
    if absent := unseen_all(view, window, "model_alias", "deployment"):
        return absent
    known = merged([*view.covered("model_alias", window), *view.covered("deployment", window)])
    weeks = sum(1 for part in known for _ in full_weeks(part))
    if weeks < FEWEST_WEEKS:
        return too_little(f"Only {weeks} full weeks are known; {FEWEST_WEEKS} are needed.")
    made = _in_window(view, window)
    busy = view.once(_busy_days)
    return Measured(
        value=days_a_week(busy, known, window),
        seen=sum(part.last - part.first + 1 for part in known),
        scope=window.days,
        opportunities=weeks,
        proof=proof([promotion.sign for promotion in made]),
        note=notes(f"{len(made)} promotions", f"{weeks} full weeks"),
    )


def run_to_production_hours(view: TeamView, window: Window) -> Measured | Missing:
    """Hours from the end of a training run to its version in production.

    Unit: hours.
    Window: 180 days, by the first promotion of the version.
    Formula: lower median over versions of (first promotion - end of the run that made it). Negative times (clocks,
        versions registered under an older run) are left out and counted.
    Unknown: a promoted version whose run or its end is not known lowers seen. Versions of the window that never were
        promoted are counted in the note: they have no time, which is not a long one.
    Seen: versions measured, of those promoted; opportunities are the versions measured.
    Source: model aliases, deployments, model versions, training runs.
    Missing: neither aliases nor deployments read; no promotion in the window; of none is the run known.
    """
    if absent := unseen_all(view, window, "model_alias", "deployment"):
        return absent
    made = promoted(view, window)
    if not made:
        return nothing("model versions were promoted", window)
    times = [
        (hours(run.finished_at, promotion.at), promotion)
        for promotion in made
        if (run := run_of(view, promotion)) is not None and run.finished_at is not None
    ]
    forward = [(time, promotion) for time, promotion in times if time >= 0]
    if not forward:
        return too_little(f"{len(made)} versions were promoted; of none is known when the run that made it ended.")
    created = view.model_versions.between(*bounds(window))
    ever = {(promotion.model, promotion.name) for promotion in promoted_before(view, bounds(window)[1])}
    waiting = sum((version.model, version.version) not in ever for version in created)
    return Measured(
        value=lower_median(time for time, _ in forward),
        seen=len(forward),
        scope=len(made),
        opportunities=len(forward),
        proof=proof([promotion.sign for _, promotion in forward]),
        note=notes(
            f"{len(forward)} versions",
            counted(len(times) - len(forward), "with times that go backwards"),
            f"{waiting} of {len(created)} new versions never promoted" if created else "",
        ),
    )


def rollback_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the promotions that put an older model version back.

    Unit: percent of promotions.
    Window: 180 days, by the promotion.
    Formula: 100 x promotions to a version created before the one it replaced / promotions judged. The first version
        of a model replaces none, and is a promotion forward.
    Unknown: a promotion between versions whose age is not known lowers seen.
    Seen: promotions judged, of all; opportunities are the promotions judged.
    Source: model aliases, deployments, model versions.
    Missing: neither aliases nor deployments read; no promotion in the window; of none is the age known.
    """
    if absent := unseen_all(view, window, "model_alias", "deployment"):
        return absent
    made = _in_window(view, window)
    if not made:
        return nothing("model versions were promoted", window)
    judged: list[tuple[bool | None, Record]] = [(promotion.back, promotion.sign) for promotion in made]
    if all(verdict is None for verdict, _ in judged):
        return too_little(f"Of none of {len(made)} promotions is known which version was the older one.")
    return share(judged)


def reproducible_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the versions brought to production of which run, code and data are known.

    Unit: percent of versions.
    Window: 180 days, by the first promotion of the version.
    Formula: 100 x promoted versions whose run names its commit and its data / promoted versions judged. A version
        without a run is a no.
    Unknown: a version or a run that is not among the records lowers seen.
    Seen: versions judged, of those promoted; opportunities are the versions judged.
    Source: model aliases, deployments, model versions, training runs.
    Missing: neither aliases nor deployments read; no promotion in the window; of none is it known.
    """
    if absent := unseen_all(view, window, "model_alias", "deployment"):
        return absent
    made = promoted(view, window)
    if not made:
        return nothing("model versions were promoted", window)
    judged: list[tuple[bool | None, Record]] = [(_reproducible(view, entry), entry.sign) for entry in made]
    if all(verdict is None for verdict, _ in judged):
        return too_little(f"{len(made)} versions were promoted; none of them, or of their runs, is among the records.")
    return share(judged)


def _busy_days(view: TeamView) -> list[int]:
    """The days with a promotion, as ordinals in order."""
    return sorted({view.local_day(promotion.at).toordinal() for promotion in view.once(promotions)})


def _reproducible(view: TeamView, promotion: Promotion) -> bool | None:
    version = promotion.version
    if version is None:
        return None
    if version.run is None:
        return False
    run = run_of(view, promotion)
    return None if run is None else bool(run.commit) and bool(run.datasets)


def _in_window(view: TeamView, window: Window) -> list[Promotion]:
    start, end = bounds(window)
    return [promotion for promotion in view.once(promotions) if start <= promotion.at < end]


SIGNALS = (
    Signal(
        id="ml.deployments_per_week",
        title="Model deployment days a week",
        unit="per week",
        window_days=90,
        better="higher",
        needs=("model_alias", "deployment"),
        source="DORA, deployment frequency, applied to models",
        measure=model_deployments_per_week,
        snapshot_only=True,
        reads=("model_alias", "deployment", "model_version"),
        reaches="past",
    ),
    Signal(
        id="ml.run_to_production_hours",
        title="From the end of training to production",
        unit="hours",
        window_days=180,
        better="lower",
        needs=("model_alias", "deployment"),
        source="own definition, after DORA's lead time",
        measure=run_to_production_hours,
        snapshot_only=True,
        reads=("model_alias", "deployment", "model_version", "training_run"),
        reaches="past",
    ),
    Signal(
        id="ml.rollback_share",
        title="Promotions that put an older version back",
        unit="percent",
        window_days=180,
        better="lower",
        needs=("model_alias", "deployment"),
        source="own definition",
        measure=rollback_share,
        snapshot_only=True,
        reads=("model_alias", "deployment", "model_version"),
        reaches="past",
    ),
    Signal(
        id="ml.reproducible_share",
        title="Versions in production with known run, code and data",
        unit="percent",
        window_days=180,
        better="higher",
        needs=("model_alias", "deployment"),
        source="own definition",
        measure=reproducible_share,
        snapshot_only=True,
        reads=("model_alias", "deployment", "model_version", "training_run"),
        reaches="past",
    ),
)
