"""What a solver says about its answer, and what a plan promises before anything has run."""

from __future__ import annotations

from enum import StrEnum

from scenarios.language.base import Model, assumed, given


class SolveStatus(StrEnum):
    """How far a solver got. A work limit and a proof can never be mistaken for each other."""

    OPTIMAL = "optimal"
    """Proven: no plan of the stated model is better than the gap says."""
    FEASIBLE = "feasible"
    """All constraints hold; work limit reached or interrupted before a proof."""
    FALLBACK = "fallback"
    """The solver found nothing; a constructive rule made the plan, and the checker passed it."""
    INFEASIBLE = "infeasible"
    """No plan of the stated model exists."""


class Unserved(Model):
    """Something that a plan could not do as asked."""

    item: str = given(min_length=1)
    """What, e.g. "store s-12, SKU milk"."""
    reason: str = given(min_length=1)
    """Why."""
    relaxation: str = assumed("", "none is known")
    """The smallest change that would do it, e.g. "budget 120,000 instead of 100,000"."""


class ShadowPrice(Model):
    """What one more unit of a limit is worth."""

    limit: str = given(min_length=1)
    """Path of the limit, e.g. `policy.optimised.limits.budget`."""
    price: float = given(unit="money per day and unit of the limit")
    """Saving per unit of the limit, by the linear relaxation."""


class SolveReport(Model):
    """How a part of a plan was worked out."""

    solver: str = given(min_length=1)
    """Method, as in its documentation."""
    status: SolveStatus = given()
    """How far it got."""
    objective: float | None = assumed(None, "no single figure")
    """Value of the plan in the solver's own model."""
    bound: float | None = assumed(None, "none is known")
    """No plan of that model can be better."""
    unit: str = assumed("", "none")
    """Unit of both."""
    seed: int = assumed(0, "no random search")
    """Seed of a random search."""
    work_limit: str = assumed("", "none was needed")
    """Work after which it would have stopped, in deterministic units."""
    items: int = assumed(0, "not counted", ge=0)
    """Things decided."""
    fallbacks: int = assumed(0, "none", ge=0)
    """Of these, how many by a constructive rule because the solver found nothing."""
    unserved: tuple[Unserved, ...] = assumed((), "all is served")
    """What the plan cannot do as asked."""
    shadow_prices: tuple[ShadowPrice, ...] = assumed((), "no limit binds")
    """Worth of the limits that bind."""

    @property
    def gap(self) -> float | None:
        """Distance of objective and bound relative to the objective; None where either is unknown."""
        if self.objective is None or self.bound is None:
            return None
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-12)


class Curve(Model):
    """What more or less of something would buy."""

    level: str = given(min_length=1)
    """What there is more or less of, e.g. "open stations"."""
    level_unit: str = assumed("", "a number")
    """Its unit."""
    value: str = given(min_length=1)
    """What changes with it, e.g. "cost of the network"."""
    value_unit: str = assumed("", "a number")
    """Its unit."""
    points: tuple[tuple[float, float], ...] = given(min_length=1)
    """Level and value, by rising level."""
    chosen: float | None = assumed(None, "none of them is the plan's")
    """Level of the plan."""


class Premise(StrEnum):
    """What a promise takes for granted. Each can be made true in a scenario, to see what it is worth."""

    STEADY_DEMAND = "steady_demand"
    """Demand of every store and SKU has one mean all through: no seasons, promotions, launches or common shocks."""
    UPSTREAM_IN_STOCK = "upstream_in_stock"
    """Whoever supplies is never short."""
    STATED_LEAD_TIMES = "stated_lead_times"
    """Goods arrive in the stated lead time: no waves, trucks or carriers in between."""
    NO_SUBSTITUTION = "no_substitution"
    """Nobody takes another SKU for one that is missing, and nothing comes back."""
    NO_AGEING = "no_ageing"
    """Nothing expires, and nothing is marked down before it does."""
    TRUE_RECORDS = "true_records"
    """Stock records are right and nothing vanishes or fails inspection."""
    NO_EMERGENCY_ORDERS = "no_emergency_orders"
    """Nobody orders outside the calendar."""
    MEMORYLESS_WORK = "memoryless_work"
    """Times of work and patience are exponential."""
    STEADY_HOURS = "steady_hours"
    """Arrivals keep one rate all day and all week, so that every hour is in its steady state."""
    EVERYBODY_PRESENT = "everybody_present"
    """No absence, breaks, training, leavers, learning or morale."""
    NO_REDIAL = "no_redial"
    """Who gives up does not try again."""
    CERTAIN_ROADS = "certain_roads"
    """Every drive takes what is planned: no rush hours, no chance."""
    EXPECTED_LOAD = "expected_load"
    """Work comes as forecast: no relapses, repeat visits or missing parts beyond the forecast."""


class Promise(Model):
    """A forecast of one KPI, made before any run."""

    measure: str = given(min_length=1)
    """KPI, see `dualedge docs`."""
    forecast: float = given()
    """Expected value in the unit of the KPI."""
    premises: tuple[Premise, ...] = assumed((), "none")
    """What it takes for granted."""
    method: str = assumed("", "not stated")
    """Closed form behind it."""


__all__ = ["Curve", "Premise", "Promise", "ShadowPrice", "SolveReport", "SolveStatus", "Unserved"]
