"""Details that were refused while the list that they belong to was read: unknown, and asked for again later.

Rights come and go, and one answer of a thousand is an error that stays. So what could be read is stored, what could not
is unknown, and the item's id is kept in the cursor. It is asked for again with pauses that double, for a month. The
first one that is refused once more ends the asking for that reading: where a right is missing, it costs one request,
however many wait.

An outage is no thousand unknowns: where item after item fails and nothing answers any more, the error is raised. So it
is where what failed is about to be stored as unknown, and nothing was answered but that, or what was is no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from mlops_maturity.collectors.interface import Failing, Forbidden, NoAnswer, SourceError, Unsupported
from mlops_maturity.collectors.mapping import lenient, written

FOR = timedelta(days=30)
"""How long after its first refusal something is asked for again; as long as a run of GitHub's can be run again."""
FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=7)
"""Pauses double from the first to the longest: ten questions in a month. Thresholds: own judgement."""
MOST = 2_000
"""Ids that are kept, the newest refused ones: the cursor is written with every page."""
IN_A_ROW = 3
"""Items that may fail one after the other. Then what was answered before is asked once more: does the server still?"""
UNANSWERED = 8
"""Items that may fail before any has answered: a few may lie side by side, a whole server fails for all. Where none has
by the time at which they are to be stored, only one may."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An item of which a detail was refused."""

    since: str
    """When it was refused first."""
    times: int
    """How often it was refused."""
    due: str
    """When to ask again."""

    @property
    def pause(self) -> timedelta:
        """How long to wait after its last refusal."""
        return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(self.times - 1, 10)))


@dataclass(slots=True)
class Unread:
    """Items of one stream, by id."""

    now: datetime
    vital: bool = False
    """Whether a refusal (403) is as bad as a failure: without the detail the stream tells nothing, and where all are
    refused it is the right that is missing."""
    alive: Callable[[], object] | None = None
    """Something that the server answers as long as it is up, whatever ails its items."""
    hides: bool = False
    """Whether the server answers 404 for what must not be seen, too; else what is not there is gone."""
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _again: dict[str, _Waiting] = field(default_factory=dict)
    """Those that are read again just now, as they waited."""
    _refused: set[str] = field(default_factory=set)
    """Those of this reading."""
    _first: SourceError | None = None
    """Why the first of them was refused."""
    _failed: list[str] = field(default_factory=list)
    """Items that failed one after the other."""
    _failure: SourceError | None = None
    """Why the last of them did."""
    _answering: Callable[[], object] | None = None
    """The last request that was answered."""

    @classmethod
    def opened(
        cls,
        stored: Mapping[str, Any],
        now: datetime,
        *,
        alive: Callable[[], object] | None = None,
        vital: bool = False,
        hides: bool = False,
    ) -> Unread:
        """From what `as_json` gave, without what has waited for too long by now."""
        waiting = {name: _Waiting(*entry) for name, entry in stored.items() if isinstance(entry, list)}
        kept = {name: one for name, one in waiting.items() if (lenient(one.since) or now) >= now - FOR}
        in_turn = sorted(kept.items(), key=lambda item: item[1].due)
        return cls(now, vital=vital, alive=alive, hides=hides, _waiting=dict(in_turn))

    def as_json(self) -> dict[str, list[Any]]:
        """For the cursor."""
        return {name: [one.since, one.times, one.due] for name, one in list(self._waiting.items())[-MOST:]}

    def ask(self, identity: str, request: Callable[[], T]) -> T | None:
        """A detail of an item; None where it is gone, or refused and therefore noted.

        Raises what makes any further request useless; the error of the item (403 only where it is vital) or of the
        server where item after item fails and nothing answers any more. One that gets no answer in time is taken for
        the item's fault only once the server has answered something else, for waiting costs most.
        """
        try:
            answer = request()
        except Unsupported as error:
            if self.hides:
                self.note(identity, error)
            return None
        except (Forbidden, Failing, NoAnswer) as error:
            if self.vital or not isinstance(error, Forbidden):
                self._count(identity, error)
            if isinstance(error, NoAnswer):
                self.check_server()
            self.note(identity, error)
            return None
        self._failed, self._answering = [], request
        return answer

    def note(self, identity: str, error: SourceError) -> None:
        """A detail of an item was refused."""
        self._first = self._first or error
        if identity in self._refused:
            return
        self._refused.add(identity)
        before = self._again.pop(identity, None) or self._waiting.pop(identity, None)  # to the end: each has its turn
        since, times = (written(self.now), 1) if before is None else (before.since, before.times + 1)
        pause = _Waiting(since, times, since).pause
        self._waiting[identity] = _Waiting(since, times, written(self.now + pause))

    def again(self, fetch: Callable[[str], T]) -> Iterator[tuple[str, T | None]]:
        """Items whose pause is over, by id, each with what `fetch` gives: None where it is gone.

        Between two of them the caller asks for their details. Ends with the first that is refused anew.
        """
        for identity in [name for name, one in self._waiting.items() if self._is_due(name, one)]:
            found = self.ask(identity, partial(fetch, identity))
            if identity in self._refused:
                return
            self._again[identity] = self._waiting.pop(identity)
            yield identity, found
            if self._again.pop(identity, None) is None:
                return

    def rests(self, identity: str) -> bool:
        """Whether an item was refused before, and is not to be asked for now."""
        return identity in self._waiting and not self._is_due(identity, self._waiting[identity])

    def check_server(self) -> None:
        """To be called before what failed is stored as unknown. Raises SourceError where the server is down."""
        if self._answering is None and len(self._failed) > 1 and self._failure is not None:
            raise self._failure
        probe = self._answering or self.alive
        if not self._failed or probe is None:
            return
        with suppress(Unsupported):  # gone meanwhile, says a server that answers
            probe()
        if self._answering is not None:
            self._failed = []

    def check_any(self) -> None:
        """Raises the first refusal of this reading where nothing was answered at all."""
        if self._first is not None and self._answering is None:
            raise self._first

    def forget(self, identity: str) -> None:
        """Don't ask for an item again."""
        self._waiting.pop(identity, None)

    def is_refused(self, identity: str) -> bool:
        """Whether a detail of it was refused in this reading."""
        return identity in self._refused

    def remarks(self, what: str) -> list[str]:
        """What people should know of this reading: nothing, or one line."""
        if not self._refused:
            return []
        return [f"{what} of {len(self._refused)} could not be read and are asked for again: {self._first}"]

    def _is_due(self, identity: str, one: _Waiting) -> bool:
        due = lenient(one.due)
        return identity not in self._refused and (due is None or due <= self.now)

    def _count(self, identity: str, error: SourceError) -> None:
        """Raises the error, or that of the server, where it is not the item that fails."""
        self._failure = error
        if identity not in self._failed:
            self._failed.append(identity)
        if self._answering is not None and len(self._failed) > IN_A_ROW:
            self.check_server()
        elif self._answering is None and len(self._failed) > UNANSWERED:
            raise error
