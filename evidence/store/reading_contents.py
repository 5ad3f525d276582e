"""What a stored reading holds, out of its JSON; its proof only when somebody looks at it.

A proof is most of the text, and one of a thousand is ever shown: taking all apart costs more than everything else.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import msgspec

from mlops_maturity.evidence.signals.interface import Measured, Missing, MissingReason, Proof

_NO_PROOF = msgspec.Raw(b'{"count":0}')


class Content(msgspec.Struct, gc=False):
    """What the text of a reading says, its proof still as text. Without a `reason`, it was measured."""

    value: int | float = 0
    seen: int | float = 0
    scope: int | float = 0
    opportunities: int | float = 0
    proof: msgspec.Raw = _NO_PROOF
    note: str = ""
    reason: MissingReason | None = None
    detail: str = ""


_CONTENT = msgspec.json.Decoder(Content)
_PROOF = msgspec.json.Decoder(Proof)


class _StoredProof(Proof):
    """A proof still written as JSON."""

    __slots__ = ("_text",)

    def __init__(self, text: msgspec.Raw) -> None:
        object.__setattr__(self, "_text", text)

    def __getattr__(self, name: str) -> Any:
        # Only asked for what isn't set, as count and sample are not at first.
        if name not in ("count", "sample"):
            raise AttributeError(name)
        proof = _PROOF.decode(self._text)
        object.__setattr__(self, "count", proof.count)
        object.__setattr__(self, "sample", proof.sample)
        return getattr(proof, name)


def to_text(result: Measured | Missing) -> str:
    """One text for one content. Raises ValueError for a number that is not finite."""
    # Not `asdict`: it copies every string of the samples, which takes longer than computing the readings.
    content = {field.name: getattr(result, field.name) for field in fields(result)}
    if isinstance(result, Measured):
        content["proof"] = {"count": result.proof.count, "sample": result.proof.sample}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_text(text: str) -> Measured | Missing:
    """What was written as a text."""
    return result_of(_CONTENT.decode(text))


def result_of(content: Content) -> Measured | Missing:
    """The result that a content is of."""
    if content.reason is not None:
        return Missing(reason=content.reason, detail=content.detail)
    return Measured(
        value=content.value,
        seen=content.seen,
        scope=content.scope,
        opportunities=content.opportunities,
        proof=_StoredProof(content.proof),
        note=content.note,
    )
