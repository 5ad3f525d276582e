"""Reads `maturity.yaml`, and refuses a bad one with every reason at once, each with its line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mlops_maturity.config.catalogue_file import BUILT_IN, catalogue_path, missing_catalogue
from mlops_maturity.config.file_model import keys_of
from mlops_maturity.config.hints import did_you_mean, near_miss
from mlops_maturity.config.plain_words import problems_of
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import Settings, SourceSettings, Team
from mlops_maturity.config.yaml_graph import shown
from mlops_maturity.config.yaml_positions import Place, in_order, read_yaml

SourceTypes = Mapping[str, type[SourceSettings]]
_STAND_INS = {"id": "unread", "type": "", "url": "http://unknown"}
"""For what every source needs, where it can't be read."""
_SECRET = re.compile(r"(^|_)(token|password|passwd|pass|secret|api_?key|private_key|credentials?)$", re.IGNORECASE)


def load_settings(path: Path, source_types: SourceTypes) -> Settings:
    """The settings in a file; `source_types` are the kinds of source there are, each with the model of its keys.

    Relative paths are taken from the file's folder, but for the store's, which `open_store` resolves. The only
    team there is, if it selects nothing, gets everything. Raises `InputRefused` with every problem.
    """
    document = read_yaml(path)
    data, top = document.data, document.top
    if not isinstance(data, Mapping):
        raise InputRefused([*document.problems, top.problem("should be a mapping with keys such as `teams:`")])
    problems: list[Problem] = []
    base = path.resolve().parent
    settings = _read_settings(data, top, problems)
    sources = list(_read_sources(data.get("sources"), top.at("sources"), source_types, problems))
    for key, what in (("teams", "team"), ("sources", "source")):
        problems += _repeated_ids(data.get(key), top.at(key), what)
    problems += _no_such_catalogue(data.get("catalogue"), top, base)
    if problems or document.problems or settings is None:
        raise InputRefused(in_order(problems, document.problems))
    return settings.model_copy(
        update={
            "sources": tuple(source.resolved(base) for source in sources),
            "teams": _with_everything(settings.teams),
            "frameworks": tuple(base / os.path.expanduser(path) for path in settings.frameworks),
            "catalogue": settings.catalogue
            if settings.catalogue == BUILT_IN
            else str(catalogue_path(settings.catalogue, base)),
        }
    )


def _read_settings(data: Mapping[Any, Any], place: Place, problems: list[Problem]) -> Settings | None:
    written = {key: value for key, value in data.items() if key != "sources"}
    problems += _written_secrets(written, place, Settings)
    try:
        return Settings.model_validate(_without_secrets(written, Settings))
    except ValidationError as error:
        problems += problems_of(error, place, Settings)
        return None


def _read_sources(
    written: Any, place: Place, source_types: SourceTypes, problems: list[Problem]
) -> Iterator[SourceSettings]:
    if written is None:
        return
    if not isinstance(written, list):
        problems.append(place.problem("should be a list, one `- ` a source"))
        return
    for index, raw in enumerate(written):
        if isinstance(raw, Mapping):
            source = _read_source(raw, place.at(index), source_types, problems)
            if source is not None:
                yield source
        else:
            problems.append(place.problem("should be a mapping, written `key: value`", index))


def _read_source(
    raw: Mapping[Any, Any], place: Place, source_types: SourceTypes, problems: list[Problem]
) -> SourceSettings | None:
    kind = raw.get("type")
    model = source_types.get(kind) if isinstance(kind, str) else None
    if model is None:
        problems.append(_unknown_type(kind, place, source_types))
        model = SourceSettings
    problems += _written_secrets(raw, place, model)
    problems += _named_twice(raw, place)
    if model is SourceSettings:
        raw = _common_keys(raw)
    try:
        return model.model_validate(_without_secrets(raw, model))
    except ValidationError as error:
        problems += problems_of(error, place, model)
        problems += _between_keys(error, raw, place, model)
        return None


def _between_keys(
    error: ValidationError, raw: Mapping[Any, Any], place: Place, model: type[SourceSettings]
) -> Iterator[Problem]:
    """What is wrong between keys that are right by themselves: pydantic asks only once every key is right."""
    broken = {str(details["loc"][0]) for details in error.errors(include_url=False) if details["loc"]}
    if not broken:
        return
    right = {key: value for key, value in raw.items() if key not in broken}
    try:
        model.model_validate(_without_secrets({**_STAND_INS, **right}, model))
    except ValidationError as second:
        meant = broken | {near for key in broken if (near := near_miss(key, keys_of(model)))}
        for problem in problems_of(second, place, model):
            # What names a key that is wrong itself may only follow from that.
            if problem.path == shown(place.path) and not any(key in problem.reason for key in meant):
                yield problem


def _common_keys(raw: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """All that can be judged of a source of unknown type; which addresses it takes isn't known either."""
    common = {key: raw[key] for key in raw if key in keys_of(SourceSettings)} | {"type": ""}
    return common | {"url": "http://unknown"} if isinstance(raw.get("url"), str) else common


def _unknown_type(kind: object, place: Place, source_types: SourceTypes) -> Problem:
    known = ", ".join(sorted(source_types)) or "none"
    if kind is None:
        return place.problem(f"is needed; known types are {known}", "type")
    near = did_you_mean(str(kind), source_types, listed=0)
    # An address may have slipped here, with a password in it.
    given = "this" if "@" in str(kind) else f"{str(kind)[:40]!r}"
    return place.problem(f"{given} is no type of source{near}; known types are {known}", "type")


def _written_secrets(raw: Mapping[Any, Any], place: Place, model: type[Any]) -> Iterator[Problem]:
    """Keys that would hold a secret itself. What stands behind them is never repeated."""
    known = keys_of(model)
    for key in _secrets_in(raw, known):
        named = key if f"{key}_env" in known else "token"
        hint = f"; name it with {named}_env or {named}_file" if f"{named}_env" in known else ""
        yield place.problem(f"a secret is never written down here{hint}, and change it if others saw it", key)


def _without_secrets(raw: Mapping[Any, Any], model: type[Any]) -> Mapping[Any, Any]:
    secrets = set(_secrets_in(raw, keys_of(model)))
    return {key: value for key, value in raw.items() if key not in secrets}


def _secrets_in(raw: Mapping[Any, Any], known: Sequence[str]) -> list[str]:
    return [key for key in raw if key not in known and isinstance(key, str) and _SECRET.search(key)]


def _named_twice(raw: Mapping[Any, Any], place: Place) -> Iterator[Problem]:
    """A secret named by variable and by file."""
    for key in raw:
        if isinstance(key, str) and key.endswith("_env") and raw[key] is not None:
            other = f"{key.removesuffix('_env')}_file"
            if raw.get(other) is not None:
                yield place.problem(f"{key} and {other} are both there; keep one of them", key)


def _repeated_ids(entries: Any, place: Place, what: str) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        name = entry.get("id") if isinstance(entry, Mapping) else None
        if not isinstance(name, str):
            continue
        here = place.at(index, "id")
        if name in first:
            yield here.problem(f"{what} {name!r} is already in {first[name].where}; ids are unique")
        first.setdefault(name, here)


def _no_such_catalogue(name: Any, place: Place, base: Path) -> Iterable[Problem]:
    reason = missing_catalogue(name, base) if isinstance(name, str) and name else None
    return () if reason is None else (place.problem(reason, "catalogue"),)


def _with_everything(teams: tuple[Team, ...]) -> tuple[Team, ...]:
    if len(teams) != 1 or teams[0].selects:
        return teams
    everything = ("*",)
    selectors = {"models": everything, "experiments": everything, "repositories": everything}
    return (teams[0].model_copy(update=selectors),)
