"""The configuration reference holds every key, and says of each what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from pydantic import BaseModel

from mlops_maturity.config.catalogue import Parameters
from mlops_maturity.config.catalogue_format import CatalogueFormat
from mlops_maturity.config.file_model import keys_of
from mlops_maturity.config.plain_words import _model_in
from mlops_maturity.config.reference import render_configuration
from mlops_maturity.config.settings import Settings, SourceSettings


@pytest.fixture(scope="module")
def page(source_types: Mapping[str, type[SourceSettings]]) -> str:
    return render_configuration(source_types)


def models_under(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for info in model.model_fields.values():
        inner = _model_in(info.annotation)
        if inner is not None:
            yield from models_under(inner)


def rows(page: str) -> list[list[str]]:
    found = [re.split(r" (?<!\\)\| ", line.strip("| ") + " ") for line in page.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in found]


def test_every_key_of_settings_sources_and_catalogue_is_described(
    page: str, source_types: Mapping[str, type[SourceSettings]]
) -> None:
    described = {row[0].strip("`") for row in rows(page)}

    for top in (Settings, CatalogueFormat, *source_types.values()):
        for model in models_under(top):
            assert set(keys_of(model)) - {"sources"} <= described, model


def test_every_key_says_what_it_means(page: str) -> None:
    assert len(rows(page)) > 80
    for row in rows(page):
        assert len(row) == 4, row
        assert len(row[3]) > 5, row
        assert row[1] not in ("", "anything"), row


def test_every_link_leads_to_a_heading(page: str) -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in page.splitlines()
        if line.startswith("#")
    }
    links = set(re.findall(r"\]\(#([^)]*)\)", page))

    assert links
    assert links <= headings


def test_every_model_is_described_once(page: str) -> None:
    headings = [line for line in page.splitlines() if re.match("#+ ", line)]

    assert len(headings) == len(set(headings))
    assert sum("rules.purpose" in heading for heading in headings) == 1


def test_needed_keys_defaults_and_ranges_are_shown(page: str) -> None:
    by_key = {row[0]: row for row in rows(page)}

    assert by_key["`organisation`"][2] in ("**needed**", "")
    assert "| `organisation` | text | **needed** |" in page
    assert "| `timezone` | text | `UTC` |" in page
    assert "| `timeout_s` | number, above 0 and at most 600 | `30` |" in page
    assert "| `kinds` | list of `classical`, `genai`, `agent` | `[classical]` |" in page
    assert "| `effort_days` | mapping to list of number | **needed** |" in page


def test_the_defaults_of_the_scoring_are_shown_as_they_are(page: str) -> None:
    by_key = {row[0]: row for row in rows(page)}

    assert by_key["`tolerance`"][2] == f"`{Parameters().tolerance}`"
    assert by_key["`min_confidence`"][2] == "`{1: 0.15, 2: 0.25, 3: 0.55}`"


def test_without_sources_the_page_is_still_whole() -> None:
    page = render_configuration({})

    assert "## Every source" in page
    assert "Preset" not in page
    assert page.endswith("\n")
    assert "\n\n\n" not in page
