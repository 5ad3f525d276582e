"""Frameworks read from files: the package's own, and everything that is refused in a user's."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.framework import Framework
from mlops_maturity.config.framework_file import builtin_frameworks, load_framework, load_frameworks
from mlops_maturity.config.framework_reference import EXAMPLE

Refused = Callable[[Callable[[], object]], list[str]]
Data = dict[str, Any]

STAGED: Data = {
    "framework": "acme",
    "title": "Acme's own",
    "rule": "staged",
    "sources": [{"title": "Handbook", "url": "https://acme.example/handbook", "year": 2026}],
    "parts": [{"id": "all", "name": "All"}],
    "levels": [
        {"level": 0, "name": "none", "summary": "nothing"},
        {"level": 1, "name": "some", "summary": "something"},
        {"level": 2, "name": "much", "summary": "more"},
    ],
    "items": [
        {"id": "a", "part": "all", "level": 1, "says": "a", "practices": {"rollback": 1}},
        {"id": "b", "part": "all", "level": 2, "says": "b", "practices": {"rollback": 3, "code-review": 2}},
        {"id": "c", "part": "all", "level": 2, "says": "c", "not_judged": "nobody asks", "related": ["code-review"]},
    ],
}
TESTS: Data = {
    "framework": "card",
    "title": "Score card",
    "rule": "tests",
    "total": "sum",
    "sources": [{"title": "Handbook", "url": "https://acme.example/handbook", "year": 2026}],
    "parts": [{"id": "all", "name": "All"}],
    "bands": [{"up_to": 1, "name": "low"}, {"up_to": 2, "name": "middle"}, {"name": "high"}],
    "items": [
        {"id": "a", "part": "all", "says": "a", "half": {"rollback": 1}, "full": {"rollback": 2, "code-review": 1}},
        {"id": "b", "part": "all", "says": "b", "full": {"rollback": 3}},
    ],
}
CROSSWALKED = {"google", "microsoft", "ml_test_score"}
"""Frameworks that every practice says its place in."""
PRACTICES = ("rollback", "code-review", "model-registry")


def save(data: object, path: Path) -> Path:
    yaml = YAML()
    yaml.representer.ignore_aliases = lambda _: True
    yaml.dump(data, path)
    return path


def changed(data: Data, change: Callable[[Data], object]) -> Data:
    other = copy.deepcopy(data)
    change(other)
    return other


def test_a_staged_framework_is_read_as_written(tmp_path: Path) -> None:
    framework = load_framework(save(STAGED, tmp_path / "acme.yaml"), PRACTICES)
    assert (framework.id, framework.rule, framework.total) == ("acme", "staged", "minimum")
    assert [item.steps[-1].rungs for item in framework.items[:2]] == [
        {"rollback": 1},
        {"rollback": 3, "code-review": 2},
    ]
    assert (framework.items[2].steps, framework.items[2].not_judged) == ((), "nobody asks")
    assert framework.name_of(2) == "much"


def test_tests_are_worth_half_and_whole_points(tmp_path: Path) -> None:
    framework = load_framework(save(TESTS, tmp_path / "card.yaml"), PRACTICES)
    assert [(step.points, dict(step.rungs)) for step in framework.items[0].steps] == [
        (0.5, {"rollback": 1}), (1.0, {"rollback": 2, "code-review": 1}),
    ]  # fmt: skip
    assert [framework.name_of(total) for total in (0, 1, 1.5, 2, 2.5)] == ["low", "low", "middle", "middle", "high"]


def _item(**keys: Any) -> Callable[[Data], object]:
    return lambda data: data["items"][0].update(keys)


FAULTS: dict[str, tuple[Data, Callable[[Data], object], str, str]] = {
    "unknown practice": (
        STAGED,
        _item(practices={"rolback": 1}),
        "items.0.practices.rolback",
        "did you mean 'rollback'?",
    ),
    "unknown related": (STAGED, _item(related=["code-reviews"]), "items.0.related.0", "did you mean 'code-review'?"),
    "rung too high": (STAGED, _item(practices={"rollback": 4}), "items.0.practices.rollback", "at most 3"),
    "rung 0": (STAGED, _item(practices={"rollback": 0}), "items.0.practices.rollback", "at least 1"),
    "rung true": (STAGED, _item(practices={"rollback": True}), "items.0.practices.rollback", "whole number"),
    "no practice, no reason": (STAGED, _item(practices={}), "items.0.not_judged", "say why"),
    "both": (STAGED, _item(not_judged="hm"), "items.0.not_judged", "keep one of the two"),
    "unknown part": (STAGED, _item(part="al"), "items.0.part", "did you mean 'all'?"),
    "unused part": (
        STAGED,
        lambda data: data["parts"].append({"id": "x", "name": "X"}),
        "parts.1.id",
        "no item belongs",
    ),
    "same item twice": (STAGED, _item(id="b"), "items.1.id", "ids are unique"),
    "lowest level asked": (STAGED, _item(level=0), "items.0.level", "no level above the lowest"),
    "unknown level": (STAGED, _item(level=3), "items.0.level", "there are 1, 2"),
    "level left out": (STAGED, lambda data: data["items"][0].pop("level"), "items.0.level", "is needed"),
    "half in staged": (STAGED, _item(half={"rollback": 1}), "items.0.half", "belongs to `rule: tests`"),
    "bands in staged": (STAGED, lambda data: data.update(bands=[{"name": "x"}]), "bands", "belongs to `rule: tests`"),
    "levels with a gap": (
        STAGED,
        lambda data: data["levels"].pop(1),
        "levels.1.level",
        "level 1 should follow level 0",
    ),
    "no levels": (STAGED, lambda data: data.pop("levels"), "levels", "are needed"),
    "sum of stages": (STAGED, lambda data: data.update(total="sum"), "total", "least of its parts"),
    "no source": (STAGED, lambda data: data.update(sources=[]), "sources", "should not be empty"),
    "no year": (STAGED, lambda data: data["sources"][0].pop("year"), "sources.0.year", "is needed"),
    "not an address": (STAGED, lambda data: data["sources"][0].update(url="handbook"), "sources.0.url", "should match"),
    "unknown rule": (STAGED, lambda data: data.update(rule="stage"), "rule", "did you mean 'staged'?"),
    "unknown key": (STAGED, lambda data: data.update(itms=[]), "itms", "did you mean 'items'?"),
    "no items": (STAGED, lambda data: data.update(items=[]), "items", "should not be empty"),
    "items no list": (STAGED, lambda data: data.update(items={"a": 1}), "items", "should be a list"),
    "practices in tests": (TESTS, _item(practices={"rollback": 1}), "items.0.practices", "belongs to `rule: staged`"),
    "half without full": (TESTS, lambda data: data["items"][0].pop("full"), "items.0.full", "is needed"),
    "half above full": (TESTS, _item(half={"rollback": 3}), "items.0.half.rollback", "rung 3"),
    "half of another": (TESTS, _item(half={"model-registry": 1}), "items.0.half.model-registry", "not in `full`"),
    "bands fall": (TESTS, lambda data: data["bands"][1].update(up_to=1), "bands.1.up_to", "more than 1"),
    "open band inside": (TESTS, lambda data: data["bands"][0].pop("up_to"), "bands.0.up_to", "every band but the last"),
    "last band ends": (TESTS, lambda data: data["bands"][2].update(up_to=3), "bands.2.up_to", "left out"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_file_line_and_what_to_do(fault: str, tmp_path: Path, refused: Refused) -> None:
    data, change, path, reason = FAULTS[fault]
    file = save(changed(data, change), tmp_path / "mine.yaml")
    problems = refused(lambda: load_framework(file, PRACTICES))
    assert any(
        problem.startswith("mine.yaml:") and f": {path}: " in problem and reason in problem for problem in problems
    ), problems


def test_every_fault_is_told_at_once(tmp_path: Path, refused: Refused) -> None:
    def all_of_them(data: Data) -> None:
        data["items"][0].update(practices={"rolback": 1}, part="al")
        data["items"][1]["level"] = 9
        data["sources"][0]["year"] = "old"

    problems = refused(lambda: load_framework(save(changed(STAGED, all_of_them), tmp_path / "m.yaml"), PRACTICES))
    assert len(problems) == 4


@pytest.mark.parametrize("content", ["", "- a\n", "just text\n", "a: [\n", "items: 3\nparts: no\nrule: [x]\n"])
def test_what_is_no_framework_at_all_is_refused(content: str, tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "m.yaml").write_text(content, encoding="utf-8")
    assert refused(lambda: load_framework(tmp_path / "m.yaml", PRACTICES))


def test_the_users_files_and_folders_join_the_packages_own(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    save(STAGED, tmp_path / "own" / "acme.yaml")
    save(TESTS, tmp_path / "card.yml")
    (tmp_path / "own" / "README.md").write_text("not read")
    found = load_frameworks([tmp_path / "own", tmp_path / "card.yml", tmp_path / "own" / "acme.yaml"], PRACTICES)
    assert list(found) == ["google", "microsoft", "ml_test_score", "acme", "card"]


def test_an_id_that_is_taken_is_refused(tmp_path: Path, refused: Refused) -> None:
    save(changed(STAGED, lambda data: data.update(framework="google")), tmp_path / "g.yaml")
    save(STAGED, tmp_path / "one.yaml")
    save(STAGED, tmp_path / "two.yaml")
    problems = refused(lambda: load_frameworks([tmp_path], PRACTICES))
    assert problems[0].startswith("g.yaml:1: framework: framework 'google' is already in the package")
    assert problems[1] == "two.yaml:1: framework: framework 'acme' is already in one.yaml; give it another id"


def test_a_path_that_is_not_there_and_an_empty_folder_are_refused(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "frameworks").mkdir()
    problems = refused(lambda: load_frameworks([tmp_path / "framework", tmp_path / "frameworks"], PRACTICES))
    assert "did you mean 'frameworks'?" in problems[0]
    assert "holds no .yaml file" in problems[1]


# The package's own.


@pytest.mark.parametrize("framework", builtin_frameworks().values(), ids=lambda framework: framework.id)
def test_a_builtin_framework_names_its_sources_and_asks_something_in_every_part(framework: Framework) -> None:
    assert all(
        source.title and source.url.startswith("https://") and source.year > 2000 for source in framework.sources
    )
    assert framework.note
    for part in framework.parts:
        assert framework.of_part(part.id)
    for item in framework.items:
        assert item.says.endswith(".")
        assert bool(item.steps) != bool(item.not_judged)


def test_the_builtin_frameworks_have_the_published_shape() -> None:
    google, microsoft, score = (builtin_frameworks()[name] for name in ("google", "microsoft", "ml_test_score"))
    assert [stage.level for stage in google.stages] == [0, 1, 2]
    assert [stage.level for stage in microsoft.stages] == [0, 1, 2, 3, 4]
    assert [part.id for part in microsoft.parts[:4]] == [
        "people", "model-creation", "model-release", "application-integration",
    ]  # fmt: skip
    assert [item.id for item in score.items] == [
        f"{part}-{number}" for part in ("data", "model", "infra", "monitor") for number in range(1, 8)
    ]
    assert [band.up_to for band in score.bands] == [0, 1, 2, 3, 5, None]
    assert (score.rule, score.total) == ("tests", "minimum")


def _places_of(framework: Framework, practice: str) -> set[int | str]:
    """Where a practice stands in it, judging or related: the levels, or the ids of the tests."""
    named = [item for item in framework.items if practice in item.practices or practice in item.related]
    if framework.rule == "staged":
        return {item.level for item in named if item.level is not None}
    return {item.id for item in named}


@pytest.mark.parametrize("framework", builtin_frameworks().values(), ids=lambda framework: framework.id)
def test_the_crosswalk_of_every_practice_agrees_with_the_frameworks(framework: Framework) -> None:
    practices = builtin_catalogue().practices
    told = {entry.id: entry.crosswalk[framework.id] for entry in practices if framework.id in entry.crosswalk}
    assert len(told) == len(practices) or (framework.id not in CROSSWALKED and not told)
    assert {name: sorted(places) for name, places in told.items()} == {
        name: sorted(_places_of(framework, name)) for name in told
    }


@pytest.mark.parametrize("framework", builtin_frameworks().values(), ids=lambda framework: framework.id)
def test_a_builtin_framework_names_practices_of_the_builtin_catalogue_only(framework: Framework) -> None:
    named = {name for item in framework.items for name in (*item.practices, *item.related)}
    assert named <= builtin_catalogue().by_id.keys()


def test_the_example_of_the_docs_is_a_valid_framework(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(EXAMPLE, encoding="utf-8")
    framework = load_framework(tmp_path / "acme.yaml", builtin_catalogue().by_id.keys())
    assert [stage.level for stage in framework.stages] == [0, 1, 2]
