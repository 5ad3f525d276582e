"""Whether the files that open pages rest on are still what they were: settings, catalogue, frameworks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mlops_maturity.config.catalogue_file import BUILT_IN, catalogue_path
from mlops_maturity.config.settings import Settings


def rests_on(config: Path, settings: Settings) -> tuple[str, ...]:
    """The settings file, and the files and folders that it names; what comes with the package does not change."""
    base = config.resolve().parent
    own = [] if settings.catalogue == BUILT_IN else [catalogue_path(settings.catalogue, base)]
    return tuple(str(path) for path in (config, *own, *(base / each for each in settings.frameworks)))


def stamp_of(paths: Iterable[str]) -> str:
    """Differs when one of the files was written, came or went; of a folder, one in it at any depth. Reads none."""
    return "|".join(_seen(file) for path in paths for file in _files(Path(path)))


def _files(path: Path) -> Iterator[Path]:
    yield path
    if path.is_dir():
        yield from sorted(path.rglob("*.y*ml"))


def _seen(file: Path) -> str:
    try:
        found = file.stat()
    except OSError:
        return f"{file.name}: not there"
    return f"{file.name}: {found.st_mtime_ns}-{found.st_size}"
