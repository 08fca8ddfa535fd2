"""Trucks, carriers and couriers: how goods get from a centre to its stores."""

from sim.fleet.dispatch import Fleet

__all__ = ["Fleet"]
