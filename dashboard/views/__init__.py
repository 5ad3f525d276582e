"""The pages, one module each. A module with a `PAGE` is a page; nothing else has to be told of it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from mlops_maturity.dashboard.page import Page


def discover() -> tuple[Page, ...]:
    """All pages in the order of the navigation. Raises ValueError where two claim one address."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    pages = sorted((module.PAGE for module in modules if hasattr(module, "PAGE")), key=lambda page: page.order)
    paths = [page.path for page in pages]
    if len(set(paths)) != len(paths):
        raise ValueError(f"two pages claim the same address: {', '.join(sorted(paths))}")
    return tuple(pages)
