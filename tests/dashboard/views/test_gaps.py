from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("organisation")


def _written(test) -> str:
    return "\n".join(each.value for kind in (test.markdown, test.text) for each in kind)


def test_without_a_team_the_page_asks_for_one_and_follows_the_choice(open_page) -> None:
    test = open_page("gaps", group="payments")
    assert [button.label for button in test.button] == ["Pricing · level 1", "Fraud detection · level 2"]
    test.button[1].click().run()
    assert test.query_params["team"] == "fraud"
    assert test.get("vega_lite_chart")


def test_a_deep_link_opens_team_aspect_and_practice(open_page) -> None:
    test = open_page("gaps", team="fraud", aspect="ci-cd", practice="quality-gate")
    assert test.pills(key="aspect-pills").value == "ci-cd"
    assert test.selectbox(key="practice-pick").value == "quality-gate"
    assert "A candidate must beat agreed limits before it is released" in [head.value for head in test.header]


def test_a_practice_is_chosen_without_the_table_too(open_page) -> None:
    test = open_page("gaps", team="fraud", aspect="ci-cd")
    test.selectbox(key="practice-pick").set_value("rollback").run()
    assert test.query_params["practice"] == "rollback"
    assert "A bad version can be taken back quickly" in [head.value for head in test.header]


def test_another_aspect_leaves_the_practice_behind(open_page) -> None:
    test = open_page("gaps", team="fraud", practice="quality-gate")
    test.pills(key="aspect-pills").set_value("monitoring-governance").run()
    assert not test.exception
    assert "practice" not in test.query_params
    assert test.query_params["aspect"] == "monitoring-governance"


def test_the_practice_shows_both_sides_with_who_when_and_proof(open_page) -> None:
    written = _written(open_page("gaps", team="fraud", practice="model-registry"))
    assert "**lead** says rung 2" in written
    assert "see <script>alert(1)</script> [here](javascript:alert(1))" in written
    assert "(<https://wiki.acme.example/page>)" in written
    assert "(<https://mlflow.acme.example/run-1>)" in written
    assert "Rests on 7 records" in written


def test_a_signal_that_was_refused_says_why(open_page) -> None:
    written = _written(open_page("gaps", team="hostile", practice="drift-monitoring"))
    assert "No permission" in written
    assert r"grant read access" in written
    assert "*no evidence*" in written


def test_a_team_without_evidence_stands_on_no_rung(open_page) -> None:
    test = open_page("gaps", team="silent", practice="model-registry")
    assert not test.exception
    written = _written(test)
    assert "not the same as rung 0" in written
    assert "Nobody has answered this question yet." in written
    assert "No level yet" in [head.value for head in test.header]


def test_a_practice_for_other_kinds_of_model_is_said_not_to_count(open_page) -> None:
    test = open_page("gaps", team="fraud", practice="llm-observability-guardrails")
    assert not test.exception
    assert any("does not count for this team" in note.value for note in test.info)


def test_a_record_without_a_page_of_its_own_is_named_with_its_source(open_page) -> None:
    written = _written(open_page("gaps", team="fraud", practice="service-monitoring"))
    assert r"observation up\/fraud in metrics" in written
