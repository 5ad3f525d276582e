"""Tables of any width: no number, date, id or word is ever cut; what doesn't fit is named."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from mlops_maturity.cli.grid import LONGEST_WORD, Field, Grid, exact, fitting, print_grid, shared

Run = Callable[..., Result]
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WIDTHS = (60, 80)
FIELDS = (
    *exact("team"), *exact("index", right=True), Field(name="trend", least=12, rank=1), *exact("since", rank=2),
)  # fmt: skip
ROWS = [("predictive-maintenance", "96.42", "rising for a year and a quarter by now", "2025-12-07")]


def printed(grid: Grid, width: int) -> str:
    out = io.StringIO()
    print_grid(grid, Console(file=out, width=width))
    return out.getvalue()


def limited(monkeypatch: pytest.MonkeyPatch, width: int) -> int:
    monkeypatch.setenv("COLUMNS", str(width))
    return width


def test_all_columns_are_shown_where_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(Grid(fields=FIELDS, rows=ROWS, instead="--format csv"), limited(monkeypatch, 100))
    assert all(cell in shown for cell in ROWS[0])
    assert "Left out" not in shown


def test_the_least_important_columns_go_first_and_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(Grid(fields=FIELDS, rows=ROWS, instead="--format csv"), limited(monkeypatch, 52))
    assert ("rising" in shown, "2025-12-07" in shown) == (True, False)
    said = " ".join(shown.split())
    assert "Left out for want of width: since. All are shown from 62 columns on (52 now), or --format csv." in said
    assert "2025-12-07" in printed(Grid(fields=FIELDS, rows=ROWS), limited(monkeypatch, 62))


def test_a_table_too_narrow_for_what_is_needed_is_told_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(Grid(fields=FIELDS, rows=ROWS), limited(monkeypatch, 30))
    assert "┃" not in shown
    assert all(cell in " ".join(shown.split()) for cell in ("predictive-maintenance", "96.42", "2025-12-07"))


def test_in_a_pipe_the_table_is_as_wide_as_it_must_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    shown = printed(Grid(fields=FIELDS, rows=ROWS), 40)
    assert all(cell in shown for cell in ("predictive-maintenance", "96.42", "2025-12-07"))
    assert "Left out" not in shown


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    assert "\x1b" not in printed(Grid(fields=exact("team"), rows=[("\x1b[31mred\x1b]0;title\x07",)]), 80)


def test_words_of_rich_markup_are_text() -> None:
    assert "[bold]x[/bold]" in printed(Grid(fields=exact("[red]team"), rows=[("[bold]x[/bold]",)]), 80)


@unhurried
@given(
    columns=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), min_size=1, max_size=10),
    width=st.integers(20, 250),
)
def test_what_is_kept_fits_and_nothing_needed_is_dropped(columns: list[tuple[int, int]], width: int) -> None:
    ranks, least = [rank for rank, _ in columns], [size for _, size in columns]
    kept = fitting(ranks, least, width)
    if kept is None:
        assert sum(size + 3 for rank, size in columns if not rank) + 1 > width
        return
    assert sum(least[at] + 3 for at in kept) + 1 <= width
    assert {at for at, rank in enumerate(ranks) if not rank} <= set(kept)


@unhurried
@given(
    columns=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 60)), min_size=1, max_size=8),
    spare=st.integers(0, 200),
)
def test_the_rest_of_the_width_goes_to_who_can_use_it(columns: list[tuple[int, int]], spare: int) -> None:
    least, natural = [size for size, _ in columns], [size + more for size, more in columns]
    widths = shared(least, natural, sum(least) + 3 * len(least) + 1 + spare)
    assert all(low <= got <= high for low, got, high in zip(least, widths, natural, strict=True))
    assert sum(widths) == min(sum(natural), sum(least) + spare)


CELL = st.text(st.sampled_from("abc-019. é漢"), max_size=30).map(str.strip)


@unhurried
@given(cells=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=4), width=st.sampled_from([24, 40, 60, 120]))
def test_no_word_is_cut(cells: list[tuple[str, str, str]], width: int) -> None:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        fields = (*exact("id"), Field(name="words"), Field(name="more", rank=1))
        print_grid(Grid(fields=fields, rows=cells), Console(file=out, width=width))
    shown = out.getvalue()
    assert "…" not in shown
    assert all(cell_len(line) <= width for line in shown.splitlines())
    if "┃" in shown:
        for row in cells:
            assert all(word in shown for word in row[0].split() + row[1].split() if cell_len(word) <= LONGEST_WORD)


COMMANDS = (
    ("assess",), ("assess", "--team", "fraud"), ("assess", "--framework", "google"),
    ("assess", "--team", "fraud", "--sensitivity"), ("readings",), ("readings", "--dora", "2025"), ("contradictions",),
    ("targets", "list"), ("waivers", "list"), ("answers", "status"), ("answers", "status", "--team", "fraud"),
    ("roadmap", "--team", "fraud", "--to-level", "1"), ("explain", "--team", "fraud"), ("doctor",),
)  # fmt: skip


@pytest.fixture
def filled(run: Run, deployments: str, answers: str) -> Run:
    for command, text in (("records", deployments), ("answers", answers)):
        assert run(command, "import", "-", input=text).exit_code == 0
    run("targets", "set", "--team", "fraud", "--level", "2", "--by", "2030-01-01", "--author", "platform-team")
    return run


def test_no_command_cuts_a_word_at_any_width(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in COMMANDS:
        for width in WIDTHS:
            monkeypatch.setenv("COLUMNS", str(width))
            shown = filled(*command)
            assert shown.exit_code in (0, 1), shown.output
            assert not re.search(r"\S…", shown.output), f"{command} cut at {width} columns:\n{shown.output}"


def test_in_a_pipe_every_column_is_shown(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    shown = filled("readings", "--team", "fraud").output
    assert "Left out" not in shown
    assert all(head in shown for head in ("seen/scope", "records", "remark"))
