"""Makes the tables of the shipped scenarios from public geography and an invented assortment."""

from scenarios.library.delta import write_delta

__all__ = ["write_delta"]
