"""Edits of a world leave the requests of everybody else as they were, to the second; units are conserved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import RunResult
from sim.aftersales.requests import Kind
from tests.factory import merged
from tests.service_worlds import (
    CATEGORY,
    SKU,
    STATION,
    STORE,
    constant,
    installed,
    job_stream,
    mode,
    product,
    run,
    service_world,
)

DAYS = 60
OFFER = {"contract_share": 0.4, "visits_per_year": 6}
WASHER = product(
    "washer", per_year=6.0, categories=[CATEGORY], installation={"share": 0.7}, maintenance=OFFER,
    scrappage={"kind": "weibull", "shape": 2.0, "scale_years": 3.0},
)  # fmt: skip
OVEN = product("oven", per_year=5.0)
PUMP, GRILL = mode("pump", "washer", remote_share=0.2), mode("grill", "oven")
DRAWN = (
    "kind", "reported_second", "segment", "urgency", "mode", "is_warranty", "is_contract", "is_goodwill",
)  # fmt: skip
"""Columns that no queue has a hand in."""
_SKU = {"sku_id": SKU, "class_id": "HOME", "category": CATEGORY, "price": 2.0, "purchase_cost": 1.0}


def world(**changes: Any) -> RunResult:
    plain: dict[str, Any] = {
        "days": DAYS,
        "units_per_day": 2.0,
        "technicians": 20,
        "products": [WASHER],
        "modes": [PUMP],
        "base": [installed(300, "washer", age) for age in (3, 30, 45)],
        "streams": [job_stream("jobs", 300.0, 20.0)],
        "service": {"segments": [{"id": "home"}, {"id": "work"}], "repair": {"spread_km": 5.0}},
        "policy": {"service": {"maintenance": True, "goodwill_months": 12, "goodwill_share": 0.5}},
    }
    return run(service_world(**merged(plain, changes)))


def drawn(result: RunResult, until: int = DAYS) -> list[tuple[int, ...]]:
    """What was drawn for the requests of washers and of the stream, the first product, mode and stream."""
    requests = result.tables["requests"]
    mine = (requests["product"] == 0) | ((requests["kind"] == Kind.STREAM) & (requests["stream"] == 0))
    mine &= (requests["region"] <= 0) & (requests["reported_second"] < until * 86_400)
    return sorted(zip(*(requests[name][mine].tolist() for name in DRAWN), strict=True))


@pytest.fixture(scope="module")
def before() -> RunResult:
    return world()


def test_there_is_something_to_disturb(before: RunResult) -> None:
    kinds = {row[0] for row in drawn(before)}
    assert kinds == {Kind.REPAIR, Kind.INSTALLATION, Kind.MAINTENANCE, Kind.STREAM}
    assert len(drawn(before)) > 700


@pytest.mark.parametrize(
    "edit",
    [
        {
            "products": [WASHER, OVEN],
            "modes": [PUMP, GRILL],
            "base": [installed(300, "washer", age) for age in (3, 30, 45)] + [installed(500, "oven", 200)],
        },
        {
            "network": {
                "stores": [{"store_id": STORE}, {"store_id": "far", "region": "south", "longitude": 3.0}]
            },
            "base": [installed(300, "washer", age) for age in (3, 30, 45)]
            + [installed(400, "washer", 12, region="south")],
        },
        {"assortment": {"skus": [_SKU, {**_SKU, "sku_id": "B", "category": "other"}]}},
        {"streams": [job_stream("jobs", 300.0, 20.0), job_stream("more", 200.0, 10.0)]},
        {"technicians": 21},
        {"service": {"stations": [{"station_id": STATION}, {"station_id": "far", "longitude": 2.0}]}},
        {"service": {"failure_modes": [{**PUMP, "repair_minutes": constant(12)}]}},
    ],
    ids=["product", "region", "SKU", "stream", "technician", "station", "work"],
)
def test_an_edit_disturbs_nobody_else(before: RunResult, edit: dict[str, Any]) -> None:
    assert drawn(world(**edit)) == drawn(before)


def test_a_later_end_changes_nothing_before_it(before: RunResult) -> None:
    # Installations of the last day are asked for on the next morning.
    assert drawn(world(days=90), DAYS - 1) == drawn(before, DAYS - 1)


def test_contracts_only_take_failures_away() -> None:
    """The failures with visits are some of those without: thinning leaves the others to the second."""
    plain = {"units_per_day": 0.0, "streams": []}
    without = world(**plain, policy={"service": {"maintenance": False}})
    with_visits = world(**plain)

    def failures(result: RunResult) -> set[tuple[int, ...]]:
        requests = result.tables["requests"]
        mine = requests["kind"] == Kind.REPAIR
        names = ("reported_second", "segment", "urgency", "mode", "is_warranty")
        return set(zip(*(requests[name][mine].tolist() for name in names), strict=True))

    avoided = int(with_visits.tables["installed_base"]["avoided"].sum())
    assert failures(with_visits) < failures(without)
    assert len(failures(without)) - len(failures(with_visits)) == avoided > 30


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    units_per_day=st.floats(0.0, 8.0),
    per_year=st.floats(0.0, 20.0),
    scale_years=st.floats(0.05, 5.0),
    ages=st.sets(st.integers(0, 60), max_size=4),
    probability=st.floats(0.0, 0.4),
    weekdays=st.sampled_from([(1.0,) * 7, (2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0)]),
)
def test_units_are_conserved(
    units_per_day: float,
    per_year: float,
    scale_years: float,
    ages: set[int],
    probability: float,
    weekdays: tuple[float, ...],
) -> None:
    result = world(
        units_per_day=units_per_day,
        days=40,
        products=[{**WASHER, "hazard": {"kind": "constant", "per_year": per_year},
                   "scrappage": {"kind": "weibull", "shape": 2.0, "scale_years": scale_years}}],
        base=[installed(7, "washer", age) for age in sorted(ages)],
        service={"reporting": {"weekday_factors": weekdays}},
        assortment={"classes": [{"id": "HOME", "customer_returns": {"probability": probability}}]},
    )  # fmt: skip
    base, requests = result.tables["installed_base"], result.tables["requests"]
    units = 7 * len(ages)
    for row in range(len(base)):
        units += base["sold"][row] - base["returned"][row] - base["scrapped"][row]
        assert units == base["units"][row] >= 0
        assert 0 <= base["under_contract"][row] <= units
    assert base["failures"].sum() == (requests["kind"] == Kind.REPAIR).sum()
    is_failure = requests["kind"] == Kind.REPAIR
    assert (requests["reported_second"][is_failure] < 40 * 86_400).all()
