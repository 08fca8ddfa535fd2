"""Levels at one place against Markov chains that follow every order, against all other levels, and published optima."""

from __future__ import annotations

import csv

import numpy as np
import numpy.typing as npt
import pytest

from optimize.stock.cells import Cells, Form, Levels, Performance, TargetMeasure, Unmet
from optimize.stock.single_place import evaluate, for_target, is_exact, least_cost
from tests.reference import reference_path
from tests.stock_cells import assorted, cells, levels, taken
from tests.theory.closed_forms import expected_left, expected_short, negative_binomial, poisson
from tests.theory.shelf_chains import Shelf, figures

FloatArray = npt.NDArray[np.float64]

BACKORDERED = [
    (Shelf(2, 5, 0, 0, 1), 0.8, 1.0),
    (Shelf(2, 5, 0, 1, 1), 0.5, 1.0),
    (Shelf(3, 4, 0, 1, 1), 0.5, 1.0),
    (Shelf(2, 0, 3, 1, 1), 0.5, 1.0),
    (Shelf(2, 5, 0, 1, 2), 0.3, 1.5),
    (Shelf(-1, 2, 0, 0, 1), 0.8, 1.0),
    (Shelf(2, 4, 0, 0, 1, case=3), 0.8, 1.0),
    (Shelf(2, 3, 0, 0, 1, case=3), 0.8, 1.0),
    (Shelf(2, 4, 0, 0, 2, minimum=4), 0.5, 1.0),
    (Shelf(2, 0, 4, 0, 2, case=3), 0.5, 1.0),
]
LOST = [
    (Shelf(2, 5, 0, 0, 1, is_lost=True), 0.8, 1.0),
    (Shelf(2, 5, 0, 0, 2, is_lost=True), 0.8, 2.0),
    (Shelf(2, 3, 0, 0, 1, is_lost=True), 0.8, 1.0),
    (Shelf(2, 0, 4, 0, 1, is_lost=True), 1.6, 1.0),
    (Shelf(2, 0, 2, 0, 3, is_lost=True), 0.8, 1.0),
    (Shelf(2, 4, 0, 0, 1, case=3, is_lost=True), 1.8, 1.0),
    (Shelf(1, 2, 0, 0, 1, minimum=4, is_lost=True), 0.8, 1.0),
]
UNDER_WAY = [
    (Shelf(reorder, reorder + gap, 0, lead, 1, is_lost=True), mean, 1.0)
    for lead, mean, reorder, gap in [
        (1, 0.5, 2, 1), (1, 0.5, 1, 8), (1, 1.0, 4, 1), (1, 2.0, 6, 3), (2, 0.5, 3, 1), (2, 0.5, 2, 3), (2, 1.0, 4, 3),
        (2, 1.0, 4, 8), (2, 2.0, 9, 8),
    ]
] + [(Shelf(3, 0, 7, 2, 1, is_lost=True), 1.0, 1.0), (Shelf(4, 0, 8, 1, 1, is_lost=True), 2.0, 1.0)]  # fmt: skip


def of_a_day(mean: float, ratio: float) -> FloatArray:
    demand = poisson(mean) if ratio == 1.0 else negative_binomial(mean, ratio)
    return demand[: np.flatnonzero(demand > 1e-12)[-1] + 1]


def solved(shelf: Shelf, mean: float, ratio: float) -> tuple[Cells, Performance]:
    cell = cells(
        1, Unmet.LOST if shelf.is_lost else Unmet.BACKORDER, mean_per_day=mean, variance_per_day=mean * ratio,
        lead_time_days=shelf.lead_time_days, review_days=shelf.review_days, case_units=shelf.case,
        minimum_order_units=shelf.minimum, order_cost=2.0,
    )  # fmt: skip
    form = Form.REORDER_QUANTITY if shelf.lot else Form.MIN_MAX
    return cell, evaluate(cell, form, levels(shelf.point, shelf.level, shelf.lot))


@pytest.mark.parametrize(("shelf", "mean", "ratio"), BACKORDERED + LOST)
def test_levels_against_every_day(shelf: Shelf, mean: float, ratio: float) -> None:
    """Exact: the same figures as of a chain that knows each order under way and each cycle."""
    cell, found = solved(shelf, mean, ratio)
    assert is_exact(cell).all()
    for name, value in figures(shelf, of_a_day(mean, ratio)).items():
        assert getattr(found, name)[0] == pytest.approx(value, abs=1e-8), name


@pytest.mark.parametrize(("shelf", "mean", "ratio"), UNDER_WAY)
def test_lost_sales_with_goods_under_way(shelf: Shelf, mean: float, ratio: float) -> None:
    """An approximation, and says so: within 1.5 points of fill rate, 2 % of orders, 4 % of stock."""
    cell, found = solved(shelf, mean, ratio)
    assert not is_exact(cell).any()
    truth = figures(shelf, of_a_day(mean, ratio))
    for name in ("fill_rate", "ready_rate"):
        assert getattr(found, name)[0] == pytest.approx(truth[name], abs=0.015), name
    assert found.cycle_service_level[0] == pytest.approx(truth["cycle_service_level"], abs=0.015)
    assert found.orders_per_day[0] == pytest.approx(truth["orders_per_day"], rel=0.02)
    assert found.mean_on_hand[0] == pytest.approx(truth["mean_on_hand"], rel=0.04)


@pytest.mark.parametrize(("level", "mean"), [(4, 2.0), (3, 1.2), (2, 0.7)])
def test_lost_sales_where_very_much_is_lost(level: int, mean: float) -> None:
    """Base stock far too low: still within 2.5 points of fill rate."""
    shelf = Shelf(level - 1, level, 0, 2, 1, is_lost=True)
    truth = figures(shelf, of_a_day(mean, 1.0))["fill_rate"]
    assert truth < 0.75
    assert solved(shelf, mean, 1.0)[1].fill_rate[0] == pytest.approx(truth, abs=0.025)


def test_base_stock_with_lost_sales_is_erlangs_loss_system() -> None:
    """Reviews much more often than units are asked for: blocked is what finds S units under way (Karush 1957)."""
    load, level, days = 2.0, 4, 2_000
    cell = cells(1, Unmet.LOST, mean_per_day=load / days, lead_time_days=days)
    carried = poisson(load)[: level + 1]
    found = evaluate(cell, Form.BASE_STOCK, levels(level - 1, level))
    assert 1.0 - found.fill_rate[0] == pytest.approx(carried[level] / carried.sum(), rel=2e-3)


def test_a_day_is_that_of_the_engine() -> None:
    """What theory tests hold the engine to under weekly orders; goods of the second morning are a lead time of 1."""
    cell = cells(1, mean_per_day=2.0, lead_time_days=1, review_days=7)
    found = evaluate(cell, Form.PERIODIC_REVIEW, levels(11, 12))
    spans = [poisson(2.0 * (2 + day)) for day in range(7)]
    assert found.mean_on_hand[0] == pytest.approx(np.mean([expected_left(span, 12) for span in spans]))
    assert found.mean_short[0] == pytest.approx(np.mean([expected_short(span, 12) for span in spans]))
    unmet = expected_short(poisson(16.0), 12) - expected_short(poisson(2.0), 12)
    assert 1.0 - found.fill_rate[0] == pytest.approx(unmet / 14.0)


def test_compound_demand() -> None:
    """Customers who want 1 or 3 units: the chain of days whose demand is summed up customer by customer."""
    customers, sizes = 0.4, np.array([0.6, 0.0, 0.4])
    day, of_some, number = np.zeros(40), np.ones(1), poisson(customers)
    for count in range(12):
        day[: of_some.size] += number[count] * of_some
        of_some = np.convolve(of_some, np.concatenate([[0.0], sizes]))
    mean = customers * float(sizes @ [1, 2, 3])
    cell = cells(1, mean_per_day=mean, lead_time_days=1, order_cost=2.0)
    found = evaluate(cell, Form.MIN_MAX, levels(3, 6), order_sizes=sizes[None, :])
    truth = figures(Shelf(3, 6, 0, 1, 1), day[: np.flatnonzero(day > 1e-12)[-1] + 1])
    for name, value in truth.items():
        assert getattr(found, name)[0] == pytest.approx(value, abs=1e-7), name
    plain = evaluate(cell, Form.MIN_MAX, levels(3, 6), order_sizes=np.ones((1, 1)))
    for name, values in vars(evaluate(cell, Form.MIN_MAX, levels(3, 6))).items():
        assert getattr(plain, name)[0] == pytest.approx(values[0], abs=1e-12), name


def test_zheng_and_federgruen() -> None:
    """Operations Research 39(4), table 1: levels and costs; at a mean of 75 s = 66 and s = 67 cost the same."""
    with reference_path("inventory/reference/sS_poisson_K64_h1_p9_L0.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cell = cells(len(rows), mean_per_day=[float(row["mu"]) for row in rows], order_cost=64.0)
    found = least_cost(cell, Form.MIN_MAX)
    cost = evaluate(cell, Form.MIN_MAX, found).cost_per_day
    for i, row in enumerate(rows):
        known = {(int(row["s_published"]), int(row["S_published"])), (int(row["s_ours"]), int(row["S_ours"]))}
        assert (found.reorder_point[i], found.order_up_to[i]) in known
        assert cost[i] == pytest.approx(float(row["cost_ours"]), abs=5e-7)
        assert cost[i] == pytest.approx(float(row["cost_published"]), abs=5.1e-4)


def test_example_of_snyder_and_shen() -> None:
    """Fundamentals of Supply Chain Theory, 2nd edition, example 4.7."""
    cell = cells(1, mean_per_day=6.0, shortage_cost=4.0, order_cost=5.0)
    found = least_cost(cell, Form.MIN_MAX)
    assert (found.reorder_point[0], found.order_up_to[0]) == (4, 10)
    assert evaluate(cell, Form.MIN_MAX, found).cost_per_day[0] == pytest.approx(8.034111561471642, rel=1e-12)


def small(unmet: Unmet, **given: object) -> Cells:
    """Cells whose best levels are within sight."""
    some = assorted(12, unmet, seed=2, order_cost=np.linspace(0.05, 0.4, 12), **given)
    some.mean_per_day[:] = np.minimum(some.mean_per_day, 1.2)
    some.variance_per_day[:] = np.minimum(some.variance_per_day, 2 * some.mean_per_day)
    return some


def all_levels(form: Form, cell: Cells) -> Levels:
    lowest = 0 if cell.unmet is Unmet.LOST else -5
    if form in (Form.PERIODIC_REVIEW, Form.BASE_STOCK):
        up_to = np.arange(lowest + 1, 40)
        return levels(up_to - 1, up_to)
    point, size = (grid.ravel() for grid in np.meshgrid(np.arange(lowest, 34), np.arange(1, 40)))
    if form is Form.MIN_MAX:
        return levels(point, point + size)
    allowed = (size % cell.case_units[0] == 0) & (size >= cell.minimum_order_units[0])
    return levels(point[allowed], 0, size[allowed])


def dearer(some: Cells, form: Form, measure: TargetMeasure | None = None, share: float = 0.0) -> FloatArray:
    """How much more the levels found cost than the best of all, cell by cell."""
    wanted = np.full(some.size, share)
    found = least_cost(some, form) if measure is None else for_target(some, form, measure, wanted)
    here = evaluate(some, form, found)
    if measure is not None:
        assert (getattr(here, measure.value) >= share).all()
    best = np.empty(some.size)
    for i in range(some.size):
        tried = all_levels(form, taken(some, np.array([i])))
        there = evaluate(taken(some, np.full(tried.reorder_point.size, i)), form, tried)
        reaches = np.ones(tried.reorder_point.size, np.bool_)
        if measure is not None:
            reaches = getattr(there, measure.value) >= share
        best[i] = there.cost_per_day[reaches].min()
        if some.unmet is Unmet.LOST and measure is None:
            best[i] = min(best[i], some.mean_per_day[i] * some.shortage_cost[i])
    return np.asarray(here.cost_per_day / best - 1.0)


PACKED = {"case_units": [1, 2, 3, 4, 6, 5] * 2, "minimum_order_units": [0, 5, 0, 7] * 3}


@pytest.mark.parametrize("given", [{}, PACKED], ids=["units", "cases"])
@pytest.mark.parametrize("form", list(Form))
def test_no_other_levels_cost_less(form: Form, given: dict[str, object]) -> None:
    assert dearer(small(Unmet.BACKORDER, **given), form) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("given", [{}, PACKED], ids=["units", "cases"])
@pytest.mark.parametrize("measure", list(TargetMeasure))
@pytest.mark.parametrize("form", [Form.MIN_MAX, Form.REORDER_QUANTITY, Form.PERIODIC_REVIEW])
def test_no_other_levels_reach_the_target_for_less(
    form: Form, measure: TargetMeasure, given: dict[str, object]
) -> None:
    some = small(Unmet.BACKORDER, shortage_cost=0.0, **given)
    assert dearer(some, form, measure, 0.93) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("lead_time_days", [0, 2])
@pytest.mark.parametrize("form", list(Form))
def test_lost_sales_near_the_best(form: Form, lead_time_days: int) -> None:
    """The best of all without a lead time; else what others cost less is within 1 %."""
    most = 1e-9 if lead_time_days == 0 else 0.01
    some = small(Unmet.LOST, lead_time_days=lead_time_days)
    assert dearer(some, form).max() <= most
    assert dearer(some, form, TargetMeasure.FILL_RATE, 0.95).max() <= most
