"""The distribution centres: what they hold, how they share it out, ship it and buy it."""

from sim.depot.consignment import consigned_skus, owned_value
from sim.depot.depot import Depot

__all__ = ["Depot", "consigned_skus", "owned_value"]
