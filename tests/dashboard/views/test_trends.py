from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("organisation")


def test_there_is_a_panel_for_the_whole_and_for_each_aspect(open_page) -> None:
    test = open_page("trends", team="fraud")
    assert test.header[0].value == "Overall"
    assert len(test.get("vega_lite_chart")) == 5


def test_a_team_that_grew_is_said_to_have_grown(open_page) -> None:
    written = "\n".join(each.value for each in open_page("trends", team="fraud").markdown)
    assert "▲" in written
    assert "since 24 Nov 2025" in written


@pytest.mark.parametrize(("months", "since"), [(3, "24 Aug 2026"), (24, "25 Nov 2024")])
def test_the_length_can_be_switched(months: int, since: str, open_page) -> None:
    test = open_page("trends", team="fraud")
    test.segmented_control(key="trend-months").set_value(months).run()
    assert not test.exception
    assert since in "\n".join(each.value for each in test.markdown)


def test_a_day_in_the_past_is_marked_on_the_line(open_page) -> None:
    test = open_page("trends", team="fraud", as_of="2026-07-01")
    assert "the day shown" in "\n".join(each.value for each in test.markdown)
    assert "2026-07-01" in test.get("vega_lite_chart")[0].proto.spec or test.get("vega_lite_chart")[0].proto.datasets


def test_teams_known_only_in_parts_make_no_middle_half(open_page) -> None:
    assert "middle half" not in "\n".join(each.value for each in open_page("trends").markdown)


def test_an_answer_given_today_is_the_end_of_the_line(organisation, open_page) -> None:
    before = open_page("trends", team="silent")
    assert not before.get("vega_lite_chart")
    assess = open_page("assess", team="silent", respondent="ann")
    assess.radio[0].set_value(2).run()
    after = open_page("trends", team="silent")
    assert len(after.get("vega_lite_chart")) == 5
