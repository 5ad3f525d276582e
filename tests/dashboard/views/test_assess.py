from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import OperationalError

from mlops_maturity.dashboard import data
from mlops_maturity.evidence.store.answers import read_answers

TODAY = date(2026, 11, 23)
PRACTICE = "version-control"
KEY = f"answer-silent-{PRACTICE}-ann-"


def _ann(organisation) -> list:
    return [answer for answer in read_answers(organisation.store, team="silent") if answer.respondent == "ann"]


def _radio(test):
    return test.radio(key=f"{KEY}choice")


def test_the_name_is_asked_for_once_and_kept_in_the_address(organisation, open_page) -> None:
    test = open_page("assess", team="silent")
    assert not test.radio
    test.text_input(key="respondent-typed").set_value("  ann\n ").run()
    assert test.query_params["respondent"] == "ann"
    assert test.radio
    assert "Answering as **ann**" in "\n".join(each.value for each in test.markdown)


def test_a_blank_name_is_no_name(organisation, open_page) -> None:
    test = open_page("assess", team="silent")
    test.text_input(key="respondent-typed").set_value(" \u200b ").run()
    assert not test.radio


def test_a_choice_is_stored_at_once_with_author_and_time(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    assert _radio(test).value is None
    _radio(test).set_value(2).run()
    (answer,) = _ann(organisation)
    assert (answer.practice, answer.value, answer.on, answer.author) == (PRACTICE, 2, TODAY, "ann")
    assert answer.recorded_at.tzinfo is not None
    assert any("saved 14:03" in each.value for each in test.markdown)


def test_dont_know_is_stored_as_such_and_not_as_0(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _radio(test).set_value("unknown").run()
    assert [answer.value for answer in _ann(organisation)] == [None]


def test_comment_and_link_wait_for_a_choice(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    assert test.text_input(key=f"{KEY}comment").disabled
    assert test.text_input(key=f"{KEY}link").disabled
    _radio(test).set_value(1).run()
    assert not test.text_input(key=f"{KEY}comment").disabled


def test_comment_and_link_are_stored_and_a_link_attests(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _radio(test).set_value(1).run()
    test.text_input(key=f"{KEY}comment").set_value("<b>half</b> done").run()
    test.text_input(key=f"{KEY}link").set_value("https://wiki.acme.example/x").run()
    *_, last = _ann(organisation)
    assert (last.value, last.comment, last.evidence_url) == (1, "<b>half</b> done", "https://wiki.acme.example/x")
    assert last.attested
    assert any("with a linked artefact" in each.value for each in test.markdown)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "wiki", "https://user:pw@acme.example"])
def test_a_link_that_is_none_is_refused_with_a_word_and_the_rest_kept(address: str, organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _radio(test).set_value(1).run()
    test.text_input(key=f"{KEY}link").set_value(address).run()
    assert len(test.warning) == 1
    assert [(answer.value, answer.evidence_url, answer.attested) for answer in _ann(organisation)] == [(1, "", False)]


def test_what_was_answered_is_there_again_in_another_session(organisation, open_page) -> None:
    first = open_page("assess", team="silent", respondent="ann")
    _radio(first).set_value(3).run()
    first.text_input(key=f"{KEY}comment").set_value("done").run()
    again = open_page("assess", team="silent", respondent="ann")
    assert _radio(again).value == 3
    assert again.text_input(key=f"{KEY}comment").value == "done"
    assert open_page("assess", team="silent", respondent="bob").radio[0].value is None


def test_a_changed_mind_is_a_new_row_and_the_old_one_stays(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    for value in (2, 3, 2):
        _radio(test).set_value(value).run()
    assert [answer.value for answer in _ann(organisation)] == [2, 3, 2]


def test_progress_is_counted_for_the_aspect_and_in_all(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    before = test.get("progress")[0].proto.text
    _radio(test).set_value(2).run()
    after = test.get("progress")[0].proto.text
    assert before.startswith("0 of ")
    assert after.startswith("1 of ")
    assert ", 1 of " in after


def test_what_systems_show_stands_beside_the_choice(organisation, open_page) -> None:
    test = open_page("assess", team="fraud", respondent="ann", aspect="standardization-automation")
    written = "\n".join(each.value for each in test.markdown)
    assert "Training runs that name their commit" in written
    assert "2 other answers: rung" in written


def test_a_day_in_the_past_is_said_to_be_for_the_evidence_only(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann", as_of="2026-05-03")
    assert "recorded for today" in test.info[0].value
    _radio(test).set_value(1).run()
    assert [answer.on for answer in _ann(organisation)] == [TODAY]
    assert _radio(test).value == 1


def test_an_answer_that_could_not_be_stored_is_not_called_saved(organisation, open_page, monkeypatch) -> None:
    def broken(*_: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("locked"))

    monkeypatch.setattr(data, "save", broken)
    test = open_page("assess", team="silent", respondent="ann")
    _radio(test).set_value(2).run()
    assert not test.exception
    assert "could not be saved" in test.error[0].value
    assert not any("saved 14" in each.value for each in test.markdown)


def test_the_end_of_an_aspect_leads_to_the_next(organisation, open_page) -> None:
    link = open_page("assess", team="silent", respondent="ann").get("page_link")[-1].proto
    assert "aspect=collaboration-communication" in link.query_string
