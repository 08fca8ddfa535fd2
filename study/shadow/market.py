"""Laws of the market: what customers ask for, and what they bring back."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios import CustomerReturns
from study.shadow.expected import Expected, World

_LONGEST_DELAY_DAYS = 60


def market(world: World) -> Iterator[Expected]:
    """Expected demand, unless mark-downs raise it; returns where all classes have the same terms."""
    if world.outlook.demand_per_day.any() and not _marks_down_for_more(world):
        yield _demand(world)
    yield from _returns(world)


def _marks_down_for_more(world: World) -> bool:
    """Whether bargain hunters come for goods near their expiry: how many depends on what is left over."""
    responses = world.scenario.demand.responses
    is_tempting = any(response.near_expiry_uplift > 0 for response in responses)
    return is_tempting and bool(world.scenario.policy.mark_downs)


def _demand(world: World) -> Expected:
    """Sum of the means of all cells. Demand that is drawn varies around it; known or constant demand does not."""
    demand = world.scenario.demand
    mean = world.outlook.demand_per_day
    is_known = demand.known is not None
    is_constant = not is_known and demand.process.kind == "constant"
    return Expected(
        kpi="demand_units",
        value=float(mean.sum()),
        method="sum of the expected demand of all stores and SKUs",
        regime="demand is replayed" if is_known else "demand is drawn at known rates",
        # Fractions of a unit are carried to the next day.
        tolerance=float((mean > 0.0).sum()) / world.counted_days if is_constant else 0.0,
        is_certain=(is_known or is_constant) and demand.shock.standard_deviation == 0.0,
    )


def _returns(world: World) -> Iterator[Expected]:
    """The share brought back, where what comes back on counted days was bought in the same steady market."""
    terms = {kind.customer_returns for kind in world.scenario.assortment.classes}
    if len(terms) != 1:
        return
    (same,) = terms
    if not isinstance(same, CustomerReturns) or world.scenario.assortment.returns_triage:
        return
    delay = min(float(same.delay_days.quantile(1.0)), float(_LONGEST_DELAY_DAYS))
    if not world.has_steady_demand or world.warm_up_days < 2.0 * delay:
        return
    yield Expected(
        kpi="return_rate",
        value=same.probability,
        method="every unit sold comes back with the same probability",
        regime="one kind of returns, steady demand, a warm-up of twice the longest delay",
        # What comes back was sold a delay earlier: sales may drift by half over the run.
        tolerance=same.probability * 0.5 * delay / world.counted_days,
    )


__all__ = ["market"]
