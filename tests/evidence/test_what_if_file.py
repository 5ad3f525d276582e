"""What-if files and weightings: what is taken, and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_file import load_catalogue
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.evidence.what_if_file import load_weightings, load_what_if
from mlops_maturity.scoring.weighting import Weighting
from mlops_maturity.scoring.what_if import Edits, ReadIf, SaidIf

GOLDEN = Path(__file__).parents[1] / "golden" / "catalogue.yaml"
MEASURED = {"registered_share"}
WHOLE = """\
answers:
  - {practice: registry, value: 3}
  - {practice: templates, respondent: ann, value: unknown, attested: true}
readings:
  - {signal: registered_share, value: 0.9, seen: 4}
weights:
  aspects: {automation: 2}
  practices: {drift: 0.5}
parameters:
  share: 0.7
  min_confidence: {3: 0.4}
"""
Load = Callable[[str], object]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(GOLDEN)


@pytest.fixture
def edits(tmp_path: Path, catalogue: Catalogue) -> Callable[[str], Edits]:
    def load(text: str) -> Edits:
        (tmp_path / "w.yaml").write_text(text, encoding="utf-8")
        return load_what_if(tmp_path / "w.yaml", catalogue, MEASURED)

    return load


@pytest.fixture
def weightings(tmp_path: Path, catalogue: Catalogue) -> Callable[[str], tuple[Weighting, ...]]:
    def load(text: str) -> tuple[Weighting, ...]:
        (tmp_path / "w.yaml").write_text(text, encoding="utf-8")
        return load_weightings(tmp_path / "w.yaml", catalogue)

    return load


def problems(load: Load, text: str, tmp_path: Path) -> list[str]:
    with pytest.raises(InputRefused) as refusal:
        load(text)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in refusal.value.problems]


def test_a_whole_file_is_read_as_written(edits: Callable[[str], Edits]) -> None:
    assert edits(WHOLE) == Edits(
        answers=(
            SaidIf(practice="registry", value=3),
            SaidIf(practice="templates", value=None, respondent="ann", attested=True),
        ),
        readings=(ReadIf(signal="registered_share", value=0.9, seen=4),),
        weights=Weighting(aspects={"automation": 2}, practices={"drift": 0.5}),
        parameters={"share": 0.7, "min_confidence": {3: 0.4}},
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("practice: registry", "practice: registy", "'registy' is no practice of the catalogue; did you mean"),
        ("value: 3}", "value: 4}", "w.yaml:2: answers.0.value: should be 0, 1, 2, 3 or unknown"),
        ("value: 3}", "value: true}", "w.yaml:2: answers.0.value: should be 0, 1, 2, 3 or unknown"),
        ("value: 3}", "value: 2.5}", "w.yaml:2: answers.0.value: should be 0, 1, 2, 3 or unknown"),
        (", value: 3}", "}", "w.yaml:2: answers.0.value: is needed"),
        ("signal: registered_share", "signal: registerd_share", "'registerd_share' is no signal of the"),
        ("signal: registered_share", "signal: drift_monitored", "take scope, opportunities from; write them here"),
        ("value: 0.9", "value: .nan", "w.yaml:5: readings.0.value: should be a finite number"),
        ("seen: 4", "seen: -4", "w.yaml:5: readings.0.seen: should be at least 0"),
        ("automation: 2", "automaton: 2", "w.yaml:7: weights.aspects.automaton: 'automaton' is no aspect"),
        ("drift: 0.5", "drift: 0", "w.yaml:8: weights.practices.drift: should be more than 0"),
        ("share: 0.7", "share: 1.7", "w.yaml:10: parameters.share: should be at most 1"),
        ("share: 0.7", "shares: 0.7", "w.yaml:10: parameters.shares: is not known; did you mean 'share'?"),
        ("{3: 0.4}", "{4: 0.4}", "parameters.min_confidence"),
        ("weights:", "weight:", "w.yaml:6: weight: is not known; did you mean 'weights'?"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(
    edits: Callable[[str], Edits], tmp_path: Path, catalogue: Catalogue, old: str, new: str, told: str
) -> None:
    assert old in WHOLE
    unmeasured = next(name for name in sorted(catalogue.signal_ids) if name not in MEASURED)
    found = problems(edits, WHOLE.replace(old, new.replace("drift_monitored", unmeasured), 1), tmp_path)
    assert any(told in problem for problem in found), found


def test_every_fault_is_told_at_once(edits: Callable[[str], Edits], tmp_path: Path) -> None:
    bad = WHOLE.replace("registry", "registy").replace("share: 0.7", "share: 7").replace("drift:", "drfit:")
    assert [problem.split(":")[1] for problem in problems(edits, bad, tmp_path)] == ["2", "8", "10"]


NONSENSE = (
    "", "- a", "answers: 3", "answers: [3]", "readings: {a: 1}", "weights: [1]",
    "readings: [{signal: [a], value: 1}]", "answers: [{practice: 1, value: 2}]",
)  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE)
def test_what_is_no_what_if_at_all_is_refused(edits: Callable[[str], Edits], tmp_path: Path, text: str) -> None:
    assert problems(edits, text, tmp_path)


def test_one_or_two_weightings_in_their_order(weightings: Callable[[str], tuple[Weighting, ...]]) -> None:
    found = weightings("weightings:\n  b: {aspects: {automation: 2}}\n  a: {practices: {drift: 9}}\n")
    assert found == (Weighting(name="b", aspects={"automation": 2}), Weighting(name="a", practices={"drift": 9}))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("weightings: {a: {practices: {drfit: 9}}}", "w.yaml:1: weightings.a.practices.drfit: 'drfit' is no practice"),
        ("weightings: {a: {practices: {drift: 0}}}", "more than 0"),
        ("weightings: {a: {}, b: {}, c: {}}", "at most 2"),
        ("weightings: {}", "weightings"),
        ("weightings: [a]", "should be a mapping"),
        ("weighting: {a: {}}", "did you mean 'weightings'?"),
        ("weightings: {a: {practice: {drift: 1}}}", "weightings.a.practice: is not known"),
    ],
)
def test_a_fault_of_a_weighting_is_told(
    weightings: Callable[[str], tuple[Weighting, ...]], tmp_path: Path, text: str, told: str
) -> None:
    assert any(told in problem for problem in problems(weightings, text, tmp_path))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.sampled_from(["registry", "unknown", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["practice", "value", "signal", "aspects", "practices", "share", "registry"]), inner, max_size=3
    ),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.dictionaries(
        st.sampled_from(["answers", "readings", "weights", "parameters", "weightings", "other"]), ANYTHING, max_size=4
    )
)
def test_whatever_a_file_holds_it_is_read_or_refused(data: object, tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "any.yaml"
    YAML(typ="safe", pure=True).dump(data, path)
    assert is_read_or_refused(lambda: load_what_if(path, catalogue, MEASURED))
    assert is_read_or_refused(lambda: load_weightings(path, catalogue))


def is_read_or_refused(load: Callable[[], object]) -> bool:
    try:
        return load() is not None
    except InputRefused as refused:
        return all(problem.reason for problem in refused.problems)
