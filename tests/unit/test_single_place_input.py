"""Stock at one place: what is refused and how, what changes nothing, and what can only go one way."""

from __future__ import annotations

import dataclasses
import sys
import types
from typing import Any

import numpy as np
import pytest

from optimize.stock.cells import Cells, Form, Levels, Performance, TargetMeasure, Unmet
from optimize.stock.single_place import evaluate, for_target, least_cost
from tests.stock_cells import assorted, cells, levels, taken

BAD = [
    ("mean_per_day", np.nan, r"cells\.mean_per_day\[1\] is nan: must be finite"),
    ("mean_per_day", -1.0, r"cells\.mean_per_day\[1\] is -1\.0: must be finite and at least 0"),
    ("mean_per_day", 1e9, r"cells\.mean_per_day\[1\] is .*count in larger units"),
    ("variance_per_day", np.inf, r"cells\.variance_per_day\[1\] is inf"),
    ("variance_per_day", 1e4, r"cells\.variance_per_day\[1\] is .* times the mean"),
    ("lead_time_days", -1, r"cells\.lead_time_days\[1\] is -1"),
    ("lead_time_days", 10**6, r"cells\.lead_time_days\[1\] is 1000000: with the review at most"),
    ("review_days", 0, r"cells\.review_days\[1\] is 0: must be at least 1"),
    ("case_units", 0, r"cells\.case_units\[1\] is 0: must be at least 1"),
    ("minimum_order_units", 10**9, r"cells\.minimum_order_units\[1\] is 1000000000"),
    ("fifo_share", 1.5, r"cells\.fifo_share\[1\] is 1\.5: must be at most 1"),
    ("holding_cost", 0.0, r"cells\.holding_cost\[1\] is 0\.0: must be above 0"),
    ("shortage_cost", 0.0, r"cells\.shortage_cost\[1\] is 0\.0: must be above 0 where no target"),
    ("shortage_cost", 1e12, r"cells\.shortage_cost\[1\] is .*at most 1e9 times"),
    ("order_cost", 1e20, r"cells\.order_cost\[1\] is 1e\+20: orders of more than"),
    ("holding_cost", 1e-320, r"cells\.holding_cost\[1\] is 1e-320: must be 0, or between 1e-50 and 1e\+50"),
    ("waste_cost", 1e300, r"cells\.waste_cost\[1\] is 1e\+300: must be 0, or between"),
    ("shortage_cost", 1e-12, r"cells\.order_cost\[1\] is 0\.1: orders of more than"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_bad_cells(name: str, value: float, message: str) -> None:
    some = cells(3, **{"order_cost": 0.1, name: [1, value, 1]})
    with pytest.raises(ValueError, match=message):
        least_cost(some, Form.MIN_MAX)


def test_bad_shapes() -> None:
    some = dataclasses.replace(cells(3), order_cost=np.ones(2))
    with pytest.raises(ValueError, match=r"cells\.order_cost has shape \(2,\), must be \(3,\)"):
        least_cost(some, Form.MIN_MAX)
    with pytest.raises(ValueError, match=r"levels\.reorder_point has shape \(1,\)"):
        evaluate(cells(3), Form.MIN_MAX, levels(1, 2))
    with pytest.raises(ValueError, match=r"share has shape \(2,\)"):
        for_target(cells(3), Form.MIN_MAX, TargetMeasure.FILL_RATE, np.full(2, 0.9))


@pytest.mark.parametrize(
    ("form", "given", "message"),
    [
        (Form.MIN_MAX, levels(3, 3), r"levels\.order_up_to\[0\] is 3: must be above the reorder point"),
        (Form.REORDER_QUANTITY, levels(3), r"levels\.order_quantity\[0\] is 0: must be at least 1"),
        (Form.MIN_MAX, levels(1, 10**9), r"levels\.order_up_to\[0\] is 1000000000: must be between"),
    ],
)
def test_bad_levels(form: Form, given: Levels, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(cells(), form, given)


@pytest.mark.parametrize("share", [0.0, 1.0, np.nan, -0.1, 1.0 - 1e-12])
def test_bad_targets(share: float) -> None:
    with pytest.raises(ValueError, match=r"share\[0\] is .*: must be above 0 and at most 0\.999999999"):
        for_target(cells(), Form.MIN_MAX, TargetMeasure.FILL_RATE, np.array([share]))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (np.ones(3), r"order_sizes has shape \(3,\)"),
        (np.array([[0.5, 0.4]]), r"order_sizes\[0\] is 0\.9: must be probabilities"),
        (np.array([[1.5, -0.5]]), r"order_sizes\[0\] is 1\.0: must be probabilities"),
    ],
)
def test_bad_order_sizes(sizes: np.ndarray[Any, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        least_cost(cells(), Form.MIN_MAX, order_sizes=sizes)


def test_too_many_customers_of_several_units() -> None:
    with pytest.raises(ValueError, match=r"cells\.mean_per_day\[0\] is 900\.0: at most 600 customers"):
        least_cost(cells(mean_per_day=900.0), Form.MIN_MAX, order_sizes=np.ones((1, 1)))


def figures(found: Performance) -> np.ndarray[Any, Any]:
    return np.array(dataclasses.astuple(found))


@pytest.mark.parametrize("unmet", list(Unmet))
@pytest.mark.parametrize("form", list(Form))
class TestWhatChangesNothing:
    def test_order_and_company_of_cells(self, form: Form, unmet: Unmet) -> None:
        """Bit for bit: shuffled, and each alone."""
        some = assorted(40, unmet, case_units=[1, 1, 6, 1] * 10)
        shuffled = np.random.default_rng(4).permutation(40)
        share = np.linspace(0.8, 0.99, 40)
        together = least_cost(some, form)
        aimed = for_target(some, form, TargetMeasure.FILL_RATE, share)
        other = for_target(taken(some, shuffled), form, TargetMeasure.FILL_RATE, share[shuffled])
        for name, values in vars(aimed).items():
            assert np.array_equal(getattr(other, name), values[shuffled])
        reached = figures(evaluate(some, form, together))
        for i in range(0, 40, 7):
            one = taken(some, np.array([i]))
            alone = least_cost(one, form)
            assert all(values[0] == getattr(together, name)[i] for name, values in vars(alone).items())
            assert np.array_equal(figures(evaluate(one, form, alone))[:, 0], reached[:, i])

    def test_unit_of_money(self, form: Form, unmet: Unmet) -> None:
        """A power of two, so that nothing is rounded."""
        some = assorted(40, unmet)
        names = ("holding_cost", "order_cost", "shortage_cost")
        dear = dataclasses.replace(some, **{name: 1024.0 * getattr(some, name) for name in names})
        first, second = least_cost(some, form), least_cost(dear, form)
        for name, values in vars(first).items():
            assert np.array_equal(values, getattr(second, name))
        costs = [evaluate(c, form, v).cost_per_day for c, v in ((some, first), (dear, second))]
        assert np.array_equal(1024.0 * costs[0], costs[1])


@pytest.mark.parametrize("unmet", list(Unmet))
def test_more_stock_never_serves_less(unmet: Unmet) -> None:
    some = assorted(60, unmet)
    point = least_cost(some, Form.MIN_MAX).reorder_point.clip(0)
    before = None
    for more in range(6):
        found = evaluate(some, Form.MIN_MAX, levels(point + more, point + more + 5))
        service = np.array([found.fill_rate, found.cycle_service_level, found.ready_rate, found.mean_on_hand])
        if before is not None:
            assert (service >= before - 1e-12).all()
        before = service


@pytest.mark.parametrize("unmet", list(Unmet))
@pytest.mark.parametrize("measure", list(TargetMeasure))
def test_a_higher_target_costs_no_less(unmet: Unmet, measure: TargetMeasure) -> None:
    some = assorted(40, unmet, shortage_cost=0.0, lead_time_days=0)
    costs = [
        evaluate(some, Form.MIN_MAX, for_target(some, Form.MIN_MAX, measure, np.full(40, share))).cost_per_day
        for share in (0.5, 0.8, 0.95, 0.99)
    ]
    assert (np.diff(costs, axis=0) >= -1e-9).all()


def test_a_wider_choice_costs_no_more() -> None:
    """(s, S) can do what base stock does, and lots of one unit are base stock."""
    some = assorted(60, review_days=1)
    cost = {form: evaluate(some, form, least_cost(some, form)).cost_per_day for form in Form}
    assert (cost[Form.MIN_MAX] <= cost[Form.REORDER_QUANTITY] + 1e-9).all()
    assert (cost[Form.REORDER_QUANTITY] <= cost[Form.BASE_STOCK] + 1e-9).all()
    assert np.array_equal(cost[Form.PERIODIC_REVIEW], cost[Form.BASE_STOCK])


@pytest.mark.parametrize("unmet", list(Unmet))
@pytest.mark.parametrize("form", list(Form))
def test_nothing_is_asked_for(form: Form, unmet: Unmet) -> None:
    """No stock is held for it, and service is perfect."""
    some = cells(2, unmet, mean_per_day=[1e-320, 1.0], order_cost=1.0, holding_cost=[0.0, 1.0], case_units=6)
    for found in (
        least_cost(some, form),
        for_target(some, form, TargetMeasure.FILL_RATE, np.full(2, 0.9)),
    ):
        here = evaluate(some, form, found)
        assert found.reorder_point[0] == -1
        assert here.fill_rate[0] == 1.0
        assert here.orders_per_day[0] == here.mean_short[0] == 0.0


def test_what_is_never_ordered_is_lost() -> None:
    """With lost sales it can be cheapest to hold nothing."""
    cell = cells(1, Unmet.LOST, mean_per_day=0.01, order_cost=1e3, shortage_cost=1.0)
    found = least_cost(cell, Form.MIN_MAX)
    assert (found.reorder_point[0], found.order_up_to[0]) == (-1, 0)
    here = evaluate(cell, Form.MIN_MAX, found)
    assert (here.fill_rate[0], here.cost_per_day[0]) == (0.0, 0.01)


def test_large_and_small_means() -> None:
    """Where P(0) is no number any more, the sums still hold: a fixed point of the normal distribution is near."""
    cell = cells(
        3, mean_per_day=[4_000.0, 1e-9, 2_500.0], variance_per_day=[0.0, 0.0, 10_000.0], lead_time_days=3
    )
    found = evaluate(cell, Form.BASE_STOCK, levels([15_999, 0, 9_999], [16_000, 1, 10_000]))
    assert found.mean_on_hand[0] == pytest.approx(np.sqrt(16_000 / (2 * np.pi)), rel=1e-3)
    assert found.mean_on_hand[1] == pytest.approx(1.0 - 4e-9, abs=1e-15)
    assert found.mean_on_hand[2] == pytest.approx(np.sqrt(40_000 / (2 * np.pi)), rel=1e-3)
    assert found.fill_rate[1] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("unmet", list(Unmet))
@pytest.mark.parametrize("form", list(Form))
def test_extremes_that_are_allowed(form: Form, unmet: Unmet) -> None:
    """Immense cases and least orders, dear shortages, dear orders: levels are found and reach what is wanted."""
    some = cells(
        5, unmet, mean_per_day=[0.01, 5.0, 1e-7, 2.0, 1.0], case_units=[50_000, 1, 1, 1, 12], holding_cost=0.01,
        minimum_order_units=[0, 5_000, 1, 0, 0], shortage_cost=[1.0, 1.0, 1.0, 1e6, 1e-3], order_cost=[1, 1, 1, 500, 9],
    )  # fmt: skip
    here = evaluate(some, form, least_cost(some, form))
    assert np.isfinite(figures(here)).all()
    assert here.fill_rate[3] > 0.99999
    share = np.full(5, 0.999)
    found = evaluate(some, form, for_target(some, form, TargetMeasure.FILL_RATE, share))
    assert (found.fill_rate >= share).all()


def test_perishables_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those that perish, and their answers come back to their rows."""
    asked: list[Any] = []

    def least(some: Cells) -> Levels:
        asked.append(some)
        return levels([6, 7], [7, 8])

    def evaluated(some: Cells, given: Levels) -> Performance:
        asked.append(given)
        return Performance(*(np.full(2, value) for value in (0.5, 0.4, 0.3, 2.0, 1.0, 0.2, 0.1, np.nan)))

    fake = types.SimpleNamespace(least_cost_perishable=least, evaluate_perishable=evaluated)
    monkeypatch.setitem(sys.modules, "optimize.stock.perishables", fake)
    some = cells(4, mean_per_day=[1.0, 2.0, 3.0, 4.0], shelf_life_days=[0, 3, 0, 5], waste_cost=10.0)
    found = least_cost(some, Form.BASE_STOCK)
    assert asked[0].mean_per_day.tolist() == [2.0, 4.0]
    assert found.order_up_to[[1, 3]].tolist() == [7, 8]
    alone = least_cost(taken(some, np.array([0, 2])), Form.BASE_STOCK)
    assert found.order_up_to[[0, 2]].tolist() == alone.order_up_to.tolist()
    here = evaluate(some, Form.BASE_STOCK, found)
    assert asked[1].order_up_to.tolist() == [7, 8]
    assert here.mean_waste.tolist() == [0.0, 0.1, 0.0, 0.1]
    assert here.cost_per_day[1] == pytest.approx(2.0 + 9.0 + 1.0)


def test_progress_reaches_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    least_cost(assorted(4_500), Form.MIN_MAX, lambda *given: told.append(given))
    assert [finished for _, finished, _ in told] == [2_000, 4_000, 4_500]
