"""What was refused while a list was read: whose turn it is, for how long, and when it is the server that fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.collectors.interface import (
    BadAnswer,
    Failing,
    Forbidden,
    NoAnswer,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from mlops_maturity.collectors.unread import FOR, IN_A_ROW, LONGEST_PAUSE, MOST, UNANSWERED, Unread

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def gives(answer):
    """A request that answers, or fails."""

    def request(*_):
        if isinstance(answer, Exception):
            raise answer
        return answer

    return request


def later(unread, now, **more):
    """As it is after the cursor went through the store, which keeps no order of keys."""
    return Unread.opened(json.loads(json.dumps(unread.as_json(), sort_keys=True)), now, **more)


def refused(*names, now=NOW, error=None):
    unread = Unread(now)
    for name in names:
        unread.ask(name, gives(error or Forbidden("no right")))
    return unread


def test_an_answer_is_given_on_and_nothing_is_kept():
    unread = Unread(NOW)
    assert unread.ask("a", gives(7)) == 7
    assert (unread.as_json(), unread.remarks("things")) == ({}, [])


def test_a_refusal_is_nothing_kept_and_told_with_the_first_reason():
    unread = refused("a", "b")
    assert unread.is_refused("a")
    assert set(unread.as_json()) == {"a", "b"}
    assert unread.remarks("things") == ["things of 2 could not be read and are asked for again: no right"]


def test_several_details_of_one_item_are_one_refusal():
    unread = refused("a", "a", "a", "a")
    assert unread.as_json()["a"][1] == 1


def test_what_is_gone_is_not_kept_unless_the_server_hides_what_may_not_be_seen():
    for hides in (False, True):
        unread = Unread(NOW, hides=hides)
        assert unread.ask("a", gives(Unsupported("404"))) is None
        assert unread.is_refused("a") is hides


@pytest.mark.parametrize("error", [BadAnswer("garbage"), Unauthorized("401")])
def test_what_is_no_matter_of_one_item_is_raised(error):
    with pytest.raises(type(error)):
        Unread(NOW).ask("a", gives(error))


def test_pauses_double_to_the_longest_and_end_after_a_month():
    unread, asked, moment = refused("a"), [], NOW
    while moment < NOW + 2 * FOR:
        moment += HOUR
        unread = later(unread, moment)
        for _ in unread.again(gives(Forbidden("still"))):
            raise AssertionError("nothing is answered")
        asked += [moment] if unread.is_refused("a") else []
    waits = [after - before for before, after in zip([NOW, *asked], asked, strict=False)]
    assert waits[:5] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR]
    assert max(waits) == LONGEST_PAUSE
    assert asked[-1] <= NOW + FOR
    assert unread.as_json() == {}


def test_the_first_refused_anew_ends_the_asking_and_each_has_its_turn():
    unread, turns = refused("a", "b", "c"), []
    for hour in range(1, 4):
        unread = later(unread, NOW + hour * HOUR)
        assert list(unread.again(gives(Forbidden("still")))) == []
        turns += [name for name in "abc" if unread.is_refused(name)]
    assert sorted(turns) == ["a", "b", "c"]


def test_what_answers_is_given_once_and_what_is_gone_as_nothing():
    unread = later(refused("a", "b"), NOW + HOUR)
    fetched = {"a": 1, "b": None}
    assert dict(unread.again(fetched.get)) == fetched
    assert unread.as_json() == {}


def test_a_detail_that_is_refused_while_its_item_is_read_again_counts_on_and_ends_the_asking():
    unread = later(refused("a", "b"), NOW + HOUR)
    seen = []
    for name, _ in unread.again(gives(1)):
        assert name not in unread.as_json(), "a page that is stored now must not hold it"
        seen.append(name)
        unread.ask(name, gives(Forbidden("still")))
    assert seen == ["a"]
    assert {name: entry[1] for name, entry in unread.as_json().items()} == {"a": 2, "b": 1}


def test_a_failure_is_the_item_s_own_while_another_answers():
    unread = Unread(NOW)
    for number in range(50):
        assert unread.ask(f"bad {number}", gives(Failing("500"))) is None
        assert unread.ask(f"good {number}", gives(1)) == 1


def test_items_that_fail_side_by_side_are_their_own_while_what_answered_still_does():
    unread, asked = Unread(NOW), []
    unread.ask("good", lambda: asked.append(1))
    for number in range(20):
        unread.ask(str(number), gives(Failing("500")))
    assert len(unread.as_json()) == 20
    assert len(asked) == 1 + 20 // (IN_A_ROW + 1)


def test_where_what_answered_does_no_longer_the_server_is_down():
    unread, answers = Unread(NOW), iter([1])

    def once():
        found = next(answers, None)
        if found is None:
            raise Failing("502")
        return found

    unread.ask("good", once)
    for number in range(IN_A_ROW):
        unread.ask(str(number), gives(Failing("500")))
    with pytest.raises(Failing, match="502"):
        unread.ask("one more", gives(Failing("500")))


def test_before_unknowns_are_stored_what_answered_is_asked_once_more():
    unread, answers = Unread(NOW), iter([1, 2])
    unread.check_server()
    unread.ask("good", lambda: next(answers))
    unread.ask("bad", gives(Failing("500")))
    unread.check_server()
    unread.check_server()
    assert next(answers, None) is None, "once, for one that failed"


@pytest.mark.parametrize("answered", [True, False])
def test_of_a_server_that_is_down_nothing_is_stored_as_unknown(answered):
    answers = iter([1] if answered else [])

    def once():
        if next(answers, None) is None:
            raise Failing("502")

    unread = Unread(NOW, alive=once)
    if answered:
        unread.ask("good", once)
    unread.ask("bad", gives(Failing("500")))
    with pytest.raises(Failing, match="502"):
        unread.check_server()


def test_one_that_fails_is_stored_as_unknown_though_nothing_answered_and_two_are_an_outage():
    unread = Unread(NOW, alive=gives(1))
    unread.ask("a", gives(Failing("500")))
    unread.ask("a", gives(Failing("500")))
    unread.check_server()
    unread.ask("b", gives(Failing("503")))
    with pytest.raises(Failing, match="503"):
        unread.check_server()
    unread.ask("c", gives(1))
    unread.check_server()


def test_an_item_that_is_not_answered_in_time_is_its_own_fault_only_while_the_server_answers_another():
    asked = []
    unread = Unread(NOW)
    unread.ask("good", lambda: asked.append(1))
    for number in range(3):
        assert unread.ask(str(number), gives(NoAnswer("too slow"))) is None
    assert len(asked) == 1 + 3
    assert len(unread.as_json()) == 3
    silent = Unread(NOW, alive=gives(NoAnswer("silent")))
    with pytest.raises(NoAnswer, match="silent"):
        silent.ask("a", gives(NoAnswer("too slow")))


def test_a_server_that_can_t_be_reached_is_no_matter_of_an_item():
    with pytest.raises(Unreachable):
        Unread(NOW, alive=gives(1)).ask("a", gives(Unreachable("stopped")))


def test_what_answered_and_is_gone_meanwhile_still_speaks_for_the_server():
    unread, answers = Unread(NOW), iter([gives(1), gives(Unsupported("404"))])
    unread.ask("good", lambda: next(answers)())
    for number in range(IN_A_ROW + 1):
        unread.ask(str(number), gives(Failing("500")))


@pytest.mark.parametrize(
    ("vital", "error"), [(False, Failing("500")), (True, Failing("500")), (True, Forbidden("403"))]
)
def test_where_nothing_answers_at_all_a_few_are_tried_and_then_it_is_an_outage(vital, error):
    unread = Unread(NOW, vital=vital)
    for number in range(UNANSWERED):
        unread.ask(str(number), gives(error))
    with pytest.raises(type(error)):
        unread.ask("one more", gives(error))


def test_a_missing_right_on_what_is_not_vital_is_no_outage():
    assert len(refused(*(str(number) for number in range(100))).as_json()) == 100


def test_whether_anything_was_answered_can_be_asked():
    unread = Unread(NOW)
    unread.check_any()
    unread.ask("a", gives(Forbidden("first")))
    unread.ask("b", gives(Forbidden("second")))
    with pytest.raises(Forbidden, match="first"):
        unread.check_any()
    unread.ask("c", gives(1))
    unread.check_any()


def test_what_waits_rests_until_its_pause_is_over():
    unread = refused("a")
    assert unread.rests("a")
    assert not unread.rests("b")
    assert later(unread, NOW + HOUR / 2).rests("a")
    assert not later(unread, NOW + HOUR).rests("a")
    unread.forget("a")
    assert unread.as_json() == {}


def test_the_cursor_is_bounded():
    kept = refused(*(str(number) for number in range(MOST + 5))).as_json()
    assert len(kept) == MOST
    assert str(MOST + 4) in kept


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 60))
def test_nothing_that_answers_is_ever_withheld(answers, stop):
    """Whatever fails, an item that answers is given, or the reading has ended by an error before it."""
    unread = Unread(NOW)
    for number, fine in enumerate(answers):
        down = number >= stop
        try:
            given_on = unread.ask(str(number), gives(number + 1 if fine and not down else Failing("500")))
        except Failing:
            return
        assert given_on == (number + 1 if fine and not down else None)
        assert unread.is_refused(str(number)) is (given_on is None)
