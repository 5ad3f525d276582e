"""CDEvents to read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def cdevent(kind: str, at: str, subject: str = "77", *, content: Any = None, custom: Any = None, id: str = "") -> Any:
    """One bare CDEvent; `kind` such as `pipelinerun.finished`."""
    return {
        "context": {
            "version": "0.4.1",
            "id": id or f"{kind}/{subject}/{at}",
            "source": "/ci",
            "type": f"dev.cdevents.{kind}.0.2.0",
            "timestamp": at,
        },
        "subject": {"id": subject, "type": kind.split(".")[0], "content": content or {}},
        **({"customData": custom} if custom else {}),
    }


def lines(events: Iterable[Any]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)
