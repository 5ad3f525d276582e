"""What keeps an aspect from a level, in words; what nobody knows anything of in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import Assessment, Blocking
from mlops_maturity.scoring.sureness import unsure
from mlops_maturity.scoring.thresholds import reaches

NAMED = 4
"""Practices that a line names; the formats for programs name all."""
_MUST = " (can't be outvoted)"
_LAGS = " (too far behind to be outvoted)"


def blocked(block: Blocking, level: int, result: Assessment, catalogue: Catalogue) -> str:
    """Why a practice keeps an aspect from a level, as a sentence."""
    must = _decisive(block, catalogue)
    if result.practices[block.practice].confidence == 0:
        return f"nothing is known of {_title(block, catalogue)}{must}."
    reasons = []
    if block.value < block.needs:
        reasons.append(f"is at {block.value:.2f}, needs {block.needs:.2f}")
    if not block.confidence_ok:
        reasons.append(unsure(result.practices[block.practice], catalogue.parameters.min_confidence[level]))
    return f"{_title(block, catalogue)} {' and '.join(reasons) or 'holds it back'}{must}."


def blocked_lines(blocking: Sequence[Blocking], level: int, result: Assessment, catalogue: Catalogue) -> Iterator[str]:
    """A sentence a practice: first those that can't be outvoted, then those that most weight misses.

    Those of which nothing is known stand together, before those that can be outvoted where one of them can't.
    """
    ordered = sorted(
        blocking, key=lambda block: (not _decisive(block, catalogue), -catalogue.by_id[block.practice].weight)
    )
    unknown = [block for block in ordered if result.practices[block.practice].confidence == 0]
    known = [block for block in ordered if block not in unknown]
    decisive = [block for block in known if _decisive(block, catalogue)]
    early = bool(unknown) and bool(_decisive(unknown[0], catalogue))
    yield from (blocked(block, level, result, catalogue) for block in decisive)
    if early:
        yield _unknown(unknown, catalogue)
    yield from (blocked(block, level, result, catalogue) for block in known[len(decisive) :])
    if unknown and not early:
        yield _unknown(unknown, catalogue)


def _unknown(blocking: Sequence[Blocking], catalogue: Catalogue) -> str:
    """Those of which nothing is known, in one sentence."""
    named = ", ".join(f"{_title(block, catalogue)}{_decisive(block, catalogue)}" for block in blocking[:NAMED])
    more = f" and {len(blocking) - NAMED} more" if len(blocking) > NAMED else ""
    return f"nothing is known of {named}{more}."


def _decisive(block: Blocking, catalogue: Catalogue) -> str:
    """Why it bars the level whatever the others weigh; empty where they can outvote it."""
    if block.must:
        return _MUST
    return "" if reaches(block.value, block.needs - catalogue.parameters.slack) else _LAGS


def _title(block: Blocking, catalogue: Catalogue) -> str:
    return repr(catalogue.by_id[block.practice].title)
