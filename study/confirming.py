"""Agents of a plan confirmed by months of the simulated world, and raised until these keep the target often enough."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from study.errors import RequestError
from study.replication import replicate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import OptimisedAgents, Plan, Scenario, Shift
    from study.execution import Simulate
    from study.replication import Progress

MONTH_DAYS = 28
_LEAST_WARM_UP_DAYS = 7
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Step:
    """People tried, and the months in which they kept the target."""

    people: tuple[int, ...]
    """By shift, in the order of the plan."""
    kept: int


@dataclass(frozen=True, eq=False)
class Confirmed:
    """A plan that months of the world have confirmed, or not."""

    plan: Plan
    """With the last people tried, what they promise, and how they were confirmed."""
    is_confirmed: bool
    steps: tuple[Step, ...]
    """The first as planned."""
    months: int
    """Of each step; the same ones each time."""
    seed: int
    low: float
    high: float
    """Exact 95 % interval (Clopper and Pearson) of the last step's probability. It knows nothing of the steps before:
    people who were added until these very months passed look a little better than they are."""

    @property
    def kept(self) -> int:
        """Months that keep the target with the people of the plan."""
        return self.steps[-1].kept

    @property
    def probability(self) -> float:
        """Share of months that keep the target."""
        return self.kept / self.months

    @property
    def people_added(self) -> int:
        """People that the plan lacked."""
        return sum(self.steps[-1].people) - sum(self.steps[0].people)

    def as_json(self) -> dict[str, Any]:
        """Figures and steps as plain values."""
        return {
            "is_confirmed": self.is_confirmed,
            "months": self.months,
            "kept": self.kept,
            "probability": self.probability,
            "low": self.low,
            "high": self.high,
            "seed": self.seed,
            "people_added": self.people_added,
            "steps": [{"people": list(step.people), "kept": step.kept} for step in self.steps],
        }

    def summary(self) -> str:
        """One line."""
        line = (
            f"month's target kept in {self.kept} of {self.months} simulated month{'s' * (self.months != 1)} "
            f"({100 * self.low:.0f} % to {100 * self.high:.0f} %)"
        )
        if not self.people_added:
            return line
        first, last = (sum(step.people) for step in (self.steps[0], self.steps[-1]))
        return f"{line}; with {last} agent{'s' * (last != 1)}, as {first} kept it in {self.steps[0].kept}"


def confirm_agents(
    scenario: Scenario,
    plan: Plan,
    *,
    replications: int = 40,
    seed: int | None = None,
    jobs: int | None = None,
    most_steps: int = 20,
    progress: Progress | None = None,
    simulate: Simulate | None = None,
) -> Confirmed:
    """Simulate months under a plan and add agents until enough months keep the target.

    A month is one replication: four weeks after the scenario's warm-up, or after a week where it has less. Its target
    is kept when the share of calls answered in time is at least `answered_share` of `policy.optimised.agents` and,
    where a limit is set, no more than `abandoned_share` give up; enough is `policy.optimised.month_probability`. Every
    step meets the same random worlds, and none is simulated twice. People are never taken away: the planner
    rounds against itself, and a month may be kept with fewer.

    Args:
        scenario: the world the plan was made for; `policy.optimised` says what is to be kept.
        plan: as `plan_of` makes it.
        replications: months of each step.
        seed: of the random worlds; by default one drawn from the scenario's, so that these months are none of those
            that a run shows.
        jobs: processes at work; same results.
        most_steps: people that may be added.
        progress: told after each month, of how many of its step.
        simulate: the engine; `sim.simulate` unless a stand-in is given.

    Raises:
        RequestError: no agents were optimised in this plan, or there are too few months.
        StudyInterrupted: the user interrupted.
    """
    import sim
    from optimize.solvers import clopper_pearson
    from optimize.solvers import confirm_agents as confirmed_by
    from scenarios import OptimisedAgents

    if not has_planned_agents(plan):
        raise RequestError("the plan has no agents that were optimised: nothing to confirm")
    if replications < 1 or most_steps < 0:
        raise RequestError("months must be at least 1, steps at least 0")
    world = month_of(scenario)
    wanted = scenario.policy.optimised.agents or OptimisedAgents()
    seed = _own_seed(scenario.run.seed) if seed is None else seed
    steps: list[Step] = []

    def kept_share(shifts: tuple[Shift, ...]) -> float:
        tried = replace(plan, decisions=plan.decisions.model_copy(update={"agents": shifts}))
        study = replicate(
            world,
            tried,
            seed=seed,
            replications=replications,
            jobs=jobs,
            progress=progress,
            simulate=simulate,
        )
        kept = sum(is_kept(run.kpis, wanted) for run in study.condensed)
        steps.append(Step(tuple(shift.people for shift in shifts), kept))
        return kept / replications

    made, found = confirmed_by(
        scenario, plan, sim.outlook(scenario), kept_share, replications, most_steps=most_steps
    )
    low, high = clopper_pearson(steps[-1].kept, replications, _CONFIDENCE)
    return Confirmed(made, found.is_confirmed, tuple(steps), replications, seed, low, high)


def has_planned_agents(plan: Plan) -> bool:
    """Whether a solver decided the agents of a plan."""
    return bool(plan.decisions.agents) and any(
        part.path == "policy.optimised.agents" and part.report is not None for part in plan.parts
    )


def month_of(scenario: Scenario) -> Scenario:
    """The scenario over one month: its warm-up, at least a week, and four weeks that count."""
    warm_up = max(scenario.horizon.warm_up_days, _LEAST_WARM_UP_DAYS)
    horizon = scenario.horizon.model_copy(update={"warm_up_days": warm_up, "days": warm_up + MONTH_DAYS})
    return scenario.model_copy(update={"horizon": horizon}).with_provenance(scenario.provenance)


def is_kept(kpis: Mapping[str, float], wanted: OptimisedAgents) -> bool:
    """Whether a month keeps the target; without any calls it does."""
    if kpis["answer_level"] < wanted.answered_share:
        return False
    return wanted.abandoned_share is None or not kpis["abandonment_share"] > wanted.abandoned_share


def _own_seed(seed: int) -> int:
    return int(np.random.SeedSequence([seed, MONTH_DAYS]).generate_state(1, np.uint32)[0])


__all__ = ["MONTH_DAYS", "Confirmed", "Step", "confirm_agents", "has_planned_agents", "is_kept", "month_of"]
