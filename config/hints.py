"""Near-miss names: what somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Set
from difflib import get_close_matches


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `word`, without regard to case; None where none is near."""
    if len(word) > 80:
        return None  # no name; comparing it would only take long
    by_folded = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], listed: int = 16) -> str:
    """`; did you mean 'x'?`, else `; known are a, b, c`, else nothing: to be put behind a reason.

    Names are listed in the order given; those of a set, which has none, by the alphabet.
    """
    names = sorted(known) if isinstance(known, Set) else list(dict.fromkeys(known))
    near = near_miss(word, names)
    if near is not None:
        return f"; did you mean {near!r}?"
    return f"; known are {', '.join(names)}" if 0 < len(names) <= listed else ""
