"""`doctor`: what every source can give, and what to fix."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import typer

from mlops_maturity.cli.grid import Field, Grid, exact, print_grid
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, read_settings, store_password
from mlops_maturity.collectors.interface import Probe
from mlops_maturity.collectors.registry import build
from mlops_maturity.config.plural import counted
from mlops_maturity.config.settings import Settings, SourceSettings
from mlops_maturity.evidence.selection import assign
from mlops_maturity.evidence.store.engine import peek_store
from mlops_maturity.evidence.store.records import read_records

FIELDS = (
    *exact("source"),
    Field(name="looked at"),
    *exact("state"),
    Field(name="found", least=20),
    Field(name="to fix", least=12),
)
REST_FIELDS = (*exact("source", "kind"), Field(name="named"), *exact("records", right=True))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Probe every source: reachable, version, rights, what it can feed, what to fix. Writes nothing."""
    settings, _ = read_settings(config)
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lambda source: _probe(settings, source), settings.sources))
    rows = [
        (source.id, probe.name, probe.state, probe.detail.removeprefix(f"{source.id}: "), probe.fix)
        for source, probes in zip(settings.sources, found, strict=True)
        for probe in probes
    ]
    if rows:
        print_grid(Grid(fields=FIELDS, rows=rows))
    typer.echo(_summary(found, config))
    _tell_unselected(settings, config.resolve().parent)
    bad = any(probe.state == "error" for probes in found for probe in probes)
    raise typer.Exit(1 if bad else 0)


def _summary(found: Sequence[Sequence[Probe]], config: Path) -> str:
    """All sources in a line."""
    if not found:
        return f"No source is configured, so there is nothing to look at: name one under `sources` in {config}."
    worst = [{probe.state for probe in probes} for probes in found]
    bad = sum("error" in states for states in worst)
    warned = sum("warning" in states and "error" not in states for states in worst)
    told = [f"{bad} with errors"] * bool(bad) + [f"{warned} with warnings"] * bool(warned)
    return f"{counted(len(found), 'source')}: {', '.join(told) or 'all fine'}."


def _probe(settings: Settings, source: SourceSettings) -> tuple[Probe, ...]:
    try:
        collector = build(source, settings)
    except LookupError as error:
        return (Probe(name="credentials", state="error", detail=str(error.args[0]), fix="set it, or name another"),)
    try:
        return tuple(collector.probe())
    finally:
        collector.close()


def _tell_unselected(settings: Settings, base: Path) -> None:
    """What no team selects is listed: an unmapped name is the commonest wrong zero."""
    store = peek_store(settings.store, base, password=store_password(settings, base))
    if store is None:
        return
    try:
        rest = assign(settings.teams, read_records(store)).unselected
    finally:
        store.close()
    if not rest:
        return
    rows = [(entry.source, entry.kind, entry.name, f"{entry.count:,}") for entry in rest]
    print_grid(Grid(fields=REST_FIELDS, rows=rows, title="Records that no team selects"))
