"""The outlook of a scenario, put together from its parts."""

from __future__ import annotations

from optimize import Outlook
from scenarios import Scenario
from sim.axes import build_axes
from sim.market import build_market
from sim.outlook.demand import demand_moments


def outlook(scenario: Scenario) -> Outlook:
    """What is to be expected of a scenario's demand and work, worked out without a run.

    Demand is exact; work is as exact as the part that works it out says. Nothing is drawn, so that two calls give the
    same arrays.

    Raises:
        ValueError: a holiday lies outside the years its calendar covers, or the hourly profile has no weight while a
            store is open.
    """
    axes = build_axes(scenario)
    market = build_market(scenario, axes, seed=0, replication=0)
    demand = demand_moments(scenario, axes, market)
    return Outlook(
        demand_per_day=demand.mean,
        demand_variance_per_day=demand.variance,
        steady_variance_per_day=demand.steady_variance,
    )


__all__ = ["outlook"]
