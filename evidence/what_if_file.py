"""Reads what-if files and weightings: strict, with every problem at once, each with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.config.catalogue_format import ParametersFormat, Positive
from mlops_maturity.config.file_model import FileModel, Number, Switch, Text
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.plain_words import problems_of
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.yaml_positions import Place, in_order, read_yaml
from mlops_maturity.scoring.weighting import Weighting
from mlops_maturity.scoring.what_if import Edits, ReadIf, SaidIf

M = TypeVar("M", bound=FileModel)
DONT_KNOW = "unknown"
MOST_WEIGHTINGS = 2


def _rung(value: Any) -> Any:
    if value == DONT_KNOW or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= TOP_LEVEL):
        return value
    raise ValueError(f"should be 0, 1, 2, 3 or {DONT_KNOW}")


class SaidFormat(FileModel):
    """An answer."""

    practice: Text
    """The practice (its id)."""
    value: Annotated[Any, AfterValidator(_rung)]
    """The rung, 0 to 3, or `unknown` for "don't know"."""
    respondent: Text | None = None
    """Who says so; left out = everybody who has answered, or one person where nobody has."""
    attested: Switch | None = None
    """Whether an artefact is linked to it; left out = as before."""


class ReadFormat(FileModel):
    """A reading."""

    signal: Text
    """The signal (its id)."""
    value: Number
    """In the signal's unit."""
    seen: Annotated[Number, Field(ge=0)] | None = None
    """How much of what should be visible was; left out = as in the newest reading, like the next two."""
    scope: Annotated[Number, Field(ge=0)] | None = None
    """How much should be visible."""
    opportunities: Annotated[Number, Field(ge=0)] | None = None
    """How often the thing could have happened."""


class WeightsFormat(FileModel):
    """Weights that differ from the catalogue's."""

    aspects: dict[Text, Positive] = Field(default_factory=dict)
    """Aspect id to its weight in the overall index."""
    practices: dict[Text, Positive] = Field(default_factory=dict)
    """Practice id to its weight in its aspect."""

    def frozen(self, name: str = "") -> Weighting:
        """The weights as scoring takes them."""
        return Weighting(name=name, aspects=self.aspects, practices=self.practices)


class WhatIfFormat(FileModel):
    """What would be otherwise."""

    answers: tuple[SaidFormat, ...] = ()
    """Answers given on the day, in place of earlier ones."""
    readings: tuple[ReadFormat, ...] = ()
    """Readings of the day."""
    weights: WeightsFormat = Field(default_factory=WeightsFormat)
    """Other weights."""
    parameters: ParametersFormat = Field(default_factory=ParametersFormat)
    """Other constants of the scoring."""


class WeightingsFormat(FileModel):
    """Weightings to be compared."""

    weightings: dict[Text, WeightsFormat] = Field(min_length=1, max_length=MOST_WEIGHTINGS)
    """Name to weights; one is compared with the catalogue's own, two with each other."""


def load_what_if(path: Path, catalogue: Catalogue, measured: Collection[str]) -> Edits:
    """The edits in a file; `measured` are the signals of which there is a reading to take left-out amounts from.

    Raises `InputRefused` with every problem.
    """
    read = _read(path, WhatIfFormat, lambda data, top: _what_if_problems(data, top, catalogue, measured))
    given = {name: value for name, value in read.parameters if value is not None}
    return Edits(
        answers=tuple(
            SaidIf(**{**dict(said), "value": None if said.value == DONT_KNOW else said.value}) for said in read.answers
        ),
        readings=tuple(ReadIf(**dict(reading)) for reading in read.readings),
        weights=read.weights.frozen(),
        parameters=given,
    )


def load_weightings(path: Path, catalogue: Catalogue) -> tuple[Weighting, ...]:
    """The one or two weightings in a file, in its order. Raises `InputRefused` with every problem."""

    def problems(data: Mapping[Any, Any], top: Place) -> Iterator[Problem]:
        written = data.get("weightings")
        for name, weights in written.items() if isinstance(written, Mapping) else ():
            yield from _weight_problems(weights, top.at("weightings", name), catalogue)

    read = _read(path, WeightingsFormat, problems)
    return tuple(weights.frozen(name) for name, weights in read.weightings.items())


def _read(path: Path, model: type[M], more: Any) -> M:
    document = read_yaml(path)
    data, top = document.data, document.top
    if not isinstance(data, Mapping):
        known = ", ".join(f"`{key}:`" for key in model.model_fields)
        raise InputRefused([*document.problems, top.problem(f"should be a mapping with keys such as {known}")])
    problems = list(more(data, top))
    try:
        read = model.model_validate(data)
    except ValidationError as error:
        problems += problems_of(error, top, model)
    else:
        if not problems and not document.problems:
            return read
    raise InputRefused(in_order(problems, document.problems))


def _what_if_problems(
    data: Mapping[Any, Any], top: Place, catalogue: Catalogue, measured: Collection[str]
) -> Iterator[Problem]:
    for place, said in _entries(data, "answers", top):
        yield from _unknown(said.get("practice"), catalogue.by_id, "practice of the catalogue", place.at("practice"))
    for place, read in _entries(data, "readings", top):
        signal = read.get("signal")
        yield from _unknown(signal, catalogue.signal_ids, "signal of the catalogue", place.at("signal"))
        missing = [key for key in ("seen", "scope", "opportunities") if read.get(key) is None]
        if isinstance(signal, str) and signal in catalogue.signal_ids and signal not in measured and missing:
            reason = f"the team has no reading of it to take {', '.join(missing)} from; write them here"
            yield place.problem(reason, "signal")
    yield from _weight_problems(data.get("weights"), top.at("weights"), catalogue)


def _weight_problems(weights: Any, place: Place, catalogue: Catalogue) -> Iterator[Problem]:
    if not isinstance(weights, Mapping):
        return
    known = {"aspects": [aspect.id for aspect in catalogue.aspects], "practices": list(catalogue.by_id)}
    for key, names in known.items():
        written = weights.get(key)
        for name in written if isinstance(written, Mapping) else ():
            yield from _unknown(name, names, f"{key.removesuffix('s')} of the catalogue", place.at(key, name))


def _entries(data: Mapping[Any, Any], key: str, top: Place) -> Iterable[tuple[Place, Mapping[Any, Any]]]:
    values = data.get(key)
    found = enumerate(values if isinstance(values, list) else ())
    return [(top.at(key, index), entry) for index, entry in found if isinstance(entry, Mapping)]


def _unknown(name: Any, known: Collection[str], what: str, place: Place) -> Iterator[Problem]:
    if isinstance(name, str) and name and name not in known:
        yield place.problem(f"{name!r} is no {what}{did_you_mean(name, known)}")
