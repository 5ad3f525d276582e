"""Charts are pure: assertions on the specification, and each is drawn once by the real Vega."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
import vl_convert

from mlops_maturity.dashboard.charts.budget import Budget, budget
from mlops_maturity.dashboard.charts.claims import Claim, claims
from mlops_maturity.dashboard.charts.heatmap import PICK, Cell, heatmap
from mlops_maturity.dashboard.charts.ladder import Standing, ladder, spread
from mlops_maturity.dashboard.charts.rungs import Moment, rungs
from mlops_maturity.dashboard.charts.spans import Span, spans
from mlops_maturity.dashboard.charts.together import Dot, Limits, Mean, funnel_chart, mean_line
from mlops_maturity.dashboard.charts.trend import Crowd, Week, crowd_trend, team_trend
from mlops_maturity.dashboard.charts.trend_marks import Mark, Shown, Slope
from mlops_maturity.dashboard.theme import DARK, LIGHT, Tokens

HOSTILE = "</script><img src=x onerror=alert(1)> \"'`${x} then"
NAMES = ("No MLOps", "DevOps principles", "Automated ML workflows", "Full MLOps")
FIRST = date(2026, 8, 24)

Build = Callable[[Tokens], alt.LayerChart]


def _cell(team: str, aspect: str, level: int | None) -> Cell:
    return Cell(
        team=team,
        title=f"{team} {HOSTILE}",
        aspect=aspect,
        column=aspect or "Overall",
        level=level,
        range="0 and 2",
        index="47",
        confidence="60 %",
    )


def _week(number: int, level: int | None) -> Week:
    on = FIRST + timedelta(weeks=number)
    if level is None:
        return Week(on=on, index_lo=None, index=None, index_hi=None, confidence=None, level=None, confirmed=None)
    return Week(on=on, index_lo=20, index=30 + number, index_hi=80, confidence=0.5, level=level, confirmed=level)


def _crowd(number: int, counts: tuple[int, int, int, int], unknown: int = 0) -> Crowd:
    on = FIRST + timedelta(weeks=number)
    return Crowd(on=on, quarter=20, median=40, three_quarters=60, confidence=0.5, counts=counts, unknown=unknown)


def _claim(practice: str, said: float | None, shown: float | None, *, contradiction: bool = False) -> Claim:
    return Claim(
        practice=practice,
        title=f"{practice} {HOSTILE}",
        said=said,
        shown=shown,
        confidence=0.5,
        contradiction=contradiction,
        needed=1.85,
    )


STANDING = Standing(
    level=1, level_lo=0, level_hi=2, headline="Level 1 · index 47", target=2, target_label="target", year_ago=0
)
CELLS = [_cell("a", "", 1), _cell("a", "ci", None), _cell("b", "", 3), _cell("b", "ci", 0)]
WEEKS = [_week(0, None), _week(1, 0), _week(2, 0), _week(3, 1), _week(4, 1)]
CROWD = [_crowd(0, (2, 1, 0, 0), 1), _crowd(1, (1, 2, 1, 0))]
CLAIMS = [_claim("p", 3, 0.4, contradiction=True), _claim("q", 2, None), _claim("r", None, 2), _claim("s", None, None)]
PARTS = Budget(measured_good=0.3, measured_bad=0.16, said_good=0.2, said_bad=0.06, unknown=0.28)
MOMENTS = [
    Moment(on=FIRST, low=None, value=None, high=None),
    Moment(on=FIRST + timedelta(weeks=4), low=0.5, value=1.5, high=2.5),
]
SPANS = [
    Span(row=f"change · {HOSTILE}", start=FIRST, end=FIRST + timedelta(days=30), complete=True, reason=""),
    Span(row="change", start=FIRST - timedelta(days=900), end=FIRST, complete=False, reason=HOSTILE),
]
BEFORE, LAST = FIRST - timedelta(weeks=1), FIRST + timedelta(weeks=5)
LOOKS = [Mark(on=LAST, says=HOSTILE)]
SLOPE = Slope(start=FIRST, low=20.0, end=LAST, high=60.0, says=HOSTILE)
MEANS = [Mean(FIRST + timedelta(weeks=week), 40.0 + week) for week in range(4)]
DOTS = [Dot(team=HOSTILE, mass=10.0, index=90.0, says="unusually far above", outside=True),
        Dot(team="b", mass=20.0, index=50.0, says="within the limits", outside=False)]  # fmt: skip
LIMITS = [Limits(mass=float(mass), outer_low=10, low=20, high=80, outer_high=90) for mass in (1, 10, 20)]

CHARTS: dict[str, Build] = {
    "ladder": partial(ladder, NAMES, STANDING),
    "spread": partial(spread, NAMES, (2, 5, 0, 1)),
    "heatmap": partial(heatmap, CELLS),
    "team_trend": partial(team_trend, WEEKS, FIRST, LAST, LOOKS),
    "crowd_trend": partial(crowd_trend, CROWD, FIRST, LAST, LOOKS),
    "team_trend with its line": partial(team_trend, WEEKS, FIRST, LAST, LOOKS, slope=SLOPE),
    "mean": partial(mean_line, MEANS, MEANS[1:], FIRST, LAST, "Mean index"),
    "funnel": partial(funnel_chart, DOTS, LIMITS, 50.0),
    "claims": partial(claims, CLAIMS),
    "budget": partial(budget, PARTS),
    "rungs": partial(rungs, MOMENTS),
    "spans": partial(spans, SPANS, FIRST - timedelta(days=30), LAST),
}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_drawn_by_vega(name: str, tokens: Tokens) -> None:
    assert vl_convert.vegalite_to_svg(CHARTS[name](tokens).to_dict() | {"width": 600}).startswith("<svg")


@pytest.mark.parametrize("name", CHARTS)
def test_no_chart_uses_a_field_name_that_vega_takes_for_a_command(name: str) -> None:
    fields = {field for rows in _datasets(CHARTS[name](LIGHT)) for row in rows for field in row}
    assert not fields & {"then", "constructor", "toString", "__proto__"}


@pytest.mark.parametrize("name", CHARTS)
def test_no_chart_leaves_a_list_in_a_cell(name: str) -> None:
    # Streamlit sends rows as Arrow, where a list in a column of text comes out as `[a,b]`.
    assert not [
        cell
        for rows in _datasets(CHARTS[name](LIGHT))
        for row in rows
        for cell in row.values()
        if isinstance(cell, list)
    ]


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_small(name: str) -> None:
    assert len(json.dumps(CHARTS[name](LIGHT).to_dict())) < 50_000


def test_two_years_of_many_teams_stay_within_the_budget_of_a_chart() -> None:
    weeks = [_crowd(number, (number % 3, 4, 5, number % 2)) for number in range(104)]
    assert len(json.dumps(crowd_trend(weeks, FIRST, weeks[-1].on, (), LIGHT).to_dict())) < 130_000


def test_colours_are_those_of_the_theme() -> None:
    fills = {row.get("fill") for rows in _datasets(heatmap(CELLS, DARK)) for row in rows}
    assert {DARK.levels[0], DARK.levels[1], DARK.levels[3], DARK.surface} == fills


def test_the_ladder_marks_level_range_target_and_last_year_each_at_its_place() -> None:
    marks = {(row["shape"], row["x"], row["fill"]) for row in _rows(ladder(NAMES, STANDING, LIGHT), "shape")}
    assert marks == {
        ("triangle-down", 1.5, LIGHT.ink),
        ("triangle-up", 2.5, LIGHT.worse),
        ("triangle-up", 0.5, LIGHT.muted),
    }
    span = next(row for row in _rows(ladder(NAMES, STANDING, LIGHT), "x2") if row["fill"] == LIGHT.ink)
    assert 0 < span["x"] < 0.1
    assert 2.9 < span["x2"] < 3


def test_a_ladder_without_evidence_marks_no_level() -> None:
    nothing = Standing(level=None, level_lo=None, level_hi=None, headline="")
    chart = ladder(NAMES, nothing, LIGHT)
    assert not [row for row in _rows(chart, "shape") if row["shape"] == "triangle-down"]
    assert LIGHT.ink not in {row["fill"] for row in _rows(chart, "x2")}


def test_the_spread_prints_every_number_of_teams_zero_too() -> None:
    words = {row["words"] for row in _rows(spread(NAMES, (2, 1, 0, 0), LIGHT), "words")}
    assert {"2 teams", "1 team", "0 teams"} <= words


def test_a_spread_of_nobody_is_drawn_flat() -> None:
    bars = _rows(spread(NAMES, (0, 0, 0, 0), LIGHT), "x2")
    columns = [row["y"] for row in bars if row["y2"] == 112]
    assert columns == [112] * 4


def test_an_unknown_cell_says_no_evidence_and_never_zero() -> None:
    rows = {(row["team"], row["aspect"]): row for row in _rows(heatmap(CELLS, LIGHT), "print")}
    assert rows["a", "ci"]["print"] == "no\nevidence"
    assert rows["b", "ci"]["print"] == "0"


def test_a_cell_can_be_picked_by_team_and_aspect() -> None:
    params = heatmap(CELLS, LIGHT).to_dict()["params"]
    assert [(param["name"], param["select"]["fields"]) for param in params] == [(PICK, ["team", "aspect"])]


def test_rows_keep_the_order_they_come_in() -> None:
    encoding = heatmap(list(reversed(CELLS)), LIGHT).to_dict()["layer"][0]["encoding"]
    assert encoding["y"]["sort"] == ["b", "a"]


def test_weeks_of_one_level_are_one_box_and_unknown_ones_are_not_level_0() -> None:
    boxes = _rows(team_trend(WEEKS, BEFORE, LAST, (), LIGHT), "says")
    ribbon = [(row["print"], row["fill"], row["days"]) for row in boxes if "days" in row and "y" not in row]
    assert ribbon == [("?", LIGHT.surface, 7), ("0", LIGHT.levels[0], 14), ("1", LIGHT.levels[1], 14)]


def test_a_week_whose_level_is_not_confirmed_is_told_from_one_without_evidence() -> None:
    line = [_week(0, None), replace(_week(1, 2), confirmed=None), _week(2, 2)]
    boxes = [row for row in _rows(team_trend(line, BEFORE, LAST, (), LIGHT), "days") if "y" not in row]
    assert [row["says"] for row in boxes] == ["no level", "not confirmed", "confirmed level 2"]


def test_the_line_of_a_trend_begins_where_it_comes_into_sight() -> None:
    slope = Slope(start=FIRST - timedelta(weeks=10), low=20.0, end=FIRST + timedelta(weeks=10), high=60.0, says="x")
    rows = [row for row in _rows(team_trend(WEEKS, FIRST, LAST, (), LIGHT, slope), "words") if "mid" in row]
    assert [(row["on"], row["mid"]) for row in rows] == [
        (FIRST.isoformat(), 40.0), ((FIRST + timedelta(weeks=10)).isoformat(), 60.0),
    ]  # fmt: skip


def test_only_teams_outside_of_the_limits_are_named_in_the_funnel() -> None:
    layers = funnel_chart(DOTS, LIMITS, 50.0, LIGHT).to_dict()["layer"]
    (names,) = [layer for layer in layers if layer["mark"]["type"] == "text"]
    assert names["transform"] == [{"filter": "datum.outside"}]
    bounds = _rows(funnel_chart(DOTS, LIMITS, 50.0, LIGHT), "a")
    assert bounds[0]["a"] < bounds[0]["b"] < bounds[0]["c"] < bounds[0]["d"]


def test_all_trends_share_one_scale() -> None:
    domains = {
        json.dumps(layer["encoding"]["y"]["scale"]["domain"])
        for chart in (team_trend(WEEKS, FIRST, LAST, (), LIGHT), crowd_trend(CROWD, FIRST, LAST, (), LIGHT))
        for layer in chart.to_dict()["layer"]
        if "scale" in layer["encoding"].get("y", {})
    }
    assert domains == {"[-24, 100]"}


def test_a_line_and_its_ribbon_end_on_the_day_shown() -> None:
    shown = WEEKS[-1].on - timedelta(days=3)
    line = [*WEEKS[:-1], replace(WEEKS[-1], on=shown)]
    for chart in (team_trend(line, FIRST, shown, (), LIGHT), crowd_trend(CROWD[:1], FIRST, FIRST, (), LIGHT)):
        days = [row[field] for rows in _datasets(chart) for row in rows for field in ("on", "end") if field in row]
        assert max(days) <= shown.isoformat()
    (domain,) = {
        json.dumps(layer["encoding"]["x"]["scale"]["domain"])
        for layer in team_trend(line, FIRST, shown, (), LIGHT).to_dict()["layer"]
        if "scale" in layer["encoding"].get("x", {})
    }
    assert json.loads(domain) == [FIRST.isoformat(), shown.isoformat()]


@pytest.mark.parametrize("chart", [
    team_trend(WEEKS, FIRST, LAST, (), LIGHT), crowd_trend(CROWD, FIRST, LAST, (), LIGHT),
    mean_line(MEANS, MEANS[1:], FIRST, LAST, "Mean index", LIGHT),
])  # fmt: skip
def test_wherever_the_pointer_is_the_nearest_point_answers(chart: alt.LayerChart) -> None:
    reach = _rows(chart, "from")
    assert all(row["from"] <= row["on"] <= row["to"] for row in reach)
    assert all(early["to"] == late["from"] for early, late in pairwise(reach))
    layers = chart.to_dict()["layer"]
    told = [layer for layer in layers if layer["encoding"].get("tooltip") and layer["mark"]["type"] == "line"]
    assert told == []  # Vega gives a whole line the tooltip of its first point
    assert [layer["mark"]["type"] for layer in layers if "params" in layer or _points_at(layer)][-1] == "rect"


def _points_at(layer: dict[str, Any]) -> bool:
    return any(each["title"] == "As of" for each in layer["encoding"].get("tooltip", []))


@pytest.mark.parametrize("build", ["team_trend", "crowd_trend", "mean", "funnel"])
def test_axes_say_what_they_measure(build: str) -> None:
    titles = {
        layer["encoding"]["y"]["axis"]["title"]
        for layer in CHARTS[build](LIGHT).to_dict()["layer"]
        if "axis" in layer["encoding"].get("y", {})
    }
    assert len(titles) == 1
    assert "ndex" in titles.pop()


def test_a_change_of_the_model_is_a_sign_of_its_own_and_only_where_there_is_one() -> None:
    change = Mark(on=LAST, says=HOSTILE, kind="model")
    signs = [
        layer["mark"]["shape"]
        for layer in team_trend(WEEKS, FIRST, LAST, [*LOOKS, change], LIGHT).to_dict()["layer"]
        if layer["mark"].get("shape")
    ]
    assert signs == ["diamond", "triangle-down"]
    assert not _rows(team_trend(WEEKS, FIRST, LAST, (), LIGHT), "top")


def test_what_was_published_is_drawn_beside_the_line() -> None:
    then = [Shown(FIRST, 20.0), Shown(FIRST + timedelta(weeks=1), 25.0)]
    chart = team_trend(WEEKS, FIRST, LAST, (), LIGHT, published=then)
    titles = [tip["title"] for layer in chart.to_dict()["layer"] for tip in layer["encoding"].get("tooltip", [])]
    assert "Index shown then" in titles
    plain = team_trend(WEEKS, FIRST, LAST, (), LIGHT)
    assert len(chart.to_dict()["layer"]) == len(plain.to_dict()["layer"]) + 2


def test_shares_of_levels_fill_the_ribbon() -> None:
    boxes = [
        row for row in _rows(crowd_trend(CROWD, BEFORE, LAST, (), LIGHT), "start") if row["end"] == FIRST.isoformat()
    ]
    assert [round(row["high"] - row["low"], 6) for row in boxes] == [4, 8, 4]
    assert boxes[0]["fill"] == LIGHT.surface
    assert (boxes[0]["low"], boxes[-1]["high"]) == (-24, -8)


def test_only_a_contradiction_is_orange() -> None:
    rows = [_claim("p", 3, 0.4, contradiction=True), _claim("q", 2, 2.2)]
    links = {row["practice"]: row["ink"] for row in _rows(claims(rows, LIGHT), "ink")}
    assert links == {"p": LIGHT.worse, "q": LIGHT.no_data}


def test_a_silent_practice_has_no_mark_but_the_words_no_evidence() -> None:
    spec = claims(CLAIMS, LIGHT).to_dict()
    assert "s" not in {row["practice"] for row in _rows(claims(CLAIMS, LIGHT), "what")}
    assert spec["layer"][-1]["encoding"]["text"]["value"] == "no evidence"
    assert [row["practice"] for row in spec["datasets"][spec["layer"][-1]["data"]["name"]]] == ["s"]


def test_the_dot_grows_with_confidence() -> None:
    sure = Claim(practice="p", title="P", said=None, shown=1, confidence=1, contradiction=False, needed=None)
    areas = [row["area"] for row in _rows(claims([sure, _claim("q", None, 1)], LIGHT), "area")]
    assert areas[0] > areas[1]


def test_the_parts_of_the_budget_lie_side_by_side_from_0_to_1() -> None:
    bars = _rows(budget(PARTS, LIGHT), "share")[:5]
    assert bars[0]["start"] == 0
    assert all(one["end"] == other["start"] for one, other in pairwise(bars))
    assert bars[-1]["end"] == pytest.approx(1)


def test_a_span_that_is_not_complete_is_hollow_and_says_why() -> None:
    known, hole = _rows(spans(SPANS, FIRST - timedelta(days=30), LAST, LIGHT), "edge")
    assert (known["fill"], hole["fill"]) == (LIGHT.accent, LIGHT.background)
    assert "onerror" in hole["says"]
    assert hole["start"] == (FIRST - timedelta(days=30)).isoformat()


def test_the_past_of_a_practice_has_a_gap_where_nothing_was_known() -> None:
    rows = _rows(rungs(MOMENTS, LIGHT), "mid")
    assert rows[0]["mid"] is None


def _datasets(chart: alt.LayerChart) -> Iterator[list[dict[str, Any]]]:
    """The rows of each layer, in the order of the layers."""
    spec = chart.to_dict()
    names = dict.fromkeys(part["data"]["name"] for part in (spec, *spec["layer"]) if "data" in part)
    return (spec["datasets"][name] for name in names)


def _rows(chart: alt.LayerChart, field: str) -> list[dict[str, Any]]:
    return [row for rows in _datasets(chart) for row in rows if field in row]


def test_a_first_look_is_marked_where_it_was_and_says_at_what() -> None:
    chart = team_trend(WEEKS, FIRST, LAST, LOOKS, LIGHT)
    assert [(row["on"], row["words"]) for row in _rows(chart, "top")] == [(LAST.isoformat(), HOSTILE)]
    assert not _rows(team_trend(WEEKS, FIRST, LAST, (), LIGHT), "top")


@pytest.mark.parametrize(
    "title", ["Short", "Dependencies, base models and artefacts are pinned, scanned and signed", "word " * 16]
)
def test_a_title_has_two_lines_at_most_where_there_is_little_room(title: str) -> None:
    spec = claims([replace(_claim("p", 1, 1), title=title)], LIGHT).to_dict()
    narrow = spec["layer"][1]["encoding"]["y"]["axis"]["labelExpr"].split(" ? ", 1)[1]
    lines, _ = json.JSONDecoder().raw_decode(narrow.lstrip("("))
    assert 1 <= len(lines["p"]) <= 2
    assert " ".join(lines["p"]) == title.strip()[:80]


def test_a_cell_without_a_level_says_why() -> None:
    common = {
        "team": "a",
        "title": "A",
        "aspect": "",
        "column": "Overall",
        "range": "–",
        "index": "–",
        "confidence": "–",
    }
    cells = [Cell(level=None, silence=why, **common) for why in ("no evidence", "waived")]
    assert [row["print"] for row in _rows(heatmap(cells, LIGHT), "print")] == ["no\nevidence", "waived"]


def test_teams_whose_long_names_begin_alike_are_told_apart() -> None:
    titles = [f"Recommendations of goods for the northern region, {kind}" for kind in ("batch", "live")] + ["Churn"]
    common = {"aspect": "", "column": "Overall", "level": 1, "range": "–", "index": "–", "confidence": "–"}
    cells = [Cell(team=title, title=title, **common) for title in titles]
    labels = heatmap(cells, LIGHT).to_dict()["layer"][0]["encoding"]["y"]["axis"]["labelExpr"].split(" : ")[-1]
    lines, _ = json.JSONDecoder().raw_decode(labels.lstrip("("))
    assert lines["Churn"] == ["Churn"]
    assert len({tuple(each) for each in lines.values()}) == 3
    assert [each[-1][-6:] for each in lines.values()][:2] == [", batch"[-6:], ", live"]
