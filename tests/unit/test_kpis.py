"""KPIs by hand on a world small enough to add up, and their algebra."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import COST_HEADS, MEASURES, Costs, Group
from scenarios.language.costs import ShortageCosts
from sim.books import HEAD_ACCOUNTS, Account, post_ledger
from sim.kpis import (
    PARTS,
    compute_kpis,
    kpis_by_class,
    kpis_by_day,
    kpis_by_store,
    kpis_by_store_class,
)
from sim.kpis.flow import bullwhip_ratio, weekly
from sim.kpis.service import service_gini, small_store_fill_gap
from sim.records import Cell, Centre, Day, Panels, Table
from sim.result import Identity, Labels, RunResult
from tests.all_tables import all_tables
from tests.little_world import little_world

DAYS, WARM_UP = 3, 1
SECONDS = 86_400
GARBAGE = 977
"""Fills the warm-up day: it must not show anywhere."""


def labels(warm_up_days: int = WARM_UP) -> Labels:
    return Labels(
        stores=("A", "B"),
        store_names=("A", "B"),
        skus=("K",),
        classes=("all",),
        sku_class=np.zeros(1, dtype=np.int64),
        centres=("C",),
        start_date=date(2025, 1, 6),
        warm_up_days=warm_up_days,
        panel_period_days=1,
        currency="CNY",
        store_size=np.ones(2),
        store_latitude=np.zeros(2),
        store_longitude=np.zeros(2),
    )


def by_hand() -> tuple[Panels, dict[str, Table], np.ndarray]:
    """Two days count, two stores; figures chosen so that every KPI comes out in round numbers."""
    day = np.full((DAYS, 2, 1, len(Day)), GARBAGE, dtype=np.int64)
    day[WARM_UP:] = 0
    # Per measure: store A on both days, store B on both days.
    for measure, figures in {
        Day.DEMAND: (60, 60, 20, 60),
        Day.SOLD_AS_ASKED: (60, 40, 10, 30),
        Day.SUBSTITUTED: (0, 10, 4, 6),
        Day.BACKORDERED: (0, 5, 3, 12),
        Day.LOST: (0, 5, 3, 12),
        Day.SOLD_AS_SUBSTITUTE: (0, 10, 4, 6),
        Day.BACKORDER_FILLED: (0, 0, 20, 20),
        Day.DEMAND_VALUE: (600, 600, 200, 600),
        Day.SOLD_AS_ASKED_VALUE: (600, 400, 150, 350),
        Day.MARKED_DOWN_UNITS: (15, 0, 0, 5),
        Day.WASTED: (2, 3, 4, 1),
        Day.RETURNED: (5, 0, 0, 5),
        Day.DEFECTIVE_RETURNED: (1, 0, 0, 1),
        Day.RECEIVED: (100, 50, 40, 10),
        Day.ON_HAND: (100, 300, 50, 150),
        Day.STOCK_VALUE: (40_000, 60_000, 30_000, 30_000),
        Day.BACKORDERS: (3, 5, 7, 9),
        Day.OPEN_SECONDS: (1_000, 1_000, 500, 500),
        Day.OUT_OF_STOCK_SECONDS: (100, 100, 20, 80),
        Day.AGE_AT_SALE_DAYS: (10, 20, 5, 5),
        Day.LIFE_AT_SALE_DAYS: (40, 40, 10, 10),
        Day.CYCLES: (4, 3, 2, 1),
        Day.CYCLES_SHORT: (1, 0, 0, 1),
        Day.ORDERED: (10, 50, 20, 10),
        Day.EMERGENCY_ORDERED: (0, 20, 0, 10),
        Day.ORDER_LINES: (3, 4, 2, 1),
        Day.EMERGENCY_LINES: (0, 1, 0, 1),
    }.items():
        day[WARM_UP:, 0, 0, measure], day[WARM_UP:, 1, 0, measure] = figures[:2], figures[2:]
    centre = np.full((DAYS, 1, 1, len(Centre)), GARBAGE, dtype=np.int64)
    centre[WARM_UP:] = 0
    centre[WARM_UP:, 0, 0, Centre.ON_HAND] = 500, 700
    centre[WARM_UP:, 0, 0, Centre.STOCK_VALUE] = 100_000, 140_000
    for at_centre, both_days in {
        Centre.RECEIVED: (150, 50),
        Centre.WASTED: (0, 10),
        Centre.DATED_DELIVERED: (30, 10),
        Centre.LIFE_DELIVERED_DAYS: (100, 60),
        Centre.RESTOCKED_VALUE: (3_000, 1_000),
        Centre.SCRAPPED_VALUE: (0, 2_000),
        Centre.TO_VENDOR_VALUE: (4_000, 0),
        Centre.VENDOR_CREDIT: (2_000, 0),
        Centre.GIFTED: (3, 4),
        Centre.SHIPPED: (120, 80),
        Centre.ASKED: (150, 100),
        Centre.SHRUNK: (9, 0),
        Centre.FOUND: (0, 1),
        Centre.SHORT_PICKED: (2, 3),
        Centre.RECORDS: (10, 10),
        Centre.ACCURATE_RECORDS: (10, 9),
    }.items():
        centre[WARM_UP:, 0, 0, at_centre] = both_days
    # (placed on day, store, kind, lines, lines in full)
    orders = [
        (0, 0, 1, 50, 50),
        (1, 0, 0, 3, 3),
        (1, 1, 2, 2, 0),
        (2, 0, 0, 4, 3),
        (2, 0, 1, 1, 1),
        (2, 1, 1, 2, 2),
    ]
    columns = np.array(orders, dtype=np.int64).T
    table = Table(
        "store_orders",
        {"placed_second": columns[0] * SECONDS + SECONDS - 1, "store": columns[1], "kind": columns[2],
         "lines": columns[3], "lines_in_full": columns[4]},
    )  # fmt: skip
    ledger = np.full((DAYS, 3, 2, len(Account)), GARBAGE, dtype=np.int64)
    ledger[WARM_UP:] = 0
    for account, minor in {
        Account.REVENUE: -100_000,
        Account.REFUNDS: 10_000,
        Account.MARK_DOWN: 4_000,
        Account.COST_OF_GOODS: 40_000,
        Account.WASTE: 2_000,
        Account.DISPOSAL: 500,
        Account.HOLDING: 1_000,
    }.items():
        ledger[1, 0, 0, account] = minor
    # What belongs to no class, and what centres cost, counts too.
    ledger[2, 1, 1, Account.ORDERING] = 3_000
    ledger[2, 2, 1, Account.FACILITIES] = 8_000
    ledger[2, 2, 0, Account.HOLDING] = 1_000
    ledger[1, 1, 1, Account.COMMUNICATION] = 600
    panels = Panels(
        day, np.zeros((DAYS, 2, 1, len(Cell)), np.int32), np.zeros((DAYS, 2, 1), np.int64), centre
    )
    return panels, all_tables({"store_orders": table}), ledger


EXPECTED = {
    "fill_rate": 140 / 200,
    "value_fill_rate": 1_500 / 2_000,
    "line_fill_rate": 9 / 12,
    "cycle_service_level": 8 / 10,
    "on_shelf_availability": 0.9,
    "stock_out_days": 36.5,
    "substituted_share": 0.1,
    "lost_share": 0.1,
    # Unmet 1/6 of 120 units and 1/2 of 80: 0.6 x 0.4 x (1/2 - 1/6) / 0.3.
    "service_gini": 0.6 * 0.4 * (1 / 3) / 0.3,
    "small_store_fill_gap": 100 / 120 - 40 / 80,
    "demand_units": 100,
    "sold_units": 100,
    "order_lines": 6,
    "store_orders": 2.5,
    "emergency_share": 0.4,
    # Orders 30 and 90 over demand 80 and 120: variances 900 and 400.
    "bullwhip_ratio": 2.25,
    "bullwhip_ratio_dc": float("nan"),
    "return_rate": 0.05,
    # 800 in stores and 1,200 in the centre, against 200 a day.
    "inventory_days": 10,
    "stock_turns": 36.5,
    "store_stock_units": 300,
    "dc_stock_units": 600,
    "backorder_units": 12,
    "stock_value": 2_000,
    "gmroi": 365 * 230 / 2_000,
    "waste_share": 0.05,
    "mark_down_share": 0.1,
    "age_at_sale_share": 0.4,
    "centre_waste_share": 0.05,
    "life_at_receipt_days": 4,
    "escaped_defect_share": 0.01,
    # 40 back in stock and 20 of credit over two days, of 100 that came back.
    "recovery_value": 30,
    "recovered_share": 0.6,
    "gift_units": 3.5,
    "record_accuracy": 0.95,
    "shrinkage_share": 0.04,
    "short_pick_share": 0.02,
    "cost_purchase": 200,
    "cost_ordering": 15,
    "cost_holding": 10,
    "cost_waste": 12.5,
    "cost_mark_down": 20,
    "cost_communication": 3,
    "cost_facilities": 40,
    "total_cost": 300.5,
    "cost_to_serve": 1.005,
    # 24 units owed at day's end at 0.5, 20 lost at 2, over two days.
    "shortage_penalty": 26,
    "revenue": 450,
    "gross_margin": 230,
    "profit": 149.5,
}


def test_every_kpi_of_the_registry_is_computed_in_its_order() -> None:
    panels, tables, ledger = by_hand()
    assert list(compute_kpis(panels, tables, ledger, labels(), Costs())) == list(MEASURES)


# No operation of a centre, a truck or a supplier stands in these records.
EXPECTED |= {
    measure.name: 0.0 if measure.group is Group.COST else float("nan")
    for measure in MEASURES.values()
    if measure.name not in EXPECTED
}


def test_there_is_an_expected_value_for_every_kpi() -> None:
    assert set(EXPECTED) == set(MEASURES)


@pytest.mark.parametrize("name", list(MEASURES))
def test_kpis_by_hand(name: str) -> None:
    panels, tables, ledger = by_hand()
    costs = Costs(shortage=ShortageCosts(backorder_per_unit_day=0.5, lost_per_unit=2))
    value = compute_kpis(panels, tables, ledger, labels(), costs)[name]
    assert value == pytest.approx(EXPECTED[name], rel=1e-12, nan_ok=True)


def test_the_weekly_bullwhip_ratio_starts_after_the_warm_up() -> None:
    days = 1 + 7 * 3 + 4
    day = np.zeros((days, 1, 1, len(Day)), dtype=np.int64)
    centre = np.zeros((days, 1, 1, len(Centre)), dtype=np.int64)
    day[0], centre[0] = GARBAGE, GARBAGE
    day[-4:], centre[-4:] = GARBAGE, GARBAGE
    # Weekly demand 10, 20, 30 and purchases 0, 60, 0, on single days of the week.
    day[[1, 14, 15], 0, 0, Day.DEMAND] = 10, 20, 30
    centre[11, 0, 0, Centre.PURCHASED] = 60
    _, tables, _ = by_hand()
    no_orders = {name: column[:0] for name, column in tables["store_orders"].columns.items()}
    kpis = compute_kpis(
        Panels(day, np.zeros((days, 1, 1, len(Cell)), np.int32), np.zeros((days, 1, 1), np.int64), centre),
        all_tables({"store_orders": Table("store_orders", no_orders)}),
        np.zeros((days, 2, 2, len(Account)), dtype=np.int64),
        replace(labels(), stores=("A",)),
        Costs(),
    )
    assert kpis["bullwhip_ratio_dc"] == pytest.approx(np.var([0, 60, 0]) / np.var([10, 20, 30]))


def test_without_perishables_nothing_is_wasted_and_nothing_has_an_age() -> None:
    panels, tables, ledger = by_hand()
    panels.day[..., [Day.WASTED, Day.AGE_AT_SALE_DAYS, Day.LIFE_AT_SALE_DAYS]] = 0
    kpis = compute_kpis(panels, tables, ledger, labels(), Costs())
    assert kpis["waste_share"] == 0
    assert np.isnan(kpis["age_at_sale_share"])
    panels.day[..., Day.RECEIVED] = 0
    assert np.isnan(compute_kpis(panels, tables, ledger, labels(), Costs())["waste_share"])


@pytest.mark.parametrize("warm_up_days", [0, DAYS, DAYS + 1])
def test_what_is_undefined_is_nan_and_never_an_error(warm_up_days: int) -> None:
    panels, tables, ledger = by_hand()
    for array in (panels.day, panels.centre, ledger):
        array[:] = 0
    nothing = {name: column[:0] for name, column in tables["store_orders"].columns.items()}
    kpis = compute_kpis(
        panels,
        all_tables({"store_orders": Table("store_orders", nothing)}),
        ledger,
        labels(warm_up_days),
        Costs(),
    )
    undefined = {name for name, value in kpis.items() if np.isnan(value)}
    shares = {name for name, measure in MEASURES.items() if measure.is_share}
    if warm_up_days >= DAYS:
        assert undefined == set(MEASURES)
    else:
        assert undefined > shares
        assert kpis["total_cost"] == kpis["sold_units"] == kpis["stock_value"] == 0


@pytest.fixture(scope="module")
def result() -> RunResult:
    """The little world as a run result."""
    world = little_world(seed=4, days=24, warm_up_days=5)
    ledger = post_ledger(world.panels, world.tables, world.opening, world.labels, world.terms)
    kpis = compute_kpis(world.panels, world.tables, ledger, world.labels, world.terms.costs)
    identity = Identity("little", "", "", "", "", 4, 0, "0")
    return RunResult(
        identity, world.labels, world.tables, world.panels, ledger, world.opening, world.closing, kpis
    )


def test_the_algebra_of_money(result: RunResult) -> None:
    kpis = result.kpis
    assert kpis["total_cost"] == pytest.approx(sum(kpis[f"cost_{head}"] for head in COST_HEADS))
    earned = kpis["revenue"] + kpis["service_revenue"]
    assert kpis["profit"] == pytest.approx(earned - kpis["total_cost"])
    first = result.labels.warm_up_days
    paid_back = (
        -result.ledger[first:, ..., Account.VOLUME_DISCOUNTS].sum() / 100 / (len(result.ledger) - first)
    )
    assert paid_back != 0
    assert kpis["gross_margin"] + paid_back == pytest.approx(
        kpis["revenue"] - kpis["cost_mark_down"] - kpis["cost_purchase"]
    )
    assert kpis["inventory_days"] * kpis["stock_turns"] == pytest.approx(365)
    assert kpis["cost_to_serve"] * kpis["sold_units"] == pytest.approx(
        kpis["total_cost"] - kpis["cost_purchase"]
    )
    assert kpis["stock_value"] == pytest.approx(kpis["inventory_days"] * (kpis["cost_purchase"] + paid_back))


def test_profit_is_what_happened_to_cash_and_goods(result: RunResult) -> None:
    after = result.ledger[result.labels.warm_up_days :].sum(axis=(0, 1, 2))
    goods = after[
        [
            Account.STORE_INVENTORY,
            Account.CENTRE_INVENTORY,
            Account.IN_TRANSIT,
            Account.RETURNED_GOODS,
            Account.PARTS_INVENTORY,
            Account.OPENING_CAPITAL,  # of parts, which this world may find on any morning
        ]
    ].sum()
    days = len(result.ledger) - result.labels.warm_up_days
    assert result.kpis["profit"] == pytest.approx((after[Account.CASH] + goods) / 100 / days)


def test_heads_cover_every_account_of_cost_once() -> None:
    covered = [account for head in COST_HEADS for account in HEAD_ACCOUNTS[head]]
    neither = {Account.REVENUE, Account.REFUNDS, Account.OPENING_CAPITAL, Account.CASH, Account.CLEARING,
               Account.STORE_INVENTORY, Account.CENTRE_INVENTORY, Account.IN_TRANSIT,
               Account.RETURNED_GOODS, Account.SERVICE_REVENUE, Account.PARTS_INVENTORY}  # fmt: skip
    assert len(covered) == len(set(covered))
    assert set(covered) | neither == set(Account)


def test_units_of_stores_classes_and_days_add_up_to_the_network(result: RunResult) -> None:
    first = result.labels.warm_up_days
    for name in ("demand_units", "sold_units", "order_lines", "store_stock_units", "backorder_units"):
        total = pytest.approx(result.kpis[name])
        assert kpis_by_store(result)[name].sum() == total
        assert kpis_by_class(result)[name].sum() == total
        assert kpis_by_store_class(result)[name].sum() == total
        assert kpis_by_day(result)[name][first:].mean() == total
    for name in ("dc_stock_units", "stock_value", "revenue", "gross_margin"):
        assert kpis_by_class(result)[name].sum() == pytest.approx(result.kpis[name])
        assert kpis_by_day(result)[name][first:].mean() == pytest.approx(result.kpis[name])
    for name in ("store_orders", "total_cost", "profit"):
        assert kpis_by_day(result)[name][first:].mean() == pytest.approx(result.kpis[name])
    assert kpis_by_store(result)["store_orders"].sum() == pytest.approx(result.kpis["store_orders"])


def test_costs_of_stores_and_centres_add_up_to_the_network(result: RunResult) -> None:
    first, stores = result.labels.warm_up_days, len(result.labels.stores)
    days = len(result.ledger) - first
    for head in COST_HEADS:
        at_centres = result.ledger[first:, stores:][..., HEAD_ACCOUNTS[head]].sum() / 100 / days
        at_stores = kpis_by_store(result)[f"cost_{head}"].sum()
        assert at_stores + at_centres == pytest.approx(result.kpis[f"cost_{head}"])


def test_ratios_of_stores_weigh_up_to_the_network(result: RunResult) -> None:
    stores = kpis_by_store(result)
    weight = stores["demand_units"]
    assert (stores["fill_rate"] * weight).sum() / weight.sum() == pytest.approx(result.kpis["fill_rate"])
    assert service_gini(weight, stores["fill_rate"] * weight) == pytest.approx(result.kpis["service_gini"])


def test_breakdowns_have_one_value_per_part(result: RunResult) -> None:
    shapes = {kpis_by_day: (24,), kpis_by_store: (3,), kpis_by_class: (2,), kpis_by_store_class: (3, 2)}
    for breakdown, shape in shapes.items():
        values = breakdown(result)
        assert list(values) == list(PARTS)
        assert {value.shape for value in values.values()} == {shape}


def test_orders_belong_to_no_class(result: RunResult) -> None:
    assert np.isnan(kpis_by_class(result)["emergency_share"]).all()
    assert np.isnan(kpis_by_store_class(result)["line_fill_rate"]).all()


@pytest.mark.parametrize("breakdown", [kpis_by_store, kpis_by_class, kpis_by_store_class])
def test_nothing_is_left_when_all_days_warm_up(result: RunResult, breakdown: Any) -> None:
    values = breakdown(replace(result, labels=replace(result.labels, warm_up_days=24)))
    assert all(np.isnan(value).all() for value in values.values())


def brute_force_gini(demand: np.ndarray, sold: np.ndarray) -> float:
    weight, short = demand / demand.sum(), 1 - sold / demand
    spread = sum(
        weight[i] * weight[j] * abs(short[i] - short[j])
        for i in range(len(demand))
        for j in range(len(demand))
    )
    return float(spread / (2 * (weight * short).sum()))


chains = st.lists(
    st.tuples(st.integers(1, 10_000), st.floats(0, 1)).map(lambda pair: (pair[0], int(pair[0] * pair[1]))),
    min_size=1,
    max_size=12,
)


@given(chains)
def test_gini_is_its_definition_and_a_share(chain: list[tuple[int, int]]) -> None:
    demand, sold = np.array(chain, dtype=np.float64).T
    value = service_gini(demand, sold)
    assert 0 <= value < 1
    if (demand > sold).any():
        assert value == pytest.approx(brute_force_gini(demand, sold), abs=1e-9)


@given(chains, st.integers(2, 9))
def test_gini_does_not_depend_on_scale_or_on_how_a_chain_is_cut(
    chain: list[tuple[int, int]], factor: int
) -> None:
    demand, sold = np.array(chain, dtype=np.float64).T
    value = service_gini(demand, sold)
    assert service_gini(factor * demand, factor * sold) == pytest.approx(value, abs=1e-9)
    # A store cut into equal halves is served no less equally than before.
    cut_demand, cut_sold = np.repeat(demand, 2) / 2, np.repeat(sold, 2) / 2
    assert service_gini(cut_demand, cut_sold) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("demand", "sold", "expected"),
    [
        ([10, 20, 30], [10, 20, 30], 0.0),
        ([10, 20, 30], [5, 10, 15], 0.0),
        # One of n equal stores bears all: (n - 1) / n.
        ([10, 10], [10, 0], 1 / 2),
        ([10, 10, 10, 10], [10, 10, 10, 4], 3 / 4),
        # The one that bears all sells a tenth of everything: 1 - 1/10.
        ([90, 10], [90, 0], 0.9),
        # Stores without demand do not count.
        ([10, 0, 10], [10, 0, 0], 1 / 2),
        ([0, 0], [0, 0], float("nan")),
    ],
)
def test_gini_of_known_chains(demand: list[float], sold: list[float], expected: float) -> None:
    value = service_gini(np.array(demand, dtype=float), np.array(sold, dtype=float))
    assert value == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_the_gap_compares_thirds_by_demand() -> None:
    demand = np.array([100.0, 1.0, 50.0, 3.0, 80.0, 0.0, 20.0])
    sold = np.array([90.0, 0.0, 25.0, 2.0, 60.0, 0.0, 10.0])
    assert small_store_fill_gap(demand, sold) == pytest.approx(150 / 180 - 2 / 4)
    assert small_store_fill_gap(demand[:2], sold[:2]) == pytest.approx(0.9)
    assert np.isnan(small_store_fill_gap(demand[:1], sold[:1]))


def test_bullwhip_ratio() -> None:
    demand = np.array([3.0, 5.0, 4.0, 8.0])
    assert bullwhip_ratio(demand, demand) == 1
    assert bullwhip_ratio(10 + 3 * demand, demand) == pytest.approx(9)
    assert bullwhip_ratio(np.full(4, 5.0), demand) == 0
    assert np.isnan(bullwhip_ratio(demand, np.full(4, 5.0)))
    assert np.isnan(bullwhip_ratio(np.zeros(4), demand))
    assert np.isnan(bullwhip_ratio(demand[:1], demand[:1]))


def test_weeks_are_whole() -> None:
    np.testing.assert_array_equal(weekly(np.arange(17.0)), [21, 70])
    assert weekly(np.arange(6.0)).shape == (0,)
