"""What a detail was refused of while its list was read: asked for again at each reading, as long as it is young.

Rights come and go, and one answer of a thousand is an error. So what could be read is stored, what could not is
unknown, and the id is kept until the detail answers. The first one that is refused once more ends the asking for that
reading: where a right is missing, it costs one request, however many wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from mlops_maturity.collectors.github.api import Misshapen
from mlops_maturity.collectors.interface import BadAnswer, Forbidden, SourceError, Unsupported
from mlops_maturity.collectors.mapping import lenient, written

AGAIN = timedelta(days=30)
"""How long after its creation something is asked for again; as long as a run can be run again."""
MOST = 2_000
"""Ids that are kept, the newest refused ones: the cursor is written with every page."""
_FAULTS = 3
"""Details that may fail (5xx to the end of the retries) before the reading ends: then it is the server that fails."""
T = TypeVar("T")


@dataclass(slots=True)
class Unread:
    """Ids with their times of creation."""

    now: datetime
    _waiting: dict[str, str] = field(default_factory=dict)
    _refused: set[str] = field(default_factory=set)
    """Those of this reading."""
    _why: str = ""
    _faults: int = 0

    @classmethod
    def opened(cls, stored: Mapping[str, str], now: datetime) -> Unread:
        """From what `as_json` gave, without what is too old by now."""
        return cls(now, {name: at for name, at in stored.items() if _is_young(lenient(at), now)})

    def as_json(self) -> dict[str, str]:
        """For the cursor."""
        return dict(list(self._waiting.items())[-MOST:])

    def ask(self, identity: str, created: datetime | None, request: Callable[[], T]) -> T | None:
        """The detail; None where it is gone (404), or refused and therefore noted.

        Raises what makes any further request useless, and BadAnswer where one detail after the other fails.
        """
        try:
            return request()
        except Misshapen:
            raise
        except Unsupported:
            return None
        except Forbidden as error:
            self.note(identity, created, error)
        except BadAnswer as error:
            self._faults += 1
            if self._faults > _FAULTS:
                raise
            self.note(identity, created, error)
        return None

    def note(self, identity: str, created: datetime | None, error: SourceError) -> None:
        """A detail was refused. What is older than `AGAIN` stays unknown."""
        self._refused.add(identity)
        self._why = self._why or str(error)
        self._waiting.pop(identity, None)  # to the end, so that all have their turn
        if created is not None and _is_young(created, self.now):
            self._waiting[identity] = written(created)

    def due(self) -> list[tuple[str, datetime | None]]:
        """Ids, with times of creation, of which a detail was refused in an earlier reading, and not in this one."""
        return [(name, lenient(at)) for name, at in self._waiting.items() if name not in self._refused]

    def settle(self, identity: str) -> None:
        """It is read again, or gone: what is refused from now on is noted anew."""
        self._waiting.pop(identity, None)

    def is_refused(self, identity: str) -> bool:
        """Whether a detail of it was refused in this reading."""
        return identity in self._refused

    def remarks(self, what: str) -> list[str]:
        """What people should know of this reading: nothing, or one line."""
        if not self._refused:
            return []
        return [f"{what} of {len(self._refused)} could not be read and are asked for again: {self._why}"]


def _is_young(created: datetime | None, now: datetime) -> bool:
    return created is not None and created >= now - AGAIN
