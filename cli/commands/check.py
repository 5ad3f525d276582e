"""`check`: every problem of settings, catalogue and frameworks at once."""

from __future__ import annotations

import typer

from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, read_settings
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.framework import Framework
from mlops_maturity.config.framework_file import load_frameworks
from mlops_maturity.config.plural import counted
from mlops_maturity.config.problems import Problem
from mlops_maturity.config.settings import SourceSettings
from mlops_maturity.evidence.signals.registry import signals


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Validate settings, catalogue and frameworks; every problem at once as `file:line: path: what is wrong`."""
    settings, catalogue = read_settings(config)
    frameworks = load_frameworks(settings.frameworks, catalogue.by_id.keys())
    secrets = [problem for source in settings.sources for problem in _unreadable_secret(source)]
    unfed = sorted(catalogue.signal_ids - signals().keys())
    typer.echo(
        f"{config}: fine. Teams: {len(settings.teams)}, sources: {len(settings.sources)}; catalogue {catalogue.id} "
        f"{catalogue.version} with {counted(len(catalogue.practices), 'practice')} "
        f"and {counted(len(catalogue.signal_ids), 'signal')}; "
        f"frameworks: {', '.join(frameworks)}."
    )
    for framework in frameworks.values():
        for line in _beyond_catalogue(framework, catalogue):
            typer.echo(line)
    for problem in secrets:
        typer.echo(f"Not set here, but needed where the sources are read: {problem}")
    if unfed:
        typer.echo(f"Fed only by pushed measurements or readings: {', '.join(unfed)}.")


def _beyond_catalogue(framework: Framework, catalogue: Catalogue) -> list[str]:
    """What a framework can't judge for want of practices: no fault of one that comes with the package."""
    missing = [name for name in framework.practices if name not in catalogue.by_id]
    lost = sum(any(name in missing for name in item.practices) for item in framework.items)
    told = f"Framework {framework.id}: {lost} of {len(framework.items)} items can't be judged with this catalogue, "
    return [f"{told}which has no {', '.join(missing)}."] if missing else []


def _unreadable_secret(source: SourceSettings) -> list[Problem]:
    """Whether the token can be read is told, and no fault of the file: it is checked in places without secrets too."""
    try:
        source.secret()
    except LookupError as error:
        return [Problem(f"sources.{source.id}", "", str(error.args[0]))]
    return []
