"""KPIs of plans made in the course of a run: how many, what they are worth, and what could have been had."""

from __future__ import annotations

from scenarios.language.measure import Direction, Group, Measure, measures_of


def _replans(group: Group, prefix: str, who: str, place: str) -> tuple[Measure, ...]:
    return measures_of(
        group,
        (f"{prefix}_replans", f"Plans made: {who}", "plans per day", Direction.NEUTRAL,
         f"Plans that the solver made for the {who} of a {place} in the course of the run, per day"),
        (f"{prefix}_replan_saving_on_rule", f"Worth of a plan against the rule: {who}", "money per plan",
         Direction.HIGHER,
         "Mean amount by which a plan was expected to cost less than what the rule would have planned"),
        (f"{prefix}_replan_fallback_share", f"Plans by the rule: {who}", "share", Direction.LOWER,
         "Plans for which the search found nothing, so that the rule's plan was followed, over all plans"),
    )  # fmt: skip


def _mended(group: Group, prefix: str, who: str) -> tuple[Measure, ...]:
    return measures_of(
        group,
        (f"{prefix}_replan_saving", f"Worth of a plan: {who}", "money per plan", Direction.HIGHER,
         "Mean amount by which a plan was expected to cost less than the plan before it, mended to fit;"
         " what is late or left out has its price"),
    )  # fmt: skip


def _regrets(group: Group, prefix: str, who: str, unit: str) -> tuple[Measure, ...]:
    return measures_of(
        group,
        (f"{prefix}_plan_excess", f"Plans exceeded: {who}", f"money per {unit}", Direction.LOWER,
         "Mean amount by which plans came to cost more than they were expected to"),
        (f"{prefix}_regret", f"Regret of plans: {who}", "money per day", Direction.LOWER,
         "What plans came to cost less what plans would have cost that knew beforehand what was to come, as far as the"
         " same search finds them; per day"),
        (f"{prefix}_regret_share", f"Regret of plans, relative: {who}", "share", Direction.LOWER,
         "The same over what plans came to cost"),
        (f"{prefix}_regret_late_minutes", f"Lateness for want of knowledge: {who}", "minutes per day", Direction.LOWER,
         "Minutes after the promised time that plans would have avoided which knew beforehand what was to come"),
    )  # fmt: skip


TRUCK_REPLAN_MEASURES = (
    *_replans(Group.TRANSPORT, "truck", "trucks", "centre"),
    *_regrets(Group.TRANSPORT, "truck", "trucks", "plan"),
)
TECHNICIAN_REPLAN_MEASURES = (
    *_replans(Group.FIELD, "technician", "technicians", "district"),
    *_mended(Group.FIELD, "technician", "technicians"),
    *_regrets(Group.FIELD, "technician", "technicians", "district and day"),
)
ROTA_MEASURES = measures_of(
    Group.FIELD,
    ("rota_followed_share", "Rota followed", "share", Direction.HIGHER,
     "Visits by a technician whom the rota names for their area and weekday, over all for which it names somebody"),
    ("rota_first_choice_share", "Rota followed, first choice", "share", Direction.HIGHER,
     "Visits by the technician whom the rota names first, over all for which it names somebody"),
    ("rota_fallback_share", "Visits by the rule instead of the rota", "share", Direction.LOWER,
     "Visits for which the rota names nobody, or somebody else went, over all visits"),
)  # fmt: skip


__all__ = ["ROTA_MEASURES", "TECHNICIAN_REPLAN_MEASURES", "TRUCK_REPLAN_MEASURES"]
