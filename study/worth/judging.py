"""From the whole plan beside the plan less one solver each to what each solver is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from study.comparison import compare
from study.evidence import Judgement, PairedDifference, Study
from study.worth.evidence import MONEY, SERVICE, Gain, SolverWorth, Worth
from study.worth.variants import Variant

_OTHER_WAY = {Judgement.BETTER: Judgement.WORSE, Judgement.WORSE: Judgement.BETTER}


def worth_of(
    whole: Study, others: Sequence[Study], found: Sequence[Variant], confidence_level: float | None = None
) -> Worth:
    """What each solver is worth.

    Args:
        whole: runs of the whole plan.
        others: runs without one solver each, in the same random worlds; fewer than `found` after an interruption.
        found: what was left out of each of these, in the same order.
        confidence_level: of all intervals together, those of the KPIs shown; by default the scenario's.

    Raises:
        RequestError: the runs were not in the same random worlds.
    """
    comparison = compare(_shown(whole), *map(_shown, others), confidence_level=confidence_level)
    solvers = tuple(
        SolverWorth(
            path=variant.path,
            title=variant.title,
            rule=variant.rule,
            gains=tuple(
                _gain(item)
                for item in comparison.differences
                if item.alternative == other.name and item.count > 0
            ),
        )
        for variant, other in zip(found, comparison.alternatives, strict=False)
    )
    return Worth(
        scenario=whole.name,
        title=whole.scenario.title or whole.scenario.name,
        currency=whole.currency,
        plan_digest=whole.plan_digest,
        seed=whole.seed,
        replications=len(comparison.replications),
        family=comparison.family,
        solvers=solvers,
        unfinished=tuple(variant.path for variant in found[len(solvers) :]),
    )


def _shown(study: Study) -> Study:
    """The study with the KPIs that are shown, and no others: each one more would widen all intervals."""
    kept = {kpi: study.intervals[kpi] for kpi in (*SERVICE, *MONEY) if kpi in study.intervals}
    return replace(study, intervals=kept)


def _gain(item: PairedDifference) -> Gain:
    """A difference the other way round: the baseline is the world with the solver."""
    return Gain(
        kpi=item.kpi,
        title=item.title,
        unit=item.unit,
        with_solver=item.baseline_mean,
        without=item.alternative_mean,
        gain=-item.mean,
        low=-item.high,
        high=-item.low,
        judgement=_OTHER_WAY.get(item.judgement, item.judgement),
    )


__all__ = ["worth_of"]
