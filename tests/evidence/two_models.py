"""A catalogue of two practices, and what may become of it."""

from __future__ import annotations

from dataclasses import replace

from mlops_maturity.config.catalogue import Catalogue, Practice
from mlops_maturity.config.catalogue_file import builtin_catalogue

BUILT_IN = builtin_catalogue()


def a_practice(id: str, weight: float = 1.0) -> Practice:
    return replace(
        BUILT_IN.practices[0], id=id, aspect=BUILT_IN.aspects[0].id, weight=weight, signals=(), prerequisites=(),
        applies_to=None, required=(1, 2, 3), key_from=None,
    )  # fmt: skip


def a_catalogue(*practices: Practice) -> Catalogue:
    return replace(BUILT_IN, aspects=BUILT_IN.aspects[:1], practices=practices)


OLD = a_catalogue(a_practice("tests"), a_practice("reviews"))
REWEIGHED = a_catalogue(a_practice("tests", 3.0), a_practice("reviews"))
BROADER = a_catalogue(a_practice("tests"), a_practice("reviews"), a_practice("audits", 2.0))
