"""Fixed rounds for own trucks, worked out from what is expected: the planner step of routes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimize.outlook import DeliveryOutlook, Outlook
from optimize.routing.expected_rounds import expected_hours, expected_length, unloaded_seconds
from optimize.routing.planning import plan_routes
from optimize.routing.problem import IntArray, RoutePlan, RoutingProblem, UnservedReason
from optimize.solving import Progress
from optimize.staffing.unsolved import unsolved
from scenarios import (
    WEEKDAYS,
    Basis,
    MasterRoute,
    OptimisedRounds,
    PlanPart,
    Premise,
    Promise,
    Scenario,
    SolveReport,
    SolveStatus,
    Unserved,
)

PATH = "policy.optimised.rounds"

_KIND = "fixed_rounds"
_WEEK = len(WEEKDAYS)
_METRES_PER_KM, _GRAMS_PER_KG = 1_000.0, 1_000.0
_SECONDS_PER_HOUR, _SECONDS_PER_DAY = 3_600.0, 86_400
_LATER, _SAME_DAY = 0, 1
_STEADY = (Premise.STEADY_DEMAND, Premise.UPSTREAM_IN_STOCK, Premise.NO_EMERGENCY_ORDERS)
_MOST_MORE_TRUCKS = 64
"""So many more trucks of a kind are looked at when a store fits on none."""


@dataclass(frozen=True, eq=False)
class _Planned:
    """The rounds of one centre on weekdays that are alike."""

    days: DeliveryOutlook
    problem: RoutingProblem
    """With room for days of more than the mean."""
    plan: RoutePlan

    @property
    def share(self) -> float:
        """Of all days."""
        return len(self.days.weekdays) / _WEEK


def plan_rounds(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Fixed rounds by centre and weekday, for the least kilometres and hours on a day of more than the mean load.

    Build: for each centre and set of weekdays that are alike a delivery day of mean loads, with room for more on every
    truck. Solve: `plan_routes` by the search that the policy names. Decode: a round per trip; rounds that are the same
    on several sets of weekdays are one. A store that no trip takes gets a round of its own, so that its goods leave
    with whoever has room on the day, and stands in the report with what would serve it.

    Returns:
        Fields of `Decisions`, and one part with promises.
    """
    wanted = scenario.policy.optimised.rounds
    if wanted is None:
        return {}, ()
    if not outlook.deliveries:
        reason = "there is no own truck, or no store orders anything"
        return {}, (unsolved(PATH, _KIND, "rounds", reason, "give `policy.transport.trucks`"),)
    planned: list[_Planned] = []
    for number, days in enumerate(outlook.deliveries):
        progress("rounds", number, len(outlook.deliveries))
        problem = _with_room(days.problem, wanted.allowance_share)
        plan = plan_routes(
            problem,
            method=scenario.policy.transport.routes.engine,
            iterations=wanted.iterations,
            solution_limit=scenario.policy.transport.routes.solution_limit,
            seed=scenario.policy.optimised.seed,
        )
        planned.append(_Planned(days, problem, plan))
    progress("rounds", len(outlook.deliveries), len(outlook.deliveries))
    rounds = tuple(_rounds(scenario, planned))
    return {"rounds": rounds}, (_part(scenario, wanted, planned, len(rounds)),)


def _with_room(problem: RoutingProblem, allowance_share: float) -> RoutingProblem:
    """Loads with an allowance; never more than the largest truck takes, since more comes in several parts anyway."""

    def room(load: IntArray, capacity: IntArray) -> IntArray:
        wanted = np.rint(load * (1.0 + allowance_share)).astype(np.int64)
        return np.asarray(np.minimum(wanted, np.maximum(load, capacity.max(initial=0))))

    return replace(
        problem,
        weight_grams=room(problem.weight_grams, problem.capacity_grams),
        volume_millilitres=room(problem.volume_millilitres, problem.capacity_millilitres),
    )


def _rounds(scenario: Scenario, planned: Sequence[_Planned]) -> Iterator[MasterRoute]:
    """Rounds of all centres, by centre, then by the first weekday on which they are driven."""
    names = [str(name) for name in scenario.network.stores["store_id"]]
    weekdays_of: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for one in planned:
        alone = [(stop,) for stop, _ in one.plan.unserved]
        for stops in [*(trip.stops for trip in one.plan.trips), *alone]:
            stores = tuple(one.days.stores[list(stops)].tolist())
            weekdays_of.setdefault((one.days.centre, stores), []).extend(one.days.weekdays)
    for centre, store in _never_called_at(scenario, planned):
        driven = {day for one in planned if one.days.centre == centre for day in one.days.weekdays}
        weekdays_of[centre, (store,)] = sorted(driven) or list(range(_WEEK))
    count = dict.fromkeys(range(len(scenario.network.distribution_centres)), 0)
    for (centre, stores), weekdays in weekdays_of.items():
        count[centre] += 1
        yield MasterRoute(
            name=f"{scenario.network.distribution_centres[centre].id} {count[centre]}",
            stores=tuple(names[store] for store in stores),
            weekdays=tuple(WEEKDAYS[day] for day in sorted(weekdays)),
        )


def _never_called_at(scenario: Scenario, planned: Sequence[_Planned]) -> Iterator[tuple[int, int]]:
    """Centre and row of stores that are not expected to order anything; their goods must not wait for ever."""
    called = {store for one in planned for store in one.days.stores.tolist()}
    centres = [centre.id for centre in scenario.network.distribution_centres]
    for store, centre in enumerate(scenario.network.stores["dc_id"]):
        if store not in called:
            yield (centres.index(str(centre)) if centre else 0), store


def _part(scenario: Scenario, wanted: OptimisedRounds, planned: Sequence[_Planned], rounds: int) -> PlanPart:
    fallbacks = sum(one.plan.used_fallback for one in planned)
    routes = scenario.policy.transport.routes
    limit = (
        f"{wanted.iterations:,} iterations"
        if routes.engine == "ruin_recreate"
        else f"{routes.solution_limit:,} solutions"
    )
    report = SolveReport(
        solver=routes.engine,
        status=SolveStatus.FALLBACK if fallbacks == len(planned) else SolveStatus.FEASIBLE,
        objective=sum(one.share * one.plan.cost for one in planned),
        unit="money per day",
        seed=scenario.policy.optimised.seed if routes.engine == "ruin_recreate" else 0,
        work_limit=f"{limit} for each of {len(planned)} centres and sets of weekdays",
        items=sum(one.problem.stop_count for one in planned),
        fallbacks=fallbacks,
        unserved=tuple(_unserved(scenario, planned)),
    )
    return PlanPart(
        path=PATH,
        kind=_KIND,
        basis=Basis.OPTIMISED,
        cells=rounds,
        report=report,
        promises=tuple(_promises(scenario, planned)),
    )


def _promises(scenario: Scenario, planned: Sequence[_Planned]) -> Iterator[Promise]:
    """Kilometres, stops per hour and punctuality on a mean day; stores without goods are passed by."""
    metres = stops = hours = kept = orders = 0.0
    for one in planned:
        chance, of_orders = one.days.drop_probability, one.days.orders_per_day
        orders += one.share * float(of_orders.sum())
        kept += one.share * sum(_kept_by_carrier(scenario, one, stop) for stop, _ in one.plan.unserved)
        for trip in one.plan.trips:
            called = list(trip.stops)
            metres += one.share * expected_length(one.problem.distance_metres, trip.stops, chance)
            hours += one.share * expected_hours(one.problem, trip, chance)
            stops += one.share * float(chance[called].sum())
            in_time = np.array(unloaded_seconds(one.problem, trip)) <= one.problem.closes_second[called]
            kept += one.share * float(
                of_orders[_LATER, called].sum() + of_orders[_SAME_DAY, called][in_time].sum()
            )
    method = "rounds at mean loads, stores left out that have no goods (Jaillet 1988)"
    yield Promise(measure="km_per_day", forecast=metres / _METRES_PER_KM, premises=_STEADY, method=method)
    if hours > 0.0:
        yield Promise(
            measure="stops_per_hour",
            forecast=stops / hours,
            premises=(*_STEADY, Premise.CERTAIN_ROADS),
            method=method,
        )
    if orders > 0.0:
        yield Promise(
            measure="on_time_share",
            forecast=kept / orders,
            premises=(*_STEADY, Premise.CERTAIN_ROADS),
            method="planned times at mean loads, others by carrier; no time at the desk, goods ready in time",
        )


def _kept_by_carrier(scenario: Scenario, one: _Planned, stop: int) -> float:
    """Orders per day of a store on no trip that carriers bring as promised, handed over when the first truck leaves."""
    region = str(scenario.network.stores["region"][one.days.stores[stop]])
    facts = {carrier.id: carrier for carrier in scenario.fleet.carriers}
    hired = [(facts[used.carrier_id], used.share) for used in scenario.policy.transport.hire.carriers]
    able = [(carrier, share) for carrier, share in hired if not carrier.regions or region in carrier.regions]
    total, kept = sum(share for _, share in able), 0.0
    for carrier, share in able:
        there = one.problem.shift_start_second.min() + carrier.transit_hours * _SECONDS_PER_HOUR
        closes = int(one.problem.closes_second[stop])
        orders = float(one.days.orders_per_day[_LATER, stop]) if there <= closes + _SECONDS_PER_DAY else 0.0
        orders += float(one.days.orders_per_day[_SAME_DAY, stop]) if there <= closes else 0.0
        kept += (share / total if total > 0.0 else 0.0) * carrier.on_time_share * orders
    return kept


def _unserved(scenario: Scenario, planned: Sequence[_Planned]) -> Iterator[Unserved]:
    """Stores on no trip on some weekdays, why, and the least that would serve them."""
    names = scenario.network.stores["store_id"]
    weekdays_of: dict[tuple[int, str, str], list[int]] = {}
    for one in planned:
        is_full = any(reason is UnservedReason.FLEET for _, reason in one.plan.unserved)
        more = _more_trucks(one.problem) if is_full else ""
        for stop, reason in one.plan.unserved:
            relaxation = more if reason is UnservedReason.FLEET else _relaxation(one.problem, stop, reason)
            key = (int(one.days.stores[stop]), reason.value, relaxation)
            weekdays_of.setdefault(key, []).extend(one.days.weekdays)
    for (store, why, relaxation), weekdays in sorted(weekdays_of.items()):
        days = "every day" if len(weekdays) == _WEEK else ", ".join(WEEKDAYS[day] for day in sorted(weekdays))
        yield Unserved(item=f"store {names[store]} ({days})", reason=why, relaxation=relaxation)


def _relaxation(problem: RoutingProblem, stop: int, reason: UnservedReason) -> str:
    if reason is UnservedReason.CAPACITY:
        kg, litres = (
            problem.weight_grams[stop] / _GRAMS_PER_KG,
            problem.volume_millilitres[stop] / _GRAMS_PER_KG,
        )
        return f"a truck that takes {kg:,.0f} kg and {litres:,.0f} litres"
    if reason is UnservedReason.SHIFT:
        there, back = int(problem.travel_seconds[0, stop + 1]), int(problem.travel_seconds[stop + 1, 0])
        begins = int(problem.shift_start_second.min())
        opens = max(begins + there, int(problem.opens_second[stop]))
        hours = (opens + int(problem.service_seconds[stop]) + back - begins) / _SECONDS_PER_HOUR
        return f"a shift of {np.ceil(2.0 * hours) / 2.0:.1f} hours"
    return "`policy.transport.routes.serves_everyone`, or a wider window"


def _more_trucks(problem: RoutingProblem) -> str:
    """The fewest more trucks of one kind with which nobody is left out for want of trucks, by the savings rule."""
    for more in range(1, _MOST_MORE_TRUCKS + 1):
        for kind, capacity in enumerate(problem.capacity_grams.tolist()):
            count = problem.vehicle_count.copy()
            count[kind] += more
            plan = plan_routes(replace(problem, vehicle_count=count), method="savings")
            if all(reason is not UnservedReason.FLEET for _, reason in plan.unserved):
                return f"{more} more truck{'s' * (more > 1)} for {capacity / _GRAMS_PER_KG:,.0f} kg"
    return ""


__all__ = ["PATH", "plan_rounds"]
