"""The models our speed is measured against solve the problem they claim to solve."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measure import Measurement, append_history, measure, table
from bench.peers import plain_simpy, reference_day
from bench.peers.problem import InventoryProblem, Outcome, m5_like

HAND_WORKED = InventoryProblem(
    daily_rate=np.array([[1.0], [1.0]]),
    reorder_point=np.array([[2], [2]]),
    order_up_to=np.array([[5], [5]]),
    dc_reorder_point=np.array([1]),
    dc_order_up_to=np.array([6]),
    n_days=3,
    lead_time_days=1,
    supplier_lead_time_days=2,
)
HAND_WORKED_DEMAND = np.array([[[4], [3]], [[6], [1]], [[1], [0]]])


def test_reference_follows_three_days_worked_by_hand():
    trace = reference_day.simulate(HAND_WORKED, HAND_WORKED_DEMAND)
    assert trace.sales[:, :, 0].tolist() == [[4, 3], [4, 1], [0, 0]]
    assert trace.stock[:, :, 0].tolist() == [[1, 2], [0, 4], [0, 4]]
    assert trace.ordered[:, :, 0].tolist() == [[4, 3], [5, 0], [5, 0]]
    # Six units for orders of four and three: 3.43 and 2.57, so the odd unit goes to the second store.
    assert trace.shipped[:, :, 0].tolist() == [[3, 3], [0, 0], [5, 0]]
    assert trace.dc_stock[:, 0].tolist() == [6, 0, 6]
    assert trace.dc_ordered[:, 0].tolist() == [6, 0, 5]
    assert trace.outcome() == Outcome(
        cells=6,
        demand_units=15,
        sold_units=12,
        lost_units=3,
        on_hand_unit_days=11,
        orders=4,
        ordered_units=17,
        shipped_units=11,
        short_orders=2,
        dc_on_hand_unit_days=12,
        dc_orders=2,
    )


@given(orders=st.lists(st.integers(0, 50), min_size=1, max_size=8), available=st.integers(0, 200))
def test_sharing_out_gives_all_there_is_and_stays_within_one_unit_of_proportion(orders, available):
    share = reference_day.share_out(np.array(orders), available)
    assert share.sum() == min(sum(orders), available)
    assert (share <= orders).all()
    if sum(orders) > available:
        assert (np.abs(share - np.array(orders) * available / sum(orders)) < 1).all()
        as_claims = [(index, plain_simpy.Place(0), units) for index, units in enumerate(orders)]
        assert plain_simpy.fair_share(as_claims, available) == share.tolist()


def test_equal_remainders_go_to_the_lower_store_index():
    assert reference_day.share_out(np.array([5, 5, 5]), 7).tolist() == [3, 2, 2]


def test_plain_simpy_equals_the_reference_when_the_dc_rations():
    problem = m5_like(n_stores=4, n_skus=15, n_days=120, seed=1)
    demand = problem.draw_demand(seed=2)
    expected = reference_day.run(problem, demand)
    assert min(expected.short_orders, expected.lost_units, expected.dc_orders) > 10
    assert plain_simpy.run(problem, demand) == expected


@pytest.mark.parametrize(("lead_time_days", "supplier_lead_time_days"), [(1, 1), (3, 2)])
def test_plain_simpy_equals_the_reference_at_other_lead_times(lead_time_days, supplier_lead_time_days):
    problem = replace(
        m5_like(n_stores=3, n_skus=8, n_days=60, seed=3),
        lead_time_days=lead_time_days,
        supplier_lead_time_days=supplier_lead_time_days,
    )
    assert plain_simpy.run(problem, seed=4) == reference_day.run(problem, seed=4)


def test_supplynetpy_equals_the_reference_while_the_dc_is_ample():
    pytest.importorskip("SupplyNetPy")
    from bench.peers import supplynetpy_model

    problem = m5_like(n_stores=3, n_skus=10, n_days=100, seed=1, dc_safety_days=21.0)
    demand = problem.draw_demand(seed=2)
    demand[:, 0, 0] = 0
    expected = reference_day.run(problem, demand)
    assert expected.short_orders == 0
    assert min(expected.lost_units, expected.dc_orders) > 10
    assert supplynetpy_model.run(problem, demand) == expected


def test_supplynetpy_keeps_orders_waiting_where_the_reference_shares_out():
    pytest.importorskip("SupplyNetPy")
    from bench.peers import supplynetpy_model

    problem = m5_like(n_stores=3, n_skus=10, n_days=100, seed=1)
    demand = problem.draw_demand(seed=2)
    expected, outcome = reference_day.run(problem, demand), supplynetpy_model.run(problem, demand)
    assert min(outcome.short_orders, expected.short_orders) > 0
    assert outcome.demand_units == expected.demand_units == outcome.sold_units + outcome.lost_units
    # A waiting order stays on order while a cancelled rest is ordered again, so it asks for fewer units.
    assert outcome.ordered_units < expected.ordered_units
    assert outcome.fill_rate == pytest.approx(expected.fill_rate, abs=0.01)


def test_lead_time_of_zero_is_refused():
    with pytest.raises(ValueError, match="at least one day"):
        replace(HAND_WORKED, lead_time_days=0)


def test_rates_are_unequal_with_mean_near_1_1():
    rates = m5_like(n_stores=10, n_skus=3_000, n_days=1).daily_rate
    # Standard error of the mean is cv / sqrt(n) = 1.8 / sqrt(30,000), about 1%.
    assert rates.mean() == pytest.approx(1.1, rel=0.05)
    assert np.median(rates) < 0.6


def _answer() -> int:
    return 42


def _fail() -> None:
    raise LookupError("no such shelf")


def test_measure_times_every_repeat_and_hands_back_the_result():
    measured = measure("answer", _answer, work=10.0, repeats=4, warm_ups=1)
    assert measured.result == 42
    assert len(measured.cpu_seconds) == 4
    assert measured.peak_rss_mib > 5


def test_measure_raises_what_the_call_raises():
    with pytest.raises(LookupError, match="no such shelf"):
        measure("broken", _fail, work=1.0, repeats=1)


def test_ratios_compare_speed_per_unit_of_work(tmp_path):
    slow = Measurement("slow", 1_000.0, (3.0, 1.0, 2.0), 50.0, None)
    fast = Measurement("fast", 4_000.0, (0.5,), 60.0, None)
    assert fast.work_per_cpu_second / slow.work_per_cpu_second == 16
    assert table([slow, fast], "cells").splitlines()[2].split()[-2] == "16x"

    history = tmp_path / "HISTORY.md"
    append_history("toy", [slow, fast], "cells", history)
    append_history("toy", [fast], "cells", history)
    text = history.read_text(encoding="utf-8")
    assert text.count("# Speed history") == 1
    rows = [line.split(" | ") for line in text.splitlines() if "toy" in line]
    assert [row[4] for row in rows] == ["slow", "fast", "fast"]
    assert [row[-1].rstrip(" |") for row in rows] == ["1x", "16x", "1x"]
