"""Whether pickers can keep up with streams of orders is told before a run."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.theory.queues import exponential, queue_world, stream

BY_DAY = {"start_hour": 8, "hours": 9, "break_minutes": 60}
"""A third of the time."""


@pytest.mark.parametrize(
    ("servers", "rate", "shift", "is_told"),
    [
        (3, 0.74, {"start_hour": 0, "hours": 24}, False),
        (3, 0.75, {"start_hour": 0, "hours": 24}, True),
        (6, 0.49, BY_DAY, False),
        (6, 0.51, BY_DAY, True),
        (6, 0.49, {**BY_DAY, "weekdays": ("mon", "tue", "wed", "thu", "fri", "sat")}, True),
        (3, 0.1, {"start_hour": 0, "hours": 24, "dc_id": "elsewhere"}, False),
    ],
)
def test_a_load_without_steady_state_is_told(
    servers: int, rate: float, shift: dict[str, Any], is_told: bool
) -> None:
    """Work of four minutes: so many pickers are busy as four orders come a minute."""
    scenario = queue_world([stream("web", rate, exponential(4.0))], servers, 30, shift)
    found = [problem for problem in check(scenario) if "steady state" in problem.rule]
    assert [(problem.code, problem.path) for problem in found] == [("W601", "depot.order_streams")] * is_told
