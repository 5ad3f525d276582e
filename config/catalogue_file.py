"""Reads a catalogue from a YAML file or a folder of them, and refuses a bad one with every reason at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from mlops_maturity.config import catalogue_rules as rules
from mlops_maturity.config import signal_rules
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_format import (
    AspectFormat,
    CatalogueFormat,
    HeadFormat,
    LevelFormat,
    PracticeFormat,
)
from mlops_maturity.config.catalogue_rules import Entry
from mlops_maturity.config.file_model import FileModel, keys_of
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.plain_words import problems_of
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.yaml_positions import Document, Place, in_order, read_yaml

BUILT_IN = "mlops"
"""The name of the catalogue that comes with the package."""
_LISTS: Mapping[str, type[FileModel]] = {"levels": LevelFormat, "aspects": AspectFormat, "practices": PracticeFormat}
_HEAD = keys_of(HeadFormat)
_SUFFIXES = frozenset({".yaml", ".yml"})

F = TypeVar("F", bound=FileModel)


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file, or in a folder whose files together hold its keys.

    A file of a folder holds some of the top keys, or is one practice. Raises `InputRefused` with every problem.
    """
    parts = _Parts(top=Document(str(path), {}).top)
    for file in _files(path):
        try:
            parts.take(read_yaml(file), alone=file == path)
        except InputRefused as refused:
            parts.unreadable.extend(refused.problems)
            parts.complete = False
    if parts.complete:
        parts.problems.extend(_across(parts))
    return _built(parts)


@cache
def builtin_catalogue() -> Catalogue:
    """The catalogue that comes with the package; read once a process."""
    with as_file(files("mlops_maturity.config") / "model") as folder:
        return load_catalogue(folder)


def resolve_catalogue(name: str, base: Path) -> Catalogue:
    """The catalogue that settings in the folder `base` call `name`: the built-in one, or a path.

    Raises `InputRefused`.
    """
    if name == BUILT_IN:
        return builtin_catalogue()
    path = catalogue_path(name, base)
    missing = missing_catalogue(name, base)
    if missing is not None:
        raise InputRefused([Problem(str(path), "", missing)])
    return load_catalogue(path)


def catalogue_path(name: str, base: Path) -> Path:
    """Where a catalogue that isn't built in is."""
    return base / os.path.expanduser(name)


def missing_catalogue(name: str, base: Path) -> str | None:
    """Why there is no catalogue of that name, and what to write; None where there is one."""
    # os.path, for Path.exists raises on names that are too long.
    if name == BUILT_IN or os.path.exists(catalogue_path(name, base)):
        return None
    hint = did_you_mean(name, [BUILT_IN], listed=0) or f"; the built-in one is called {BUILT_IN!r}"
    return f"there is no catalogue {name!r}: no file or folder of that path{hint}"


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(
        file
        for file in path.rglob("*")
        if file.suffix in _SUFFIXES and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not found:
        raise InputRefused([Problem(str(path), "", "the folder holds no .yaml file")])
    return found


@dataclass(slots=True)
class _Parts:
    """A catalogue as it was written, gathered from its files."""

    top: Place
    """Where what is missing would be."""
    head: dict[str, Any] = field(default_factory=dict)
    head_places: dict[str, Place] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=lambda: {key: [] for key in _LISTS})
    unreadable: list[Problem] = field(default_factory=list)
    """What is wrong with the files as YAML."""
    complete: bool = True
    """Whether every file could be read; what one leaves out would make the others look wrong."""
    problems: list[Problem] = field(default_factory=list)

    def take(self, document: Document, *, alone: bool) -> None:
        """Adds what one file holds; `alone`: the file is the whole catalogue."""
        self.unreadable.extend(document.problems)
        data, place = document.data, document.top
        if alone:
            self.top = place
        if not isinstance(data, Mapping):
            self.problems.append(place.problem("should be a mapping with keys such as `practices:`"))
            self.complete = False
        elif not alone and not set(data) & {*_LISTS, *_HEAD} and set(data) & {"id", "aspect", "question"}:
            self.entries["practices"].append(Entry(data, place))
        else:
            self._take_keys(data, place)

    def _take_keys(self, data: Mapping[Any, Any], place: Place) -> None:
        for key, value in data.items():
            if key in _LISTS:
                self._take_list(key, value, place.at(key))
            elif key not in _HEAD:
                self.problems.append(
                    place.problem(f"is not known{did_you_mean(str(key), keys_of(CatalogueFormat))}", key)
                )
            elif key in self.head:
                there = self.head_places[key].at(key).where
                self.problems.append(place.problem(f"is already in {there}; keep it in one file", key))
            else:
                self.head[key] = value
                self.head_places[key] = place

    def _take_list(self, key: str, value: Any, place: Place) -> None:
        if value is None:
            return
        if not isinstance(value, list):
            self.problems.append(place.problem("should be a list, one `- ` an entry"))
            return
        for index, raw in enumerate(value):
            if isinstance(raw, Mapping):
                self.entries[key].append(Entry(raw, place.at(index)))
            else:
                self.problems.append(place.problem("should be a mapping, written `key: value`", index))


def _across(parts: _Parts) -> Iterator[Problem]:
    """What is wrong between entries."""
    levels, aspects, practices = (parts.entries[key] for key in _LISTS)
    aspect_ids = [name for entry in aspects if (name := entry.text("id")) is not None]
    for key in _LISTS:
        if not parts.entries[key] and not any(problem.path == key for problem in parts.problems):
            yield parts.top.problem("is needed, and not empty", key)
    if levels:
        place = parts.top.at("levels") if parts.top.holds("levels") else levels[0].place
        yield from rules.level_numbers(levels, place)
    yield from rules.repeated_ids(aspects, "aspect")
    yield from rules.repeated_ids(practices, "practice")
    if aspect_ids:
        yield from rules.level_texts(levels, aspect_ids)
        yield from rules.known_aspects(levels, practices, aspect_ids)
    yield from rules.prerequisites(practices)
    yield from signal_rules.half_lives(practices)
    yield from signal_rules.directions(practices)
    yield from rules.named_twice(practices)


def _built(parts: _Parts) -> Catalogue:
    head = _read_head(parts)
    levels = _read(parts, "levels", LevelFormat)
    aspects = _read(parts, "aspects", AspectFormat)
    practices = _read(parts, "practices", PracticeFormat)
    if parts.problems or parts.unreadable or head is None:
        raise InputRefused(in_order(parts.problems, parts.unreadable))
    return Catalogue(
        id=head.catalogue,
        version=head.version,
        levels=tuple(sorted((level.frozen() for level in levels), key=lambda level: level.level)),
        aspects=tuple(aspect.frozen() for aspect in aspects),
        practices=tuple(practice.frozen() for practice in practices),
        parameters=head.parameters.frozen(),
    )


def _read_head(parts: _Parts) -> HeadFormat | None:
    left_out = {} if parts.complete else {"catalogue": "unread", "version": "unread"}
    try:
        return HeadFormat.model_validate(left_out | parts.head)
    except ValidationError as error:
        parts.problems.extend(problems_of(error, parts.top, HeadFormat, parts.head_places))
        return None


def _read(parts: _Parts, key: str, model: type[F]) -> list[F]:
    read = []
    for entry in parts.entries[key]:
        try:
            read.append(model.model_validate(entry.raw))
        except ValidationError as error:
            parts.problems.extend(problems_of(error, entry.place, model))
    return read
