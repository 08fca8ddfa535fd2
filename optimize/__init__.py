"""From a scenario's policy to a plan of numbers. Solvers will join; rules and given numbers need none."""

from optimize.planner import PlanningError, plan

__all__ = ["PlanningError", "plan"]
