"""The outlook of a scenario, put together from its parts."""

from __future__ import annotations

from optimize import Outlook
from scenarios import Scenario
from sim.aftersales.facts import build_service_facts
from sim.axes import build_axes
from sim.market import build_market
from sim.outlook.contact import contact_outlook
from sim.outlook.crews import Crews
from sim.outlook.deliveries import delivery_outlooks
from sim.outlook.demand import demand_moments
from sim.outlook.field import field_outlook
from sim.outlook.installed_base import base_flows
from sim.outlook.picking import picking_outlook
from sim.outlook.requests import request_flows
from sim.outlook.siting import siting_outlook
from sim.outlook.territories import Territories


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
    contact = field = siting = None
    facts = build_service_facts(scenario, axes)
    if facts is not None:
        flows, crews = base_flows(scenario, facts, axes, market), Crews(facts)
        territories = Territories(facts, scenario.network.stores)
        requests = request_flows(scenario, facts, flows, territories, crews)
        contact = contact_outlook(facts, requests, flows.months)
        if facts.station_ids:
            field = field_outlook(scenario, facts, axes, flows, requests, territories, crews)
            siting = siting_outlook(facts, flows, territories, field)
    return Outlook(
        demand_per_day=demand.mean,
        demand_variance_per_day=demand.variance,
        steady_variance_per_day=demand.steady_variance,
        contact=contact,
        field=field,
        siting=siting,
        picking=picking_outlook(scenario, axes, market, demand),
        deliveries=delivery_outlooks(scenario, axes, market, demand),
    )


__all__ = ["outlook"]
