"""What the world calls while it runs: planning the days of technicians.

Apart from `optimize` itself, because it loads compiled functions that no planner needs.
"""

from __future__ import annotations

from optimize.routing.day_insertion import DayArrays, insert_cheapest
from optimize.routing.tours.crew_problem import CrewProblem
from optimize.routing.tours.dispatching import CrewPlan, plan_crew
from optimize.routing.tours.hindsight import DayWorth, DrivenDay, weigh_day

__all__ = [
    "CrewPlan", "CrewProblem", "DayArrays", "DayWorth", "DrivenDay", "insert_cheapest", "plan_crew", "weigh_day",
]  # fmt: skip
