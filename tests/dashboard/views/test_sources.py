from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mlops_maturity.evidence.records import PipelineRun
from mlops_maturity.evidence.store.records import write_page
from mlops_maturity.evidence.store.runs import finish_run, start_run

filled = pytest.mark.usefixtures("organisation")


def _written(test) -> str:
    assert not test.exception
    return "\n".join(each.value for each in test.markdown)


@pytest.mark.usefixtures("empty_organisation")
def test_sources_that_were_never_read_are_not_called_well(open_page) -> None:
    test = open_page("sources")
    written = _written(test)
    assert "2 sources · 2 never read" in written
    assert test.header[0].value == "Nothing was collected yet"
    assert "`mlops-maturity collect`" in written
    assert "all well" not in written
    assert "belongs to" not in written
    assert not test.dataframe


def test_without_any_source_the_next_step_is_to_add_one(empty_organisation, open_page) -> None:
    config = empty_organisation.config
    config.write_text("organisation: A\nteams: [{id: a}]\n", encoding="utf-8")
    test = open_page("sources")
    written = _written(test)
    assert [head.value for head in test.header] == ["No source is configured"]
    assert "No source is configured, and nothing was imported" in written
    assert "`mlops-maturity doctor`" in written
    assert "all well" not in written


def test_sources_that_gave_nothing_are_not_told_to_be_read_for_the_first_time(empty_organisation, open_page) -> None:
    store, at = empty_organisation.store, datetime(2026, 11, 22, tzinfo=UTC)
    run = start_run(store, "tracking", at)
    finish_run(store, run, at, state="unreachable", rows_seen=0, rows_changed=0, error="no route")
    test = open_page("sources")
    written = _written(test)
    assert "1 never read, 1 to look at" in written
    assert "were read and gave no record" in written


@filled
def test_counts_have_separators_for_thousands(organisation, open_page) -> None:
    runs = [PipelineRun(source="tracking", id=f"r{number}", repository="acme/x") for number in range(1200)]
    write_page(organisation.store, runs, seen_at=datetime(2026, 11, 22, tzinfo=UTC))
    test = open_page("sources")
    assert list(test.table[0].value["Count"]) == ["1,201"]
    assert "**acme\\/x**" in _written(test)
    assert "1,200 pipeline runs of tracking · taken in by **repositories**" in _written(test)


@filled
def test_every_source_tells_its_state_and_what_went_wrong(open_page) -> None:
    test = open_page("sources")
    assert [head.value for head in test.header][:2] == ["tracking", "metrics"]
    written = "\n".join(each.value for each in test.markdown)
    assert "partly read" in written
    assert "never read" in written
    assert "1,200 records seen, 3 changed" in written
    assert r"403 from \<mlflow\>" in test.warning[0].value
    assert r":color[h]ttps\:\/\/mlflow\.acme\.example" in test.warning[0].value


@filled
def test_what_no_team_selects_is_listed_as_text(open_page) -> None:
    written = _written(open_page("sources"))
    assert r"**acme\/\<b\>lost\<\/b\>**" in written
    assert "1 pipeline run of tracking · taken in by **repositories**" in written


@filled
def test_the_known_spans_are_told_in_words_too(open_page) -> None:
    alts = [chart.proto.alt for chart in open_page("sources").get("vega_lite_chart")]
    assert len(alts) == 1
    assert "training run not complete" in alts[0]
