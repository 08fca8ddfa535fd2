"""Parts of a plan for which no plan exists."""

from __future__ import annotations

from scenarios import Basis, PlanPart, SolveReport, SolveStatus, Unserved


def unsolved(path: str, kind: str, item: str, reason: str, relaxation: str) -> PlanPart:
    """A part that decides nothing, with the reason and the smallest change that would help."""
    report = SolveReport(
        solver="checked before solving",
        status=SolveStatus.INFEASIBLE,
        unserved=(Unserved(item=item, reason=reason, relaxation=relaxation),),
    )
    return PlanPart(path=path, kind=kind, basis=Basis.OPTIMISED, cells=0, report=report)


__all__ = ["unsolved"]
