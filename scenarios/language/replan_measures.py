"""KPIs of plans that solvers make in the course of a run: how many, and what they are worth."""

from __future__ import annotations

from scenarios.language.measure import Direction, Group, Measure, measures_of


def _replans(group: Group, prefix: str, who: str, place: str) -> tuple[Measure, ...]:
    return measures_of(
        group,
        (f"{prefix}_replans", f"Plans made: {who}", "plans per day", Direction.NEUTRAL,
         f"Plans that the solver made for the {who} of a {place} in the course of the run, per day"),
        (f"{prefix}_replan_saving", f"Worth of a plan: {who}", "money per plan", Direction.HIGHER,
         "Mean amount by which a plan was expected to cost less than the plan before it, mended to fit;"
         " what is late or left out has its price"),
        (f"{prefix}_replan_saving_on_rule", f"Worth of a plan against the rule: {who}", "money per plan",
         Direction.HIGHER,
         "Mean amount by which a plan was expected to cost less than what the rule would have planned"),
        (f"{prefix}_replan_fallback_share", f"Plans by the rule: {who}", "share", Direction.LOWER,
         "Plans for which the search found nothing, so that the rule's plan was followed, over all plans"),
    )  # fmt: skip


TRUCK_REPLAN_MEASURES = _replans(Group.TRANSPORT, "truck", "trucks", "centre")
TECHNICIAN_REPLAN_MEASURES = _replans(Group.FIELD, "technician", "technicians", "district")


__all__ = ["TECHNICIAN_REPLAN_MEASURES", "TRUCK_REPLAN_MEASURES"]
