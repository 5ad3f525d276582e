"""What is known of a span whose beginning a list did not reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mlops_maturity.evidence.coverage import Coverage


def known_since(span: Coverage, unknown_before: datetime | None, reason: str) -> list[Coverage]:
    """The span; in two, the first of them not complete, where what lies before an instant may be missing."""
    if unknown_before is None or unknown_before <= span.start:
        return [span]
    border = min(unknown_before, span.end)
    gap = replace(span, end=border, complete=False, reason=reason)
    return [gap, replace(span, start=border)] if border < span.end else [gap]
