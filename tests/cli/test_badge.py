"""The badge: what it says, that it is sound XML whatever a team is called, and that it fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result

from mlops_maturity.cli.badge_svg import BANDS, FILLS, INKS, badge_svg, confidence_band
from mlops_maturity.config.catalogue import Parameters
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.scoring.evidence import Answer, Evidence, Waiver
from mlops_maturity.scoring.score import score

Run = Callable[..., Result]
DAY = date(2026, 11, 23)
SVG = "{http://www.w3.org/2000/svg}"


def badge(value: int | None = None, team: str = "Fraud", waived: bool = False) -> ElementTree.Element:
    """The badge of a team whose three people all give the same answer everywhere."""
    practices = builtin_catalogue().practices
    evidence = Evidence(
        answers=tuple(
            Answer(practice=practice.id, respondent=who, value=value, on=DAY, attested=True)
            for practice in practices
            for who in ("ann", "bob", "cy")
            if value is not None
        ),
        waivers=tuple(
            Waiver(practice=practice.id, start=DAY, until=DAY, reason="none") for practice in practices if waived
        ),
    )
    return ElementTree.fromstring(badge_svg(team, score(builtin_catalogue(), evidence, DAY), builtin_catalogue()))


def said(root: ElementTree.Element) -> str:
    return " | ".join(text.text or "" for text in root.iter(f"{SVG}text"))


def test_it_says_level_and_confidence_band() -> None:
    root = badge(2)
    assert said(root) == "MLOps maturity | level 2 · high confidence"
    title = root.findtext(f"{SVG}title")
    assert title is not None
    assert re.fullmatch(
        r"MLOps maturity of Fraud: level 2 of 3 \(.+\), proven \d, possible \d, confidence \d+ %, 2026-11-23", title
    )
    assert (root.get("role"), root.get("aria-label")) == ("img", title)


def test_a_team_without_evidence_is_not_told_to_be_at_level_0() -> None:
    assert said(badge(None)) == "MLOps maturity | no evidence"
    assert said(badge(None, waived=True)) == "MLOps maturity | not judged"


@pytest.mark.parametrize(
    "team", ['<script>alert("x")</script>', "a & b", "quote ' and \"", "bell \x07 and \x0b\nline", "Größe 😀"]
)
def test_whatever_a_team_is_called_it_is_sound_xml_and_text(team: str) -> None:
    root = badge(1, team)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {"svg", "title", "path", "rect", "g", "text"}
    assert "".join(char if char.isprintable() else " " for char in team) in (root.findtext(f"{SVG}title") or "")


def test_it_fetches_nothing() -> None:
    for value in (None, 0, 3):
        drawn = ElementTree.tostring(badge(value), encoding="unicode")
        assert re.findall(r"https?://[^\"' ]+", drawn) == ["http://www.w3.org/2000/svg"]
        assert not re.search(r"href|url\(|@import|<style|<script|<image", drawn)


def test_the_same_assessment_gives_the_same_bytes() -> None:
    assert ElementTree.tostring(badge(2)) == ElementTree.tostring(badge(2))


def test_bands_are_cut_where_levels_ask_for_more_confidence() -> None:
    told = [confidence_band(confidence, Parameters()) for confidence in (0.1, 0.15, 0.24, 0.25, 0.54, 0.55, 1.0)]
    assert told == [BANDS[0], BANDS[1], BANDS[1], BANDS[2], BANDS[2], BANDS[3], BANDS[3]]


def test_text_stands_out_from_its_background() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for fill, ink in zip(FILLS, INKS, strict=True):
        dark, light = sorted((luminance(fill), luminance(ink)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_the_command_writes_a_file_or_standard_output(run: Run, answers: str, tmp_path: Path) -> None:
    assert run("answers", "import", "-", input=answers).exit_code == 0
    arguments = ("badge", "--team", "fraud", "--as-of", "2026-11-23", "-o")
    assert run(*arguments, str(tmp_path / "b.svg")).exit_code == 0
    shown = run(*arguments, "-")
    assert shown.exit_code == 0
    assert shown.stdout == (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert "MLOps maturity of Fraud detection" in shown.stdout
    assert ElementTree.fromstring(shown.stdout).tag == f"{SVG}svg"


def test_a_file_that_cant_be_written_and_a_team_that_isnt_there_are_exit_2(run: Run, tmp_path: Path) -> None:
    assert run("badge", "--team", "frod", "-o", "-").exit_code == 2
    done = run("badge", "--team", "idle", "-o", str(tmp_path / "no" / "b.svg"))
    assert (done.exit_code, "can't be written" in done.stderr) == (2, True)
