"""Reads the editions of DORA's figures that come with the package: a new edition is one more file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from mlops_maturity.config.dora import HIGHER_IS_BETTER, Edition, Metric, Question
from mlops_maturity.config.file_model import FileModel, Number, Switch, Text
from mlops_maturity.config.plain_words import problems_of
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.config.yaml_positions import in_order, read_yaml

_Answer = Annotated[int, Field(ge=1, le=6)]


class _Metric(FileModel):
    signal: Text
    bands: tuple[tuple[Number | None, Text], ...]
    why_none: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> _Metric:
        _refuse_disorder(self.signal, [bound for bound, _ in self.bands])
        if not self.bands and not self.why_none:
            raise ValueError(f"{self.signal} has no bands, and no reason why")
        return self


class _Question(FileModel):
    signal: Text
    group: Literal["throughput", "stability"]
    bins: tuple[tuple[Number | None, _Answer], ...] = ()
    mean: Annotated[float, Field(ge=0, le=10)]

    @model_validator(mode="after")
    def _in_order(self) -> _Question:
        _refuse_disorder(self.signal, [bound for bound, _ in self.bins])
        return self


class EditionFile(FileModel):
    """An edition as it is written."""

    edition: Text
    title: Text
    source: Text
    verified: Switch
    metrics: tuple[_Metric, ...] = ()
    questions: tuple[_Question, ...] = ()

    def frozen(self) -> Edition:
        """What the other rooms use."""
        return Edition(
            edition=self.edition,
            title=self.title,
            source=self.source,
            verified=self.verified,
            metrics=tuple(Metric(**dict(metric)) for metric in self.metrics),
            questions=tuple(Question(**dict(question)) for question in self.questions),
        )


def load_edition(path: Path) -> Edition:
    """The edition in a file. Raises `InputRefused` with every problem."""
    document = read_yaml(path)
    if not isinstance(document.data, Mapping):
        raise InputRefused(
            [*document.problems, document.top.problem("should be a mapping with keys such as `metrics:`")]
        )
    try:
        read = EditionFile.model_validate(document.data)
    except ValidationError as error:
        raise InputRefused(in_order(problems_of(error, document.top, EditionFile), document.problems)) from None
    if document.problems:
        raise InputRefused(document.problems)
    return read.frozen()


@cache
def editions() -> Mapping[str, Edition]:
    """The editions by name, oldest first."""
    with as_file(files("mlops_maturity.config") / "editions") as folder:
        found = [load_edition(path) for path in sorted(folder.glob("*.yaml"))]
    return {edition.edition: edition for edition in found}


def _refuse_disorder(signal: str, bounds: list[float | None]) -> None:
    named = [bound for bound in bounds if bound is not None]
    if None in bounds[:-1] or named != sorted(named, reverse=signal in HIGHER_IS_BETTER):
        raise ValueError(f"the bounds of {signal} are not in order, best first, with the rest (null) last")
