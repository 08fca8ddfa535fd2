"""Plans made in the course of a run, and what each was worth: rows of the tables `replans` and `regrets`."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import IntEnum

from sim.recorder import Recorder

NOT_KNOWN = -1


class Planned(IntEnum):
    """What was planned."""

    TRUCKS = 0
    TECHNICIANS = 1


@dataclass(frozen=True)
class Replan:
    """One plan. Costs are what the plan was expected to cost when it was made, in minor units; -1 is not known."""

    second: int
    kind: Planned
    place: int
    """Index of the centre or of the district."""
    items: int
    """Stops or jobs that were to be placed."""
    left_out: int
    """Of these, in no tour of the plan that is followed."""
    rule_minor: int
    """Of the plan that the rule would have made for the same."""
    repaired_minor: int
    """Of the plan followed so far, mended to fit."""
    planned_minor: int
    """Of the plan that is followed from now on."""
    iterations: int
    """Work of the search."""
    is_fallback: bool
    """The search found nothing, and the rule's plan is followed."""


def write_replan(recorder: Recorder, replan: Replan) -> None:
    """Write a plan down."""
    recorder.add_row(
        "replans",
        [
            replan.second, replan.kind, replan.place, replan.items, replan.left_out, replan.rule_minor,
            replan.repaired_minor, replan.planned_minor, replan.iterations, replan.is_fallback,
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class Regret:
    """One plan after the event. Costs in minor units, over the same stops or jobs."""

    second: int
    kind: Planned
    place: int
    """Index of the centre or of the district."""
    planned_minor: int
    """As expected when it was made."""
    realised_minor: int
    """As it came."""
    realised_late_seconds: int
    perfect_minor: int
    """Of a plan that knew beforehand what would come."""
    perfect_late_seconds: int


def write_regret(recorder: Recorder, regret: Regret) -> None:
    """Write down how far a plan was from perfect information."""
    recorder.add_row("regrets", list(astuple(regret)))
