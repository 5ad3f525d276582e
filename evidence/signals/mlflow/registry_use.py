"""How fully the model registry is used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from mlops_maturity.evidence.records import ModelVersion, Record, is_gone
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen, unseen_all
from mlops_maturity.evidence.signals.figures import share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.serving import (
    by_subject,
    is_current,
    marked,
    observed,
    refused,
    served_models,
    served_versions,
)
from mlops_maturity.evidence.signals.view import TeamView, bounds, days_of
from mlops_maturity.evidence.signals.weeks import WEEK_DAYS

_REGISTRY = ("model", "model_version")
_SNAPSHOT = "the registry keeps no history of this: it starts on the day we first looked"


def registry_coverage(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the models seen serving that are in a model registry.

    Unit: percent of models.
    Window: 30 days, by the day a model was seen answering requests.
    Formula: 100 x served models of that name in any registry, created by the end of the window / served models.
    Unknown: without any registry read in the window there is no value: not connected is not the same as not in it.
    Seen: all served models; opportunities are the models looked at.
    Source: observations of serving, joined by name with models and model versions.
    Missing: serving or no registry read; no model seen serving.
    """
    if absent := unseen(view, window, "observation"):
        return absent
    models = served_models(view, window)
    if not models:
        return refused(view, window, "serving") or nothing("models were seen serving", window)
    if not _registry_read(view, window):
        return Missing(
            reason="not_covered",
            detail="No model registry was read in this span: connect one, so that served models can be found in it.",
        )
    end = bounds(window)[1]
    return share([(_registered(view, model, end), observed(view, "serving", model, window)[-1]) for model in models])


def alias_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of registered models of which an alias or the stage marks the version in production.

    Unit: percent of models.
    Window: 30 days; an alias counts as long as it was seen on the model within the window.
    Formula: 100 x registered models with a production alias (the source's setting `production_aliases`) / registered
        models. On the newest day the aliases that models and versions bear at present, and the stage `Production`,
        count too. A model that was deleted counts up to the day on which we saw that.
    Unknown: before the first alias was seen nothing is known, and there is no value.
    Seen: all registered models; opportunities are the models looked at.
    Source: model aliases as observed, models, model versions.
    Missing: registry not read; no registered model; a day before we first looked.
    """
    if absent := unseen_all(view, window, "model", "model_version", "model_alias"):
        return absent
    start, end = bounds(window)
    models = _models(view, end)
    if not models:
        return nothing("registered models", window)
    current = is_current(view, window)
    seen = view.model_aliases.before(end)
    if not current and not seen:
        return Missing(reason="not_covered", detail=f"Aliases of that day are not known: {_SNAPSHOT}.")
    found = {
        alias.model
        for alias in seen
        if alias.last_seen_at >= start and alias.alias in view.words(alias.source).production_aliases
    }
    if current:
        found |= {version.model for version in view.model_versions if marked(view, version)}
        found |= {m.name for m in view.models if view.words(m.source).production_aliases & set(m.aliases)}
    return share([(name in found, record) for name, record in models.items()])


def version_doc_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the served model versions that have a description and an owner.

    Unit: percent of served versions.
    Window: 30 days, which decides what counts as served; descriptions are those of the newest day.
    Formula: 100 x served versions that are described and whose model (or the version by a tag `owner`) names an
        owner / served versions judged.
    Unknown: a served model whose version is not known, and a description of which nothing is known, lower seen. A
        model without an owner is a no where its record is there.
    Seen: versions judged, of the models that serve; opportunities are the versions judged.
    Source: model versions and models; what serves by alias, stage, production deployment or serving observation.
    Missing: registry not read; nothing known to serve; any day but the newest, as descriptions bear no date.
    """
    if absent := unseen(view, window, "model_version"):
        return absent
    if not is_current(view, window):
        return Missing(reason="not_covered", detail=f"Descriptions of that day are not known: {_SNAPSHOT}.")
    serving = served_versions(view, window)
    versions = [entry.version for entry in serving if entry.version is not None]
    if not versions:
        return too_little("Of no model is known which version serves: set an alias such as `champion` on it.")
    owners = {model.name: model.owner for model in view.models}
    judged: list[tuple[bool | None, Record]] = [(_documented(version, owners), version) for version in versions]
    if all(verdict is None for verdict, _ in judged):
        return too_little("Of no served version is known whether it is described.")
    judged += [(None, versions[-1])] * (len(serving) - len(versions))
    return share(judged)


def _documented(version: ModelVersion, owners: dict[str, str | None]) -> bool | None:
    owned: bool | None = True
    if not (version.tags.get("owner") or owners.get(version.model)):
        owned = False if version.model in owners else None
    facts = (version.described, owned)
    if False in facts:
        return False
    return None if None in facts else True


def _registry_read(view: TeamView, window: Window) -> bool:
    sights = (view.around.sights.get(kind) for kind in _REGISTRY)
    return any(sight.known(days_of(window)) for sight in sights if sight is not None)


def _registered(view: TeamView, model: str, end: datetime) -> bool:
    if model not in view.around.registered:
        return False
    created = view.around.registered[model]
    return created is None or created < end


def _registries(view: TeamView) -> Iterator[tuple[date | None, str]]:
    """Which of the models that serve are in any registry since when, and on which days any registry was read."""
    known = view.around.registered
    for subject in view.once(by_subject).get("serving", {}):
        if subject in known:
            yield None, f"{subject} {known[subject]}"
    for kind in _REGISTRY:
        sight = view.around.sights.get(kind)
        for days in sight.days if sight is not None else ():
            for monday in range(days.first - (days.first - 1) % WEEK_DAYS, days.last + 1, WEEK_DAYS):
                read = max(monday, days.first), min(monday + WEEK_DAYS - 1, days.last)
                yield date.fromordinal(monday), f"{kind} {read}"


def _models(view: TeamView, end: datetime) -> dict[str, Record]:
    """Those registered by `end` and not gone by then."""
    models = (*view.models.before(end), *view.models.undated)
    gone = {model.name for model in models if is_gone(model, end)}
    versions = (version for version in view.model_versions.before(end) if not is_gone(version, end))
    named: dict[str, Record] = {version.model: version for version in versions}
    named |= {model.name: model for model in models}
    return {name: record for name, record in sorted(named.items()) if name not in gone}


SIGNALS = (
    Signal(
        id="mlflow.registry_coverage",
        title="Served models that are registered",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=registry_coverage,
        reads=("observation",),
        hangs_on=_registries,
    ),
    Signal(
        id="mlflow.alias_share",
        title="Models whose served version is marked",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("model", "model_version", "model_alias"),
        source="own definition",
        measure=alias_share,
        snapshot_only=True,
        reads=("model", "model_version", "model_alias"),
        reaches="past",
    ),
    Signal(
        id="mlflow.version_doc_share",
        title="Served versions with description and owner",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("model_version",),
        source="own definition",
        measure=version_doc_share,
        snapshot_only=True,
        reads=("model", "model_version", "model_alias", "deployment", "observation"),
        reaches="past",
    ),
)
