"""What plans of technicians are weighed by: what things cost, and who can do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.aftersales.context import Context
from sim.clock import SECONDS_PER_HOUR
from sim.field.roads import IntArray, ServiceRoads
from sim.field.workers import Worker

BoolArray = npt.NDArray[np.bool_]
_METRES_PER_KM = 1_000


@dataclass(frozen=True)
class PlanCosts:
    """Money that plans weigh; lateness and broken promises are charged to nobody."""

    driving_per_hour: float
    """Wage and kilometres."""
    overtime_per_hour: float
    late_per_hour: float
    broken_promise: float

    @classmethod
    def of(cls, context: Context, roads: ServiceRoads) -> PlanCosts:
        """By the policy, and what things cost."""
        policy, costs = context.facts.policy, context.world.scenario.costs
        wage = costs.service.technician_per_hour * policy.workforce.pay_factor
        km_per_hour = SECONDS_PER_HOUR / roads.expected_seconds(_METRES_PER_KM)
        return cls(
            driving_per_hour=(wage or 1.0) + costs.service.van_per_km * km_per_hour,
            overtime_per_hour=wage * costs.labour.overtime_factor,
            late_per_hour=policy.dispatch.late_cost_per_hour,
            broken_promise=policy.dispatch.broken_promise_cost,
        )


def who_can(crew: Sequence[Worker], skill: IntArray, level: IntArray) -> tuple[BoolArray, BoolArray]:
    """Who has the skill at the level that each job takes; and who can be the second, which takes it at any level.

    Args:
        crew: technicians.
        skill: (jobs,) -1 is none in particular.
        level: (jobs,)

    Returns:
        (technicians, jobs) each.
    """
    levels = np.array([[*worker.levels, 0] for worker in crew], np.int64)  # the last one is that of no skill
    have, is_free = levels[:, skill], skill < 0
    able: BoolArray = (have >= level) | is_free
    helps: BoolArray = (have >= 1) | is_free
    return able, helps
