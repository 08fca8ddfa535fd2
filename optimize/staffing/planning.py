"""The planner steps of people: agents, technicians, pickers."""

from __future__ import annotations

from optimize.staffing.agent_planning import plan_agents
from optimize.staffing.picker_planning import plan_pickers
from optimize.staffing.technician_planning import plan_technicians

__all__ = ["plan_agents", "plan_pickers", "plan_technicians"]
