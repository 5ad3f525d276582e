"""`doctor`: what every source can give, and what to fix."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import typer
from rich.markup import escape
from rich.table import Table

from mlops_maturity.cli.tables import result_console
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, Workplace, open_workplace
from mlops_maturity.collectors.interface import Probe
from mlops_maturity.collectors.registry import build
from mlops_maturity.config.settings import SourceSettings
from mlops_maturity.evidence.selection import assign
from mlops_maturity.evidence.store.records import read_records


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Probe every source: reachable, version, rights, what it can feed, what to fix. Writes nothing."""
    place = open_workplace(config)
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lambda source: _probe(place, source), place.settings.sources))
    table = Table("source", "looked at", "state", "found", "to fix")
    for source, probes in zip(place.settings.sources, found, strict=True):
        for probe in probes:
            table.add_row(source.id, *(escape(text) for text in (probe.name, probe.state, probe.detail, probe.fix)))
    result_console().print(table)
    _tell_unselected(place)
    bad = any(probe.state == "error" for probes in found for probe in probes)
    raise typer.Exit(1 if bad else 0)


def _probe(place: Workplace, source: SourceSettings) -> tuple[Probe, ...]:
    try:
        collector = build(source, place.settings)
    except LookupError as error:
        return (Probe(name="credentials", state="error", detail=str(error.args[0]), fix="set it, or name another"),)
    try:
        return tuple(collector.probe())
    finally:
        collector.close()


def _tell_unselected(place: Workplace) -> None:
    """What no team selects is listed: an unmapped name is the commonest wrong zero."""
    rest = assign(place.settings.teams, read_records(place.store)).unselected
    if not rest:
        return
    table = Table("source", "kind", "named", "records", title="Records that no team selects")
    for entry in rest:
        table.add_row(*(escape(str(text)) for text in (entry.source, entry.kind, entry.name, entry.count)))
    result_console().print(table)
