"""Python's search for garbage in circles, held back while a run makes many objects and few circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (200_000, 20, 100)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for circles of garbage after many new objects only; looking as often as usual takes a quarter of a run."""
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
