"""Promises of after-sales service and how they were kept, as text for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from study.charts.numbers import NOT_DEFINED, plain
from study.evidence import Study
from study.service import URGENCIES

_RESPONSE, _COMPLETION = 0, 1


@dataclass(frozen=True)
class PromiseRow:
    """One SLA class and urgency of one scenario."""

    scenario: str
    sla_class: str
    urgency: str
    response_hours: str
    responses_kept: str
    completion_hours: str
    completions_kept: str
    requests: str


def promise_rows(studies: Sequence[Study], names: Sequence[str]) -> list[PromiseRow]:
    """Rows by scenario, class and urgency, of those that had any promise due; none without after-sales service.

    Args:
        studies: one or more.
        names: of the scenarios.
    """
    return [row for study, name in zip(studies, names, strict=True) for row in _rows(study, name)]


def _rows(study: Study, name: str) -> list[PromiseRow]:
    found = [run.service["promises"] for run in study.condensed if "promises" in run.service]
    if not found:
        return []
    total = np.sum(found, axis=0)
    rows = []
    for index, promise in enumerate(study.scenario.policy.service.sla):
        for urgency, word in enumerate(URGENCIES):
            due, kept = total[index, urgency, :, 0], total[index, urgency, :, 1]
            if not due.any():
                continue
            rows.append(
                PromiseRow(
                    scenario=name,
                    sla_class=promise.id,
                    urgency=word,
                    response_hours=f"{promise.response_hours[urgency]:g} h",
                    responses_kept=_percent(kept[_RESPONSE], due[_RESPONSE]),
                    completion_hours=f"{promise.completion_hours[urgency]:g} h",
                    completions_kept=_percent(kept[_COMPLETION], due[_COMPLETION]),
                    requests=plain(float(due[_RESPONSE]) / len(found), most_decimals=1),
                )
            )
    return rows


def _percent(kept: float, due: float) -> str:
    return f"{plain(100 * kept / due, most_decimals=1)}%" if due else NOT_DEFINED
