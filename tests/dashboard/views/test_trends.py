from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.util import calc_hash

from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.evidence.history import restate
from mlops_maturity.evidence.records import Model
from mlops_maturity.evidence.store.history import read_history, replace_history
from mlops_maturity.evidence.store.records import write_page
from mlops_maturity.evidence.store.runs import finish_run, start_run
from mlops_maturity.evidence.survivors import LISTED

NOW = datetime(2026, 11, 23, 13, 3, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("organisation")


def test_there_is_a_panel_for_the_whole_and_for_each_aspect(open_page) -> None:
    test = open_page("trends", team="fraud")
    assert test.header[0].value == "Overall"
    assert len(test.get("vega_lite_chart")) == 5


def test_a_team_that_grew_is_said_to_have_grown(open_page) -> None:
    written = "\n".join(each.value for each in open_page("trends", team="fraud").markdown)
    assert "▲" in written
    assert "since 23 Nov 2025" in written


@pytest.mark.parametrize(("months", "since"), [(3, "23 Aug 2026"), (24, "where its evidence begins")])
def test_the_length_can_be_switched(months: int, since: str, open_page) -> None:
    test = open_page("trends", team="fraud")
    test.segmented_control(key="trend-months").set_value(months).run()
    assert not test.exception
    assert "".join(test.query_params["span"]) == str(months)
    assert since in "\n".join(each.value for each in test.markdown)
    again = open_page("trends", team="fraud", span=str(months))
    assert again.segmented_control(key="trend-months").value == months
    assert since in "\n".join(each.value for each in again.markdown)


def test_the_length_goes_on_in_links_and_the_usual_one_leaves_the_address(open_page) -> None:
    test = open_page("", team="fraud", span="24")
    assert "".join(test.query_params["span"]) == "24"
    trends = open_page("trends", team="fraud", span="24")
    trends.segmented_control(key="trend-months").set_value(12).run()
    assert "span" not in trends.query_params


def test_a_length_that_there_is_not_is_told(open_page) -> None:
    test = open_page("trends", team="fraud", span="7")
    assert "one of 3, 12, 24" in test.warning[0].value
    assert test.segmented_control(key="trend-months").value == 12


def test_a_day_in_the_past_is_marked_on_the_line(open_page, rows_of) -> None:
    test = open_page("trends", team="fraud", as_of="2026-07-01")
    assert "the day shown" in "\n".join(each.value for each in test.markdown)
    shown = {str(row["on"])[:10] for row in rows_of(test.get("vega_lite_chart")[0]) if "on" in row}
    assert max(shown) == "2026-07-01"


def test_teams_known_only_in_parts_make_no_middle_half(open_page) -> None:
    assert "middle half" not in "\n".join(each.value for each in open_page("trends").markdown)


def test_a_day_before_any_evidence_says_when_that_begins(open_page) -> None:
    for path in ("", "trends"):
        test = open_page(path, team="fraud", as_of="2020-01-05")
        if path == "":
            assert "No evidence before 28 Sep 2025" in [head.value for head in test.header]
            assert "as_of=2025-09-28" in test.get("page_link")[0].proto.query_string
        assert "Nothing is known yet" not in [head.value for head in test.header]


def test_a_past_kept_under_another_model_is_scored_anew_with_the_cause_and_the_next_step(
    organisation, open_page
) -> None:
    before, crowd = open_page("trends", team="fraud"), open_page("trends")
    for team in ("fraud", "search"):
        rows = read_history(organisation.store, team=team)
        replace_history(
            organisation.store, team, [replace(row, index=1.0, catalogue_hash="sha256:old") for row in rows]
        )
    after = open_page("trends", team="fraud")
    assert _changes(after) == _changes(before)
    assert "**Rising since" in _written(after)
    assert _told_to_wait(before) == []
    (told,) = _told_to_wait(after)
    assert "62 weeks kept under the old one are scored anew for this" in told
    assert "mlops-maturity collect" in told
    again = open_page("trends")
    assert [each for each in _lines(again) if "Mean index" in each] == [
        each for each in _lines(crowd) if "Mean index" in each
    ]
    assert "of 2 teams under the old one" in _told_to_wait(again)[0]
    assert _told_to_wait(open_page("trends", team="pricing")) == []


def _lines(test) -> list[str]:
    return [each.value for each in test.markdown]


def _told_to_wait(test) -> list[str]:
    return [each for each in _lines(test) if "The catalogue has changed since facts came in last" in each]


def _changes(test) -> list[str]:
    return [each.value for each in test.markdown if "since 23 Nov 2025" in each.value]


def test_an_answer_given_today_is_the_end_of_the_line(organisation, open_page) -> None:
    before = open_page("trends", team="silent")
    assert not before.get("vega_lite_chart")
    assess = open_page("assess", team="silent", respondent="ann")
    assess.radio[0].set_value(2).run()
    assess._page_hash = calc_hash("trends")
    after = assess.run()
    assert len(after.get("vega_lite_chart")) == 5


def test_a_team_has_a_verdict_and_what_its_next_level_waits_for(open_page) -> None:
    written = _written(open_page("trends", team="fraud"))
    assert "**Rising since" in written
    assert "dashed: its trend" in written
    assert "waits longest for" in written


def test_too_short_a_past_shows_no_change_and_no_arrow(open_page) -> None:
    written = _written(open_page("trends", team="fraud", as_of="2026-02-01"))
    assert "**Not judged**: 19 weeks are known" in written
    assert "▲" not in written
    assert "dashed: its trend" not in written


def test_many_teams_are_told_by_who_moves_and_as_one(open_page) -> None:
    test = open_page("trends")
    written = _written(test)
    assert "**Rising:** Fraud detection" in written
    assert "What moved the mean" in written
    assert "as teams changed" in written
    before = len(test.get("vega_lite_chart"))
    test.toggle(key="trend-cohort").set_value(True).run()
    assert not test.exception
    assert len(test.get("vega_lite_chart")) == before
    assert "known in every week" in _written(test)


def test_one_team_is_no_funnel_and_has_no_mean(open_page) -> None:
    written = _written(open_page("trends", team="fraud"))
    assert "Who stands out" not in written
    assert "What moved the mean" not in written


def _written(test) -> str:
    assert not test.exception
    return "\n".join(each.value for each in test.markdown) + "\n".join(each.value for each in test.header)


def test_a_day_before_any_evidence_draws_no_later_line(organisation, open_page) -> None:
    test = open_page("trends", as_of="2015-01-01")
    assert not test.get("vega_lite_chart")
    assert any(head.value.startswith("No evidence before") for head in test.header)


def test_a_change_of_the_model_is_marked_and_what_was_published_then_is_drawn(organisation, open_page) -> None:
    plain = _written(open_page("trends", team="fraud"))
    assert "▽" not in plain
    assert "as published at the time" not in plain
    settings = load_settings(organisation.config, source_types())
    heavier = tuple(
        replace(practice, weight=9.0 * practice.weight if number % 2 else practice.weight)
        for number, practice in enumerate(organisation.catalogue.practices)
    )
    former = replace(organisation.catalogue, practices=heavier)
    restate(organisation.store, settings, former, now=NOW - timedelta(days=14))
    restate(organisation.store, settings, organisation.catalogue, now=NOW)
    marked = _written(open_page("trends", team="fraud"))
    assert "▽: the model changed" in marked
    assert "The model of maturity changed on 23 Nov 2026: that by itself brought" in marked
    assert "the whole line is re-scored" in marked
    assert "thin with rings: as published at the time" in marked


def _looked_at(organisation, at: datetime) -> None:
    """A collector has read the registry of pricing for the first time."""
    model = Model(source="tracking", id="pricing-a", name="pricing-a")
    write_page(organisation.store, [model], seen_at=at)
    run = start_run(organisation.store, "tracking", at)
    read = [{"stream": name, "state": "ok", "rows_seen": 1, "reason": ""} for name in LISTED]
    finish_run(organisation.store, run, at, state="ok", rows_seen=1, rows_changed=1, streams=read)


def _older(test) -> list[str]:
    assert not test.exception
    return [each.value for each in test.markdown if "Weeks before" in each.value]


def test_weeks_before_the_first_look_at_a_registry_are_told_to_count_survivors(organisation, open_page) -> None:
    _looked_at(organisation, datetime(2026, 6, 1, 9, tzinfo=UTC))
    for scope in ({"team": "pricing"}, {"group": "payments"}, {}):
        (told,) = _older(open_page("trends", **scope))
        assert "Weeks before 1 Jun 2026 count only models and versions that tracking still held then" in told
        assert "Concerns" in told
    assert _older(open_page("trends", team="search")) == []


def test_survivors_are_no_matter_where_only_later_weeks_are_shown(organisation, open_page) -> None:
    _looked_at(organisation, datetime(2026, 6, 1, 9, tzinfo=UTC))
    assert _older(open_page("trends", team="pricing", span="3")) == []


def test_a_registry_looked_at_all_along_leaves_no_survivors(organisation, open_page) -> None:
    _looked_at(organisation, datetime(2020, 1, 1, 9, tzinfo=UTC))
    assert _older(open_page("trends", team="pricing", span="24")) == []


def test_the_past_of_a_practice_tells_of_survivors_where_its_signals_read_them(organisation, open_page) -> None:
    _looked_at(organisation, datetime(2026, 6, 1, 9, tzinfo=UTC))
    (told,) = _older(open_page("gaps", team="pricing", practice="model-registry"))
    assert "Weeks before 1 Jun 2026" in told
    assert _older(open_page("gaps", team="pricing", practice="service-monitoring")) == []
