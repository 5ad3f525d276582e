from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import OperationalError

from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.dashboard import data, text
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers, read_answers
from mlops_maturity.evidence.store.engine import open_store

TODAY = date(2026, 11, 23)
PRACTICE = "version-control"
KEY = f"answer-silent-{PRACTICE}-ann-"


def _ann(organisation) -> list:
    """What ann has answered, with what waits to be stored."""
    data.drafts().flush(KEY)
    return [answer for answer in read_answers(organisation.store, team="silent") if answer.respondent == "ann"]


def _radio(test):
    """The choices of the question: a new widget after each change from elsewhere."""
    return next(each for each in test.radio if each.key.startswith(f"{KEY}choice"))


def _choose(test, value: int | str) -> None:
    """Choose, and wait until it is stored and the page knows."""
    _radio(test).set_value(value).run()
    data.drafts().flush(KEY)
    test.run()


def _ask_name(open_page, name: str):
    test = open_page("assess", team="silent")
    test.text_input(key="respondent-typed").set_value(name).run()
    return test


def test_the_name_is_asked_for_once_and_never_put_into_the_address(organisation, open_page) -> None:
    test = _ask_name(open_page, "  ann\n ")
    assert test.radio
    assert "Answering as **ann**" in "\n".join(each.value for each in test.markdown)
    assert "respondent" not in test.query_params


def test_a_name_in_an_old_bookmark_is_taken_out_of_the_address_and_not_used(organisation, open_page) -> None:
    test = open_page("assess", team="silent")
    test.query_params["respondent"] = "ann"
    test.run()
    assert "respondent" not in test.query_params
    assert not test.radio


def test_a_question_is_read_out_as_it_is_written_and_shown_without_markup(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    question = organisation.catalogue.by_id[PRACTICE].question
    assert _radio(test).label == question
    assert text.safe(question) in [each.value for each in test.markdown]


@pytest.mark.parametrize("name", ["", " \u200b "])
def test_beginning_without_a_name_says_what_is_missing(name: str, organisation, open_page) -> None:
    test = _ask_name(open_page, name)
    test.button[0].click().run()
    assert not test.radio
    assert "Write a name or a role first" in test.error[0].value


def test_a_mail_address_is_refused_as_a_name_with_the_reason(organisation, open_page) -> None:
    test = _ask_name(open_page, "ann@acme.example")
    assert not test.radio
    assert "is a mail address" in test.error[0].value
    test.text_input(key="respondent-typed").set_value("ann").run()
    assert test.radio
    assert not test.error


def test_a_choice_is_stored_with_author_and_time(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    assert _radio(test).value is None
    _radio(test).set_value(2).run()
    assert any("saving" in each.value for each in test.markdown)
    data.drafts().flush(KEY)
    test.run()
    (answer,) = _ann(organisation)
    assert (answer.practice, answer.value, answer.on, answer.author) == (PRACTICE, 2, TODAY, "ann")
    assert answer.recorded_at.tzinfo is not None
    assert any("saved 14:03" in each.value for each in test.markdown)


def test_dont_know_is_stored_as_such_and_not_as_0(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, "unknown")
    assert [answer.value for answer in _ann(organisation)] == [None]


def test_comment_and_link_wait_for_a_choice(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    assert test.text_input(key=f"{KEY}comment").disabled
    assert test.text_input(key=f"{KEY}link").disabled
    _choose(test, 1)
    assert not test.text_input(key=f"{KEY}comment").disabled


def test_comment_and_link_are_stored_and_a_link_attests(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 1)
    test.text_input(key=f"{KEY}comment").set_value("<b>half</b> done").run()
    assert any("saving" in each.value for each in test.markdown)
    assert "“saved” with the time says" in test.text_input(key=f"{KEY}comment").help
    test.text_input(key=f"{KEY}link").set_value("https://wiki.acme.example/x").run()
    *_, last = _ann(organisation)
    assert (last.value, last.comment, last.evidence_url) == (1, "<b>half</b> done", "https://wiki.acme.example/x")
    assert last.attested
    assert any("with a linked artefact" in each.value for each in test.markdown)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "wiki", "https://user:pw@acme.example"])
def test_a_link_that_is_none_is_refused_with_a_word_and_the_rest_kept(address: str, organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 1)
    test.text_input(key=f"{KEY}link").set_value(address).run()
    assert len(test.warning) == 1
    assert [(answer.value, answer.evidence_url, answer.attested) for answer in _ann(organisation)] == [(1, "", False)]


def test_a_slip_in_the_link_does_not_take_the_stored_one_away(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 1)
    test.text_input(key=f"{KEY}link").set_value("https://wiki.acme.example/x").run()
    test.text_input(key=f"{KEY}link").set_value("javascript:alert(1)").run()
    assert "should begin with https://" in test.warning[0].value
    assert "is kept" in test.warning[0].value
    _choose(test, 2)
    *_, last = _ann(organisation)
    assert (last.value, last.evidence_url, last.attested) == (2, "https://wiki.acme.example/x", True)
    test.text_input(key=f"{KEY}link").set_value("").run()
    assert (_ann(organisation)[-1].evidence_url, _ann(organisation)[-1].attested) == ("", False)


def test_a_walk_through_the_choices_is_one_row(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    for value in (0, 1, 2, 3):
        _radio(test).set_value(value).run()
    assert [answer.value for answer in _ann(organisation)] == [3]


def test_an_answer_given_right_before_another_aspect_is_there_on_the_way_back(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _radio(test).set_value(2).run()
    for aspect in ("ci-cd", "standardization-automation"):
        test.query_params["aspect"] = aspect
        test.run()
    assert _radio(test).value == 2
    assert _radio(test).key == f"{KEY}choice"


def test_a_comment_of_many_keys_is_one_row(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 1)
    for typed in ("h", "ha", "hal", "half"):
        test.text_input(key=f"{KEY}comment").set_value(typed).run()
    data.drafts().flush(KEY)
    assert [answer.comment for answer in _ann(organisation)] == ["", "half"]


def test_another_tab_begins_with_what_was_typed_a_moment_ago(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 1)
    test.text_input(key=f"{KEY}comment").set_value("half").run()
    again = open_page("assess", team="silent", respondent="ann")
    assert again.text_input(key=f"{KEY}comment").value == "half"


def test_a_read_only_store_is_said_to_be_one_before_anything_is_asked(organisation, open_page, monkeypatch) -> None:
    monkeypatch.setattr(data, "open_store", _opened_read_only)
    test = open_page("assess", team="silent", respondent="ann")
    assert not test.exception
    assert "This store is read-only" in [head.value for head in test.header]
    assert not test.radio


def test_a_store_that_turns_read_only_later_is_told_with_its_reason(organisation, open_page, monkeypatch) -> None:
    def refuse(*_: object) -> bool:
        raise InputRefused([Problem("store", "", "the disk is full; make room")])

    monkeypatch.setattr(data, "save", refuse)
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 2)
    assert not test.exception
    assert "the disk is full" in test.error[0].value


def _opened_read_only(*args: object, **options: object):
    return replace(open_store(*args, **options), read_only="read-only: it can't be written by this user")


def test_what_was_answered_is_there_again_in_another_session(organisation, open_page) -> None:
    first = open_page("assess", team="silent", respondent="ann")
    _choose(first, 3)
    first.text_input(key=f"{KEY}comment").set_value("done").run()
    data.drafts().flush(KEY)
    again = open_page("assess", team="silent", respondent="ann")
    assert _radio(again).value == 3
    assert again.text_input(key=f"{KEY}comment").value == "done"
    assert open_page("assess", team="silent", respondent="bob").radio[0].value is None


def test_a_changed_mind_is_a_new_row_and_the_old_one_stays(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    for value in (2, 3, 2):
        _choose(test, value)
    assert [answer.value for answer in _ann(organisation)] == [2, 3, 2]


def test_progress_is_counted_for_the_aspect_and_in_all(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    before = test.get("progress")[0].proto.text
    _choose(test, 2)
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
    _choose(test, 1)
    assert [answer.on for answer in _ann(organisation)] == [TODAY]
    assert _radio(test).value == 1


def test_an_answer_that_could_not_be_stored_is_not_called_saved(organisation, open_page, monkeypatch) -> None:
    def broken(*_: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("locked"))

    monkeypatch.setattr(data, "save", broken)
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 2)
    assert not test.exception
    assert "could not be saved" in test.error[0].value
    assert not any("saved 14" in each.value for each in test.markdown)


def test_the_end_of_an_aspect_leads_to_the_next(organisation, open_page) -> None:
    link = open_page("assess", team="silent", respondent="ann").get("page_link")[-1].proto
    assert "aspect=collaboration-communication" in link.query_string


def test_a_stale_tab_does_not_take_back_what_another_tab_answered(organisation, open_page) -> None:
    one = open_page("assess", team="silent", respondent="ann")
    _choose(one, 2)
    other = open_page("assess", team="silent", respondent="ann")
    _choose(one, 0)
    other.text_input(key=f"{KEY}comment").set_value("from the other tab").run()
    data.drafts().flush(KEY)
    assert (_ann(organisation)[-1].value, _ann(organisation)[-1].comment) == (0, "from the other tab")
    other.run()
    assert _radio(other).value == 0


def test_a_comment_typed_in_one_tab_is_stored_though_another_saves_in_that_moment(organisation, open_page) -> None:
    one = open_page("assess", team="silent", respondent="ann")
    _choose(one, 2)
    other = open_page("assess", team="silent", respondent="ann")
    one.text_input(key=f"{KEY}comment").set_value("half typed").run()
    _choose(other, 3)
    data.drafts().flush(KEY)
    assert (_ann(organisation)[-1].value, _ann(organisation)[-1].comment) == (3, "half typed")


def test_an_answer_from_elsewhere_is_told_and_shown(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 3)
    assert not test.info
    _import(organisation, 2)
    test.run()
    assert _radio(test).value == 2
    (told,) = [each.value for each in test.info]
    assert "Answered elsewhere on 23 Nov 2026 at 14:05 by answers\\.csv: **2**; yours: **3**" in told
    assert "The newer one counts" in told
    _choose(test, 1)
    assert not test.info


def test_an_answer_on_top_of_one_from_elsewhere_says_so_and_keeps_both(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 1)
    _import(organisation, 2)
    _choose(test, 3)
    assert [answer.value for answer in _ann(organisation)] == [1, 2, 3]
    (told,) = [each.value for each in test.info]
    assert "**2**; yours: **3**. Yours was saved last" in told


def test_the_same_answer_from_elsewhere_is_nothing_to_tell(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 2)
    _import(organisation, 2, author="other")
    test.run()
    assert not test.info


def test_taking_back_what_was_saved_a_moment_ago_is_not_taken_for_a_form_left_alone(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 1)
    test.text_input(key=f"{KEY}comment").set_value("typed").run()
    data.drafts().flush(KEY)  # stored, and the page does not know yet
    test.text_input(key=f"{KEY}comment").set_value("").run()
    data.drafts().flush(KEY)
    assert [answer.comment for answer in _ann(organisation)] == ["", "typed", ""]
    assert not test.info


def test_the_form_of_an_aspect_is_as_it_was_left_after_another_aspect(organisation, open_page) -> None:
    test = open_page("assess", team="silent", respondent="ann")
    _choose(test, 2)
    test.query_params["aspect"] = "ci-cd"
    test.run()
    test.query_params["aspect"] = "standardization-automation"
    test.run()
    assert _radio(test).value == 2


def _import(organisation, value: int, *, on: date = TODAY, author: str = "answers.csv") -> None:
    at = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
    append_answers(organisation.store, [
        StoredAnswer(team="silent", practice=PRACTICE, respondent="ann", value=value, on=on, recorded_at=at,
                     author=author)
    ])  # fmt: skip
