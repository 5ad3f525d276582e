"""Reads frameworks from YAML files, the package's and the user's, and refuses bad ones with every reason at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import ValidationError

from mlops_maturity.config.framework import Framework
from mlops_maturity.config.framework_format import FrameworkFormat
from mlops_maturity.config.framework_rules import across
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.plain_words import problems_of
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.yaml_positions import in_order, read_yaml

_SUFFIXES = frozenset({".yaml", ".yml"})


def load_framework(path: Path, practices: Collection[str] | None = None) -> Framework:
    """The framework in a file.

    `practices`: the ids there are; a framework that names another is refused. None = any, for a catalogue that
    lacks some is no fault of the framework: what it asks of them is then told as not judged.
    Raises `InputRefused` with every problem.
    """
    document = read_yaml(path)
    data, top = document.data, document.top
    if not isinstance(data, Mapping):
        raise InputRefused([*document.problems, top.problem("should be a mapping with keys such as `items:`")])
    problems = list(across(data, top, practices))
    try:
        read = FrameworkFormat.model_validate(data)
    except ValidationError as error:
        problems += problems_of(error, top, FrameworkFormat)
    else:
        if not problems and not document.problems:
            return read.frozen()
    raise InputRefused(in_order(problems, document.problems))


@cache
def builtin_frameworks() -> Mapping[str, Framework]:
    """The frameworks that come with the package, by id; read once a process."""
    with as_file(files("mlops_maturity.config") / "frameworks") as folder:
        found = [load_framework(path) for path in _files(folder)]
    return {framework.id: framework for framework in found}


def load_frameworks(paths: Iterable[Path], practices: Collection[str]) -> Mapping[str, Framework]:
    """The package's frameworks and those in these files and folders, by id.

    The user's may name the practices in `practices` only. Raises `InputRefused` with the problems of all files.
    """
    found = dict(builtin_frameworks())
    places = dict.fromkeys(found, "the package")
    problems: list[Problem] = []
    for file in _all_files(paths, problems):
        try:
            framework = load_framework(file, practices)
        except InputRefused as refused:
            problems.extend(refused.problems)
            continue
        if framework.id in found:
            reason = f"framework {framework.id!r} is already in {places[framework.id]}; give it another id"
            problems.append(read_yaml(file).top.problem(reason, "framework"))
        else:
            found[framework.id], places[framework.id] = framework, str(file)
    if problems:
        raise InputRefused(in_order(problems))
    return found


def _all_files(paths: Iterable[Path], problems: list[Problem]) -> Sequence[Path]:
    """Every file once, also where a folder and a file within it are both named."""
    found: dict[Path, Path] = {}
    for path in paths:
        # os.path, for Path.exists raises on names that are too long.
        if not os.path.exists(path):
            problems.append(Problem(str(path), "", _missing(path)))
        elif path.is_dir() and not _files(path):
            problems.append(Problem(str(path), "", "the folder holds no .yaml file"))
        else:
            found |= {file.resolve(): file for file in _files(path)}
    return tuple(found.values())


def _missing(path: Path) -> str:
    near = did_you_mean(path.name, _names(path.parent), listed=0)
    return f"there is no such file or folder; `frameworks:` in the settings names it{near}"


def _names(folder: Path) -> Sequence[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return ()


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return (path,)
    return sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES and not file.name.startswith("."))
