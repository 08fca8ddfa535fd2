"""Defective goods in the centres, for tests of where they come out again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from sim.depot.stock import CentreStock
from sim.world import World


@contextmanager
def with_defects(share: float) -> Iterator[None]:
    """Runs started within find so large a share of the centres' opening stock defective."""
    of = CentreStock.of

    def spoilt(world: World) -> CentreStock:
        stock = replace(of(world), may_be_defective=True)
        stock.defective[:] = stock.on_hand * share
        return stock

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CentreStock, "of", spoilt)
        yield
