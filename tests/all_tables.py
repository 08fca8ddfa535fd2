"""Event tables made by hand, with an empty one for every table that they leave out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.recorder import TABLES
from sim.records import Table


def all_tables(written: Mapping[str, Table]) -> dict[str, Table]:
    """Every table of a run: those that are written, the others without rows."""
    empty = {
        name: Table(name, {column: np.zeros(0, np.int64) for column in columns})
        for name, columns in TABLES.items()
    }
    return {**empty, **written}
