"""Changes of the catalogue, as they were published: on the day of a change under the old one and the new one.

The difference between the two is the model effect: what moved although neither the team nor its evidence did.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

import numpy as np

from mlops_maturity.config.catalogue import Catalogue, Practice
from mlops_maturity.evidence.store.assessments import PublishedHead, read_heads, read_payloads
from mlops_maturity.evidence.store.catalogues import kept_hashes
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.history_evidence import Events, Floats, Ints, Organisation, signals_of


@dataclass(frozen=True, slots=True)
class ModelChange:
    """From one catalogue to another, for one team."""

    on: date
    before: str
    """Hash of the catalogue."""
    after: str
    effect: Mapping[str, float] | None
    """Scope to the index points that the change alone brought; None where only one side was published."""


def model_changes(
    store: Store, catalogue: Catalogue, until: date, teams: Iterable[str] | None = None
) -> dict[str, tuple[ModelChange, ...]]:
    """The changes of each team up to a day, oldest first; teams that have always been under `catalogue` are left out.

    Where nothing is published under `catalogue` yet, the last change is one of `until`, and not bridged.
    """
    heads = [head for head in read_heads(store, catalogue.hash, teams) if head.as_of <= until]
    turns = {
        team: [pair for pair in pairwise(own) if pair[0].catalogue_hash != pair[1].catalogue_hash]
        for team, own in ((team, tuple(rows)) for team, rows in groupby(heads, lambda head: head.team))
    }
    newest = {head.team: head for head in heads}
    kept = kept_hashes(store)
    bridges = [pair for pairs in turns.values() for pair in pairs if _is_bridge(*pair, kept)]
    indices = {
        number: indices_of(payload)
        for number, payload in read_payloads(store, {head.number for pair in bridges for head in pair}).items()
    }
    found = {team: [_change(old, new, indices) for old, new in pairs] for team, pairs in turns.items()}
    for team, head in newest.items():
        if head.catalogue_hash != catalogue.hash:
            found[team].append(ModelChange(until, head.catalogue_hash, catalogue.hash, None))
    return {team: tuple(changes) for team, changes in found.items() if changes}


def _is_bridge(old: PublishedHead, new: PublishedHead, kept: Collection[str]) -> bool:
    """Whether both were published from the same evidence: on one day, the first for the sake of the second."""
    return old.as_of == new.as_of and old.catalogue_hash in kept


def _change(old: PublishedHead, new: PublishedHead, indices: Mapping[int, Mapping[str, float]]) -> ModelChange:
    effect = None
    if old.number in indices and new.number in indices and old.as_of == new.as_of:
        before, after = indices[old.number], indices[new.number]
        effect = {scope: after[scope] - before[scope] for scope in after if scope in before}
    return ModelChange(new.as_of, old.catalogue_hash, new.catalogue_hash, effect)


def indices_of(payload: Mapping[str, object]) -> dict[str, float]:
    """Scope to index of a published assessment; scopes of which nothing was known are left out."""
    aspects = payload["aspects"]
    assert isinstance(aspects, Mapping)
    scopes = {OVERALL: payload["overall"], **aspects}
    return {scope: part["index"] for scope, part in scopes.items() if part["index"] is not None and part["confidence"]}


def unavailable_share(old: Catalogue, new: Catalogue, known: Organisation, on: date) -> Floats:
    """Of each team: the share of the weight under `new` that rests on evidence it can't have of days before `on`.

    That is evidence that `old` didn't ask for, and of which there is none from before: answers to a new practice
    unless somebody gave them anyway, readings of a new signal unless the records of the past showed them. Within a
    practice it is weighed by the budget it could fill. `known` is the evidence under `new`.
    """
    before = on.toordinal()
    signals = {signal: place for place, signal in enumerate(signals_of(new))}
    answered = _seen(known.answers.practice, known.answers, before, (len(new.practices), len(known.teams)))
    read = _seen(known.readings.signal, known.readings, before, (len(signals), len(known.teams)))
    weights = _weights(new)
    missing, whole = np.zeros(len(known.teams)), np.zeros(len(known.teams))
    for place, practice in enumerate(new.practices):
        concerned = np.array([practice.concerns(kinds) for kinds in known.kinds], bool)
        counterpart = old.by_id.get(practice.id)
        heard_since = {use: read[signals[use]] for use in _new_signals(practice, counterpart)}
        missing += weights[place] * concerned * _gap(new, practice, counterpart, answered[place], heard_since)
        whole += weights[place] * concerned
    share: Floats = missing / np.where(whole > 0, whole, 1.0)
    return share


def _gap(
    catalogue: Catalogue, practice: Practice, old: Practice | None, answered: Floats, read: Mapping[str, Floats]
) -> Floats:
    """Of each team the part of what could be known of a practice that was not to be had before."""
    telemetry = min(1.0, practice.telemetry_share)
    survey = catalogue.parameters.survey_max * (1.0 - telemetry)
    gap = np.where(answered > 0, 0.0, survey if old is None else 0.0)
    for use in practice.signals:
        if use.id in read:
            gap = gap + np.where(read[use.id] > 0, 0.0, use.share)
    return np.minimum(1.0, gap / (telemetry + survey)) if telemetry + survey > 0 else np.zeros_like(answered)


def _new_signals(practice: Practice, old: Practice | None) -> Sequence[str]:
    """The signals that a practice hears now and didn't before."""
    heard = set() if old is None else {use.id for use in old.signals}
    return [use.id for use in practice.signals if use.id not in heard]


def _seen(rows: Ints, events: Events, before: int, shape: tuple[int, int]) -> Floats:
    """How many events of each row and team lie before a day."""
    early = events.on < before
    flat = rows[early].astype(np.int64) * shape[1] + events.team[early]
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def _weights(catalogue: Catalogue) -> list[float]:
    """What each practice weighs in the overall index."""
    sums = {aspect.id: sum(each.weight for each in catalogue.of_aspect(aspect.id)) for aspect in catalogue.aspects}
    whole = {aspect.id: aspect.weight for aspect in catalogue.aspects}
    return [whole[each.aspect] * each.weight / sums[each.aspect] for each in catalogue.practices]
