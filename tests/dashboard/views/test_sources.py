from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("organisation")


def test_every_source_tells_its_state_and_what_went_wrong(open_page) -> None:
    test = open_page("sources")
    assert [head.value for head in test.header][:2] == ["tracking", "metrics"]
    written = "\n".join(each.value for each in test.markdown)
    assert "partly read" in written
    assert "never read" in written
    assert "1,200 records seen, 3 changed" in written
    assert r"403 from \<mlflow\>" in test.warning[0].value


def test_what_no_team_selects_is_listed_as_text(open_page) -> None:
    table = open_page("sources").dataframe[-1].value
    assert list(table["Name"]) == ["acme/<b>lost</b>"]
    assert list(table["Count"]) == [1]


def test_the_known_spans_are_told_in_words_too(open_page) -> None:
    alts = [chart.proto.alt for chart in open_page("sources").get("vega_lite_chart")]
    assert len(alts) == 1
    assert "training run not complete" in alts[0]
