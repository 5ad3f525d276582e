"""Any change of the catalogue: the past is re-scored, or chained where over a fifth of its weight can't be judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, assume, event, given, settings
from hypothesis import strategies as st

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.history import restate
from mlops_maturity.evidence.published import published_rows
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.assessments import read_published
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.history import read_history
from mlops_maturity.scoring.evidence import Answer, Evidence
from mlops_maturity.scoring.score import score

NEAR = 1e-9
SETTINGS = Settings(organisation="Acme", teams=(Team(id="fraud"),))
BUILT_IN = builtin_catalogue()
NAMES = ("p0", "p1", "p2", "p3", "p4")
FIRST, CHANGE, LAST = datetime(2026, 11, 4, 9, tzinfo=UTC), datetime(2026, 11, 11, 9, tzinfo=UTC), date(2026, 11, 20)
Said = tuple[str, str, int, int]
"""Practice, respondent, rung, and days before (or, negative, after) the change."""

EARLY = NAMES[:3]
"""What is asked and told before: so that of a change often more can't be judged, and often less."""
a_weight = st.sampled_from([1.0, 2.0, 4.0])
old_weights = st.dictionaries(st.sampled_from(EARLY), a_weight, min_size=2)
new_weights = st.dictionaries(st.sampled_from(NAMES), a_weight, min_size=2)
said_before = st.tuples(st.sampled_from(EARLY), st.sampled_from("ab"), st.integers(0, 3), st.integers(1, 60))
said_after = st.tuples(st.sampled_from(NAMES), st.sampled_from("ab"), st.integers(0, 3), st.integers(-9, 0))


def a_catalogue(weights: dict[str, float]) -> Catalogue:
    """Practices that only people can tell of."""
    plain = replace(
        BUILT_IN.practices[0], aspect=BUILT_IN.aspects[0].id, signals=(), prerequisites=(), applies_to=None,
        required=(1, 2, 3), key_from=None,
    )  # fmt: skip
    practices = tuple(replace(plain, id=name, weight=weight) for name, weight in sorted(weights.items()))
    return replace(BUILT_IN, aspects=BUILT_IN.aspects[:1], practices=practices)


def tell(store: Store, said: list[Said]) -> None:
    rows = [
        StoredAnswer(
            team="fraud", practice=practice, respondent=who, value=value, on=on(before), recorded_at=FIRST,
        )
        for practice, who, value, before in said
    ]  # fmt: skip
    append_answers(store, rows)


def on(before: int) -> date:
    return CHANGE.date() - timedelta(days=before)


def known(said: list[Said]) -> Evidence:
    """Of one day the answer recorded last stands."""
    last = {(practice, who, on(before)): value for practice, who, value, before in said}
    return Evidence(
        answers=tuple(
            Answer(practice=practice, respondent=who, value=value, on=day)
            for (practice, who, day), value in last.items()
        )
    )


@pytest.mark.slow
@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(old_weights, new_weights, st.lists(said_before, min_size=3, max_size=12), st.lists(said_after, max_size=3))
def test_every_row_is_that_of_the_catalogue_it_is_told_under(
    asked: dict[str, float], asked_now: dict[str, float], before: list[Said], after: list[Said]
) -> None:
    old, new = a_catalogue(asked), a_catalogue(asked_now)
    assume(old.hash != new.hash)
    assume(any(said[0] in asked for said in before if on(said[3]) <= FIRST.date()))
    # A team of which the new catalogue knows nothing yet changes to it on the day on which it does.
    assume(score(new, known(before), CHANGE.date()).overall.confidence)
    with TemporaryDirectory() as folder:
        store = open_store("sqlite:///maturity.db", Path(folder))
        tell(store, before)
        restate(store, SETTINGS, old, now=FIRST)
        restate(store, SETTINGS, new, now=CHANGE)
        tell(store, after)
        restate(store, SETTINGS, new, now=datetime(LAST.year, LAST.month, LAST.day, 9, tzinfo=UTC))
        rows = [row for row in read_history(store, team="fraud") if row.scope == "overall"]
        published = [row.row for row in published_rows(read_published(store, team="fraud"))]
        store.close()
    evidence = known(before + after)
    answered = {said[0] for said in before}
    lost = sum(weight for name, weight in asked_now.items() if name not in {*asked, *answered})
    chained = lost / sum(asked_now.values()) > 0.20
    event(f"chained: {chained}")

    def index(catalogue: Catalogue, day: date) -> float | None:
        overall = score(catalogue, evidence, day).overall
        return overall.index if overall.confidence else None

    bridge = index(new, CHANGE.date()), index(old, CHANGE.date())
    for row in rows:
        catalogue = old if chained and row.on < CHANGE.date() else new
        assert (row.basis, row.catalogue_hash) == ("restated" if catalogue is new else "chained", catalogue.hash)
        expected = index(catalogue, row.on)
        if catalogue is old and expected is not None:
            expected = None if None in bridge else expected + bridge[0] - bridge[1]
        assert row.index == (None if expected is None else pytest.approx(expected, abs=NEAR))
        assert row.level == (score(catalogue, evidence, row.on).overall.level if index(catalogue, row.on) is not None
                             else None)  # fmt: skip
    # The bridge: on the day of the change under both, from the same evidence, and never touched again.
    for catalogue in (old, new):
        shown = [
            row.index for row in published
            if (row.on, row.scope, row.catalogue_hash) == (CHANGE.date(), "overall", catalogue.hash)
        ]  # fmt: skip
        end = score(catalogue, known(before), CHANGE.date()).overall
        assert shown == [pytest.approx(end.index, abs=NEAR)]
