"""A plan: the policy worked out to numbers, each part with its provenance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
import numpy.typing as npt


class Basis(StrEnum):
    """Where the numbers of a part of a plan come from."""

    GIVEN = "given"
    """Stated in units by the planner."""
    RULE = "rule"
    """Stated in days of demand; worked out at every review from the forecast."""
    OPTIMISED = "optimised"
    """Worked out by a solver before the run."""


@dataclass(frozen=True)
class PlanPart:
    """One rule of the policy: what it decides, for how many cells, on what basis."""

    path: str
    """Path of the rule in the scenario."""
    kind: str
    """Review rule, e.g. `min_max`."""
    basis: Basis
    cells: int
    """Store x SKU cells, or SKUs of centres, that it applies to."""


@dataclass(frozen=True, eq=False)
class StockLevels:
    """Reorder points and order-up-to levels of some places.

    Arrays are (places, SKUs) or (rules, places) or (rules,), in the order of the scenario's tables. A number of days
    of -1 means that the level is given in units. Units are units of the SKU, safety factors standard deviations.
    """

    rule: npt.NDArray[np.int16]
    """(places, SKUs): index of the policy rule, -1 where the cell does not exist."""
    reorder_point_units: npt.NDArray[np.int32]
    order_up_to_units: npt.NDArray[np.int32]
    order_quantity_units: npt.NDArray[np.int32]
    """(places, SKUs): 0 = order up to the level."""
    is_always_below: npt.NDArray[np.bool_]
    """(rules,): anything missing is ordered at every review."""
    is_pushed: npt.NDArray[np.bool_]
    """(rules,): the centre decides, nobody calls."""
    may_order: npt.NDArray[np.bool_]
    """(rules, 7): weekdays, Monday first."""
    rounding: npt.NDArray[np.int64]
    """(rules,): 0 single units, 1 up to whole cases, 2 to the nearest case."""
    reorder_point_days: npt.NDArray[np.float64]
    """(rules, places)."""
    reorder_point_safety: npt.NDArray[np.float64]
    """(rules,)."""
    order_up_to_days: npt.NDArray[np.float64]
    """(rules, places)."""
    order_up_to_safety: npt.NDArray[np.float64]
    """(rules,)."""
    order_up_to_safety_days: npt.NDArray[np.float64]
    """(rules, places): days over which the safety stock protects."""
    order_quantity_days: npt.NDArray[np.float64]
    """(rules,)."""
    smoothing_weight: npt.NDArray[np.float64]
    """(rules,): exponential smoothing."""
    window_days: npt.NDArray[np.int64]
    """(rules,): moving average; 0 = exponential smoothing."""

    @property
    def is_dynamic(self) -> npt.NDArray[np.bool_]:
        """(rules,): whether some level follows the forecast."""
        return (
            (self.reorder_point_days >= 0).any(axis=1)
            | (self.order_up_to_days >= 0).any(axis=1)
            | (self.order_quantity_days >= 0)
        )


@dataclass(frozen=True, eq=False)
class Plan:
    """What is decided. Immutable and picklable."""

    stores: StockLevels
    centres: StockLevels
    parts: tuple[PlanPart, ...]

    @property
    def digest(self) -> str:
        """Digest of every decided number."""
        state = hashlib.blake2b(digest_size=16)
        for levels in (self.stores, self.centres):
            for field in fields(levels):
                array = getattr(levels, field.name)
                state.update(
                    f"{field.name}:{array.dtype.str}:{array.shape}".encode()
                    + np.ascontiguousarray(array).tobytes()
                )
        return state.hexdigest()

    def summary(self) -> str:
        """One line per part."""
        return "\n".join(
            f"{part.path}: {part.kind}, {part.basis.value}, {part.cells:,} cells" for part in self.parts
        )
