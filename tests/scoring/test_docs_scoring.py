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
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.score import score

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
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
    return score(catalogue, load_evidence(GOLDEN / "evidence.json", catalogue), date(2026, 11, 23))


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
