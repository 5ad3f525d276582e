"""A record as one text: the same content always gives the same text, so that its hash tells whether it changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple, get_args

from pydantic_core import to_json

from mlops_maturity.evidence.records import Record

_TEXT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_WITH_CARE = ("attributes", "tags", "value", "seen", "scope", "opportunities")
"""Fields with keys in any order, or with numbers that are not whole."""
_TEXT_ONLY = {str}
_LARGEST_WHOLE = 2**63 - 1
_LEAST_FLOAT, _LARGEST_FLOAT = 1e-4, 1e15
"""Between them, every writer of JSON writes a number in the same way."""


def record_json(record: Record) -> str:
    """One text for one content: keys sorted at every depth, and no defaults, so that a new field moves no hash.

    NaN and infinity among the attributes become null: not known.
    """
    return record_bytes(record).decode()


def record_bytes(record: Record) -> bytes:
    """The text of `record_json` in UTF-8."""
    plan = _PLANS[record.kind]
    fields = record.__dict__
    content = {
        name: value
        for name, default, value in zip(plan.names, plan.defaults, plan.values(fields), strict=True)
        if value != default
    }
    try:
        for name in plan.with_care:
            if name in content:
                content[name] = _in_order(content[name])
    except _NotPlain:
        return _careful(record)
    return to_json(content)


def _careful(record: Record) -> bytes:
    """The text of any content: what decides how the text of a record looks."""
    content = record.model_dump(mode="json", exclude_defaults=True)
    content["kind"] = record.kind
    return _TEXT.encode(content).encode()


class _NotPlain(Exception):
    """A value that not every writer of JSON writes in the same way."""


def _in_order(value: Any) -> Any:
    """The same value with the keys sorted at every depth. Raises _NotPlain where that would not be enough."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        if not set(map(type, value)) <= _TEXT_ONLY:
            raise _NotPlain
        return {key: _in_order(value[key]) for key in sorted(value)}
    if kind is list:
        return [_in_order(part) for part in value]
    if kind is int and -_LARGEST_WHOLE <= value <= _LARGEST_WHOLE:
        return value
    if kind is float and (_LEAST_FLOAT <= abs(value) <= _LARGEST_FLOAT or value == 0):
        return value
    raise _NotPlain


class _Plan(NamedTuple):
    """The fields of a kind in the order of their names."""

    names: tuple[str, ...]
    defaults: tuple[Any, ...]
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    with_care: tuple[str, ...]


_ALWAYS = object()
"""Equals nothing: the default of fields that are always told."""


def _plan(model: Any) -> _Plan:
    names = tuple(sorted(model.model_fields))
    told = {
        name: field.get_default(call_default_factory=True) if name != "kind" and not field.is_required() else _ALWAYS
        for name, field in model.model_fields.items()
    }
    care = tuple(name for name in names if name in _WITH_CARE)
    return _Plan(names, tuple(told[name] for name in names), itemgetter(*names), care)


_PLANS: Mapping[str, _Plan] = {model.model_fields["kind"].default: _plan(model) for model in get_args(Record)}
