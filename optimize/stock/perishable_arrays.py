"""A cell with a shelf life, and room to work in, as the compiled functions read them."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from optimize.stock.cells import FloatArray, IntArray


class Way(IntEnum):
    """Columns of long-run means per day."""

    DEMAND = 0
    SOLD = 1
    ON_HAND = 2
    SHORT = 3
    ORDERS = 4
    ORDERED = 5
    WASTE = 6
    READY = 7
    CYCLES = 8
    FAILED = 9


class Shelf(NamedTuple):
    """One cell."""

    mean: float
    lead: int
    review: int
    case: int
    least: int
    life: int
    fifo_share: float
    is_backorder: bool
    is_age_aware: bool


class Shelves(NamedTuple):
    """Many cells; every array is (n,)."""

    mean: FloatArray
    lead: IntArray
    review: IntArray
    case: IntArray
    least: IntArray
    life: IntArray
    fifo_share: FloatArray
    is_backorder: bool
    is_age_aware: bool


class Days(NamedTuple):
    """Demand of a day of many cells, n of them."""

    pmf: FloatArray
    """(n, values): probabilities of 0, 1, 2, ..."""
    support: IntArray
    """(n,): how many of them are used; 0 = too many to write down."""
    demand: IntArray
    """(n, days): a path."""
    oldest_first: IntArray
    """(n, days): of these, units asked for by shoppers who take the oldest."""


class Rule(NamedTuple):
    """Levels of one cell; a quantity of 0 orders up to the level."""

    reorder_point: int
    order_up_to: int
    quantity: int


class Effort(NamedTuple):
    """How hard to work on one evaluation."""

    days: int
    """Length of a path."""
    warm_up: int
    """Days of it that are not counted."""
    states: int
    """Largest chain; 0 = always follow a path."""
    transitions: int
    """Most transitions of a chain."""


class Rooms(NamedTuple):
    """Room to work in, made once for many cells."""

    lots: IntArray
    """(days + longest lead time + 2,): units by day of arrival."""
    vector: IntArray
    """(longest life + lead time + 2,): units by last day of sale."""
    left: FloatArray
    """As `vector`, expected units."""
    oldest_code: IntArray
    """(transitions + 1,): what so many of the oldest units add to the code of a state."""
    freshest_code: IntArray
    """As `oldest_code`, of the freshest units."""
    keys: IntArray
    """(states,)"""
    table: IntArray
    """(a power of two,): number of a state by its hash, -1 where free."""
    first: IntArray
    """(states + 1,): where the transitions of a state begin."""
    target: IntArray
    """(transitions,)"""
    weight: FloatArray
    """(transitions,)"""
    of_state: FloatArray
    """(states, len(Way)): expected counts of a day that follows a state."""
    share: FloatArray
    """(2, states)"""
    means: FloatArray
    """(len(Way),): long-run means per day."""


def make_rooms(days: int, longest: int, effort: Effort) -> Rooms:
    """Room for paths of so many days, lives and lead times that add up to `longest`, and chains of that effort."""
    return Rooms(
        lots=np.empty(days + longest + 2, np.int64),
        vector=np.empty(longest + 2, np.int64),
        left=np.empty(longest + 2),
        oldest_code=np.empty(effort.transitions + 1, np.int64),
        freshest_code=np.empty(effort.transitions + 1, np.int64),
        keys=np.empty(effort.states + 2, np.int64),
        table=np.empty(1 << max(4, (4 * effort.states - 1).bit_length()), np.int64),
        first=np.empty(effort.states + 2, np.int64),
        target=np.empty(effort.transitions + 1, np.int64),
        weight=np.empty(effort.transitions + 1),
        of_state=np.empty((effort.states + 1, len(Way))),
        share=np.empty((2, effort.states + 1)),
        means=np.empty(len(Way)),
    )


__all__ = ["Days", "Effort", "Rooms", "Rule", "Shelf", "Shelves", "Way", "make_rooms"]
