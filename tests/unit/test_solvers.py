"""The door to all solvers: what stands there is documented and can be used without a scenario."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from optimize import solvers


@pytest.mark.parametrize("name", solvers.__all__)
def test_what_is_offered_says_what_it_does(name: str) -> None:
    offered = getattr(solvers, name)
    assert inspect.getdoc(offered), name
    assert "optimize." in offered.__module__


def test_a_run_does_not_pay_for_solvers_it_does_not_use() -> None:
    asked = "import sys, optimize; print(any(m in sys.modules for m in ('optimize.solvers', 'ortools')))"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_the_example_of_the_door() -> None:
    waiting = solvers.erlang_c(arrivals_per_minute=2.0, work_minutes=4.0, servers=10)
    assert 0.5 < waiting.answered_within(0.33) < 1.0
    assert solvers.economic_order_quantity(100.0, 2.0, 400.0).order_quantity == pytest.approx(200.0)
