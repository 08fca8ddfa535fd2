"""What one more visit would cost, asked before it is promised."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.routing.tours.arrays import VEHICLE_OF
from optimize.routing.tours.decoding import tour_of
from optimize.routing.tours.loading import Work, agreed_starts, without
from optimize.routing.tours.plan import Tour, ToursPlan, Unserved, UnservedReason
from optimize.routing.tours.problem import Tours
from optimize.routing.tours.reasons import who_could
from optimize.routing.tours.repairing import keep_what_fits


@dataclass(frozen=True)
class Quote:
    """What a visit would cost.

    Attributes:
        visit: Which.
        money: More than without it, where it costs least; infinite when nobody can make it.
        tours: Those that would change, with it: one, two for a crew.
        unserved: Why nobody can.
    """

    visit: int
    money: float
    tours: tuple[Tour, ...]
    unserved: Unserved | None = None

    @property
    def start_second(self) -> int | None:
        """When its service would start."""
        for tour in self.tours:
            if self.visit in tour.stops:
                return tour.start_seconds[tour.stops.index(self.visit)]
        return None


def quote(
    problem: Tours, plan: ToursPlan, visit: int, *, windows: Sequence[tuple[int, int]] | None = None
) -> Quote:
    """The cheapest insertion of a visit into a plan whose tours keep their order.

    What it would save not to leave the visit out is not counted. "What would accepting this call for 10-12 cost?" is
    `quote(problem, plan, visit, windows=[(36_000, 43_200)])`.

    Args:
        problem: With the visit in it.
        plan: With the visit left out, or with it: then it is taken out first.
        visit: Which; the other one of its crew goes with it.
        windows: In which service may start, instead of the problem's; None = those.

    Returns:
        Money, and the tours with it, or why it cannot be.

    Raises:
        ValueError: the visit does not exist, or a window closes before it opens.
    """
    if not 0 <= visit < problem.visit_count:
        raise ValueError(f"visit is {visit!r}, not from 0 to {problem.visit_count - 1}")
    if windows is not None:
        problem = with_windows(problem, visit, windows)
    twin = int(problem.visits.twin[visit])
    asked = [visit] if twin < 0 else [visit, twin]
    work = Work.on(problem)
    starts = {one: at for one, at in agreed_starts(problem, plan).items() if one not in asked}
    keep_what_fits(work, without(plan.orders, asked), starts)
    money = work.insert_only(asked)
    if money is None:
        reason, relaxation = who_could(problem, work.facts, visit)
        is_outsourced = bool(problem.visits.is_outsourced[visit])
        why = Unserved(visit, reason or UnservedReason.FLEET, relaxation, is_outsourced)
        return Quote(visit, math.inf, (), why)
    vehicles = work.routes.state[asked, VEHICLE_OF].tolist()
    orders = work.orders
    return Quote(visit, money, tuple(tour_of(work, vehicle, orders[vehicle]) for vehicle in vehicles))


def with_windows(problem: Tours, visit: int, windows: Sequence[tuple[int, int]]) -> Tours:
    """A problem in which one visit has other windows.

    Raises:
        ValueError: there is none, or one closes before it opens.
    """
    if not windows or any(opens > closes for opens, closes in windows):
        raise ValueError(f"windows are {windows!r}, not one or more of an opening and a later closing")
    visits = problem.visits
    more = max(0, len(windows) - visits.window_opens.shape[1])
    opens = np.pad(visits.window_opens, ((0, 0), (0, more)))
    closes = np.pad(visits.window_closes, ((0, 0), (0, more)), constant_values=-1)
    opens[visit], closes[visit] = 0, -1
    opens[visit, : len(windows)] = [window[0] for window in windows]
    closes[visit, : len(windows)] = [window[1] for window in windows]
    return replace(problem, visits=replace(visits, window_opens=opens, window_closes=closes))


__all__ = ["Quote", "quote", "with_windows"]
