from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.config.catalogue import Aspect, Catalogue, Practice, SignalUse
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.evidence import evidence_file
from mlops_maturity.evidence.evidence_file import load_evidence, parse_evidence
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver

CATALOGUE = Catalogue(
    id="files",
    version="1",
    levels=(),
    aspects=(Aspect(id="a", name="A", weight=1, intent=""),),
    practices=(
        Practice(
            id="registry",
            aspect="a",
            title="",
            question="",
            answers=("", "", "", ""),
            why="",
            weight=1,
            required=(1, 2, 3),
            effort_days={},
            signals=(
                SignalUse(id="registered_share", share=0.5, half_life_days=30, anchors=((0, 0), (1, 3)), source=""),
            ),
        ),
    ),
)
ANSWER = {"practice": "registry", "respondent": "ann", "value": 3, "on": "2026-11-23", "attested": True}
READING = {
    "signal": "registered_share",
    "value": 0.75,
    "seen": 8,
    "scope": 10,
    "opportunities": 8.5,
    "on": "2026-10-24",
}
WAIVER = {"practice": "registry", "from": "2026-11-13", "until": "2027-02-11", "reason": "none yet"}


def _read(data: Any) -> Evidence:
    return parse_evidence(json.dumps(data).encode(), CATALOGUE, "e.json")


def _refused(content: str | bytes) -> list[str]:
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(InputRefused) as refused:
        parse_evidence(raw, CATALOGUE, "e.json")
    return [str(problem) for problem in refused.value.problems]


def _only(section: str, entry: dict[str, Any], **changes: Any) -> str:
    """The one reason why a changed entry is refused, after its place."""
    (told,) = _refused(json.dumps({section: [{**entry, **changes}]}))
    return told.removeprefix(f"e.json:1: {section}.0.")


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    whole = {"kinds": ["classical", "agent"], "answers": [ANSWER], "readings": [READING], "waivers": [WAIVER]}
    path.write_text(json.dumps(whole), encoding="utf-8")
    assert load_evidence(path, CATALOGUE) == Evidence(
        kinds=frozenset({"classical", "agent"}),
        answers=(Answer(practice="registry", respondent="ann", value=3, on=date(2026, 11, 23), attested=True),),
        readings=(
            Reading(signal="registered_share", value=0.75, seen=8, scope=10, opportunities=8.5, on=date(2026, 10, 24)),
        ),
        waivers=(Waiver(practice="registry", start=date(2026, 11, 13), until=date(2027, 2, 11), reason="none yet"),),
    )


def test_all_parts_may_be_left_out() -> None:
    assert _read({}) == Evidence()
    assert _read({"kinds": None}).kinds is None


def test_null_is_dont_know_and_attested_may_be_left_out() -> None:
    answer = {key: value for key, value in ANSWER.items() if key != "attested"} | {"value": None}
    (read,) = _read({"answers": [answer]}).answers
    assert (read.value, read.attested) == (None, False)


def test_a_repeated_entry_is_no_mistake() -> None:
    assert len(_read({"answers": [ANSWER, ANSWER]}).answers) == 2


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_evidence(b"\xef\xbb\xbf{}", CATALOGUE, "e.json") == Evidence()


def test_everything_wrong_is_told_at_once_with_the_line_of_its_entry() -> None:
    content = """{
  "kinds": ["classical", "quantum"],
  "answers": [
    {"practice": "registri", "respondent": "ann", "value": 4, "on": "2026-11-31"},
    {"practice": "registry", "respondent": "ann", "value": 2, "on": "2026-11-23"},
    {
      "practice": "registry", "respondent": "", "value": 2.5,
      "on": "yesterday", "attested": 1
    }
  ],
  "readings": [{"signal": "x", "value": NaN, "seen": -1, "scope": true, "opportunities": 1e999,
                "on": "20261123"}],

  "waivers": [
    {"practice": "registry", "from": "2026-11-13", "until": "2026-11-12", "reason": "none yet"},
    {"practice": "registry", "from": "2026-11-13", "until": "2026-11-14"}
  ],
  "notes": []
}"""
    told = [problem.split(": ")[:2] for problem in _refused(content)]
    assert told == [
        ["e.json:2", "kinds"],
        ["e.json:4", "answers.0.practice"],
        ["e.json:4", "answers.0.value"],
        ["e.json:4", "answers.0.on"],
        ["e.json:6", "answers.2.respondent"],
        ["e.json:6", "answers.2.value"],
        ["e.json:6", "answers.2.on"],
        ["e.json:6", "answers.2.attested"],
        ["e.json:11", "readings.0.signal"],
        ["e.json:11", "readings.0.value"],
        ["e.json:11", "readings.0.seen"],
        ["e.json:11", "readings.0.scope"],
        ["e.json:11", "readings.0.opportunities"],
        ["e.json:11", "readings.0.on"],
        ["e.json:15", "waivers.0.until"],
        ["e.json:16", "waivers.1.reason"],
        ["e.json:18", "notes"],
    ]


@pytest.mark.parametrize("value", [-1, 4, 2.5, 3.0, True, False, "3", [], float("nan"), 10**400])
def test_an_answer_is_a_whole_rung_or_null(value: Any) -> None:
    assert _only("answers", ANSWER, value=value).startswith("value: ")


def test_an_answer_without_a_value_is_not_taken_for_dont_know() -> None:
    left_out = {key: value for key, value in ANSWER.items() if key != "value"}
    (told,) = _refused(json.dumps({"answers": [left_out]}))
    assert told.startswith("e.json:1: answers.0.value: is missing")


@pytest.mark.parametrize("amount", ["seen", "scope", "opportunities"])
@pytest.mark.parametrize("value", [-0.001, float("nan"), float("inf"), True, "8", None, 10**400])
def test_amounts_are_finite_and_not_negative(amount: str, value: Any) -> None:
    assert _only("readings", READING, **{amount: value}).startswith(f"{amount}: ")


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), False, "0.75", None])
def test_the_value_of_a_reading_is_a_finite_number(value: Any) -> None:
    assert _only("readings", READING, value=value).startswith("value: ")


def test_a_reading_may_be_negative_and_see_more_than_its_scope() -> None:
    (reading,) = _read({"readings": [{**READING, "value": -2, "seen": 20, "scope": 0}]}).readings
    assert (reading.value, reading.seen, reading.scope) == (-2, 20, 0)


@pytest.mark.parametrize(
    "day",
    ["2026-02-29", "2026-13-01", "20261123", "2026-W47-1", "2026-11-23T00:00:00Z", "", "٢٠٢٦-١١-٢٣", 20261123, None]
)  # fmt: skip
def test_days_are_days_of_the_calendar_in_one_form(day: Any) -> None:
    assert _only("answers", ANSWER, on=day).startswith("on: ")


def test_a_near_miss_is_helped_on() -> None:
    assert "'registry'" in _only("answers", ANSWER, practice="registy")
    assert "'registered_share'" in _only("readings", READING, signal="registered_shares")
    assert "'attested'" in _only("answers", ANSWER, atested=True)


@pytest.mark.parametrize("reason", ["", "  ", None, 7])
def test_a_waiver_needs_a_reason(reason: Any) -> None:
    assert _only("waivers", WAIVER, reason=reason).startswith("reason: ")


def test_a_waiver_may_last_one_day_but_not_end_before_it_starts() -> None:
    assert len(_read({"waivers": [{**WAIVER, "until": WAIVER["from"]}]}).waivers) == 1
    assert _only("waivers", WAIVER, until="2026-11-12").startswith("until: 2026-11-12 is before `from`")


def test_a_waiver_without_reason_that_ends_too_early_has_two_problems() -> None:
    told = _refused(json.dumps({"waivers": [{**WAIVER, "reason": " ", "until": "2026-11-12", "practice": "fairnes"}]}))
    assert [problem.split(": ")[1] for problem in told] == [
        "waivers.0.practice", "waivers.0.reason", "waivers.0.until",
    ]  # fmt: skip


@pytest.mark.parametrize("kinds", ["classical", [], ["Classical"], [None], [["classical"]], {"classical": 1}, 0])
def test_kinds_are_known_kinds(kinds: Any) -> None:
    (told,) = _refused(json.dumps({"kinds": kinds}))
    assert told.startswith("e.json:1: kinds: ")
    assert "classical, genai, agent" in told


@pytest.mark.parametrize("content", ["[]", "null", "3", '"x"'])
def test_the_file_holds_one_object(content: str) -> None:
    (told,) = _refused(content)
    assert told.startswith("e.json: ")


@pytest.mark.parametrize("section", ["answers", "readings", "waivers"])
def test_sections_are_lists_of_objects(section: str) -> None:
    assert _refused(json.dumps({section: {}}))[0].startswith(f"e.json:1: {section}: ")
    assert _refused(json.dumps({section: [3]}))[0].startswith(f"e.json:1: {section}.0: ")


def test_a_hostile_key_is_printed_tamely() -> None:
    (told,) = _refused(r'{"\ud800\u001b[31m\n": 1}')
    assert told.startswith(r"e.json:1: '\ud800\x1b[31m\n': unknown key")
    assert len(_refused(json.dumps({"x" * 10_000: 1}))[0]) < 200


def test_a_key_given_twice_is_refused_not_overwritten() -> None:
    entry = json.dumps(ANSWER)[:-1] + ', "value": 0}'
    assert _refused(f'{{"answers": [{entry}]}}') == ["e.json:1: answers.0.value: is there twice; keep one of them"]
    assert _refused('{"answers": [],\n "answers": []}') == ["e.json:1: answers: is there twice; keep one of them"]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("", "e.json:1"),
        ('{"answers": [\n\n  {"practice": }]}', "e.json:3"),
        ("{}\n{}", "e.json:2"),
        (b'{\n"answers": "\xff"}', "e.json:2"),
        ("[" * 100_000, "e.json"),
        ('{"answers": ' + "9" * 5000 + "}", "e.json"),
    ],
)
def test_what_is_no_json_is_refused_where_reading_stopped(content: str | bytes, where: str) -> None:
    (told,) = _refused(content)
    assert told.startswith(f"{where}: ")


def test_a_file_that_can_not_be_read_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(InputRefused, match="can't be read") as refused:
            load_evidence(path, CATALOGUE)
        assert refused.value.problems[0].where == str(path)


def test_a_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(evidence_file, "MAX_BYTES", 100)
    path = tmp_path / "evidence.json"
    path.write_bytes(b" " * 99 + b"{}")
    with pytest.raises(InputRefused, match="is larger than"):
        load_evidence(path, CATALOGUE)


def test_many_wrong_entries_are_all_found_in_their_lines() -> None:
    rows = ",\n".join(json.dumps({**ANSWER, "value": 9}) for _ in range(2000))
    problems = _refused(f'{{"answers": [\n{rows}\n]}}')
    assert [problem.split(":")[1] for problem in problems] == [str(line) for line in range(2, 2002)]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _reasons(content: bytes) -> list[str] | None:
    """The paths of what is refused; None where the file is taken."""
    try:
        parse_evidence(content, CATALOGUE, "e.json")
    except InputRefused as refused:
        return [problem.path for problem in refused.problems]
    return None


@given(st.sampled_from([("answers", ANSWER), ("readings", READING), ("waivers", WAIVER)]), st.data())
def test_whatever_stands_in_a_field_is_taken_or_refused_by_name(
    part: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    section, entry = part
    key = data.draw(st.sampled_from(list(entry)))
    content = json.dumps({section: [{**entry, key: data.draw(anything)}]}).encode()
    assert set(_reasons(content) or ()) <= {f"{section}.0.{key}"}


@given(st.binary(max_size=60) | anything.map(lambda data: json.dumps(data).encode()))
def test_hostile_bytes_are_taken_or_refused_and_never_break_the_reader(content: bytes) -> None:
    assert _reasons(content) != []
