"""What is to be expected of a world before it has run: the input of the planner steps."""

from __future__ import annotations

from sim.outlook.outlook import outlook

__all__ = ["outlook"]
