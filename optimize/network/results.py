"""Which sites are open, who is served by which of them, and how far the proof goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import SolveStatus

IntArray = npt.NDArray[np.int64]

NOBODY = -1
"""Stands in `SitePlan.assigned` for a customer whom no site serves."""
PROOF_GAP = 1e-9
"""Relative gap within which a plan counts as proven."""


@dataclass(frozen=True)
class UnservedCustomer:
    """A customer whom no open site serves."""

    customer: int
    """Its row."""
    reason: str
    """Why."""
    relaxation: str = ""
    """The smallest change that would serve it; empty where none is known."""


@dataclass(frozen=True, eq=False)
class SitePlan:
    """Sites, who is served by whom, and what is proven about it."""

    status: SolveStatus
    """How far the solver got."""
    open_sites: tuple[int, ...]
    """Open sites in rising order."""
    assigned: IntArray
    """(customers,) site that serves each, `NOBODY` for none."""
    objective: float
    """Of this plan, in the unit of the costs given; infinite where a customer is not served who has to be."""
    bound: float
    """No plan is better: below the objective of costs, above that of covered demand."""
    work: int
    """Steps of the search, whatever the solver counts; the same for the same problem."""
    solver: str
    """Which method proved or stopped, in words."""
    unserved: tuple[UnservedCustomer, ...] = ()
    """Customers with no site, in rising order."""
    is_maximised: bool = False
    """Whether more is better."""

    def __post_init__(self) -> None:
        assigned = np.array(self.assigned, np.int64)
        assigned.setflags(write=False)
        object.__setattr__(self, "assigned", assigned)

    @property
    def gap(self) -> float:
        """Distance of objective and bound, relative to the objective; 0 where both are 0."""
        distance = abs(self.objective - self.bound)
        if distance == 0 or not np.isfinite(distance):
            return 0.0 if self.objective == self.bound else float("inf")
        return distance / max(abs(self.objective), 1e-12)

    @property
    def is_proven(self) -> bool:
        """Whether no plan is better, or there is none at all."""
        return self.status in (SolveStatus.OPTIMAL, SolveStatus.INFEASIBLE)

    def summary(self) -> str:
        """One line for people."""
        sites = ", ".join(map(str, self.open_sites)) or "none"
        text = f"{self.status.value}: {self.objective:.10g} (bound {self.bound:.10g}), sites {sites}; {self.solver}"
        return text + (f"; {len(self.unserved)} customers unserved" if self.unserved else "")


__all__ = ["NOBODY", "PROOF_GAP", "SitePlan", "UnservedCustomer"]
