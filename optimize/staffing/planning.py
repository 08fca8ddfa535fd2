"""The planner steps of people: agents, technicians, pickers."""

from __future__ import annotations

from optimize.staffing.agent_planning import plan_agents

__all__ = ["plan_agents"]
