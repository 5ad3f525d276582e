"""Registered models, versions and aliases as records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, cast

from mlops_maturity.collectors.mlflow.instants import from_ms
from mlops_maturity.collectors.mlflow.links import model_link
from mlops_maturity.collectors.mlflow.settings import MlflowSettings
from mlops_maturity.evidence.records import Model, ModelAlias, ModelVersion

ModelKind = Literal["classical", "genai", "agent", "unknown"]
_KINDS = ("classical", "genai", "agent")
_LONGEST = 200
_RUN_SOURCE = "runs:/"
_SAID = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def model_record(model: Any, settings: MlflowSettings, owner: Callable[[str], str | None]) -> Model:
    """The record of a registered model (`mlflow.entities.model_registry.RegisteredModel`)."""
    tags: Mapping[str, str] = model.tags or {}
    named = next((tags[tag] for tag in settings.owner_tags if tags.get(tag, "").strip()), None)
    max_age = tags.get(settings.max_age_tag)
    kind = tags.get(settings.kind_tag, "").strip().lower()
    return Model(
        source=settings.id,
        id=model.name,
        url=model_link(settings, model.name),
        name=model.name,
        created_at=from_ms(model.creation_timestamp),
        described=_described(model.description),
        owner=None if named is None else owner(named),
        aliases=tuple(sorted(aliases_of(model))),
        model_kind=cast("ModelKind", kind if kind in _KINDS else "unknown"),
        attributes={
            **({} if max_age is None else {settings.max_age_tag: max_age[:_LONGEST]}),
            **_affects_people(tags.get(settings.affects_people_tag)),
        },
    )


def version_record(
    version: Any,
    model: Any | None,
    settings: MlflowSettings,
    hashed: Callable[[str], str],
) -> ModelVersion:
    """The record of a model version (`mlflow.entities.model_registry.ModelVersion`).

    `model` is its registered model: the search for versions tells no aliases, and a model's declared greatest age
    holds for each version that declares none. `hashed` makes a keyed hash of a person.
    """
    name, number = version.name, str(version.version)
    own: Mapping[str, str] = version.tags or {}
    inherited: Mapping[str, str] = (model.tags or {}) if model is not None else {}
    aliases = aliases_of(model) if model is not None else {}
    stage = version.current_stage
    return ModelVersion(
        source=settings.id,
        id=f"{name}/{number}",
        url=model_link(settings, name, number),
        model=name,
        version=number,
        created_at=from_ms(version.creation_timestamp),
        run=_run_of(version),
        aliases=tuple(sorted(alias for alias, points_at in aliases.items() if points_at == number)),
        stage=stage if stage and stage != "None" else None,
        described=_described(version.description),
        validated=_validated(own.get(settings.validation_tag), settings),
        tags=_kept_tags(own, inherited, settings),
        attributes={**_people(version, own, settings, hashed), **_report(own, settings)},
    )


def alias_record(
    model: str, alias: str, version: str, first_seen: datetime, now: datetime, settings: MlflowSettings
) -> ModelAlias:
    """An alias as we saw it point at a version, from when to when.

    The last sighting is kept to the hour, so that looking again and again at what stays writes nothing new.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    return ModelAlias(
        source=settings.id,
        id=f"{model}/{alias}/{version}/{int(first_seen.timestamp())}",
        url=model_link(settings, model, version),
        model=model,
        alias=alias,
        version=version,
        first_seen_at=first_seen,
        last_seen_at=max(first_seen, hour),
    )


def aliases_of(model: Any) -> dict[str, str]:
    """Alias to version number, as text."""
    return {str(alias): str(version) for alias, version in (model.aliases or {}).items()}


def in_use(record: ModelVersion) -> bool:
    """Whether an alias or a stage marks the version."""
    return bool(record.aliases) or record.stage in ("Production", "Staging")


def _people(
    version: Any, own: Mapping[str, str], settings: MlflowSettings, hashed: Callable[[str], str]
) -> dict[str, str]:
    """Who approved and who registered it, as keyed hashes, so that the two can be told apart."""
    approver = next((own[tag] for tag in settings.approver_tags if own.get(tag, "").strip()), None)
    named = {"approver": approver, "registered_by": getattr(version, "user_id", None)}
    return {role: hashed(name) for role, name in named.items() if name and name.strip()}


def _report(own: Mapping[str, str], settings: MlflowSettings) -> dict[str, bool]:
    return {"fairness": True} if own.get(settings.fairness_tag, "").strip() else {}


def _affects_people(said: str | None) -> dict[str, bool]:
    """What the model says; nothing for a word that is neither yes nor no."""
    verdict = _SAID.get((said or "").strip().casefold())
    return {} if verdict is None else {"affects_people": verdict}


def _run_of(version: Any) -> str | None:
    if version.run_id:
        return str(version.run_id)
    source = version.source or ""
    return source.removeprefix(_RUN_SOURCE).split("/", 1)[0] or None if source.startswith(_RUN_SOURCE) else None


def _described(text: str | None) -> bool:
    return bool(text and text.strip())


def _validated(value: str | None, settings: MlflowSettings) -> bool | None:
    """None without the tag: nobody said."""
    if value is None or not value.strip():
        return None
    return value.strip().casefold() in {accepted.casefold() for accepted in settings.validated_values}


def _kept_tags(own: Mapping[str, str], inherited: Mapping[str, str], settings: MlflowSettings) -> dict[str, str]:
    """Only tags that the settings name: others may hold anything, names of people too."""
    found = {settings.validation_tag: own.get(settings.validation_tag)}
    found[settings.max_age_tag] = own.get(settings.max_age_tag) or inherited.get(settings.max_age_tag)
    return {key: value[:_LONGEST] for key, value in found.items() if value}
