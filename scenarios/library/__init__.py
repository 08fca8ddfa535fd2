"""Makes the tables of the shipped scenarios from public geography and an invented assortment."""

from scenarios.library.delta import write_delta
from scenarios.library.national import write_national

__all__ = ["write_delta", "write_national"]
