"""What pydantic found in a line of JSON, in the words of somebody who writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from mlops_maturity.config.hints import did_you_mean

TOLERANCE = timedelta(days=1)
"""How far ahead of us the clock of whoever wrote a file may be."""
_INSTANT = "should be an instant with offset, such as 2026-01-31T12:00:00Z"
HALF_A_PAIR = "holds half of a surrogate pair (\\ud800 to \\udfff), which is no character; write the character itself"
_FINITE = "should be a finite number; leave it out where it is not known"


def path_of(location: Sequence[int | str]) -> str:
    """Dotted path of a place in an object."""
    return ".".join(str(part) for part in location)


def reason_of(details: ErrorDetails, known: Sequence[str]) -> str:
    """What is wrong and what to write instead; `known` are the field names there are at that place."""
    told = _REASONS.get(details["type"])
    if told is not None:
        return told(details)
    if details["type"] == "extra_forbidden":
        return f"is not known{did_you_mean(str(details['loc'][-1]), known)}"
    return details["msg"][:1].lower() + details["msg"][1:] + _but_is(details)


def future_reason(moment: object, now: datetime) -> str:
    """Why a date that lies ahead is refused."""
    return (
        f"{moment} is in the future (it is now {now:%Y-%m-%dT%H:%MZ}); check the clock and the time zone of its source"
    )


def fields_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The field names of an object."""
    return tuple(model.model_fields)


def _one_of(details: ErrorDetails) -> str:
    choices = re.findall(r"'([^']*)'", str(details["ctx"]["expected"]))
    given = details["input"]
    near = did_you_mean(given, choices, listed=0) if isinstance(given, str) else ""
    return f"should be one of {', '.join(choices)}{_but_is(details)}{near}"


def _no_json(details: ErrorDetails) -> str:
    if "hex escape" in details["ctx"]["error"]:
        return HALF_A_PAIR
    return f"is no JSON object: {details['ctx']['error']}".replace(" at line 1 column ", " at character ")


def _but_is(details: ErrorDetails) -> str:
    given = details["input"]
    if isinstance(given, str | int | float) or given is None:
        text = "null" if given is None else repr(given)
        return f", not {text}" if len(text) <= 60 else ""
    return ""


def _saying(text: str) -> Callable[[ErrorDetails], str]:
    return lambda details: text + _but_is(details)


_REASONS: Mapping[str, Callable[[ErrorDetails], str]] = {
    "missing": lambda _: "is needed",
    "json_invalid": _no_json,
    "dict_type": lambda _: "should be one JSON object a line",
    "tuple_type": _saying("should be a list in square brackets"),
    "list_type": _saying("should be a list in square brackets"),
    "model_type": lambda _: "should be a JSON object",
    "literal_error": _one_of,
    "timezone_aware": lambda details: f"has no offset; write {details['input']}Z if it is UTC",
    "datetime_type": _saying(_INSTANT),
    "datetime_parsing": _saying(_INSTANT),
    "datetime_from_date_parsing": _saying(_INSTANT),
    "date_type": _saying("should be a day, such as 2026-01-31"),
    "date_parsing": _saying("should be a day, such as 2026-01-31"),
    "date_from_datetime_parsing": _saying("should be a day, such as 2026-01-31"),
    "finite_number": _saying(_FINITE),
    "float_type": _saying("should be a number without quotes"),
    "int_type": _saying("should be a whole number without quotes"),
    "int_from_float": _saying("should be a whole number"),
    "bool_type": _saying("should be true or false without quotes"),
    "string_type": _saying('should be text in quotes ("…")'),
    "string_too_short": lambda _: "should not be empty",
}
