"""Compare policies that met the same random worlds, and say what can be concluded from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scenarios import MEASURES, Direction
from study.differences import scenario_differences
from study.errors import RequestError
from study.evidence import Comparison, FactsStatement, Judgement, PairedDifference, Study, Verdict
from study.statistics import PairedTest, bonferroni_level, holm_adjusted, paired_test
from study.wording import difference_text


def compare(baseline: Study, *alternatives: Study, confidence_level: float | None = None) -> Comparison:
    """Pair each alternative with the baseline, replication by replication.

    The family over which confidence holds is every KPI of every alternative whose paired difference varies
    over replications. A KPI that is undefined, or whose difference is the same in every replication, is no
    question of chance and is left out. Directions come from Holm-adjusted paired t tests; intervals are
    Bonferroni simultaneous: with the stated confidence *all* of them cover their true differences.

    Args:
        baseline: What the others are compared with.
        alternatives: Studies of the same seed, with other names.
        confidence_level: Of the family; by default that of the baseline's scenario.

    Raises:
        RequestError: Different seeds, names given twice, no alternative, or no replication in common.
    """
    studies = (baseline, *alternatives)
    _check(studies)
    level = baseline.scenario.run.confidence_level if confidence_level is None else confidence_level
    common = sorted(set.intersection(*(set(study.replications) for study in studies)))
    if not common:
        raise RequestError("the studies have no finished replication in common: nothing can be compared")
    paired = [
        (other, kpi, paired_test(_values(baseline, kpi, common), _values(other, kpi, common), level))
        for other in alternatives
        for kpi in baseline.intervals
        if kpi in other.intervals
    ]
    # Only differences that vary are members of the family: NaN keeps the others out of Holm's count.
    p_values = np.array([test.p_value if _varies(test) else math.nan for _, _, test in paired])
    adjusted = holm_adjusted(p_values)
    family_size = int(np.count_nonzero(~np.isnan(p_values)))
    wide = bonferroni_level(level, family_size)
    differences = []
    for (other, kpi, test), p in zip(paired, adjusted, strict=True):
        found = _difference(baseline.name, other.name, kpi, test, wide, float(p), 1 - level)
        differences.append(replace(found, text=difference_text(found, level, baseline.currency)))
    return Comparison(
        baseline=baseline,
        alternatives=alternatives,
        replications=tuple(common),
        differences=tuple(differences),
        statements=tuple(_statement(baseline, other) for other in alternatives),
        confidence_level=level,
        family=f"{level:.0%} confidence holds for all differences together "
        f"({family_size}: every KPI of every alternative whose difference varies)",
    )


def _check(studies: Sequence[Study]) -> None:
    if len(studies) < 2:
        raise RequestError("a comparison needs a baseline and at least one alternative")
    names = [study.name for study in studies]
    if len(set(names)) < len(names):
        raise RequestError(f"each study needs its own name, not {', '.join(names)}")
    seeds = {study.seed for study in studies}
    if len(seeds) > 1:
        raise RequestError(f"seeds {sorted(seeds)}: only studies of one seed met the same random worlds")


def _values(
    study: Study, kpi: str, replications: Sequence[int]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    by_number = {run.replication: run.kpis[kpi] for run in study.condensed}
    return np.array([by_number[number] for number in replications])


def _varies(test: PairedTest) -> bool:
    return test.interval.standard_deviation > 0


def _difference(
    baseline: str, alternative: str, kpi: str, test: PairedTest, wide: float, adjusted: float, alpha: float
) -> PairedDifference:
    verdict = _verdict(test, adjusted, alpha)
    simultaneous = test.interval.at_level(wide)
    return PairedDifference(
        kpi=kpi,
        title=MEASURES[kpi].title,
        unit=MEASURES[kpi].unit,
        baseline=baseline,
        alternative=alternative,
        count=test.interval.count,
        baseline_mean=test.baseline_mean,
        alternative_mean=test.alternative_mean,
        mean=test.interval.mean,
        standard_deviation=test.interval.standard_deviation,
        low=simultaneous.low,
        high=simultaneous.high,
        own_low=test.interval.low,
        own_high=test.interval.high,
        p_value=test.p_value,
        adjusted_p_value=adjusted,
        variance_reduction=test.variance_reduction,
        verdict=verdict,
        judgement=_judgement(verdict, MEASURES[kpi].better),
        text="",
    )


def _verdict(test: PairedTest, adjusted: float, alpha: float) -> Verdict:
    if test.identical:
        return Verdict.IDENTICAL
    if test.interval.count < 2:
        return Verdict.UNDEFINED
    if _varies(test) and adjusted > alpha:
        return Verdict.NOT_SHOWN
    return Verdict.HIGHER if test.interval.mean > 0 else Verdict.LOWER


def _judgement(verdict: Verdict, better: Direction) -> Judgement:
    if verdict not in (Verdict.HIGHER, Verdict.LOWER) or better is Direction.NEUTRAL:
        return Judgement.NEITHER
    return Judgement.BETTER if verdict.value == better.value else Judgement.WORSE


def _statement(baseline: Study, other: Study) -> FactsStatement:
    pair = f"{baseline.name} and {other.name}"
    same = baseline.scenario.facts_digest == other.scenario.facts_digest
    differences = scenario_differences(baseline.scenario, other.scenario)
    facts = sum(not difference.is_policy for difference in differences)
    policy = len(differences) - facts
    if same:
        policies = f"their policies differ in {_places(policy)}" if policy else "and the same policy"
        text = f"{pair} share the same facts{';' * bool(policy)} {policies}"
    else:
        text = (
            f"{pair} do NOT share the same facts: they differ in {_places(facts)} of the facts and "
            f"{_places(policy)} of the policy, so a difference in KPIs is not the policy's alone"
        )
    return FactsStatement(other.name, same, differences, text)


def _places(count: int) -> str:
    return f"{count} place{'s' * (count != 1)}"
