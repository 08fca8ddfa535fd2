"""Candidate policies and the choice among them, end to end."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.stock.candidates import ladder, to_choose_from
from optimize.stock.cells import Cells, Form, Unmet
from optimize.stock.together import choose_together
from scenarios import SolveStatus

pytest.importorskip("optimize.stock.single_place")

SIZE = 60


@pytest.fixture(scope="module")
def cells() -> Cells:
    draw = np.random.default_rng(4)
    mean = draw.lognormal(0.5, 0.8, SIZE)
    ones = np.ones(SIZE, np.int64)
    return Cells(
        mean_per_day=mean,
        variance_per_day=mean * draw.uniform(1.0, 2.0, SIZE),
        lead_time_days=draw.integers(0, 4, SIZE),
        review_days=ones,
        holding_cost=np.full(SIZE, 0.02),
        order_cost=np.full(SIZE, 1.0),
        shortage_cost=np.full(SIZE, 2.0),
        case_units=ones,
        minimum_order_units=0 * ones,
        shelf_life_days=np.where(np.arange(SIZE) < 10, 6, 0),
        waste_cost=np.full(SIZE, 1.0),
        fifo_share=np.ones(SIZE),
        unmet=Unmet.BACKORDER,
    )


@pytest.mark.parametrize("form", [Form.MIN_MAX, Form.BASE_STOCK])
def test_rungs_rise(cells: Cells, form: Form) -> None:
    """After the cheapest policy, service and stock rise rung by rung within a ladder."""
    rungs = ladder(cells, form, 9)
    assert rungs.levels.order_up_to.shape == (SIZE, 9)
    last = 5 if form is Form.MIN_MAX else 9
    fill = rungs.performance.fill_rate[:, 1:last]
    assert (np.diff(fill, axis=1) >= -1e-9).all()
    assert (rungs.performance.cost_per_day[:, [0]] <= rungs.performance.cost_per_day + 1e-9)[10:].all()


def test_larger_orders_are_fewer(cells: Cells) -> None:
    rungs = ladder(cells, Form.MIN_MAX, 9)
    orders = rungs.performance.orders_per_day[10:]
    assert orders[:, 5:].mean() < 0.75 * orders[:, 1:5].mean()


def test_a_budget_is_kept_at_least_cost(cells: Cells) -> None:
    """Halfway between the least and the cheapest stock: dearer than without the budget, cheaper than the least."""
    rungs = ladder(cells, Form.MIN_MAX, 9)
    given = to_choose_from(rungs, np.full(SIZE, 3.0), np.ones(SIZE), np.zeros(SIZE, np.int64))
    free = choose_together(*vars(given).values())
    frugal = choose_together(given.value, *list(vars(given).values())[1:])
    budget = (free.value + frugal.value) / 2.0
    result = choose_together(*vars(given).values(), budget)
    assert result.report.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)
    assert result.value <= budget * (1 + 1e-9)
    assert free.cost_per_day < result.cost_per_day < frugal.cost_per_day
    levels, performance = rungs.at(result.choice)
    assert performance.cost_per_day.sum() == pytest.approx(result.cost_per_day)
    assert levels.order_up_to.shape == (SIZE,)


def test_too_few_candidates_are_refused(cells: Cells) -> None:
    with pytest.raises(ValueError, match="count must be at least 2"):
        ladder(cells, Form.BASE_STOCK, 1)
