"""The rich routing problem: visits, the vehicles (trucks or technicians) that may make them, and the roads between.

Sizes: p places, n visits, m vehicles, k kinds of vehicle, d load dimensions, q parts and tools, w windows of a visit,
c classes of lateness of b points. Times are whole seconds on one planning clock, whose second 0 is a midnight;
distances are whole metres, money is float.

A tour leaves `start_place` at or after `shift_start_second`, makes visits, may go through `reload_place` in between,
and ends at `end_place` by `shift_end_second`. Its money: `cost_fixed` if used, reloads, kilometres, hours from
departure to end, overtime after `regular_end_second`, lateness of starts, extra cost of who does what, and balance.
Visits left out cost `unserved_cost`; those that must be served come first of all: plans are compared by how many of
them are left out, then by money. Tours end as early as they can and depart as late as that costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from optimize.routing.tours.validation import (
    Spec,
    typed,
    wrong_curves,
    wrong_fields,
    wrong_vehicles,
    wrong_visits,
)

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LATEST_SECOND = 1_000_000_000
"""No second, duration or distance of a problem lies beyond this (31 years; a million km) on either side of 0."""
_LARGEST_GOODS = 10**12
_LARGEST_MONEY = 1e12

_TIME = (-LATEST_SECOND, LATEST_SECOND)
_SPAN = (0, LATEST_SECOND)
_GOODS = (0, _LARGEST_GOODS)
_MONEY = (0.0, _LARGEST_MONEY)


@dataclass(frozen=True, eq=False)
class Visits:
    """What has to be visited.

    Attributes:
        place: (n,) where, a row of the roads.
        load: (n, d) brought to it from the start place, or from the reload place when that comes between.
        collected: (n, d) taken back from it, unloaded at the next reload or at the end.
        window_opens: (n, w) service starts within one of these windows, both ends included; who comes early waits.
        window_closes: (n, w) latest start; below its opening: the window is not used. At least one is.
        due_second: (n,) a start after it costs what the class of lateness says (windows hold besides).
        lateness_class: (n,) row of `Lateness`; -1 = a late start costs nothing.
        unserved_cost: (n,) money for leaving it out; infinity = it must be served.
        is_outsourced: (n,) leaving it out means that somebody else does it for that money.
        twin: (n,) the other visit of a crew of two: both start in the same second on different vehicles, or both are
            left out; -1 = none.
        parts: (n, q) units of parts that it uses up, and of tools that it needs.
        is_tool: (q,) needed but not used up.
        release_second: (n,) nothing starts earlier, whatever the windows say.
    """

    place: IntArray
    load: IntArray
    collected: IntArray
    window_opens: IntArray
    window_closes: IntArray
    due_second: IntArray
    lateness_class: IntArray
    unserved_cost: FloatArray
    is_outsourced: BoolArray
    twin: IntArray
    parts: IntArray
    is_tool: BoolArray
    release_second: IntArray

    spec: ClassVar[Spec] = {
        "place": ("n", "i", 0, LATEST_SECOND),
        "load": ("nd", "i", *_GOODS),
        "collected": ("nd", "i", *_GOODS),
        "window_opens": ("nw", "i", *_TIME),
        "window_closes": ("nw", "i", *_TIME),
        "due_second": ("n", "i", *_TIME),
        "lateness_class": ("n", "i", -1, LATEST_SECOND),
        "unserved_cost": ("n", "f", 0.0, np.inf),
        "is_outsourced": ("n", "b", 0, 1),
        "twin": ("n", "i", -1, LATEST_SECOND),
        "parts": ("nq", "i", *_GOODS),
        "is_tool": ("q", "b", 0, 1),
        "release_second": ("n", "i", *_TIME),
    }

    @classmethod
    def of(cls, place: npt.ArrayLike, **given: npt.ArrayLike) -> Visits:
        """Visits that must be served at any time, without load, except for what is given.

        Args:
            place: (n,) rows of the roads.
            given: Any other attribute, in its shape.
        """
        n = len(np.atleast_1d(place))
        load = given.get("load", np.zeros((n, 0)))
        opens = np.asarray(given.get("window_opens", np.full((n, 1), -LATEST_SECOND)))
        parts = np.asarray(given.get("parts", np.zeros((n, 0))))
        usual: dict[str, npt.ArrayLike] = {
            "place": place,
            "load": load,
            "collected": np.zeros_like(load),
            "window_opens": opens,
            "window_closes": np.full(opens.shape, LATEST_SECOND),
            "due_second": np.full(n, LATEST_SECOND),
            "lateness_class": np.full(n, -1),
            "unserved_cost": np.full(n, np.inf),
            "is_outsourced": np.zeros(n, bool),
            "twin": np.full(n, -1),
            "parts": parts,
            "is_tool": np.zeros(parts.shape[-1], bool),
            "release_second": np.full(n, -LATEST_SECOND),
        }
        return cls(**typed(cls.spec, usual, given))


@dataclass(frozen=True, eq=False)
class Vehicles:
    """Who may make the visits; each makes one tour at most.

    Break rule: a tour of a vehicle with `break_seconds` above 0 that departs by `break_latest_second` and ends after
    it holds one break of that length that begins from `break_earliest_second` to `break_latest_second`, where the
    vehicle stands: before a leg, or between arrival and start of service. With a driver rule, moreover, the legs
    driven since departure, or since the last break, never add up to more than `longest_driving_seconds`: breaks of the
    same length are taken for that at any time, as often as needed. No leg is cut in two.

    Attributes:
        start_place: (m,) row of the roads.
        end_place: (m,) likewise; -1 = the tour ends with its last service.
        capacity: (m, d) of goods aboard at any moment.
        shift_start_second: (m,) earliest departure.
        regular_end_second: (m,) later is overtime.
        shift_end_second: (m,) latest end.
        overtime_cost_per_hour: (m,) on top of `cost_per_hour`.
        longest_seconds: (m,) from departure to end.
        break_seconds: (m,) 0 = neither break nor driver rule.
        break_earliest_second: (m,) earliest begin of the break.
        break_latest_second: (m,) latest begin of the break; `LATEST_SECOND` = none is needed but for the driver rule.
        longest_driving_seconds: (m,) driver rule; 0 = none.
        cost_fixed: (m,) if it makes a visit.
        cost_per_km: (m,)
        cost_per_hour: (m,) from departure to end.
        balance_cost: (m,) per squared hour from departure to end; being convex, it evens out the tours.
        reload_place: (m,) where goods, parts and tools are loaded anew; -1 = nowhere.
        reload_seconds: (m,) that takes.
        cost_per_reload: (m,) money.
        most_reloads: (m,) trips less one.
        on_board: (m, q) parts and tools at departure; after a reload everything is at hand.
        kind: (m,) row of the tables of `Tours`; vehicles of one kind are equal in everything.
    """

    start_place: IntArray
    end_place: IntArray
    capacity: IntArray
    shift_start_second: IntArray
    regular_end_second: IntArray
    shift_end_second: IntArray
    overtime_cost_per_hour: FloatArray
    longest_seconds: IntArray
    break_seconds: IntArray
    break_earliest_second: IntArray
    break_latest_second: IntArray
    longest_driving_seconds: IntArray
    cost_fixed: FloatArray
    cost_per_km: FloatArray
    cost_per_hour: FloatArray
    balance_cost: FloatArray
    reload_place: IntArray
    reload_seconds: IntArray
    cost_per_reload: FloatArray
    most_reloads: IntArray
    on_board: IntArray
    kind: IntArray

    spec: ClassVar[Spec] = {
        "start_place": ("m", "i", 0, LATEST_SECOND),
        "end_place": ("m", "i", -1, LATEST_SECOND),
        "capacity": ("md", "i", *_GOODS),
        "shift_start_second": ("m", "i", *_TIME),
        "regular_end_second": ("m", "i", *_TIME),
        "shift_end_second": ("m", "i", *_TIME),
        "overtime_cost_per_hour": ("m", "f", *_MONEY),
        "longest_seconds": ("m", "i", 0, 2 * LATEST_SECOND),
        "break_seconds": ("m", "i", *_SPAN),
        "break_earliest_second": ("m", "i", *_TIME),
        "break_latest_second": ("m", "i", *_TIME),
        "longest_driving_seconds": ("m", "i", *_SPAN),
        "cost_fixed": ("m", "f", *_MONEY),
        "cost_per_km": ("m", "f", *_MONEY),
        "cost_per_hour": ("m", "f", *_MONEY),
        "balance_cost": ("m", "f", *_MONEY),
        "reload_place": ("m", "i", -1, LATEST_SECOND),
        "reload_seconds": ("m", "i", *_SPAN),
        "cost_per_reload": ("m", "f", *_MONEY),
        "most_reloads": ("m", "i", 0, 1000),
        "on_board": ("mq", "i", *_GOODS),
        "kind": ("m", "i", 0, LATEST_SECOND),
    }

    @classmethod
    def of(cls, start_place: npt.ArrayLike, **given: npt.ArrayLike) -> Vehicles:
        """Vehicles, each of its own kind, that return to their start, cost nothing and know no limit but those given.

        Args:
            start_place: (m,) rows of the roads.
            given: Any other attribute, in its shape.
        """
        m = len(np.atleast_1d(start_place))
        shift_end = given.get("shift_end_second", np.full(m, LATEST_SECOND))
        usual: dict[str, npt.ArrayLike] = {
            "start_place": start_place,
            "end_place": start_place,
            "capacity": np.zeros((m, 0)),
            "shift_start_second": np.zeros(m),
            "regular_end_second": shift_end,
            "shift_end_second": shift_end,
            "overtime_cost_per_hour": np.zeros(m),
            "longest_seconds": np.full(m, 2 * LATEST_SECOND),
            "break_seconds": np.zeros(m),
            "break_earliest_second": np.full(m, -LATEST_SECOND),
            "break_latest_second": np.full(m, LATEST_SECOND),
            "longest_driving_seconds": np.zeros(m),
            "cost_fixed": np.zeros(m),
            "cost_per_km": np.zeros(m),
            "cost_per_hour": np.zeros(m),
            "balance_cost": np.zeros(m),
            "reload_place": np.full(m, -1),
            "reload_seconds": np.zeros(m),
            "cost_per_reload": np.zeros(m),
            "most_reloads": np.zeros(m),
            "on_board": np.zeros((m, 0)),
            "kind": np.arange(m),
        }
        return cls(**typed(cls.spec, usual, given))


@dataclass(frozen=True, eq=False)
class Lateness:
    """Curves of what a late start costs: piecewise linear, never falling, 0 at 0 seconds late.

    Attributes:
        seconds: (c, b) after the due second, rising, the first 0; b is 2 or more.
        cost: (c, b) money at each; beyond the last point its last slope goes on.
    """

    seconds: IntArray
    cost: FloatArray

    spec: ClassVar[Spec] = {"seconds": ("cb", "i", *_SPAN), "cost": ("cb", "f", *_MONEY)}

    @classmethod
    def per_hour(cls, *money: float) -> Lateness:
        """One class for each rate of money per hour late; none without rates."""
        rates = np.array(money, dtype=np.float64).reshape(-1, 1)
        return cls(np.tile(np.array([[0, 3600]]), (len(rates), 1)), np.hstack([0 * rates, rates]))


@dataclass(frozen=True, eq=False)
class Roads:
    """Ways between places.

    Attributes:
        travel_seconds: (p, p) from row to column, at factor 1.
        distance_metres: (p, p) from row to column.
        hour_factors: (24,) how many times as long a road takes within each hour of the day; None = always as long. A
            vehicle drives on at each hour's own speed, so who leaves earlier never arrives later (Ichoua, Gendreau &
            Potvin 2003, Vehicle dispatching with time-dependent travel times, EJOR 144); arrivals are rounded up.
    """

    travel_seconds: IntArray
    distance_metres: IntArray
    hour_factors: FloatArray | None = None

    spec: ClassVar[Spec] = {"travel_seconds": ("pp", "i", *_SPAN), "distance_metres": ("pp", "i", *_SPAN)}


@dataclass(frozen=True, eq=False)
class Tours:
    """A rich routing problem; see the head of the module.

    Attributes:
        visits: What has to be visited.
        vehicles: By whom.
        roads: Between which places.
        lateness: Curves that `visits.lateness_class` names.
        allowed: (k, n) whether a vehicle of that kind may make the visit: skills, access, exclusions, pinned jobs.
        service_seconds: (k, n) how long it takes there.
        extra_cost: (k, n) money if that kind makes it: skills not preferred, overtime-free partners and so on.
    """

    visits: Visits
    vehicles: Vehicles
    roads: Roads
    lateness: Lateness
    allowed: BoolArray
    service_seconds: IntArray
    extra_cost: FloatArray

    spec: ClassVar[Spec] = {
        "allowed": ("kn", "b", 0, 1),
        "service_seconds": ("kn", "i", *_SPAN),
        "extra_cost": ("kn", "f", *_MONEY),
    }

    def __post_init__(self) -> None:
        """Check shapes, kinds, signs and references.

        Raises:
            ValueError: with everything that is wrong.
        """
        sizes = self.sizes
        parts: tuple[Any, ...] = (self.visits, self.vehicles, self.roads, self.lateness, self)
        wrong = [text for part in parts for text in wrong_fields(part, part.spec, sizes)]
        if not wrong:
            wrong = [*wrong_visits(self), *wrong_vehicles(self), *wrong_curves(self)]
        if wrong:
            raise ValueError("; ".join(wrong))

    @property
    def sizes(self) -> dict[str, int]:
        """Length of each axis, by its letter."""
        arrays = {"n": self.visits.place, "m": self.vehicles.start_place, "p": self.roads.travel_seconds}
        tables = {"d": self.visits.load, "w": self.visits.window_opens, "q": self.visits.parts}
        sizes = {axis: len(array) for axis, array in arrays.items()}
        sizes |= {axis: table.shape[-1] for axis, table in tables.items()}
        sizes |= {"k": len(self.allowed), "c": len(self.lateness.cost), "b": self.lateness.cost.shape[-1]}
        return sizes

    @property
    def visit_count(self) -> int:
        """Visits, n."""
        return len(self.visits.place)

    @property
    def vehicle_count(self) -> int:
        """Vehicles, m."""
        return len(self.vehicles.start_place)

    @classmethod
    def of(cls, visits: Visits, vehicles: Vehicles, roads: Roads, **given: Any) -> Tours:
        """A problem in which everybody may do everything, in no time, at no extra cost, but for what is given."""
        shape = (int(vehicles.kind.max(initial=-1)) + 1, len(visits.place))
        usual = {"allowed": np.ones(shape), "service_seconds": np.zeros(shape), "extra_cost": np.zeros(shape)}
        lateness = given.pop("lateness", Lateness.per_hour())
        return cls(visits, vehicles, roads, lateness, **typed(cls.spec, usual, given))


__all__ = [
    "LATEST_SECOND",
    "BoolArray",
    "FloatArray",
    "IntArray",
    "Lateness",
    "Roads",
    "Tours",
    "Vehicles",
    "Visits",
]
