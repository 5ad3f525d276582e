"""A catalogue from its canonical JSON, as results of the past were computed with."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter, ValidationError

from mlops_maturity.config.catalogue import Catalogue, digest


class NotACatalogue(ValueError):
    """Text that is no canonical JSON of a catalogue of this program or an earlier one."""


def catalogue_of(canonical: str) -> Catalogue:
    """The catalogue that `Catalogue.canonical` told; known by the hash of that text.

    Entries that this program doesn't know any more are left out, those it has got since have their defaults. So the
    hash is that of the text, which results bear, and not of what became of it. Raises NotACatalogue.
    """
    try:
        catalogue = _adapter().validate_json(canonical)
    except ValidationError as error:
        raise NotACatalogue(f"no canonical catalogue: {error.error_count()} entries can't be read") from None
    vars(catalogue).update(hash=digest(canonical), canonical=canonical)
    return catalogue


@cache
def _adapter() -> TypeAdapter[Catalogue]:
    return TypeAdapter(Catalogue)
