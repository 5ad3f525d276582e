"""Keys of a source: what is wrong between them is told beside what is wrong with one, and what was meant by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.file_model import keys_of
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


@pytest.mark.parametrize("kind", sorted(source_types()))
def test_a_key_nearly_right_is_told_what_it_may_have_meant_in_every_type_of_source(kind: str, tmp_path: Path) -> None:
    reasons = told(tmp_path, f'type: {kind}, url: "https://h", timout_s: 5, tokn_env: X')

    assert "is not known; did you mean 'timeout_s'?" in reasons
    assert "is not known; did you mean 'token_env'?" in reasons


@pytest.mark.parametrize("kind", sorted(source_types()))
def test_a_key_like_no_other_is_told_which_there_are(kind: str, tmp_path: Path) -> None:
    (reason,) = (each for each in told(tmp_path, f'type: {kind}, url: "https://h", zzz: 5') if "not known" in each)

    known = keys_of(source_types()[kind])
    assert reason == f"is not known; known are {', '.join(known)}"
    assert len(known) > 10


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ('type: github, url: "https://h", repositories: [a/b], files: {reqirements: x}', "requirements"),
        ('type: buildbot, url: "https://h", rules: {purpos: []}', "purpose"),
        ('type: prometheus, url: "https://h", signals: [{id: a.b, promq: up}]', "promql"),
    ],
)
def test_a_key_below_another_is_told_what_it_may_have_meant(source: str, meant: str, tmp_path: Path) -> None:
    assert f"is not known; did you mean {meant!r}?" in told(tmp_path, source)
