"""What a closed form expects of a KPI, and the world that laws look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from optimize import Outlook
    from scenarios import Plan, Scenario

_SAME = 1e-9


@dataclass(frozen=True)
class Expected:
    """The mean of a KPI over all random worlds, by a closed form whose regime the scenario is in."""

    kpi: str
    value: float
    """In the unit of the KPI."""
    method: str
    """The law and its source."""
    regime: str
    """What makes it hold in this scenario, in words."""
    tolerance: float = 0.0
    """How far the mean may be off for reasons that are known: whole seconds, what is unfinished at the end."""
    is_certain: bool = False
    """Whether every single replication has this value."""


@dataclass(frozen=True, eq=False)
class World:
    """All that a law may look at; nothing in it comes out of a run."""

    scenario: Scenario
    """As the plan decides it."""
    plan: Plan
    outlook: Outlook

    @property
    def warm_up_days(self) -> int:
        """Days at the start that count in no KPI."""
        return self.scenario.horizon.warm_up_days

    @property
    def counted_days(self) -> int:
        """Days that KPIs look at."""
        return self.scenario.horizon.days - self.warm_up_days

    @property
    def has_steady_demand(self) -> bool:
        """Whether demand has the same distribution on every day of the horizon, the warm-up included."""
        demand, network, policy = self.scenario.demand, self.scenario.network, self.scenario.policy
        skus = self.scenario.assortment.skus
        moves = (
            demand.known is not None
            or bool(demand.patterns)
            or bool(demand.holidays)
            or demand.price_changes is not None
            or demand.shock.standard_deviation > 0.0
            or bool(network.closures)
            or bool(policy.promotions)
            or policy.promotion_table is not None
            or bool(policy.mark_downs)
            or any(skus[name].astype(bool).any() for name in ("launch_date", "delist_date"))
        )
        mean, chance = self.outlook.demand_variance_per_day, self.outlook.steady_variance_per_day
        return not moves and bool((np.abs(mean - chance) <= _SAME * np.maximum(chance, _SAME)).all())


Law = Callable[[World], Iterable[Expected]]
"""Yields what it expects if its regime holds, else nothing."""

__all__ = ["Expected", "Law", "World"]
