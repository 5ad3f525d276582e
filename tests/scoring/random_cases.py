"""Random catalogues and evidence, for every test that compares or bounds scores.

Evidence is drawn to be awkward: same-day ties, future and expired records, readings that saw nothing, signals
that several practices share, waivers, kinds of model. Each entry is one draw from a table, to keep it cheap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

from hypothesis import strategies as st

from mlops_maturity.config.catalogue import Aspect, Catalogue, Practice, SignalUse
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Case:
    catalogue: Catalogue
    evidence: Evidence

    def having(self, **entries: Iterable[Answer | Reading | Waiver]) -> Case:
        return replace(self, evidence=replace(self.evidence, **{name: tuple(part) for name, part in entries.items()}))

    @property
    def of_the_past(self) -> Case:
        known = self.evidence
        return self.having(
            answers=(answer for answer in known.answers if answer.on <= TODAY),
            readings=(reading for reading in known.readings if reading.on <= TODAY),
            waivers=(waiver for waiver in known.waivers if waiver.start <= TODAY),
        )


RISING = {"s0": True, "s1": True, "s2": False, "s3": False}
"""Signal to whether more of it is better."""


def _use(signal: str, share: float, half_life: float) -> SignalUse:
    anchors = ((0.0, 0.0), (1.0, 0.5), (4.0, 3.0)) if RISING[signal] else ((0.0, 3.0), (3.0, 1.0), (4.0, 0.0))
    return SignalUse(id=signal, share=share, half_life_days=half_life, anchors=anchors, source="judgement")


USES = [
    (),
    (_use("s0", 0.75, 30),),
    (_use("s1", 1.0, 7),),
    (_use("s2", 0.4, 30), _use("s0", 0.6, 30)),
    (_use("s1", 0.3, 7), _use("s2", 0.3, 30), _use("s3", 0.2, 90)),
    (_use("s3", 0.8, 90),),
]
REQUIRED = [(1, 2, 3), (1, 1, 2), (1, 1, 1), (0, 1, 2), (0, 0, 1), (0, 2, 3)]
AGES = [0, 0, 0, 1, 5, 28, 29, 100, 120, 121, 180, 361, 720, 721, -1, -40]
SPANS = [(-9, 9), (0, 0), (-9, -1), (1, 9)]
LAYOUTS = [(1,), (2,), (3,), (1, 2), (3, 1), (2, 2, 1)]
"""How many practices each aspect has."""
MOST = max(sum(layout) for layout in LAYOUTS)
KINDS = [None, None, frozenset({"classical"}), frozenset({"genai", "agent"})]


def day_of(age: int) -> date:
    return TODAY - timedelta(days=age)


def _practice(
    weight: float,
    key_from: int | None,
    applies_to: tuple[str, ...] | None,
    required: tuple[int, int, int],
    signals: tuple[SignalUse, ...],
) -> Practice:
    return Practice(
        id="",
        aspect="",
        title="",
        question="",
        answers=("", "", "", ""),
        why="",
        weight=weight,
        required=required,
        effort_days={},
        key_from=key_from if key_from and required[key_from - 1] else None,
        applies_to=applies_to,
        signals=signals,
    )


# One draw an entry: drawing every field by itself takes several times as long as scoring.
a_practice = st.sampled_from(
    [
        _practice(*fields)
        for fields in product(
            [1.0, 0.5, 3.0, 4.0], [None, 1, 2, 3], [None, None, ("genai",), ("classical", "agent")], REQUIRED, USES
        )
    ]
)
an_answer = st.sampled_from(
    [
        (place, Answer(practice="", respondent=who, value=value, on=day_of(age), attested=attested))
        for place, who, value, age, attested in product(range(MOST), "abc", [None, 0, 1, 2, 3], AGES, [False, True])
    ]
)
a_reading = st.sampled_from(
    [
        Reading(signal=signal, value=value, seen=seen, scope=scope, opportunities=times, on=day_of(age))
        for signal, value, (seen, scope), times, age in product(
            RISING, [0.0, 0.5, 1.0, 2.0, 4.5], [(1, 1), (3, 10), (20, 18), (0, 4), (0, 0)], [0, 1, 8, 50], AGES
        )
    ]
)
a_waiver = st.sampled_from(
    [
        (place, Waiver(practice="", start=day_of(-start), until=day_of(-until), reason="random"))
        for place, (start, until) in product(range(MOST), SPANS)
    ]
)
some_answers = st.lists(an_answer, max_size=8)
some_readings = st.lists(a_reading, max_size=6)
some_waivers = st.lists(a_waiver, max_size=2)
any_layout = st.sampled_from(LAYOUTS)
any_weights = st.sampled_from(list(product([1.0, 0.3, 5.0], repeat=3)))
any_kinds = st.sampled_from(KINDS)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """One to three aspects; the first practice of each is required at every level."""
    layout = draw(any_layout)
    places = [(aspect, number) for aspect, count in enumerate(layout) for number in range(count)]
    practices = [replace(draw(a_practice), id=f"a{aspect}.p{number}", aspect=f"a{aspect}") for aspect, number in places]
    return Catalogue(
        id="random",
        version="1",
        levels=(),
        aspects=tuple(
            Aspect(id=f"a{number}", name="", weight=weight, intent="")
            for number, weight in zip(range(len(layout)), draw(any_weights), strict=False)
        ),
        practices=tuple(
            replace(practice, required=(1, 2, 3)) if number == 0 else practice
            for practice, (_, number) in zip(practices, places, strict=True)
        ),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    catalogue = draw(catalogues())
    names = [practice.id for practice in catalogue.practices]
    evidence = Evidence(
        kinds=draw(any_kinds),
        answers=tuple(replace(answer, practice=names[place % len(names)]) for place, answer in draw(some_answers)),
        readings=tuple(draw(some_readings)),
        waivers=tuple(replace(waiver, practice=names[place % len(names)]) for place, waiver in draw(some_waivers)),
    )
    return Case(catalogue, evidence)
