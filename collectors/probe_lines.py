"""Lines of `doctor` that several kinds of source share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from mlops_maturity.collectors.interface import Hidden, Probe, SourceError, Unsupported
from mlops_maturity.config.plural import counted

_EXAMPLES = 3
LOOKED_AT = 10
"""Repositories that are probed at most, so that `doctor` answers soon."""


def not_reached(error: SourceError, hint: str) -> Probe:
    """The only line where a source can't be asked at all; `hint` is how its `url` should look."""
    return Probe(name="reachable", state="error", detail=str(error), fix=next_step(error, hint))


def next_step(error: SourceError, hint: str) -> str:
    """What to do about a source that can't be read; `hint` is how its `url` should look."""
    fix = {
        "unauthorized": "set token_env or token_file to a valid token",
        "forbidden": "give the token read access",
        "unreachable": "check url, network and proxy",
        "unsupported": f"check url ({hint})",
        "partial": "wait until the server allows more, or give a token of its own",
    }
    return fix.get(error.state, f"check url ({hint}); if it is right, look at the server's log")


def step_for_part(error: SourceError, *, absent: str, right: str = "read access") -> str:
    """What to do about one part of a source whose other parts answer, so that its `url` is right.

    `absent` is what to do where the part is not there, `right` what the token needs to read it.
    """
    if isinstance(error, Hidden):
        return f"check the name; where it is right, give the token {right}"
    fix = {
        "unauthorized": f"give the token {right}",
        "forbidden": f"give the token {right}",
        "unreachable": "try again; if it lasts, look at the server's log, or raise timeout_s",
        "unsupported": absent,
        "partial": "wait until the server allows more, or give a token of its own",
    }
    return fix.get(error.state, "look at the server's log")


def part_not_read(name: str, error: SourceError, *, absent: str, right: str = "read access") -> Probe:
    """A part that can't be read, of a source that answers otherwise. What it does not have fails no `collect`."""
    return Probe(
        name=name,
        state="warning" if isinstance(error, Unsupported) else "error",
        detail=str(error),
        fix=step_for_part(error, absent=absent, right=right),
    )


def rights(name: str, ask: Callable[[str], object], scopes: Sequence[str], what: tuple[str, str], right: str) -> Probe:
    """Whether one kind of thing can be read everywhere.

    `what` is what one scope is called, and several are. `ask` raises SourceError where it can't be read: Hidden where
    the scope itself is not seen, Unsupported where it is, and only has none of this kind.
    """
    absent = f"switch it on there, or update the server; if that is done, give the token {right}"
    refused: list[str] = []
    steps: dict[str, None] = {}
    for scope in scopes:
        try:
            ask(scope)
        except SourceError as error:
            refused.append(f"{scope}: {error}")
            steps[step_for_part(error, absent=absent, right=right)] = None
    if not refused:
        return Probe(name=name, state="ok", detail=f"readable in {counted(len(scopes), *what)}")
    return Probe(
        name=name,
        state="error",
        detail=f"not readable in {len(refused)} of {counted(len(scopes), *what)}: {refused[0]}",
        fix="; ".join(steps),
    )


def mapped_names(name: str, what: str, taken: Counter[str], unmapped: Counter[str], fix: str) -> Probe:
    """What the newest objects are taken for, and those that no rule knows: the commonest wrong zero.

    `taken` counts purposes or tiers, `unmapped` the names that no rule matches.
    """
    total = taken.total()
    if unmapped:
        examples = ", ".join(f"{name} ({count})" for name, count in unmapped.most_common(_EXAMPLES))
        detail = f"{unmapped.total()} of the newest {total} {what} match no rule: {examples}"
        return Probe(name=name, state="warning", detail=detail, fix=fix)
    counts = ", ".join(f"{count} {word}" for word, count in taken.most_common()) or "none"
    return Probe(name=name, state="ok", detail=f"the newest {total} {what}: {counts}")
