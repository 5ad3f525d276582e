"""The numbers that docs/scoring.md prints are the numbers that come out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from mlops_maturity.config.catalogue import Parameters
from mlops_maturity.config.catalogue_file import load_catalogue
from mlops_maturity.evidence.evidence_file import load_evidence
from mlops_maturity.evidence.past import RESTATABLE
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.score import score

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
DAY = date(2026, 11, 23)
TEXT = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")


def _table(*head: str) -> Iterator[list[str]]:
    """The rows of the table with this head."""
    _, _, rest = TEXT.partition(f"| {' | '.join(head)} |\n")
    for line in rest.splitlines()[1:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def _printed(number: str) -> object:
    """A number as printed: right to its last digit."""
    digits = len(number.partition(".")[2])
    return pytest.approx(float(number), abs=0.5000001 * 10**-digits if digits else 1e-12)


@pytest.fixture(scope="module")
def golden() -> Assessment:
    catalogue = load_catalogue(GOLDEN / "catalogue.yaml")
    return score(catalogue, load_evidence(GOLDEN / "evidence.json", catalogue), DAY)


@pytest.fixture(scope="module")
def steps() -> dict[str, float]:
    """The worked example, computed step by step from the printed sums."""
    known: dict[str, float] = {}
    for name, formula, _ in _table("step", "sum", "result"):
        known[name] = eval(formula, {"min": min, "max": max}, known)
    return known


def test_every_step_of_the_worked_example_gives_the_printed_result(steps: dict[str, float]) -> None:
    rows = list(_table("step", "sum", "result"))
    assert len(rows) == 16
    for name, _, result in rows:
        assert steps[name] == _printed(result), name


def test_the_worked_example_is_what_the_score_computes(steps: dict[str, float], golden: Assessment) -> None:
    registry = golden.practices["registry"]
    (signal,) = registry.signals
    assert {
        "coverage": signal.coverage,
        "sample": signal.sample,
        "freshness": signal.freshness,
        "t": registry.telemetry,
        "shown": registry.shown,
        "s": registry.survey,
        "said": registry.claimed,
        "known": 1 - registry.unknown,
        "lo": registry.value_lo,
        "hi": registry.value_hi,
        "value": registry.value,
        "confidence": registry.confidence,
    } == pytest.approx({name: steps[name] for name in steps if name not in ("ann", "bob", "E", "q")}, abs=1e-9)
    gap = re.search(r"telemetry are ([\d.]+) rungs apart", TEXT)
    assert gap
    assert steps["said"] - steps["shown"] == _printed(gap[1])
    assert registry.contradiction is None


def test_the_index_and_levels_of_the_worked_example_are_as_told(golden: Assessment) -> None:
    aspect = golden.aspects["automation"]
    told = re.search(r"Index: `(.+)` = \*\*([\d.]+)\*\*", TEXT)
    assert told
    assert eval(told[1]) == pytest.approx(aspect.index, abs=1e-4)
    assert aspect.index == _printed(told[2])
    levels = re.search(r"So \*\*level (\d)\*\*.*\*\*proven (\d)\*\*.*\*\*at most (\d)\*\*", TEXT, re.DOTALL)
    assert levels
    assert [int(level) for level in levels.groups()] == [aspect.level, aspect.level_lo, aspect.level_hi]
    assert [entry.practice for entry in aspect.blocking] == ["registry", "templates"]
    assert (golden.practices["templates"].value, golden.practices["templates"].confidence) == (2, pytest.approx(0.5))


def test_the_table_of_what_confidence_takes_is_right(bench) -> None:
    rows = list(_table("R", "evidence", "confidence", "supports level"))
    assert len(rows) == 7
    for share, evidence, confidence, level in rows:
        told = re.fullmatch(r"(\d) (attested )?answers?", evidence)
        assert told
        answers = [bench.said(3, by=f"r{number}", attested=bool(told[2])) for number in range(int(told[1]))]
        signals = (bench.signal(share=float(share)),) if float(share) else ()
        result = bench.score([bench.practice(signals=signals)], *answers)
        assert result.practices["p"].confidence == _printed(confidence)
        assert result.overall.level == int(level)


def test_answers_wear_off_after_the_printed_days(bench) -> None:
    told = re.search(
        r"with R = ([\d.]+) a single plain answer supports level 2 for (\d+) days and level 1 for (\d+)", TEXT
    )
    assert told
    practice = bench.practice(signals=(bench.signal(share=float(told[1])),))
    for level, days in ((2, int(told[2])), (1, int(told[3]))):
        last, after = (bench.score([practice], bench.said(3, days_ago=days + more)).overall.level for more in (0, 1))
        assert (last, after) == (level, level - 1)


def test_every_parameter_is_listed_with_its_default() -> None:
    defaults = {
        name: ", ".join(f"{level}: {floor:g}" for level, floor in value.items())
        if isinstance(value, dict)
        else f"{value:g}"
        for name, value in asdict(Parameters()).items()
    }
    listed = {name: default for name, default, _ in _table("parameter", "default", "meaning")}
    assert listed == defaults


WORDS = " ".join(TEXT.split())


def test_the_worked_example_starts_from_the_evidence_of_the_golden_case() -> None:
    """Every figure of its first paragraph, written anew from the files."""
    catalogue = load_catalogue(GOLDEN / "catalogue.yaml")
    evidence = load_evidence(GOLDEN / "evidence.json", catalogue)
    (use,) = catalogue.by_id["registry"].signals
    (low, lowest), (high, highest) = use.anchors
    reading = max((each for each in evidence.readings if each.signal == use.id), key=lambda each: each.on)
    ann, bob = (
        sorted((each for each in evidence.answers if (each.practice, each.respondent) == ("registry", name)),
               key=lambda each: each.on)
        for name in ("ann", "bob")
    )  # fmt: skip
    assert (ann[-1].on, len(bob)) == (DAY, 2)
    for sentence in (
        f"*registry* on {DAY}. One signal, `{use.id}`, has a share of {use.share:g}, a half-life of "
        f"{use.half_life_days:g} days, and anchors from {low:g} (rung {lowest:g}) to {high:g} (rung {highest:g}).",
        f"Its newest reading is {reading.value:g}, {(DAY - reading.on).days} days old, seen on {reading.seen:g} of "
        f"{reading.scope:g} models;",
        f"Ann answered {ann[-1].value} today. Bob answered {bob[1].value} {(DAY - bob[1].on).days} days ago; his "
        f"{bob[0].value} from {(bob[1].on - bob[0].on).days} days earlier is replaced.",
    ):
        assert sentence in WORDS


def test_the_sums_of_the_worked_example_take_the_parameters_and_the_evidence() -> None:
    """What a step computes with, as far as its result would not tell."""
    for name, formula in (
        ("coverage", "min(1, 8 / 10)"),
        ("ann", "2 ** (-0 / 180)"),
        ("bob", "2 ** (-180 / 180)"),
        ("value", f"lo / max(known, {Parameters().floor:g})"),
    ):
        assert [row[1] for row in _table("step", "sum", "result") if row[0] == name] == [formula]


def test_the_gate_of_the_worked_example_is_told_as_it_is(golden: Assessment) -> None:
    catalogue = load_catalogue(GOLDEN / "catalogue.yaml")
    parameters = catalogue.parameters
    registry, templates = (catalogue.by_id[name] for name in ("registry", "templates"))
    found, other = (golden.practices[each.id] for each in (registry, templates))
    floor = {level: f"{least:.2f}" for level, least in parameters.min_confidence.items()}
    one, two, three = registry.required
    needs = f"{three - parameters.tolerance:.2f}"
    share = f"{found.value:.6f}"
    for sentence in (
        f"The value reaches rung {found.level} and not rung {found.level + 1} "
        f"({found.value:.4f} < {found.level + 1} − {parameters.tolerance:g}).",
        f"*registry* requires rung {one}, {two} and {three} for level 1, 2 and 3, and is key from level "
        f"{registry.key_from} on; its weight is {registry.weight:g}. The aspect has one more practice, *templates*: "
        f"weight {templates.weight:g}, requiring rung {templates.required[0]}, {templates.required[1]} and "
        f"{templates.required[2]}, no signals. Ann answered {other.claimed:g} today, so its value is {other.value:g} "
        f"and its confidence {other.confidence:.2f}.",
        f"Level 1: only *registry* is required. It meets rung {one} with confidence {found.confidence:.2f} ≥ "
        f"{floor[1]}.",
        f"Level 2: *registry* meets rung {two}, *templates* rung {templates.required[1]}, both with confidence of at "
        f"least {floor[2]}.",
        f"Level 3: *registry* would need {needs}. *templates* is high enough for rung {templates.required[2]}, but its "
        f"confidence of {other.confidence:.2f} is below {floor[3]}:",
        f"On `lo`, *registry* has {found.value_lo:.4f}: **proven {golden.aspects['automation'].level_lo}**. On `hi` it "
        f"has {found.value_hi:.4f}, still below {needs}:",
        f"`100 * ({registry.weight:g} * {share} / 3 + {templates.weight:g} * {other.value:g} / 3) / "
        f"({registry.weight:g} + {templates.weight:g})`",
    ):
        assert sentence in WORDS
    assert templates.required[0] == 0, "level 1 asks for no templates"
    assert found.confidence >= parameters.min_confidence[2] <= other.confidence < parameters.min_confidence[3]
    assert found.value < three - parameters.tolerance > found.value_hi


def test_what_is_said_in_percent_are_the_parameters() -> None:
    parameters = Parameters()
    for sentence in (
        f"people alone can fill at most {100 * parameters.survey_max:.0f} % of a budget",
        f"practices with at least {100 * parameters.share:.0f} % (`share`) of the required weight meet it",
        f"more than {100 * RESTATABLE:.0f} % of the team's weight rests on evidence that the past can't have",
    ):
        assert sentence in WORDS
