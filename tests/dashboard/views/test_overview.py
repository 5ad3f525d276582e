from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("organisation")


def _spec(test, name: str) -> str:
    return next(chart.proto.spec for chart in test.get("vega_lite_chart") if name in chart.proto.id)


def test_many_teams_are_shown_as_a_spread_with_four_numbers(open_page) -> None:
    test = open_page()
    assert len(test.metric) == 4
    assert "A typical team is at level" in test.markdown[1].value
    assert "5 teams · 1 without evidence" in test.markdown[0].value


def test_what_confidence_and_index_mean_can_be_asked_where_they_are_first_seen(open_page) -> None:
    told = {metric.label.split(" ")[0]: metric.proto.help for metric in open_page(team="fraud").metric}
    assert "The rest is unknown" in told["Confidence"]
    assert "weighted mean" in told["Index"]


def test_a_team_is_shown_on_the_ladder(open_page) -> None:
    test = open_page(team="fraud")
    assert test.metric[0].label.startswith("Index · level")
    alt = test.get("vega_lite_chart")[0].proto.alt
    assert "Fraud detection: Level" in alt
    assert "target level 2" in alt


def test_another_day_scores_that_day(open_page) -> None:
    now = open_page(team="fraud").metric[0].value
    then = open_page(team="fraud", as_of="2025-12-07").metric[0].value
    assert int(then) < int(now)


def test_the_heat_map_has_the_weakest_team_first_and_no_evidence_last(open_page) -> None:
    alt = open_page().get("vega_lite_chart")[1].proto.alt
    assert alt.index("Search") > alt.index("Pricing")
    assert alt.endswith("Silent no evidence")


def test_a_contradiction_leads_to_its_practice(open_page) -> None:
    link = open_page(team="hostile").get("page_link")[1].proto
    assert "team=hostile" in link.query_string
    assert "practice=" in link.query_string
    assert link.page == "gaps"


def test_more_contradictions_than_are_listed_lead_to_all_of_them(open_page) -> None:
    link = open_page().get("page_link")[-1].proto
    assert link.label == "See all 86 contradictions, of 3 teams"
    assert (link.page, link.query_string) == ("gaps", "")
    everywhere = open_page("gaps")
    assert "All contradictions" in [head.value for head in everywhere.header]
    assert len(everywhere.get("page_link")) == 12
    assert "since " in "\n".join(each.value for each in everywhere.markdown)
    alone = open_page(team="hostile").get("page_link")[-1].proto
    assert r"all of \<img src" in alone.label
    assert alone.query_string == "team=hostile"


def test_a_team_without_evidence_gets_a_next_step_and_no_numbers(open_page) -> None:
    test = open_page(team="silent")
    assert not test.metric
    assert "Nothing is known of this team yet" in [head.value for head in test.header]


def test_charts_carry_their_rows_and_no_list_in_them(open_page, rows_of) -> None:
    charts = open_page().get("vega_lite_chart")
    assert len(charts) == 2
    for chart in charts:
        rows = rows_of(chart)
        assert rows
        assert not [row for row in rows if any(isinstance(cell, list | np.ndarray) for cell in row.values())]


def test_the_cells_of_the_heat_map_can_be_had_as_links(open_page) -> None:
    test = open_page(group="payments")
    before = len(test.get("page_link"))
    test.toggle(key="map-links").set_value(True).run()
    links = [each.proto for each in test.get("page_link")][-before - 10 :]
    found = next(
        link for link in links if link.label.startswith("Monitoring and governance") and "fraud" in link.query_string
    )
    assert "aspect=monitoring-governance" in found.query_string
    assert "group=payments" in found.query_string


@pytest.mark.parametrize("framework", ["google", "microsoft", "ml_test_score"])
def test_the_organisation_is_seen_through_another_framework(framework: str, open_page) -> None:
    test = open_page(framework=framework)
    assert not test.exception
    assert test.selectbox(key="filter-framework").value == framework
    table = test.table[0].value
    assert len(table) == 5
    assert dict(zip(table["Team"], table["Result"], strict=True))["Silent"] == "*no evidence*"
    assert not any("<img" in cell.replace(r"\<img", "") for cell in table["Team"])


def test_one_team_through_a_framework_shows_its_parts_and_what_would_move_it(open_page) -> None:
    test = open_page(framework="microsoft", team="hostile")
    assert [head.value for head in test.header][1:3] == ["Its parts", "What would move it"]
    assert "needs" in "\n".join(each.value for each in test.markdown)


def test_another_framework_is_chosen_and_left_in_the_header(open_page) -> None:
    test = open_page()
    test.selectbox(key="filter-framework").set_value("google").run()
    assert test.query_params["framework"] == "google"
    test.selectbox(key="filter-framework").set_value("").run()
    assert "framework" not in test.query_params
    assert test.metric


def test_a_framework_that_is_not_there_is_said_to_be_none(open_page) -> None:
    test = open_page(framework="cmmi")
    assert "the framework **cmmi**" in test.warning[0].value
    assert test.metric


def test_the_map_of_one_team_speaks_of_no_order_and_that_of_a_group_does(open_page) -> None:
    one, many = (" ".join(each.value for each in open_page(**scope).markdown) for scope in ({"team": "fraud"}, {}))
    assert "Level in each aspect. Select" in one
    assert "Level of each team in each aspect, the lowest first" in many


def test_groups_are_offered_with_the_number_of_their_teams_as_all_are(open_page) -> None:
    choices = open_page(group="payments").selectbox(key="filter-who")
    assert choices.options[:2] == ["All teams (5)", "Group payments (2)"]
    assert choices.value == "group:payments"
