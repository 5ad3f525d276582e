from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers, read_answers, record_answer
from mlops_maturity.evidence.store.assessments import publish, read_published
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.version import dataset_version


@pytest.fixture
def say(now):
    def make(*values, **fields):
        whole = {
            "team": "fraud",
            "practice": "model-registry",
            "respondent": "ann",
            "on": date(2026, 11, 23),
            "recorded_at": now,
            **fields,
        }
        return [StoredAnswer(value=value, **whole) for value in values]

    return make


def test_answers_come_back_in_the_order_in_which_they_were_recorded(store, say):
    answers = say(2, None, practice="rollback") + say(3, 0, comment="weil – “es” so ist\n= 1", attested=True)

    append_answers(store, answers)

    assert read_answers(store) == tuple(answers)


def test_read_answers_gives_those_of_one_team(store, say):
    append_answers(store, say(1) + say(2, team="pricing"))

    assert [answer.value for answer in read_answers(store, "pricing")] == [2]


def test_the_same_answers_again_change_nothing(store, say, now):
    answers = say(2, 3, 2) + say(1, respondent="bob")
    append_answers(store, answers)
    before = dataset_version(store)

    again = append_answers(store, [replace(answer, recorded_at=now + timedelta(1), author="x") for answer in answers])

    assert again == Changes(seen=4, unchanged=4)
    assert dataset_version(store) == before
    assert [answer.value for answer in read_answers(store) if answer.respondent == "ann"] == [2, 3, 2]


def test_an_answer_given_again_after_another_one_counts(store, say):
    append_answers(store, say(2))
    append_answers(store, say(3))

    assert append_answers(store, say(2)).inserted == 1
    assert [answer.value for answer in read_answers(store)] == [2, 3, 2]


def test_the_same_value_with_another_comment_is_another_answer(store, say):
    append_answers(store, say(2))

    assert append_answers(store, say(2, comment="since May")).inserted == 1


def test_the_same_value_on_another_day_is_another_answer(store, say):
    append_answers(store, say(2))

    assert append_answers(store, say(2, on=date(2026, 11, 24))).inserted == 1


def test_a_value_beyond_the_rungs_is_refused_by_the_store_itself(store, say):
    with pytest.raises(DBAPIError) as refused:
        append_answers(store, say(1) + say(7, comment="between us"))

    assert "between us" not in str(refused.value.statement) + str(refused.value).split("[SQL")[1]
    assert read_answers(store) == ()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE answer SET value = 3", "DELETE FROM answer", "UPDATE answer SET comment = comment"],
)
def test_answers_can_be_neither_changed_nor_deleted(store, say, statement):
    append_answers(store, say(1))

    with pytest.raises(DBAPIError, match="append-only"), store.begin() as connection:
        connection.execute(text(statement))

    assert read_answers(store) == tuple(say(1))


def test_answers_can_not_be_replaced_or_emptied_either(store, say):
    append_answers(store, say(1))
    sqlite = store.engine.dialect.name == "sqlite"
    statement = "INSERT OR REPLACE INTO answer SELECT * FROM answer" if sqlite else "TRUNCATE answer"

    with pytest.raises(DBAPIError, match="append-only"), store.begin() as connection:
        connection.execute(text(statement))


def test_an_assessment_is_published_once_until_it_says_something_else(store, now):
    day = date(2026, 11, 23)

    assert publish(store, "fraud", day, "sha256:a", {"level": 1, "index": 40.25}, now)
    assert not publish(store, "fraud", day, "sha256:a", {"index": 40.25, "level": 1}, now + timedelta(hours=1))
    assert publish(store, "fraud", day, "sha256:a", {"level": 2, "index": 40.25}, now)
    assert publish(store, "fraud", day, "sha256:b", {"level": 2, "index": 40.25}, now)
    assert publish(store, "fraud", day, "sha256:a", {"level": 1, "index": 40.25}, now)

    shown = read_published(store, "fraud")
    assert [(entry.catalogue_hash, entry.payload["level"]) for entry in shown] == [
        ("sha256:a", 1),
        ("sha256:a", 2),
        ("sha256:b", 2),
        ("sha256:a", 1),
    ]


def test_published_assessments_are_selected_by_team_and_days(store, now):
    for day in (20, 21, 22):
        publish(store, "fraud", date(2026, 11, day), "h", {"day": day}, now)
    publish(store, "pricing", date(2026, 11, 21), "h", {}, now)

    shown = read_published(store, "fraud", since=date(2026, 11, 21), until=date(2026, 11, 21))

    assert [entry.payload for entry in shown] == [{"day": 21}]
    assert len(read_published(store)) == 4


@pytest.mark.parametrize("statement", ["UPDATE assessment SET payload = '{}'", "DELETE FROM assessment"])
def test_published_assessments_can_be_neither_changed_nor_deleted(store, now, statement):
    publish(store, "fraud", date(2026, 11, 23), "h", {"level": 1}, now)

    with pytest.raises(DBAPIError, match="immutable"), store.begin() as connection:
        connection.execute(text(statement))

    assert read_published(store)[0].payload == {"level": 1}


def test_an_answer_is_recorded_on_top_of_the_newest_of_its_respondent(store, say):
    append_answers(store, say(1) + say(2) + say(3, respondent="bob") + say(0, practice="rollback"))
    (mine,) = say(3, comment="since May")

    recorded = record_answer(store, "fraud", "model-registry", "ann", lambda before: mine)

    assert (recorded.before, recorded.answer, recorded.added) == (say(2)[0], mine, True)
    again = record_answer(store, "fraud", "model-registry", "ann", lambda before: before or mine)
    assert (again.before, again.answer, again.added) == (mine, mine, False)


def test_an_answer_for_an_earlier_day_that_came_later_is_not_the_newest(store, say):
    append_answers(store, say(3) + say(1, on=date(2026, 11, 20)))
    (mine,) = say(2)

    assert record_answer(store, "fraud", "model-registry", "ann", lambda before: mine).before == say(3)[0]
