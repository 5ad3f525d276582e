"""Many objects made at once, without Python's search for cycles among all that were made before."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """What is read or made within is looked at no sooner than afterwards: the search looks at the same objects again
    and again as their number grows, which takes a quarter of the time of reading thousands of records. To be held for
    a bounded piece of work; the switch is one for all threads, which at worst search a little later or sooner."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
