"""KPIs of suppliers by hand: the warm-up cut, nothing counted twice, NaN where there is nothing to count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import MEASURES, Group
from sim.kpis.supply import supply_kpis
from sim.records import Table
from tests.all_tables import all_tables
from tests.little_world import little_world

DAY = 86_400
END = 20 * DAY
LABELS = replace(little_world().labels, warm_up_days=5, suppliers=("A", "B"), quoted_lead_time_days=(2, 3))


def table(name: str, columns: str, *rows: tuple[int, ...]) -> Table:
    """A table of whole numbers; days become seconds."""
    names = columns.split()
    values = np.array(rows, np.int64).T
    return Table(
        name,
        {
            column: np.where(found < 0, found, found * DAY) if column.endswith("second") else found
            for column, found in zip(names, values, strict=True)
        },
    )


def kpis(*tables: Table) -> dict[str, float]:
    """All of them, from some tables."""
    return supply_kpis(all_tables({one.name: one for one in tables}), LABELS, END)


def test_they_are_the_group_of_supply_and_undefined_without_records() -> None:
    nothing = kpis()
    assert set(nothing) == {measure.name for measure in MEASURES.values() if measure.group is Group.SUPPLY}
    assert all(np.isnan(value) for value in nothing.values())


def test_timeliness_counts_units_and_what_is_overdue() -> None:
    found = kpis(
        table(
            "receipts",
            "supplier placed_second received_second units",
            (0, 4, 6, 1_000),  # in the warm-up
            (0, 5, 7, 30),  # on the day promised
            (1, 5, 9, 10),  # a day late
            (0, 10, -1, 20),  # overdue
            (1, 18, -1, 500),  # not due yet
        )
    )
    assert found["supplier_lead_time_days"] == (2 * 30 + 4 * 10) / 40
    assert found["supplier_on_time_share"] == 30 / 60


def test_answers_to_shortages_and_complaints() -> None:
    found = kpis(
        table("shortage_responses", "second step units", (4, 0, 9), (6, 0, 30), (19, 1, 15)),
        table("complaints", "reported_second units", (4, 9), (5, 6)),
    )
    assert found["shortage_response_units"] == 45 / 15
    assert found["complaint_units"] == 6 / 15


def test_prices_and_modes() -> None:
    found = kpis(
        table(
            "purchase_orders", "placed_second units value_minor", (4, 9, 9_999), (6, 60, 330), (7, 40, 220)
        ),
        table("price_differences", "placed_second difference_minor", (4, 5_000), (6, 30), (7, 20)),
        table("express_orders", "decided_second units", (4, 9), (8, 25)),
    )
    assert found["purchase_price_index"] == pytest.approx(1.1)
    assert found["express_share"] == 0.25


def test_quality() -> None:
    columns = (
        "received_second units accepted_units first_units defective_units"
        " inspected_lots rejected_lots escaped_units"
    )
    found = kpis(
        table(
            "supplier_lots",
            columns,
            (4, 900, 0, 0, 900, 9, 9, 0),
            (6, 100, 50, 40, 6, 4, 1, 1),
            (7, 100, 50, 50, 2, 4, 1, 1),
        )
    )
    assert found["supplier_fill_share"] == 0.9
    assert found["supplier_defects_ppm"] == pytest.approx(40_000)
    assert found["escaped_defects_ppm"] == pytest.approx(20_000)
    assert found["inspection_rejected_share"] == 0.25


def test_a_supplier_of_two_rules_is_scored_once() -> None:
    reviews = table(
        "supplier_reviews", "reviewed_second rule supplier score",
        (4, 0, 0, 100), (9, 0, 0, 8_000), (9, 1, 0, 8_000), (9, 0, 1, 5_000), (16, 0, 0, 8_000), (16, 0, 1, 7_000),
    )  # fmt: skip
    assert kpis(reviews)["supplier_score"] == 70.0


def test_stock_on_consignment_adds_up_over_centres() -> None:
    counts = table(
        "consigned_stock",
        "counted_second centre units",
        (4, 0, 99),
        (6, 0, 10),
        (6, 1, 20),
        (7, 0, 4),
        (7, 1, 6),
    )
    assert kpis(counts)["consigned_stock_units"] == 20
