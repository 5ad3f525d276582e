"""The base of everything that is written in a file by hand: strict where YAML misleads, lax where it doesn't matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
"""Text that says something."""
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite number; neither text nor true/false, which would turn into 1 and 0."""
Whole = Annotated[int, Field(strict=True)]
"""A whole number, likewise."""
Switch = Annotated[bool, Field(strict=True)]
"""true or false; YAML 1.2 reads yes and no as text."""


def _identifier(name: str) -> str:
    if re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", name):
        return name
    better = re.sub(r"[^a-z0-9_.-]+", "-", name.casefold()).strip("-._")
    hint = f"; write {better!r}" if better else ""
    raise ValueError(f"should begin with a-z or 0-9 and go on with a-z, 0-9, `.`, `_` or `-`{hint}")


Identifier = Annotated[str, Field(max_length=64), AfterValidator(_identifier)]
"""A short name, fit for addresses, file names and command lines."""


class FileModel(BaseModel):
    """Frozen; refuses unknown keys; a key without a value counts as left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        known = set(keys_of(cls))
        return {key: value for key, value in data.items() if value is not None or key not in known}


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys a file may use, as they are written there."""
    return tuple(info.alias or name for name, info in model.model_fields.items())
