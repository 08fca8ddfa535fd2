"""Conditions under which an answer is bad, for pipelines: `--fail-if "fill_rate < -0.5%"`.

A condition is `KPI OPERATOR NUMBER[%]`, with one of the operators < <= > >=.

- In `run` it judges the KPI's value: `fill_rate < 95%`, `profit < 10000`. Percent is for shares alone.
- In `compare` it judges the change from the baseline: `fill_rate < -0.5%` is a loss of more than half
  a percentage *point* of a share; `profit < -2%` a loss of more than two percent of the baseline's profit;
  `profit < -1000` a loss of more than 1000 in the KPI's own unit.

The estimate alone decides, so that the same study always gets the same answer; the finding says whether
the interval is clear of the limit, that is, whether more replications could turn it round. A KPI that is
undefined fails: what cannot be judged has not passed.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scenarios import MEASURES
from study.errors import RequestError
from study.evidence import Comparison, Study
from study.wording import format_change, format_value, no_such_kpi

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONDITION = re.compile(
    r"\s*(?P<kpi>\w+)\s*(?P<operator><=|>=|<|>)\s*(?P<number>[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)\s*(?P<percent>%?)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Condition:
    """One condition under which the answer is bad."""

    text: str
    """As the user wrote it."""
    kpi: str
    operator: str
    limit: float
    """In the KPI's unit, or as a fraction when `is_percent`."""
    is_percent: bool

    @property
    def is_share(self) -> bool:
        """Whether the KPI is a share, so that percent means percentage points."""
        return MEASURES[self.kpi].is_share

    def is_met(self, value: float) -> bool:
        """Whether a value meets the condition; NaN does not."""
        return _OPERATORS[self.operator](value, self.limit)


@dataclass(frozen=True)
class Finding:
    """What a gate found for one condition and one study."""

    condition: str
    study: str
    failed: bool
    is_certain: bool
    """Whether the whole interval lies on the estimate's side of the limit."""
    text: str


def parse_condition(text: str, *, of_change: bool) -> Condition:
    """Read a condition such as "fill_rate < 95%".

    Args:
        text: The condition.
        of_change: Whether it judges a change from a baseline, not a value.

    Raises:
        RequestError: It is none, names no KPI, or asks for a percentage of a value that is no share.
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise RequestError(f'"{text}" is no condition: write KPI, < <= > or >=, number: "fill_rate < 95%"')
    kpi = found["kpi"]
    if kpi not in MEASURES:
        raise RequestError(f'"{text}": {no_such_kpi(kpi)}')
    is_percent = bool(found["percent"])
    if is_percent and not of_change and not MEASURES[kpi].is_share:
        raise RequestError(f'"{text}": {kpi} is no share; give a number of "{MEASURES[kpi].unit}"')
    number = float(found["number"])
    return Condition(text.strip(), kpi, found["operator"], number / 100 if is_percent else number, is_percent)


def judge_study(study: Study, conditions: Iterable[Condition]) -> tuple[Finding, ...]:
    """Judge the KPI values of one study."""
    findings = []
    for condition in conditions:
        found = study.intervals[condition.kpi]
        shown = format_value(found.mean, found.unit)
        findings.append(_finding(condition, study.name, (found.mean, found.low, found.high), shown))
    return tuple(findings)


def judge_comparison(comparison: Comparison, conditions: Iterable[Condition]) -> tuple[Finding, ...]:
    """Judge each alternative's change from the baseline; intervals are the simultaneous ones."""
    findings = []
    for condition in conditions:
        for other in comparison.alternatives:
            found = comparison.difference(condition.kpi, other.name)
            values, shown = (found.mean, found.low, found.high), format_change(found.mean, found.unit)
            if condition.is_percent and not condition.is_share:
                size = abs(found.baseline_mean) or math.nan
                values = (found.mean / size, found.low / size, found.high / size)
                shown = f"{values[0]:+.3%}"
            findings.append(_finding(condition, other.name, values, shown))
    return tuple(findings)


def _finding(condition: Condition, study: str, values: tuple[float, float, float], shown: str) -> Finding:
    estimate, low, high = values
    if math.isnan(estimate):
        text = (
            f'{study}: FAIL "{condition.text}": {condition.kpi} is undefined, and what cannot be judged fails'
        )
        return Finding(condition.text, study, failed=True, is_certain=False, text=text)
    failed = condition.is_met(estimate)
    is_certain = not math.isnan(low) and condition.is_met(low) == condition.is_met(high) == failed
    sure = "the interval is clear of the limit" if is_certain else _doubt(low)
    outcome = "FAIL" if failed else "pass"
    text = f'{study}: {outcome} "{condition.text}": {condition.kpi} {shown}; {sure}'
    return Finding(condition.text, study, failed, is_certain, text)


def _doubt(low: float) -> str:
    if math.isnan(low):
        return "one replication has no interval"
    return "the interval reaches across the limit: more replications could change this"
