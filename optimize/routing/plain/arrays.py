"""What the compiled search reads and writes, as tuples of arrays.

Nodes are the rows of the matrices: depots first, then stops. A solution is a list of slots, each holding one route or
none; the route itself lies in a row of `Rows`. A route is never changed in place while its slot might have to go back
to it: the changed copy takes another row, so that a rejected step only puts the old row number back, and what was
remembered about that row still holds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.arguments import IntArray

NodeArray = npt.NDArray[np.uint32]
LegArray = npt.NDArray[np.int32]
BitArray = npt.NDArray[np.uint64]


class Ground(NamedTuple):
    """The problem. p nodes = k depots, then n stops; costs and times in the problem's units."""

    cost: LegArray
    """(p, p) of a leg, from row to column."""
    cost_to: LegArray
    """(p, p) of a leg, to row from column; the same array when the matrix is symmetric, so that it stays in cache."""
    travel: LegArray
    """(p, p) time of a leg; the same array as the cost where both are equal."""
    travel_to: LegArray
    """(p, p) the same, transposed."""
    demand: IntArray
    """(p,) 0 at depots."""
    service: IntArray
    """(p,) time at a stop, 0 at depots."""
    opens: IntArray
    """(p,) earliest start of service; at a depot earliest departure."""
    closes: IntArray
    """(p,) latest start of service; at a depot latest return."""
    capacity: IntArray
    """(k,) of a vehicle of a depot."""
    fleet: IntArray
    """(k,) vehicles of a depot."""
    alone: IntArray
    """(k, p) cost of a route with this one stop, NEVER where it breaks a limit."""
    near: NodeArray
    """(p, m) stops nearest to a stop, itself first; depots' rows are unused."""
    ranks: NodeArray
    """(orders, p) place of a stop in each order of insertion."""
    order_weights: IntArray
    """(orders + 1,) cumulated weights of a random order and of those."""
    bits: BitArray
    """(p,) random bits; those of a set of stops are their exclusive or."""
    longest_route: int
    """Longest time from departure to return."""
    timing: int
    """What insertions have to check besides capacity: NO_TIMES, LENGTH, WINDOWS, or WINDOWS + LENGTH."""


class Rows(NamedTuple):
    """Routes, one a row; position 0 and the one after the last stop are the depot."""

    stops: NodeArray
    """(rows, w) nodes."""
    leg: LegArray
    """(rows, w) cost from this position to the next."""
    ready: IntArray
    """(rows, w) earliest departure from this position; unused without windows."""
    latest: IntArray
    """(rows, w) latest start of service here from which all that follows is on time; unused without windows."""
    head: IntArray
    """(rows, w, 3) duration, earliest and latest start of the part up to this position; unused unless both windows and
    the longest route matter."""
    tail: IntArray
    """(rows, w, 3) the same of the part from this position on."""
    length: IntArray
    """(rows,) stops."""
    room: IntArray
    """(rows,) unused capacity, -1 for an empty route, into which nothing is inserted."""
    cost: IntArray
    """(rows,) of its legs."""
    busy: IntArray
    """(rows,) travel and service, no waiting."""
    depot: IntArray
    """(rows,) node."""
    version: IntArray
    """(rows,) a number that no other content of any row ever had."""


class Solution(NamedTuple):
    """The current routes, and what the present step needs to undo itself."""

    row_of: NodeArray
    """(slots,) row of each slot's route."""
    old_row: NodeArray
    """(slots,) row before this step, of slots touched in it."""
    touched_at: IntArray
    """(slots,) step in which the slot was touched last."""
    touched: NodeArray
    """(slots,) slots touched in this step."""
    free_rows: NodeArray
    """(rows,) stack of rows that no slot uses."""
    slot_of: IntArray
    """(p,) slot of a stop, -1 while it is removed."""
    position: IntArray
    """(p,) its position in its row."""
    removed: NodeArray
    """(p,) stops to be inserted in this step."""
    missing: NodeArray
    """(p,) stops in no route of the current solution."""
    still_missing: NodeArray
    """(p,) those of the candidate."""
    absences: IntArray
    """(p,) steps in which a stop could not be inserted."""
    vehicles: IntArray
    """(k,) routes of each depot."""
    old_vehicles: IntArray
    """(k,) those before this step."""


class Memory(NamedTuple):
    """Best insertion of each stop into each row, valid while the row has the version it was worked out for."""

    version: IntArray
    """(p, rows)."""
    added: IntArray
    """(p, rows) cost, NEVER if impossible."""
    place: LegArray
    """(p, rows) position after which."""


class Best(NamedTuple):
    """The best solution so far."""

    stops: NodeArray
    """(slots, w)."""
    length: IntArray
    """(slots,)."""
    depot: IntArray
    """(slots,)."""
    version: IntArray
    """(slots,)."""


class Pool(NamedTuple):
    """Distinct routes of accepted solutions, at the place that the bits of their stops and depot name."""

    key: BitArray
    """(size,) those bits; 0 = free."""
    cost: IntArray
    """(size,)."""
    length: IntArray
    """(size,)."""
    depot: IntArray
    """(size,)."""
    stops: NodeArray
    """(size, w)."""


class State(NamedTuple):
    """Where a search is."""

    rows: Rows
    now: Solution
    memory: Memory
    best: Best
    pool: Pool
    tally: IntArray
    """(TALLIES,) single numbers, see the indices below."""
    random: BitArray
    """(1,) state of the generator, never 0."""


(
    FREE_ROWS, USED_SLOTS, COST, MISSING, BEST_COST, BEST_MISSING, VERSION, STEP, COUNTDOWN, TOUCHED, REMOVED,
) = range(11)  # fmt: skip
TALLIES = 11
FARTHEST_FIRST = 1
"""Row of the ranks with that order."""
NEVER = 2**62
"""Cost of what is impossible."""
NO_TIMES, LENGTH, WINDOWS = 0, 1, 2
"""What an insertion checks besides capacity; the last two may be added."""
DURATION, EARLIEST, LATEST = 0, 1, 2
"""Columns of heads and tails."""
