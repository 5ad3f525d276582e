"""What pydantic found, in the words of somebody who writes YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mlops_maturity.config.file_model import keys_of
from mlops_maturity.config.hints import did_you_mean, near_miss
from mlops_maturity.config.problems import Problem
from mlops_maturity.config.yaml_graph import Key
from mlops_maturity.config.yaml_positions import Place

KEYS_LISTED = 40
"""Keys that are listed where none is near the one written: those of the source with most."""
_SECRET_KEY = re.compile(r"token|password|passwd|secret|api_?key|credential|private_key", re.IGNORECASE)


def is_secret_key(key: object) -> bool:
    """Whether what stands behind a key of that name is better not shown."""
    return isinstance(key, str) and _SECRET_KEY.search(key) is not None


def problems_of(
    error: ValidationError,
    place: Place,
    model: type[BaseModel],
    elsewhere: Mapping[str, Place] = MappingProxyType({}),
) -> list[Problem]:
    """Each of pydantic's errors as a problem below `place`, where `model` was to be read.

    `elsewhere`: keys of the model that stand in another document, with the place they are under there.
    """
    found = error.errors(include_url=False)
    return [
        _problem(details, elsewhere.get(str(details["loc"][0]), place) if details["loc"] else place, model)
        for details in found
        if not _follows(details, found) and not _is_misspelt(details, found)
    ]


def _is_misspelt(details: ErrorDetails, found: Iterable[ErrorDetails]) -> bool:
    """Whether a key is only missing because it is there under a name much like it, which is told by itself."""
    *parents, key = details["loc"] or (None,)
    return details["type"] == "missing" and any(
        other["type"] == "extra_forbidden"
        and list(other["loc"][:-1]) == parents
        and near_miss(str(other["loc"][-1]), [str(key)]) is not None
        for other in found
    )


def _follows(details: ErrorDetails, found: Iterable[ErrorDetails]) -> bool:
    """Whether a list is only found too short because some of its entries could not be read."""
    loc = details["loc"]
    return details["type"] == "too_short" and any(
        other["loc"][: len(loc)] == loc and len(other["loc"]) > len(loc) for other in found
    )


def _problem(details: ErrorDetails, place: Place, model: type[BaseModel]) -> Problem:
    path = _written_path(details, place)
    if details["type"] == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        return place.problem(f"is not known{did_you_mean(str(path[-1]), known, KEYS_LISTED)}", *path)
    if details["type"] == "missing" and place.holds(*path):
        return place.problem("has no value; write one", *path)
    return place.problem(_reason(details, path), *path)


def _written_path(details: ErrorDetails, place: Place) -> tuple[Key, ...]:
    """pydantic's location without what is not in the file (`[key]`, names of union members)."""
    path: list[Key] = []
    *parents, last = details["loc"] or (None,)
    for part in parents:
        if place.holds(*path, part):
            path.append(part)
    if last is not None and (place.holds(*path, last) or details["type"] == "missing"):
        path.append(last)
    return tuple(path)


def _keys_at(model: type[BaseModel], path: Iterable[Key]) -> tuple[str, ...]:
    """The keys known below `path` of a model; none where that is no mapping of known keys."""
    for key in path:
        if isinstance(key, int):
            continue  # an entry of a list is of the model that the list is of
        info = next((info for name, info in model.model_fields.items() if (info.alias or name) == key), None)
        inner = _model_in(info.annotation) if info is not None else None
        if inner is None:
            return ()
        model = inner
    return keys_of(model)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The one model within an annotation such as `tuple[Rule, ...]` or `Target | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _reason(details: ErrorDetails, path: tuple[Key, ...]) -> str:
    told = _REASONS.get(details["type"])
    if told is not None:
        return told(details) + _but_is(details, path)
    if details["type"] == "value_error":
        return str(details.get("ctx", {}).get("error", details["msg"]))
    if details["type"] == "literal_error":
        return _one_of(details, path)
    return details["msg"][:1].lower() + details["msg"][1:]


def _one_of(details: ErrorDetails, path: tuple[Key, ...]) -> str:
    choices = re.findall(r"'([^']*)'", str(details["ctx"]["expected"])) or [str(details["ctx"]["expected"])]
    given = details["input"]
    listed = ", ".join(choices)
    prefix = f"should be one of {listed}" if len(choices) > 1 else f"should be {listed}"
    near = did_you_mean(given, choices, listed=0) if isinstance(given, str) else ""
    return f"{prefix}{_but_is(details, path)}{near}"


def _but_is(details: ErrorDetails, path: tuple[Key, ...]) -> str:
    """`, not 'x'` for short values that are no secret."""
    given = details["input"]
    if any(is_secret_key(key) for key in path) or isinstance(given, Mapping | list | tuple):
        return ""
    if given is None:
        return ", and nothing is written"
    text = repr(given) if isinstance(given, str) else _as_yaml(given)
    return f", not {text}" if 0 < len(text) <= 40 else ""


def _as_yaml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | date) else ""


def _text(details: ErrorDetails) -> str:
    given = details["input"]
    quotable = isinstance(given, bool | int | float | date)
    return 'should be text, so in quotes ("…")' if quotable else "should be text"


def _bound(word: str, name: str) -> Callable[[ErrorDetails], str]:
    return lambda details: f"should be {word} {details['ctx'][name]:g}"


_LIST = "should be a list, written [a, b] or one `- a` a line"
_REASONS: Mapping[str, Callable[[ErrorDetails], str]] = {
    "missing": lambda _: "is needed",
    "string_type": _text,
    "string_too_short": lambda _: "should not be empty",
    "string_too_long": lambda details: f"should have at most {details['ctx']['max_length']} characters",
    "string_pattern_mismatch": lambda details: f"should match {details['ctx']['pattern']}",
    "int_type": lambda _: "should be a whole number without quotes",
    "int_parsing": lambda _: "should be a whole number",
    "int_from_float": lambda _: "should be a whole number",
    "float_type": lambda _: "should be a number without quotes",
    "float_parsing": lambda _: "should be a number",
    "finite_number": lambda _: "should be a finite number",
    "bool_type": lambda _: "should be true or false, without quotes",
    "bool_parsing": lambda _: "should be true or false",
    "tuple_type": lambda _: _LIST,
    "list_type": lambda _: _LIST,
    "dict_type": lambda _: "should be a mapping, written `key: value`",
    "model_type": lambda _: "should be a mapping, written `key: value`",
    "model_attributes_type": lambda _: "should be a mapping, written `key: value`",
    "path_type": lambda _: "should be the path of a file",
    "too_short": lambda details: (
        f"should have at least {details['ctx']['min_length']} entries"
        if details["ctx"]["min_length"] > 1
        else "should not be empty"
    ),
    "too_long": lambda details: f"should have at most {details['ctx']['max_length']} entries",
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
}
