"""Waivers, targets and explanations on the pages; and pages of a team of which everything is waived."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mlops_maturity.dashboard.text import safe
from mlops_maturity.evidence.store.contradictions import Statement, append_statement
from mlops_maturity.evidence.store.targets import StoredTarget, set_target
from mlops_maturity.evidence.store.waivers import StoredWaiver, declare_waivers

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HOSTILE = "<b>no</b> [x](javascript:alert(1)) :red[y]"


def _waiver(practice: str, **more: Any) -> StoredWaiver:
    fields = {"team": "fraud", "start": date(2026, 11, 1), "until": date(2027, 3, 1), "reason": HOSTILE, **more}
    return StoredWaiver(practice=practice, owner="risk", author="risk", recorded_at=NOW, **fields)


def _written(test: Any) -> str:
    assert not test.exception
    return "\n".join(each.value for each in test.markdown)


def test_gaps_names_what_is_left_out_with_reason_and_end(organisation, open_page) -> None:
    declare_waivers(organisation.store, [_waiver("rollback"), _waiver("quality-gate", until=date(2026, 12, 1))])
    written = _written(open_page("gaps", team="fraud", aspect="ci-cd"))
    assert "A bad version can be taken back quickly** until 1 Mar 2027" in written
    assert "▲ Ends in 8 days" in written
    assert "<b>no" not in written
    assert "[x](java" not in written


def test_a_target_set_by_command_is_the_one_on_the_pages(organisation, open_page) -> None:
    fields: dict[str, Any] = {"kind": "team", "subject": "fraud", "aspect": "", "author": "board", "recorded_at": NOW}
    set_target(organisation.store, StoredTarget(level=3, by=date(2027, 12, 31), **fields))
    assert "**Target level 3** by 31 Dec 2027" in _written(open_page("", team="fraud"))
    assert "**Target level 3** by 31 Dec 2027" in _written(open_page("gaps", team="fraud"))


def test_a_target_of_the_settings_is_judged_as_well(organisation, open_page) -> None:
    assert "**Target level 1** by 31 Dec 2026: **met**" in _written(open_page("", team="pricing"))


def test_an_explained_contradiction_says_so(organisation, open_page) -> None:
    practices = organisation.catalogue.of_aspect("monitoring-governance")
    for practice in practices:
        append_statement(
            organisation.store,
            Statement(team="hostile", practice=practice.id, kind="overclaim", state="explained", reason="being built",
                      until=date(2027, 1, 1), author="lead", recorded_at=NOW),
        )  # fmt: skip
    written = _written(open_page("gaps", team="hostile", aspect="monitoring-governance"))
    assert "explained until 1 Jan 2027: being built \\(lead\\)" in written.replace("(lead)", "\\(lead\\)")


@pytest.mark.parametrize("page", ["", "trends", "gaps", "assess", "roadmap", "compare", "sources", "model"])
@pytest.mark.parametrize("team", ["fraud", None])
def test_every_page_bears_a_team_of_which_everything_is_waived(organisation, open_page, page, team) -> None:
    declare_waivers(organisation.store, [_waiver(practice.id) for practice in organisation.catalogue.practices])
    test = open_page(page, **({"team": team} if team else {}))
    written = _written(test)
    assert "nan" not in written.replace("governance", "").casefold().replace("finance", "").split()
    if page == "gaps" and team:
        assert "Waived: **" in written


@pytest.mark.parametrize("page", ["", "gaps"])
@pytest.mark.parametrize("framework", [{}, {"framework": "google"}], ids=["levels", "framework"])
def test_a_team_of_which_everything_is_waived_is_told_so_with_reason_and_end(
    organisation, open_page, page, framework
) -> None:
    declare_waivers(organisation.store, [_waiver(practice.id) for practice in organisation.catalogue.practices])
    test = open_page(page, team="fraud", **framework)
    written = _written(test)
    assert test.header[0].value == "Every practice of this team is waived"
    assert "It stays so until 1 Mar 2027" in written
    assert "No evidence" not in written
    assert [link.proto.page for link in test.get("page_link")] == ([] if page == "gaps" else ["gaps"])
    assert not test.info
    assert "practices** until 1 Mar 2027:" in written
    assert len(test.expander) == 1


def test_many_waivers_are_summed_up_by_reason_and_told_one_by_one_where_asked_for(organisation, open_page) -> None:
    first, *others = organisation.catalogue.practices[:9]
    waivers = [_waiver(practice.id, reason="moves to another team") for practice in others]
    declare_waivers(organisation.store, [_waiver(first.id, reason="sold", until=date(2026, 12, 1)), *waivers])
    test = open_page(team="fraud")
    card = next(each.value for each in test.markdown if "Waived" in each.value)
    assert r"Waived: **8 practices** until 1 Mar 2027: moves to another team" in card
    assert f"Waived: **{safe(first.title)}** until 1 Dec 2026: sold" in card
    assert "▲ Ends in 8 days" in card
    assert test.expander[0].label == "The 9 waivers, one by one"
    assert test.expander[0].markdown[0].value.count("Waived: **") == 9


def test_waivers_for_many_reasons_are_counted(organisation, open_page) -> None:
    practices = organisation.catalogue.practices[:9]
    declare_waivers(organisation.store, [_waiver(each.id, reason=f"reason {each.id}") for each in practices])
    assert "**9 practices** for 9 reasons, until 1 Mar 2027" in _written(open_page(team="fraud"))


def test_among_many_teams_a_waived_one_is_not_taken_for_one_without_evidence(organisation, open_page) -> None:
    declare_waivers(organisation.store, [_waiver(practice.id) for practice in organisation.catalogue.practices])
    test = open_page()
    written = _written(test)
    assert "1 without evidence · 1 with everything waived" in written
    assert "1 team of which everything is waived" in written
    assert "Fraud detection waived" in test.get("vega_lite_chart")[1].proto.alt
    table = open_page(framework="google").table[0].value
    assert dict(zip(table["Team"], table["Result"], strict=True))["Fraud detection"] == "*waived*"
    assert "Fraud detection · waived" in [button.label for button in open_page("gaps").button]


@pytest.mark.parametrize("start", [date(2026, 11, 1), date(2026, 11, 21)])
def test_a_waived_aspect_is_told_in_one_way_and_has_no_trend_or_confirmed_level(
    start: date, organisation, open_page, rows_of
) -> None:
    practices = organisation.catalogue.of_aspect("ci-cd")
    declare_waivers(organisation.store, [_waiver(practice.id, start=start) for practice in practices])
    test = open_page("trends", team="fraud")
    panels = _written(test).split("not judged: every practice is waived")
    assert len(panels) == 2
    assert "along its dashed line" not in panels[1].splitlines()[1]
    ribbon = [
        row for row in rows_of(test.get("vega_lite_chart")[3]) if str(row.get("says")).startswith(("conf", "no "))
    ]
    assert ribbon[-1]["says"] == "no level"
