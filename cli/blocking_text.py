"""What keeps an aspect from a level, in words; what nobody knows anything of in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import Assessment, Blocking

NAMED = 4
"""Practices that a line names; the formats for programs name all."""
_MUST = " (can't be outvoted)"


def blocked(block: Blocking, result: Assessment, catalogue: Catalogue) -> str:
    """Why a practice keeps an aspect from a level, as a sentence."""
    must = _MUST if block.must else ""
    if result.practices[block.practice].confidence == 0:
        return f"nothing is known of {_title(block, catalogue)}{must}."
    reasons = []
    if block.value < block.needs:
        reasons.append(f"is at {block.value:.2f}, needs {block.needs:.2f}")
    if not block.confidence_ok:
        reasons.append("has too little evidence")
    return f"{_title(block, catalogue)} {' and '.join(reasons) or 'holds it back'}{must}."


def blocked_lines(blocking: Sequence[Blocking], result: Assessment, catalogue: Catalogue) -> Iterator[str]:
    """A sentence a practice; those of which nothing is known stand together, first those that can't be outvoted."""
    unknown = [block for block in blocking if result.practices[block.practice].confidence == 0]
    yield from (blocked(block, result, catalogue) for block in blocking if block not in unknown)
    unknown.sort(key=lambda block: not block.must)
    named = [f"{_title(block, catalogue)}{_MUST if block.must else ''}" for block in unknown[:NAMED]]
    more = len(unknown) - len(named)
    if more:
        yield f"nothing is known of {', '.join(named)} and {more} more."
    elif named:
        yield f"nothing is known of {', '.join(named)}."


def _title(block: Blocking, catalogue: Catalogue) -> str:
    return repr(catalogue.by_id[block.practice].title)
