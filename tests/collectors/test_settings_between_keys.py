"""What is wrong between the keys of a source is told beside what is wrong with one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.config.settings_file import load_settings


def told(tmp_path: Path, source: str) -> list[str]:
    path = tmp_path / "maturity.yaml"
    path.write_text(f"organisation: a\nteams: [{{id: t}}]\nsources:\n  - {{id: s, {source}}}\n")
    with pytest.raises(InputRefused) as refused:
        load_settings(path, source_types())
    return [problem.reason for problem in refused.value.problems]


def test_a_wrong_address_does_not_hide_that_nothing_is_to_be_read(tmp_path: Path) -> None:
    first, second = told(tmp_path, 'type: github, url: "ftp://h"')

    assert first.startswith("should start with http")
    assert second.startswith("names nothing to read")


def test_a_wrong_number_does_not_hide_a_user_without_token(tmp_path: Path) -> None:
    first, second = told(tmp_path, 'type: jenkins, url: "http://h", timeout_s: 0, user_env: U')

    assert first == "should be more than 0, not 0"
    assert second.startswith("Jenkins wants a user and an API token")


@pytest.mark.parametrize("wrong", ["repositoris: [a/b]", "repositories: 3"])
def test_what_only_follows_from_a_wrong_key_is_not_told(wrong: str, tmp_path: Path) -> None:
    assert len(told(tmp_path, f'type: github, url: "http://h", {wrong}')) == 1
