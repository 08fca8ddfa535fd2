"""Compiled step for several depots: from which of them a route is driven, and where the tour of its stops begins."""

from __future__ import annotations

from optimize.arguments import IntArray
from optimize.compilation import compiled
from optimize.routing.plain.arrays import COST, TOUCHED, Ground, Rows, Solution, signed
from optimize.routing.plain.routes import measure, stamp


@compiled
def _best_depot(ground: Ground, rows: Rows, now: Solution, row: int) -> tuple[int, int, int]:
    """The depot from which, and the stop after which as the last, a tour of these stops costs least.

    The tour is taken as a cycle of its stops, opened where the depot comes in. Only for problems without windows.

    Returns:
        Saving, 0 if there is none; depot; position of the last stop.
    """
    length, own = rows.length[row], rows.depot[row]
    first, last = rows.stops[row, 1], rows.stops[row, length]
    load = ground.capacity[own] - rows.room[row]
    most, depot, opened = 0, own, length
    for other in range(ground.capacity.size):
        if load > ground.capacity[other] or (other != own and now.vehicles[other] >= ground.fleet[other]):
            continue
        for k in range(1, length + 1):
            end = rows.stops[row, k]
            begin = first if k == length else rows.stops[row, k + 1]
            saving = rows.leg[row, 0] + signed(rows.leg[row, length]) - ground.cost[other, begin]
            saving += ground.cost[end, begin] - signed(ground.cost[end, other]) - ground.cost[last, first]
            if saving > most:
                saved_time = ground.travel[own, first] + signed(ground.travel[last, own])
                saved_time += ground.travel[end, begin] - signed(ground.travel[end, other])
                saved_time -= ground.travel[other, begin] + signed(ground.travel[last, first])
                if ground.timing == 0 or rows.busy[row] - saved_time <= ground.longest_route:
                    most, depot, opened = saving, other, k
    return most, depot, opened


@compiled
def change_depots(ground: Ground, rows: Rows, now: Solution, tally: IntArray) -> None:
    """Drive the routes of this step from the depots from which they cost least."""
    turned = now.removed
    for m in range(tally[TOUCHED]):
        row = signed(now.row_of[now.touched[m]])
        length = rows.length[row]
        if length == 0:
            continue
        saving, depot, opened = _best_depot(ground, rows, now, row)
        if saving == 0:
            continue
        for k in range(length):
            turned[k] = rows.stops[row, 1 + (opened + k) % length]
        now.vehicles[rows.depot[row]] -= 1
        now.vehicles[depot] += 1
        rows.depot[row] = depot
        rows.stops[row, 0] = depot
        rows.stops[row, length + 1] = depot
        for k in range(length):
            rows.stops[row, k + 1] = turned[k]
            now.position[turned[k]] = k + 1
        measure(ground, rows, row)
        stamp(rows, row, tally)
        tally[COST] -= saving


__all__ = ["change_depots"]
