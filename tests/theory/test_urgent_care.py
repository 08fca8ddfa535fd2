"""An urgent care call centre: operators answer every call, nurses call back four in ten (simulated, published).

Calls come every 0.6 minutes and take an operator triangular (5, 7, 10) minutes, a nurse uniform (10, 20). The published
figures are means over 1,000 minutes that begin empty. Here each day is one such stretch: calls come for 17 hours from
midnight, the rest of the day is long enough to work everything off, and only what happens within the first 1,000
minutes counts. Operators are agents who resolve six calls in ten from afar; nurses are technicians whose way is short.
"""

from __future__ import annotations

import csv
from math import hypot
from typing import Any

import numpy as np
import pytest

from sim import RunResult
from study.statistics import mean_interval
from tests.contact_worlds import AROUND_THE_CLOCK, call_centre
from tests.reference import reference_path
from tests.service_worlds import ROUND_THE_CLOCK, constant, installed, mode, product, run, service_world
from tests.theory.evidence import CONFIDENCE
from tests.theory.worlds import BUG

DAY, MINUTE = 86_400, 60
STRETCH = 1_000 * MINUTE
HOURS = 17
PROFILE = (1.0,) * HOURS + (0.0,) * (24 - HOURS)
BETWEEN = 0.6
FloatArray = np.ndarray


def published(operators: int, nurses: int) -> dict[str, tuple[float, float]]:
    """Mean and half width (99%) of each figure."""
    with reference_path("queueing/reference/urgent_care_call_centre.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    row = next(row for row in rows if row[:2] == [str(operators), str(nurses)])
    figures = [float(value) for value in row[2:10]]
    names = ("operator_wait", "operator_use", "nurse_wait", "nurse_use")
    return dict(zip(names, zip(figures[::2], figures[1::2], strict=True), strict=True))


def assert_agrees(figure: tuple[float, float], observed: FloatArray) -> None:
    """The published mean and that of our days differ by no more than both are uncertain."""
    interval = mean_interval(observed, CONFIDENCE)
    mean, half_width = figure
    ours = (interval.low + interval.high) / 2
    assert abs(ours - mean) <= hypot(half_width, interval.half_width), f"{ours:.4g} is not {mean:.4g}"


def stage(
    comes: FloatArray, begins: FloatArray, ends: FloatArray, servers: int
) -> tuple[FloatArray, FloatArray]:
    """By day: mean minutes waited of those served within the stretch, and per cent of the servers' time used."""
    day, within = comes // DAY, (begins >= 0) & (begins % DAY < STRETCH) & (begins // DAY == comes // DAY)
    day, comes, begins, ends = (values[within] for values in (day, comes, begins, ends))
    waited = np.bincount(day, begins - comes) / np.bincount(day) / MINUTE
    until = np.minimum(np.where(ends < 0, DAY * (day + 1), ends), day * DAY + STRETCH)
    used = np.bincount(day, until - begins) / (servers * STRETCH)
    return waited, 100 * used


def operators_only(operators: int, days: int, factor: float = 1.0) -> tuple[FloatArray, FloatArray]:
    stream = {
        "id": "calls",
        "between_minutes": {"kind": "exponential", "mean": BETWEEN * 24 / HOURS},
        "hourly_profile": list(PROFILE),
        "minutes": {"kind": "triangular", "low": 5 * factor, "mode": 7 * factor, "high": 10 * factor},
    }
    table = run(call_centre([stream], operators, days)).tables["calls"]
    return stage(table["arrived_second"], table["answered_second"], table["ended_second"], operators)


@pytest.mark.parametrize("operators", [13, 15])
def test_operators(operators: int) -> None:
    figures = published(operators, {13: 10, 15: 12}[operators])
    waited, used = operators_only(operators, 150)
    assert_agrees(figures["operator_wait"], waited)
    assert_agrees(figures["operator_use"], used)
    with pytest.raises(AssertionError):
        assert_agrees(figures["operator_use"], operators_only(operators, 150, BUG)[1])


def both_stages(operators: int, nurses: int, days: int) -> RunResult:
    units = 1_000_000
    centre: dict[str, Any] = {
        "channels": [{"kind": "phone", "minutes": {"kind": "triangular", "low": 5, "mode": 7, "high": 10}}],
        "remote_minutes": constant(0),
        "remote_success_share": 1.0,
    }
    agents = [{"people": operators, **AROUND_THE_CLOCK}]
    failure = mode(remote_share=0.6, diagnosis_minutes=constant(0))
    failure["repair_minutes"] = {"kind": "uniform", "low": 10, "high": 20}
    per_day = HOURS * 60 / BETWEEN
    return run(
        service_world(
            days=days,
            technicians=nurses,
            shift=ROUND_THE_CLOCK,
            products=[product(per_year=per_day * 365 / units)],
            modes=[failure],
            base=[installed(units)],
            service={"contact_centre": centre, "reporting": {"hourly_profile": list(PROFILE)}},
            policy={"service": {"contacts": {"agents": agents, "remote_share": 1.0}}},
        )
    )


def test_operators_then_nurses() -> None:
    operators, nurses = 15, 12
    figures, result = published(operators, nurses), both_stages(operators, nurses, 50)
    calls, visits, requests = (result.tables[name] for name in ("calls", "visits", "requests"))
    waited, used = stage(calls["arrived_second"], calls["answered_second"], calls["ended_second"], operators)
    assert_agrees(figures["operator_wait"], waited)
    assert_agrees(figures["operator_use"], used)
    taken = np.empty(len(requests), np.int64)
    taken[requests["request"]] = requests["taken_second"]
    waited, used = stage(taken[visits["request"]], visits["began_second"], visits["ended_second"], nurses)
    assert_agrees(figures["nurse_wait"], waited)
    assert_agrees(figures["nurse_use"], used)
