from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mlops_maturity.dashboard.text import safe
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers

pytestmark = pytest.mark.usefixtures("organisation")


def _written(test) -> str:
    return "\n".join(each.value for kind in (test.markdown, test.text) for each in kind)


def _practices(test):
    """The links of the list of practices, which comes before that of the contradictions."""
    own = [link.proto for link in test.get("page_link") if link.proto.page == "gaps"]
    return own[: len({link.query_string for link in own if "aspect=ci-cd" in link.query_string})]


def test_without_a_team_the_page_asks_for_one_and_follows_the_choice(open_page) -> None:
    test = open_page("gaps", group="payments")
    assert [button.label for button in test.button] == ["Pricing · level 1", "Fraud detection · level 2"]
    test.button[1].click().run()
    assert test.query_params["team"] == "fraud"
    assert test.get("vega_lite_chart")


def test_a_deep_link_opens_team_aspect_and_practice(open_page) -> None:
    test = open_page("gaps", team="fraud", aspect="ci-cd", practice="quality-gate")
    assert test.pills(key="aspect-pills").value == "ci-cd"
    assert [link.label for link in _practices(test) if link.icon] == [
        "A candidate must beat agreed limits before it is released"
    ]
    assert "A candidate must beat agreed limits before it is released" in [head.value for head in test.header]


def test_every_practice_of_the_aspect_is_a_link_to_everything_behind_it(organisation, open_page) -> None:
    links = _practices(open_page("gaps", team="fraud", aspect="ci-cd"))
    asked = [
        each for each in organisation.catalogue.of_aspect("ci-cd") if "classical" in (each.applies_to or ("classical",))
    ]
    assert [link.label for link in links] == [safe(each.title) for each in asked]
    assert [link.query_string for link in links] == [f"team=fraud&aspect=ci-cd&practice={each.id}" for each in asked]


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
    assert "Rests on 7 records, for example: " in written


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
    assert "Nothing is known of this team yet" in [head.value for head in test.header]
    assert "needs" not in written


def test_without_any_evidence_the_page_says_what_to_do_first(open_page) -> None:
    test = open_page("gaps", team="silent")
    written = _written(test)
    assert "not the same as level 0" in written
    assert "1 of 2 sources read" in written
    links = {link.proto.page: link.proto.query_string for link in test.get("page_link")}
    assert links["assess"] == "team=silent"
    assert "sources" in links


def test_an_aspect_without_evidence_lists_nothing_that_blocks_it(organisation, open_page) -> None:
    practice = organisation.catalogue.of_aspect("ci-cd")[0]
    on = date(2026, 11, 20)
    told = StoredAnswer(
        team="silent", practice=practice.id, respondent="lead", value=1, on=on,
        recorded_at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip
    append_answers(organisation.store, [told])
    test = open_page("gaps", team="silent", aspect="monitoring-governance")
    assert "Nothing is known of this aspect yet" in [head.value for head in test.header]
    assert "needs" not in _written(test)
    assert "aspect=monitoring-governance" in test.get("page_link")[0].proto.query_string
    assert "What blocks level 1" in [head.value for head in open_page("gaps", team="silent", aspect="ci-cd").header]


def test_a_day_before_all_evidence_leads_to_where_it_begins(open_page) -> None:
    test = open_page("gaps", team="fraud", as_of="2024-01-07")
    assert any(head.value.startswith("No evidence before") for head in test.header)
    assert [link.proto.label for link in test.get("page_link")][1] == "See today"


def test_a_practice_for_other_kinds_of_model_is_said_not_to_count(open_page) -> None:
    test = open_page("gaps", team="fraud", practice="llm-observability-guardrails")
    assert not test.exception
    assert any("does not count for this team" in note.value for note in test.info)


def test_a_record_without_a_page_of_its_own_is_named_with_its_source(open_page) -> None:
    written = _written(open_page("gaps", team="fraud", practice="service-monitoring"))
    assert r"observation up\/fraud in metrics" in written


def test_a_signal_that_no_collector_feeds_has_a_name_and_says_how_to_feed_it(open_page) -> None:
    written = _written(open_page("gaps", team="silent", practice="access-privacy"))
    assert "**Access review days** · *no evidence*" in written
    assert "no collector feeds this signal" in written
    assert "`mlops-maturity records import`" in written
