"""What a scenario says of goods that come back to the centre, on the axis of classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import ReturnsTriage, Scenario

MICRO = 1_000_000
_MINOR_PER_MAJOR = 100

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TriageTerms:
    """Shares, costs and credit by merchandise class; a class of which nothing is said has its returns scrapped."""

    shares: npt.NDArray[np.float64]
    """(classes, 3) restocked, repaired, returned to the vendor; the rest is scrapped."""
    handling_micro: IntArray
    """(classes,) millionths of a minor unit per unit looked at."""
    repair_micro: IntArray
    """(classes,) the same per unit repaired."""
    credit_ppm: IntArray
    """(classes,) millionths of cost that the vendor gives back."""

    @classmethod
    def of(cls, scenario: Scenario) -> TriageTerms:
        """Read `assortment.returns_triage`: the first entry that names a class, or none, applies to it."""
        entries = [
            triage_of(scenario.assortment.returns_triage, item.id) for item in scenario.assortment.classes
        ]

        def each(values: list[float], scale: int) -> IntArray:
            return np.array([round(value * scale) for value in values], np.int64)

        per_unit = _MINOR_PER_MAJOR * MICRO
        return cls(
            shares=np.array(
                [
                    (e.restock_share, e.repair_share, e.return_to_vendor_share) if e else (0.0, 0.0, 0.0)
                    for e in entries
                ]
            ),
            handling_micro=each([e.handling_cost_per_unit if e else 0.0 for e in entries], per_unit),
            repair_micro=each([e.repair_cost_per_unit if e else 0.0 for e in entries], per_unit),
            credit_ppm=each([e.vendor_credit_share if e else 0.0 for e in entries], MICRO),
        )

    def credit_of(self, value: IntArray) -> IntArray:
        """What vendors give for goods of a cost, (..., classes), in whole minor units, rounded down."""
        return np.asarray(value * self.credit_ppm // MICRO)


def triage_of(entries: tuple[ReturnsTriage, ...], class_id: str) -> ReturnsTriage | None:
    """The first entry that applies to a class."""
    return next((entry for entry in entries if not entry.classes or class_id in entry.classes), None)
