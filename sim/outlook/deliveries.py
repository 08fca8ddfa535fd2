"""What own trucks are expected to have to bring, by the calendars of orders, waves and trucks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize import DeliveryOutlook
from scenarios import WEEKDAYS, Scenario
from sim.axes import Axes, frozen
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.fleet.deliveries import Alike, Deliveries, Loads, alike, day_of_service, trucks_of
from sim.fleet.roads import planned_roads
from sim.fleet.trucks import Truck
from sim.fleet.windows import ReceivingHours
from sim.market import Market
from sim.outlook.demand import DemandMoments
from sim.outlook.picking import OrderLines, expected_lines

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_WEEK = len(WEEKDAYS)
_GRAMS_PER_KG = _MILLILITRES_PER_LITRE = 1_000
_NEVER = 1e-9
"""Probability of a drop below which a store is not expected to get anything."""


@dataclass(frozen=True, eq=False)
class _Week:
    """What stores get on the weekdays on which it is driven."""

    grams: FloatArray
    """(7, stores)"""
    millilitres: FloatArray
    """(7, stores)"""
    cases: FloatArray
    """(7, stores) one for every case begun."""
    nothing: FloatArray
    """(7, stores) probability that a store gets nothing."""
    orders: FloatArray
    """(7, 3, stores) orders promised for a later day, for this one, for an earlier one."""
    is_from: npt.NDArray[np.bool_]
    """(7, stores, rules) whether orders by a rule of replenishment are brought."""


def delivery_outlooks(
    scenario: Scenario, axes: Axes, market: Market, demand: DemandMoments
) -> tuple[DeliveryOutlook, ...]:
    """Work out the deliveries of own trucks; none where there are no trucks.

    Stores order as `expected_lines` says, when they close. An order is at the desk for no time, goes with the next wave
    and on the first shift of trucks after it; it is shipped in full. Weekdays on which the same rules of
    replenishment bring goods to the same stores by the same trucks are one: their mean is taken. Holidays, emergency
    orders, smallest orders and drops, and drops of one store in several parts are left out; drops that carriers get
    from the start lower the probability of a drop.
    """
    transport = scenario.policy.transport
    if transport.mode != "fleet" or not any(trucks.count for trucks in transport.trucks):
        return ()
    usual = _without_holidays(scenario)
    orders, trucks = expected_lines(scenario, demand), trucks_of(usual, axes)
    hours = ReceivingHours(scenario.network.stores)
    docks = scenario.depot.docks if scenario.depot is not None else None
    found: list[DeliveryOutlook] = []
    for centre in range(len(axes.centre_ids)):
        own = [truck for truck in trucks if truck.centre == centre]
        roads = planned_roads(scenario, axes, centre)
        if not own or not roads.stores.size:
            continue
        released = _release_seconds(scenario, market.closes_second[roads.stores].astype(np.int64))
        week = _week(scenario, orders, roads.stores, _driven_days(own, released))
        deliveries = Deliveries(scenario, roads, hours, docks)
        found += _by_weekdays(scenario, centre, roads.stores, week, own, deliveries)
    return tuple(found)


def _without_holidays(scenario: Scenario) -> Scenario:
    """The scenario with trucks that drive on their weekdays, whatever the date."""
    transport = scenario.policy.transport
    trucks = tuple(
        rule.model_copy(update={"rests_on_holidays": (), "rests_on_dates": ()}) for rule in transport.trucks
    )
    policy = scenario.policy.model_copy(update={"transport": transport.model_copy(update={"trucks": trucks})})
    return scenario.model_copy(update={"policy": policy})


def _release_seconds(scenario: Scenario, closes_second: IntArray) -> IntArray:
    """(7, stores) seconds from the midnight before an order to the wave that takes it, by weekday of the order."""
    waves = [
        (WEEKDAYS.index(day), round(wave.cut_off_hour * SECONDS_PER_HOUR))
        for wave in scenario.policy.depot.waves
        for day in wave.weekdays
    ]
    released = np.zeros((_WEEK, len(closes_second)), np.int64)
    for weekday in range(_WEEK):
        cut_offs = np.array(
            sorted((day - weekday + week) % (2 * _WEEK) * SECONDS_PER_DAY + second
                   for day, second in waves for week in (0, _WEEK))
        )  # fmt: skip
        released[weekday] = cut_offs[np.searchsorted(cut_offs, closes_second)]
    return released


def _driven_days(trucks: list[Truck], released: IntArray) -> IntArray:
    """(7, stores) days from an order to the day on which it is driven, by weekday of the order."""
    days = np.zeros_like(released)
    for weekday in range(_WEEK):
        midnight = _day_of(trucks[0], weekday) * SECONDS_PER_DAY
        for second in np.unique(released[weekday]).tolist():
            driven = day_of_service(trucks, midnight + second)
            days[weekday, released[weekday] == second] = driven - midnight // SECONDS_PER_DAY
    return days


def _day_of(truck: Truck, weekday: int) -> int:
    """A day with this weekday, far enough from the first for yesterday's night shifts."""
    return _WEEK + (weekday - truck.calendar.start_weekday) % _WEEK


def _week(scenario: Scenario, orders: OrderLines, stores: IntArray, days: IntArray) -> _Week:
    skus, promised = scenario.assortment.skus, scenario.policy.transport.promised_days
    grams = skus["weight_kg"].astype(np.float64) * _GRAMS_PER_KG
    millilitres = skus["volume_litres"].astype(np.float64) * _MILLILITRES_PER_LITRE
    case = skus["case_pack"].astype(np.float64)
    rule, lines, units = np.maximum(orders.rule[stores], 0), orders.lines[stores], orders.units[stores]
    cases = np.ceil(np.round(units / case, 6))
    rules, count = orders.weekday_share.shape[1], len(stores)
    made = _Week(
        grams=np.zeros((_WEEK, count)),
        millilitres=np.zeros((_WEEK, count)),
        cases=np.zeros((_WEEK, count)),
        nothing=np.ones((_WEEK, count)),
        orders=np.zeros((_WEEK, 3, count)),
        is_from=np.zeros((_WEEK, count, rules), np.bool_),
    )
    of_rule = np.stack([((rule == number) & (lines > 0.0)).any(axis=1) for number in range(rules)], axis=1)
    every = np.arange(count)
    for weekday in range(_WEEK):
        share = orders.weekday_share[weekday]
        placed = lines * share[rule] * _WEEK
        nothing = np.prod(1.0 - np.minimum(placed, 1.0), axis=1)
        on = (weekday + days[weekday]) % _WEEK
        made.grams[on, every] += (placed * units) @ grams
        made.millilitres[on, every] += (placed * units) @ millilitres
        made.cases[on, every] += (placed * cases).sum(axis=1)
        made.nothing[on, every] *= nothing
        due = np.sign(days[weekday] - promised) + 1
        made.orders[on, due, every] += 1.0 - nothing
        made.is_from[on, every] |= of_rule & (share > 0.0)
    return made


def _by_weekdays(
    scenario: Scenario,
    centre: int,
    stores: IntArray,
    week: _Week,
    trucks: list[Truck],
    deliveries: Deliveries,
) -> Iterator[DeliveryOutlook]:
    """Weekdays that are alike put together, by the first of them."""
    alike_days: dict[tuple[bytes, tuple[tuple[int, int, int, int], ...]], list[int]] = {}
    groups_of: dict[int, list[Alike]] = {}
    for weekday in range(_WEEK):
        day = _day_of(trucks[0], weekday)
        groups = groups_of[weekday] = alike(trucks, day * SECONDS_PER_DAY, day)
        if groups and (week.nothing[weekday] < 1.0 - _NEVER).any():
            kinds = tuple(
                (group.trucks[0].type_index, group.starts_second % SECONDS_PER_DAY,
                 group.ends_second - group.starts_second, len(group.trucks))
                for group in groups
            )  # fmt: skip
            alike_days.setdefault((week.is_from[weekday].tobytes(), kinds), []).append(weekday)
    own_share = 1.0 - scenario.policy.transport.hire.share_of_drops
    for weekdays in alike_days.values():
        drop = 1.0 - week.nothing[weekdays].mean(axis=0)
        called = np.flatnonzero(drop > _NEVER)
        cases, grams, millilitres = (
            np.rint(values[weekdays].mean(axis=0)[called] / drop[called]).astype(np.int64)
            for values in (week.cases, week.grams, week.millilitres)
        )
        loads = Loads(stores[called], cases, grams, millilitres)
        yield DeliveryOutlook(
            centre=centre,
            weekdays=tuple(weekdays),
            stores=frozen(stores[called]),
            problem=deliveries.problem(_day_of(trucks[0], weekdays[0]), loads, groups_of[weekdays[0]]),
            drop_probability=frozen(drop[called] * own_share),
            orders_per_day=frozen(week.orders[weekdays].mean(axis=0)[:, called] * own_share),
        )


__all__ = ["delivery_outlooks"]
