"""The stream of prompts: a snapshot of the prompt registry, told as observations.

MLflow keeps no time of an alias; a release is what differs between two of our snapshots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from mlops_maturity.collectors.interface import Forbidden, Page, ReadRequest, Unauthorized, Unsupported
from mlops_maturity.collectors.mapping import mapped
from mlops_maturity.collectors.mlflow.client import MlflowSource
from mlops_maturity.collectors.mlflow.links import model_link
from mlops_maturity.collectors.mlflow.registry_records import aliases_of
from mlops_maturity.collectors.mlflow.remarks import beginning, looked, refused
from mlops_maturity.collectors.mlflow.settings import MlflowSettings
from mlops_maturity.evidence.records import Observation

NAME, RELEASED = "prompt_registered", "prompt_released"
FIRST_WITH_PROMPTS = (2, 21)
"""The version of MLflow that brought the prompt registry (release notes of 2.21)."""
_VERSION = re.compile(r"(\d+)\.(\d+)")


def prompt_pages(source: MlflowSource, request: ReadRequest) -> Iterator[Page]:
    """One page: each prompt as it is today, the releases since the last snapshot, and that prompts were looked for.

    A server without prompts, or one that does not show them, is remarked and fails nothing. Raises other SourceErrors.
    """
    settings, day = source.settings, request.now.date()
    try:
        refuse_old(source)
        prompts = list(source.prompts())
    except (Unsupported, Forbidden, Unauthorized) as error:
        remark = refused(settings.id, NAME, day, error)
        yield Page(records=(remark,), cursor=request.cursor, progress="prompts", done=1.0)
        return
    before, last = request.cursor.get("aliases", {}), request.cursor.get("last")
    found, faults = mapped(prompts, lambda prompt: _observation(prompt, request.now, settings), _name, "prompt")
    released = (
        [
            release
            for prompt in prompts
            for release in _releases(prompt, before.get(prompt.name, {}), int(last), request.now, settings)
        ]
        if last is not None
        else []
    )
    aliases = {prompt.name: dict(sorted(aliases_of(prompt).items())) for prompt in prompts}
    yield Page(
        records=(*found, *released, looked(settings.id, NAME, day, len(prompts))),
        refused=faults,
        cursor={"aliases": dict(sorted(aliases.items())), "last": int(request.now.timestamp())},
        progress="prompts",
        done=1.0,
    )


def refuse_old(source: MlflowSource) -> None:
    """Raises Unsupported for a server that is too old; one that does not tell its version is asked."""
    if not source.settings.is_http:
        return
    try:
        told = _VERSION.match(source.text("/version").strip())
    except Unsupported:
        return
    if told is not None and (int(told[1]), int(told[2])) < FIRST_WITH_PROMPTS:
        first = ".".join(map(str, FIRST_WITH_PROMPTS))
        raise Unsupported(f"{source.settings.id}: MLflow {told[0]} has no prompt registry; {first} brought it")


def _observation(prompt: Any, now: datetime, settings: MlflowSettings) -> Observation:
    day = now.date()
    return Observation(
        source=settings.id,
        id=f"{NAME}/{prompt.name}/{day.isoformat()}",
        url=model_link(settings, prompt.name),
        subject=_subject(prompt, settings),
        name=NAME,
        state="yes" if aliases_of(prompt) else "no",
        observed_at=beginning(day),
        attributes={"prompt": prompt.name},
    )


def _releases(
    prompt: Any, before: Mapping[str, str], last: int, now: datetime, settings: MlflowSettings
) -> Iterator[Observation]:
    """Production aliases that stand on another version than at the snapshot of `last` (seconds since the epoch)."""
    for alias, version in sorted(aliases_of(prompt).items()):
        if alias in settings.production_aliases and before.get(alias) != version:
            yield Observation(
                source=settings.id,
                id=f"{RELEASED}/{prompt.name}/{alias}/{version}/{last}",
                url=model_link(settings, prompt.name),
                subject=_subject(prompt, settings),
                name=RELEASED,
                state="yes",
                observed_at=now,
                attributes={"prompt": prompt.name, "version": version},
            )


def _subject(prompt: Any, settings: MlflowSettings) -> str:
    named = (prompt.tags or {}).get(settings.application_tag, "").strip()
    return str(named or prompt.name)[:200]


def _name(prompt: Any) -> object:
    return prompt.name
