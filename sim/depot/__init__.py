"""The distribution centres: what they hold, how they share it out, ship it and buy it."""

from sim.depot.depot import Depot

__all__ = ["Depot"]
