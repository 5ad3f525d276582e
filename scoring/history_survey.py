"""Answers of all teams from step to step: what `scoring.survey` says of each practice, as arrays."""

from __future__ import annotations

from math import floor

import numpy as np

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.history_evidence import DONT_KNOW, FOREVER, AnswerEvents, Floats, Ints

_PEOPLE = 32
"""Bits that a respondent's number takes in a key; the rest tells practice and team."""


class Survey:
    """The standing answer of every respondent to every practice, on the day it was last moved to.

    One slot for each team, practice and respondent, sorted by practice and team; slots come as people answer.
    """

    def __init__(self, catalogue: Catalogue, teams: int) -> None:
        self._parameters = catalogue.parameters
        limit = self._parameters.expiry_half_lives * self._parameters.survey_half_life_days
        self._lifetime = floor(min(limit, FOREVER))
        self._shape = (len(catalogue.practices), teams)
        self._key = np.zeros(0, np.int64)
        self._cell = np.zeros(0, np.intp)
        self._weight = np.zeros(0)
        self._rung = np.zeros(0)
        self._last = np.zeros(0, np.int64)

    def move(self, day: int, days: int, answers: AnswerEvents) -> None:
        """Age everything by so many `days` to `day`, and take the answers of the time between in."""
        self._weight *= np.exp2(-days / self._parameters.survey_half_life_days)
        if len(answers):
            self._take(day, answers)
        self._weight[self._last < day] = 0.0

    def sums(self) -> tuple[Floats, Floats]:
        """Reach q, and mean rung (0 where nobody is heard), of each practice and team."""
        cells = self._shape[0] * self._shape[1]
        weight = np.bincount(self._cell, self._weight, cells)
        told = np.bincount(self._cell, self._weight * self._rung, cells)
        heard = weight > 0
        effective = np.where(heard, weight, 1.0)
        reach = np.where(heard, self._parameters.survey_max * effective / (effective + self._parameters.survey_k), 0.0)
        return reach.reshape(self._shape), np.where(heard, told / effective, 0.0).reshape(self._shape)

    def _take(self, day: int, answers: AnswerEvents) -> None:
        cell = answers.practice.astype(np.int64) * self._shape[1] + answers.team
        answers, key = _standing(answers, (cell << _PEOPLE) + answers.respondent)
        self._make_room(key)
        slot = np.searchsorted(self._key, key)
        weight = np.exp2((answers.on - day) / self._parameters.survey_half_life_days)
        weight = np.where(answers.attested, weight * self._parameters.attested_weight, weight)
        self._weight[slot] = np.where(answers.value == DONT_KNOW, 0.0, weight)
        self._rung[slot] = np.maximum(answers.value, 0)
        self._last[slot] = answers.on + self._lifetime

    def _make_room(self, key: Ints) -> None:
        places = np.searchsorted(self._key, key)
        unknown = np.append(self._key, -1)[places] != key
        if not unknown.any():
            return
        new, places = key[unknown], places[unknown]
        self._key = np.insert(self._key, places, new)
        self._cell = (self._key >> _PEOPLE).astype(np.intp)
        self._weight = np.insert(self._weight, places, 0.0)
        self._rung = np.insert(self._rung, places, 0.0)
        self._last = np.insert(self._last, places, 0)


def _standing(answers: AnswerEvents, key: Ints) -> tuple[AnswerEvents, Ints]:
    """The answer that stands of each key, sorted by key: the newest; of one day the one that claims least.

    A value goes before "don't know", then the least, then the unattested, as in `scoring.survey`.
    """
    claims_less = np.where(answers.value == DONT_KNOW, -4, -answers.value.astype(np.int16))
    order = np.lexsort((~answers.attested, claims_less, answers.on, key))
    ends = order[np.append(key[order][1:] != key[order][:-1], True)]
    return answers.taken(ends), key[ends]
