"""A catalogue read from files: what is taken, and everything that is refused."""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mlops_maturity.config.catalogue import Catalogue, Parameters
from mlops_maturity.config.catalogue_file import builtin_catalogue, load_catalogue, resolve_catalogue

Refused = Callable[[Callable[[], object]], list[str]]
Data = dict[str, Any]


@pytest.fixture(scope="module")
def written(golden: Path) -> Data:
    data: Data = YAML(typ="safe", pure=True).load(golden / "catalogue.yaml")
    return data


@pytest.fixture
def data(written: Data) -> Data:
    return copy.deepcopy(written)


def save(data: object, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    yaml = YAML()
    yaml.representer.ignore_aliases = lambda _: True
    yaml.dump(data, path)
    return path


def practice(data: Data, name: str) -> Data:
    found: Data = next(entry for entry in data["practices"] if entry["id"] == name)
    return found


def test_the_golden_catalogue_is_read_as_written(golden: Path) -> None:
    catalogue = load_catalogue(golden / "catalogue.yaml")

    registry = catalogue.by_id["registry"]
    assert (catalogue.id, catalogue.version, catalogue.parameters) == ("case", "golden-1", Parameters())
    assert [level.level for level in catalogue.levels] == [0, 1, 2, 3]
    assert [aspect.id for aspect in catalogue.aspects] == ["automation", "monitoring"]
    assert (registry.required, registry.key_from, registry.weight) == ((1, 2, 3), 1, 2.0)
    assert registry.effort_days == {1: (1.0, 3.0), 2: (3.0, 8.0), 3: (5.0, 12.0)}
    assert registry.signals[0].anchors == ((0.0, 0.0), (1.0, 3.0))
    assert catalogue.by_id["fairness"].signals == ()


def test_a_folder_says_the_same_as_one_file(data: Data, golden: Path, tmp_path: Path) -> None:
    save({"catalogue": "case", "version": "golden-1"}, tmp_path / "c" / "catalogue.yaml")
    save({"levels": data["levels"][:2]}, tmp_path / "c" / "levels-low.yaml")
    save({"levels": data["levels"][:1:-1], "aspects": data["aspects"]}, tmp_path / "c" / "others.yml")
    for index, entry in enumerate(data["practices"]):
        save(entry, tmp_path / "c" / "practices" / f"{index}-{entry['id']}.yaml")
    (tmp_path / "c" / "README.md").write_text("not read")
    (tmp_path / "c" / ".hidden.yaml").write_text("not: read")

    assert load_catalogue(tmp_path / "c") == load_catalogue(golden / "catalogue.yaml")
    assert load_catalogue(tmp_path / "c").hash == load_catalogue(golden / "catalogue.yaml").hash


def test_how_a_number_is_written_does_not_change_the_hash(data: Data, golden: Path, tmp_path: Path) -> None:
    practice(data, "registry")["weight"] = 2
    practice(data, "registry")["effort_days"] = {3: [5.0, 12.0], 1: [1.0, 3.0], 2: [3.0, 8.0]}
    data["levels"].reverse()

    assert load_catalogue(save(data, tmp_path / "c.yaml")).hash == load_catalogue(golden / "catalogue.yaml").hash


def test_optional_keys_may_be_there_left_out_or_empty(data: Data, tmp_path: Path) -> None:
    practice(data, "templates").update(
        {"tools": ["Copier"], "prerequisites": ["registry"], "applies_to": ["genai"], "crosswalk": {"google": [1, "x"]}}
    )
    practice(data, "audit")["signals"] = None
    practice(data, "drift").pop("effort_days")
    practice(data, "drift")["effort_days"] = {"1": [0, 0], "2": [0.5, 0.5], "3": [1, 2]}
    data["parameters"] = None
    data["version"] = 2

    catalogue = load_catalogue(save(data, tmp_path / "c.yaml"))

    assert catalogue.version == "2"
    assert catalogue.by_id["templates"].applies_to == ("genai",)
    assert catalogue.by_id["templates"].crosswalk == {"google": [1, "x"]}
    assert catalogue.by_id["drift"].effort_days[2] == (0.5, 0.5)


def test_parameters_override_the_defaults_one_by_one(data: Data, tmp_path: Path) -> None:
    data["parameters"] = {"share": 1, "min_confidence": {3: 0.6}}

    parameters = load_catalogue(save(data, tmp_path / "c.yaml")).parameters

    assert parameters == Parameters(share=1.0, min_confidence={1: 0.15, 2: 0.25, 3: 0.6})


def test_the_built_in_catalogue_is_read_once() -> None:
    assert builtin_catalogue() is builtin_catalogue()
    assert builtin_catalogue().id == "mlops"


def test_settings_name_a_catalogue_by_word_or_path(data: Data, tmp_path: Path, refused: Refused) -> None:
    save(data, tmp_path / "mine.yaml")

    assert resolve_catalogue("mlops", tmp_path) is builtin_catalogue()
    assert resolve_catalogue("mine.yaml", tmp_path).id == "case"
    assert resolve_catalogue(str(tmp_path / "mine.yaml"), Path("/")).id == "case"
    (problem,) = refused(lambda: resolve_catalogue("mlpos", tmp_path))
    assert problem.startswith("mlpos: there is no catalogue 'mlpos'")
    assert problem.endswith("did you mean 'mlops'?")


Change = Callable[[Data], object]


def _set(name: str, **values: object) -> Change:
    return lambda data: practice(data, name).update(values)


def _signal(**values: object) -> Change:
    return lambda data: practice(data, "registry")["signals"][0].update(values)


BAD: Mapping[str, tuple[Change, str, str]] = {
    # what is wrong: how to break it, path, reason
    "weight 0": (_set("drift", weight=0), "practices.2.weight", "should be more than 0, not 0"),
    "weight negative": (_set("drift", weight=-1), "practices.2.weight", "should be more than 0"),
    "weight NaN": (_set("drift", weight=float("nan")), "practices.2.weight", "should be a finite number"),
    "weight infinite": (_set("drift", weight=float("inf")), "practices.2.weight", "should be a finite number"),
    "weight text": (_set("drift", weight="4"), "practices.2.weight", "should be a number without quotes"),
    "weight true": (_set("drift", weight=True), "practices.2.weight", "should be a number without quotes"),
    "weight of aspect": (lambda d: d["aspects"][0].update(weight=0), "aspects.0.weight", "should be more than 0"),
    "level missing": (lambda d: d["levels"].pop(2), "levels", "level 2 is missing"),
    "level twice": (lambda d: d["levels"].append(dict(d["levels"][1])), "levels.4.level", "level 1 is already in"),
    "level 4": (lambda d: d["levels"].append({**d["levels"][1], "level": 4}), "levels.4.level", "at most 3"),
    "level as text": (lambda d: d["levels"][3].update(level="3"), "levels.3.level", "whole number without quotes"),
    "level without text": (lambda d: d["levels"][1]["aspects"].pop("monitoring"), "levels.1.aspects",
                           "has no text for aspect 'monitoring'"),
    "level with text of none": (lambda d: d["levels"][1]["aspects"].update(monitorin="x"),
                                "levels.1.aspects.monitorin", "is no aspect; did you mean 'monitoring'?"),
    "level text empty": (lambda d: d["levels"][1]["aspects"].update(monitoring=""),
                         "levels.1.aspects.monitoring", "should not be empty"),
    "aspect twice": (lambda d: d["aspects"].append(dict(d["aspects"][0])), "aspects.2.id", "is already in"),
    "aspect unknown": (_set("drift", aspect="automaton"), "practices.2.aspect", "did you mean 'automation'?"),
    "practice twice": (_set("audit", id="drift"), "practices.3.id", "practice 'drift' is already in"),
    "practice id": (_set("audit", id="a b"), "practices.3.id", "should be 1 to 64 of letters"),
    "three answers": (lambda d: practice(d, "drift")["answers"].pop(), "practices.2.answers", "needs exactly 4"),
    "five answers": (lambda d: practice(d, "drift")["answers"].append("x"), "practices.2.answers", "and has 5"),
    "empty answer": (_set("drift", answers=["a", " ", "c", "d"]), "practices.2.answers", "of rung 1 is empty"),
    "required falls": (_set("drift", required=[1, 0, 3]), "practices.2.required", "should not decrease"),
    "required above level": (_set("drift", required=[2, 2, 3]), "practices.2.required", "level 1 asks for rung 2"),
    "required negative": (_set("drift", required=[-1, 2, 3]), "practices.2.required", "level 1 asks for rung -1"),
    "required of two": (_set("drift", required=[1, 2]), "practices.2.required", "exactly 3 rungs"),
    "required not whole": (_set("drift", required=[1, 1.5, 3]), "practices.2.required.1", "whole number"),
    "required NaN": (_set("drift", required=[1, float("nan"), 3]), "practices.2.required.1", "whole number"),
    "key from 0": (_set("drift", key_from=0), "practices.2.key_from", "should be a level, 1 to 3, not 0"),
    "key from 4": (_set("drift", key_from=4), "practices.2.key_from", "should be a level, 1 to 3, not 4"),
    "key where not required": (_set("fairness", key_from=2), "practices.4.key_from", "asks for rung 0 of it"),
    "kind unknown": (_set("drift", applies_to=["classic"]), "practices.2.applies_to.0", "did you mean 'classical'?"),
    "kinds empty": (_set("drift", applies_to=[]), "practices.2.applies_to", "should not be empty"),
    "prerequisite unknown": (_set("drift", prerequisites=["registy"]), "practices.2.prerequisites.0",
                             "'registy' is no practice; did you mean 'registry'?"),
    "prerequisite of itself": (_set("drift", prerequisites=["drift"]), "practices.2.prerequisites",
                               "goes round in a circle: drift needs drift"),
    "effort low above high": (_set("drift", effort_days={1: [3, 1], 2: [1, 1], 3: [1, 1]}),
                              "practices.2.effort_days", "a low of 3 above its high of 1"),
    "effort negative": (_set("drift", effort_days={1: [-1, 1], 2: [1, 1], 3: [1, 1]}),
                        "practices.2.effort_days", "can't take less than 0 days"),
    "effort of rung 0": (_set("drift", effort_days={0: [1, 1], 1: [1, 1], 2: [1, 1], 3: [1, 1]}),
                         "practices.2.effort_days", "rung 0 is not a step"),
    "effort missing": (_set("drift", effort_days={1: [1, 1], 3: [1, 1]}),
                       "practices.2.effort_days", "the step to rung 2 is missing"),
    "effort of one number": (_set("drift", effort_days={1: [1], 2: [1, 1], 3: [1, 1]}),
                             "practices.2.effort_days", "needs two numbers"),
    "effort infinite": (_set("drift", effort_days={1: [1, float("inf")], 2: [1, 1], 3: [1, 1]}),
                        "practices.2.effort_days.1.1", "should be a finite number"),
    "anchors fall back": (_signal(anchors=[[0, 0], [2, 1], [1, 3]]), "practices.0.signals.0.anchors",
                          "raw values should rise"),
    "anchors equal": (_signal(anchors=[[0, 0], [0, 3]]), "practices.0.signals.0.anchors", "raw values should rise"),
    "anchors up and down": (_signal(anchors=[[0, 0], [1, 3], [2, 1]]), "practices.0.signals.0.anchors", "up and down"),
    "anchors above 3": (_signal(anchors=[[0, 0], [1, 3.1]]), "practices.0.signals.0.anchors", "should be 0 to 3"),
    "one anchor": (_signal(anchors=[[0, 0]]), "practices.0.signals.0.anchors", "at least two anchors"),
    "no anchor": (_signal(anchors=[]), "practices.0.signals.0.anchors", "at least two anchors"),
    "anchor of three": (_signal(anchors=[[0, 0, 0], [1, 3]]), "practices.0.signals.0.anchors", "should be a pair"),
    "anchor NaN": (_signal(anchors=[[0, 0], [float("nan"), 3]]), "practices.0.signals.0.anchors.1.0", "finite"),
    "share 0": (_signal(share=0), "practices.0.signals.0.share", "should be more than 0"),
    "share above 1": (_signal(share=1.2), "practices.0.signals.0.share", "should be at most 1"),
    "half-life 0": (_signal(half_life_days=0), "practices.0.signals.0.half_life_days", "should be more than 0"),
    "half-life differs": (
        lambda d: practice(d, "drift")["signals"][0].update(id="registered_share", half_life_days=60),
        "practices.2.signals.0.half_life_days", "half-life of 60 days here and of 30 in"),
    "direction differs": (
        lambda d: practice(d, "drift")["signals"][0].update(id="registered_share", anchors=[[0, 3], [1, 0]]),
        "practices.2.signals.0.anchors", "fall here and rise in"),
    "kind twice": (_set("drift", applies_to=["classical", "genai", "classical"]), "practices.2.applies_to.2",
                   "'classical' is there twice"),
    "prerequisite twice": (_set("drift", prerequisites=["registry", "registry"]), "practices.2.prerequisites.1",
                           "'registry' is there twice"),
    "shares above 1": (
        lambda d: practice(d, "registry")["signals"].append({**practice(d, "drift")["signals"][0], "share": 0.3}),
        "practices.0.signals", "the shares sum to 1.05"),
    "signal twice": (
        lambda d: practice(d, "registry")["signals"].append({**practice(d, "registry")["signals"][0], "share": 0.1}),
        "practices.0.signals", "signal 'registered_share' is there twice"),
    "parameter unknown": (lambda d: d.update(parameters={"tolerence": 0.1}), "parameters.tolerence",
                          "is not known; did you mean 'tolerance'?"),
    "parameter negative": (lambda d: d.update(parameters={"floor": -0.1}), "parameters.floor", "more than 0"),
    "parameter NaN": (lambda d: d.update(parameters={"share": float("nan")}), "parameters.share", "finite number"),
    "parameter too large": (lambda d: d.update(parameters={"survey_max": 1.5}), "parameters.survey_max", "at most 1"),
    "confidence of level 4": (lambda d: d.update(parameters={"min_confidence": {4: 0.5}}),
                              "parameters.min_confidence.4", "at most 3"),
    "confidence above 1": (lambda d: d.update(parameters={"min_confidence": {3: 1.5}}),
                           "parameters.min_confidence.3", "at most 1"),
    "key unknown": (_set("drift", wieght=1), "practices.2.wieght", "is not known; did you mean 'weight'?"),
    "top key unknown": (lambda d: d.update(practises=[]), "practises", "did you mean 'practices'?"),
    "version with a point": (lambda d: d.update(version=1.10), "version", "so in quotes"),
    "no version": (lambda d: d.pop("version"), "version", "is needed"),
    "no practices": (lambda d: d.pop("practices"), "practices", "is needed, and not empty"),
    "empty practices": (lambda d: d.update(practices=[]), "practices", "is needed, and not empty"),
    "practices a mapping": (lambda d: d.update(practices={"id": 1}), "practices", "should be a list"),
    "practice a word": (lambda d: d["practices"].append("x"), "practices.5", "should be a mapping"),
    "crosswalk infinite": (_set("drift", crosswalk={"a": [{"b": float("inf")}]}), "practices.2.crosswalk", "finite"),
}  # fmt: skip
for key in ("id", "aspect", "title", "question", "answers", "why", "weight", "required", "effort_days"):
    BAD[f"practice without {key}"] = (  # type: ignore[index]
        lambda data, key=key: practice(data, "audit").pop(key), f"practices.3.{key}", "is needed")  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_catalogue_is_refused_with_place_and_reason(
    data: Data, tmp_path: Path, refused: Refused, what: str
) -> None:
    change, path, reason = BAD[what]
    change(data)

    (problem,) = refused(lambda: load_catalogue(save(data, tmp_path / "c.yaml")))

    where, told_path, told = problem.split(": ", 2)
    assert where.startswith("c.yaml:")
    assert told_path == path
    assert reason in told
    key = path.rpartition(".")[2]
    line = (tmp_path / "c.yaml").read_text().splitlines()[int(where.partition(":")[2]) - 1]
    assert key.isdigit() or "is needed" in told or line.lstrip("- ").startswith(f"{key}:")


def test_all_reasons_are_told_at_once_those_between_practices_as_well(
    data: Data, tmp_path: Path, refused: Refused
) -> None:
    practice(data, "registry").update(weight=0, required=[1, 0, 3], prerequisites=["audit"], anwsers=[])
    practice(data, "registry")["signals"][0].update(share=2, anchors=[[1, 0], [0, 3]])
    practice(data, "audit").update(prerequisites=["registry", "nothing"], title=None)
    practice(data, "drift").update(aspect="none", answers=["x"])
    data["parameters"] = {"share": -1, "flor": 1}
    data["levels"].pop(0)
    data["extra"] = 1

    problems = refused(lambda: load_catalogue(save(data, tmp_path / "c.yaml")))

    paths = sorted(problem.split(": ")[1] for problem in problems)
    assert paths == sorted(
        [
            "practices.0.weight", "practices.0.required", "practices.0.anwsers", "practices.0.signals.0.share",
            "practices.0.signals.0.anchors", "practices.3.prerequisites", "practices.3.prerequisites.1",
            "practices.3.title", "practices.2.aspect", "practices.2.answers", "parameters.share", "parameters.flor",
            "levels", "extra",
        ]
    )  # fmt: skip
    lines = [int(problem.split(":")[1]) for problem in problems]
    assert lines == sorted(lines)


def test_every_circle_of_prerequisites_is_named(data: Data, tmp_path: Path, refused: Refused) -> None:
    practice(data, "registry")["prerequisites"] = ["templates"]
    practice(data, "templates")["prerequisites"] = ["drift"]
    practice(data, "drift")["prerequisites"] = ["registry"]
    practice(data, "audit")["prerequisites"] = ["fairness"]
    practice(data, "fairness")["prerequisites"] = ["audit", "drift"]

    problems = refused(lambda: load_catalogue(save(data, tmp_path / "c.yaml")))

    assert [problem.partition("circle: ")[2] for problem in problems] == [
        "drift needs registry needs templates needs drift; take one out",
        "audit needs fairness needs audit; take one out",
    ]


def test_shares_written_as_decimals_may_sum_to_one(data: Data, tmp_path: Path) -> None:
    use = practice(data, "registry")["signals"][0]
    practice(data, "registry")["signals"] = [{**use, "id": f"s{n}", "share": 0.1} for n in range(10)]

    catalogue = load_catalogue(save(data, tmp_path / "c.yaml"))

    assert catalogue.by_id["registry"].telemetry_share == pytest.approx(1)


def test_anchors_may_fall_where_less_is_better(data: Data, tmp_path: Path) -> None:
    practice(data, "registry")["signals"][0]["anchors"] = [[1, 3], [24, 2], [168, 0]]

    assert isinstance(load_catalogue(save(data, tmp_path / "c.yaml")), Catalogue)


def test_a_problem_in_a_folder_names_the_file_and_the_path_within_it(
    data: Data, tmp_path: Path, refused: Refused
) -> None:
    head = {key: data[key] for key in ("catalogue", "version", "levels", "aspects")}
    save(head, tmp_path / "c" / "head.yaml")
    save({"version": "2", "aspects": [{**data["aspects"][0]}]}, tmp_path / "c" / "more.yaml")
    save({**practice(data, "drift"), "weight": 0}, tmp_path / "c" / "practices" / "drift.yaml")
    save({"id": "new", "titel": "x", "why": "x"}, tmp_path / "c" / "practices" / "new.yaml")
    save({"practice": [1]}, tmp_path / "c" / "practices" / "odd.yaml")

    problems = refused(lambda: load_catalogue(tmp_path / "c"))

    told = [problem.split(": ", 2) for problem in problems]
    assert [(where.partition(":")[0], path) for where, path, _ in told if "needed" not in _] == [
        ("c/more.yaml", "version"),
        ("c/more.yaml", "aspects.0.id"),
        ("c/practices/drift.yaml", "weight"),
        ("c/practices/new.yaml", "titel"),
        ("c/practices/odd.yaml", "practice"),
    ]
    assert next(reason for _, path, reason in told if path == "version").startswith("is already in c/head.yaml:2;")
    assert {path for where, path, reason in told if reason == "is needed"} == {
        "aspect", "question", "answers", "weight", "required", "effort_days",
    }  # fmt: skip


def test_an_unreadable_file_of_a_folder_does_not_make_the_others_look_wrong(
    data: Data, tmp_path: Path, refused: Refused
) -> None:
    save({key: data[key] for key in ("catalogue", "version", "aspects", "practices")}, tmp_path / "c" / "head.yaml")
    (tmp_path / "c" / "levels.yaml").write_text("levels: [\n")
    (tmp_path / "c" / "more.yaml").write_text("parameters: {share: 2}\n")

    problems = refused(lambda: load_catalogue(tmp_path / "c"))

    assert [problem.split(": ")[0] for problem in problems] == ["c/levels.yaml:2", "c/more.yaml:1"]


def test_a_folder_without_catalogue_and_a_list_at_the_top_are_refused(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "list.yaml").write_text("- id: x\n")

    assert refused(lambda: load_catalogue(tmp_path / "empty")) == ["empty: the folder holds no .yaml file"]
    assert refused(lambda: load_catalogue(tmp_path / "list.yaml")) == [
        "list.yaml:1: should be a mapping with keys such as `practices:`"
    ]
    assert refused(lambda: load_catalogue(tmp_path / "no.yaml")) == ["no.yaml: there is no such file"]


def copied_model(tmp_path: Path) -> Path:
    """The built-in catalogue as a user's own folder."""
    return Path(shutil.copytree(Path(__file__).parents[2] / "config" / "model", tmp_path / "mine"))


def named_in(folder: Path, key: str) -> list[tuple[Path, Any]]:
    """What the lists under a key of every practice hold, with the file."""
    return [
        (path, named)
        for path in sorted(folder.rglob("*.yaml"))
        for entry in YAML(typ="safe").load(path).get("practices") or ()
        for named in entry.get(key) or ()
    ]


def test_a_renamed_practice_is_one_problem_that_counts_what_follows(tmp_path: Path, refused: Refused) -> None:
    folder = copied_model(tmp_path)
    naming: dict[str, list[str]] = {}
    for path, needed in named_in(folder, "prerequisites"):
        naming.setdefault(needed, []).append(path.name)
    name, followers = max(naming.items(), key=lambda item: len(item[1]))
    assert len(followers) > 4
    changed = next(folder.rglob(f"*{name}.yaml"))
    changed.write_text(changed.read_text().replace(f"id: {name}", f"id: {name}s"))

    (problem,) = refused(lambda: load_catalogue(folder))

    assert followers[0] in problem.split(": ")[0]
    assert f"'{name}' is no practice; did you mean '{name}s'?" in problem
    assert f"named in {len(followers) - 1} more places (" in problem
    assert followers[1] in problem
    assert f"and {len(followers) - 4} more), which follow from it" in problem


def test_a_renamed_aspect_is_one_problem(data: Data, tmp_path: Path, refused: Refused) -> None:
    data["aspects"][0]["id"] = "machines"

    (problem,) = refused(lambda: load_catalogue(save(data, tmp_path / "c.yaml")))

    assert "'automation' is no aspect; known are machines, monitoring; named in " in problem


def test_two_names_that_are_wrong_are_two_problems(data: Data, tmp_path: Path, refused: Refused) -> None:
    practice(data, "registry")["prerequisites"] = ["templats", "fairnes"]
    practice(data, "fairness")["aspect"] = "automatio"

    told = refused(lambda: load_catalogue(save(data, tmp_path / "c.yaml")))

    assert sorted(problem.split("'")[1] for problem in told) == ["automatio", "fairnes", "templats"]


def test_a_half_life_at_odds_names_both_places(tmp_path: Path, refused: Refused) -> None:
    folder = copied_model(tmp_path)
    uses: dict[str, list[Path]] = {}
    for path, use in named_in(folder, "signals"):
        uses.setdefault(use["id"], []).append(path)
    signal, files = next((signal, files) for signal, files in uses.items() if len(files) > 1)
    places = [line_of_half_life(file, signal) for file in files]
    lines = files[0].read_text().splitlines()
    lines[places[0] - 1] = re.sub(r"half_life_days: \d+", "half_life_days: 7", lines[places[0] - 1])
    files[0].write_text("\n".join(lines))

    (problem,) = refused(lambda: load_catalogue(folder))

    for file, place in zip(files, places, strict=True):
        assert f"{file.relative_to(tmp_path)}:{place}" in problem
    assert f"signal '{signal}' has a half-life of " in problem


def line_of_half_life(path: Path, signal: str) -> int:
    """Line, from 1, of the half-life of a signal in a practice's file."""
    lines = path.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if f"id: {signal}" in line)
    return 1 + next(number for number, line in enumerate(lines) if number >= at and "half_life_days" in line)


def test_of_three_half_lives_the_one_that_differs_is_told(data: Data, tmp_path: Path, refused: Refused) -> None:
    for name in ("templates", "fairness"):
        practice(data, name)["signals"] = [{**practice(data, "registry")["signals"][0], "half_life_days": 60}]
    save(data, tmp_path / "c.yaml")

    (problem,) = refused(lambda: load_catalogue(tmp_path / "c.yaml"))

    assert "signals.0.half_life_days: signal 'registered_share' has a half-life of 30 days here and of 60 in" in problem
