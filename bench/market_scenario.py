"""A generated chain with all that moves demand: season, prices, promotions, shelf life on a fifth of the SKUs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

START = date(2025, 1, 6)  # a Monday
MEAN_UNITS_PER_DAY = 0.5
_CLASSES = ("fresh", "dry", "household", "drinks", "sundries")
"""Equally many SKUs each; only fresh goods expire."""
_SHORTEST_LIFE_DAYS, _LONGEST_LIFE_DAYS = 4, 14
_PROMOTION_WEEKS_PER_YEAR = 4
_PRICE_CHANGES_PER_YEAR = 2
_YEAR_DAYS = 365
_DC_LEAD_TIME_DAYS = 3


@dataclass(frozen=True)
class MarketSize:
    """How large the chain is."""

    stores: int
    skus: int
    days: int

    @property
    def cells(self) -> int:
        """Store-SKU-days."""
        return self.stores * self.skus * self.days


def write_market(folder: Path, size: MarketSize, *, given_levels: bool, seed: int = 0) -> Path:
    """Write the scenario with its tables.

    Popularity of SKUs (log standard deviation 1) and sizes of stores (0.4) are lognormal with mean 1; every SKU is four
    weeks a year on promotion and changes its regular price twice a year.

    Args:
        folder: where the files go.
        size: of the chain.
        given_levels: whether stores order by a table of (s, S), else by days of cover of a running forecast.
        seed: of the tables.

    Returns:
        The scenario file.
    """
    rng = np.random.default_rng(seed)
    stores = [f"S{number:03d}" for number in range(size.stores)]
    skus = [f"K{number:05d}" for number in range(size.skus)]
    sizes, popularity = _lognormal(rng, 0.4, size.stores), _lognormal(rng, 1.0, size.skus)
    price = np.round(8.0 * _lognormal(rng, 0.6, size.skus), 2)
    class_of = [_CLASSES[row * len(_CLASSES) // size.skus] for row in range(size.skus)]
    life = rng.integers(_SHORTEST_LIFE_DAYS, _LONGEST_LIFE_DAYS + 1, size.skus)
    _write(folder / "stores.csv", ("store_id", "size"), zip(stores, sizes.tolist(), strict=True))
    _write(
        folder / "skus.csv",
        ("sku_id", "class_id", "popularity", "price", "purchase_cost", "shelf_life_days"),
        (
            (sku, group, sold, money, round(0.7 * money, 2), int(days) if group == "fresh" else 0)
            for sku, group, sold, money, days in zip(
                skus, class_of, popularity.tolist(), price.tolist(), life, strict=True
            )
        ),
    )
    _write_prices(folder / "prices.csv", rng, skus, price, size.days)
    _write_promotions(folder / "promotions.csv", rng, skus, size.days)
    rate = MEAN_UNITS_PER_DAY * sizes[:, None] * popularity
    if given_levels:
        _write_levels(folder / "levels.csv", stores, skus, rate)
        mode: dict[str, Any] = {"kind": "table", "levels": {"table": "levels.csv"}}
    else:
        mode = {"kind": "days_of_cover", "cover_days": 2, "safety_factor": 1.0}
    file = folder / "market.yaml"
    # JSON is YAML, too.
    file.write_text(json.dumps(_scenario(size.days, mode), indent=1), encoding="utf-8")
    return file


def _scenario(days: int, mode: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": 1,
        "name": "market",
        "horizon": {"start_date": START.isoformat(), "days": days, "panel_period_days": 28},
        "network": {
            "suppliers": [{"id": "SUP", "lead_time_days": {"kind": "constant", "value": _DC_LEAD_TIME_DAYS}}],
            "distribution_centres": [{"id": "DC"}],
            "stores": {"table": "stores.csv"},
        },
        "assortment": {
            "classes": [{"id": group} for group in _CLASSES],
            "skus": {"table": "skus.csv"},
        },
        "demand": {
            "mean_units_per_day": MEAN_UNITS_PER_DAY,
            "patterns": [
                {
                    "weekday_factors": [0.93, 0.92, 0.9, 0.91, 1.0, 1.13, 1.21],
                    "month_factors": [1.0, 1.0, 0.95, 0.9, 0.95, 1.0, 0.9, 0.95, 1.0, 1.1, 1.1, 1.15],
                }
            ],
            "holidays": [
                {
                    "name": "Lunar New Year",
                    "calendar": "lunar_new_year",
                    "days": 3,
                    "factor": 0.6,
                    "build_up_days": 14,
                    "build_up_factor": 1.6,
                    "recovery_days": 10,
                    "recovery_factor": 0.8,
                }
            ],
            "responses": [
                {
                    "price_elasticity": -2.0,
                    "feature_multiplier": 1.8,
                    "pulled_forward_share": 0.1,
                    "switched_share": 0.2,
                }
            ],
            "price_changes": {"table": "prices.csv"},
        },
        "policy": {
            "replenishment": [{"mode": mode}],
            "dc_replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 3, "safety_factor": 1.5}}],
            "promotion_table": {"table": "promotions.csv"},
            "mark_downs": [{"classes": ["fresh"], "remaining_days": 1, "discount": 0.3}],
        },
    }


def _write_prices(
    path: Path, rng: np.random.Generator, skus: list[str], price: npt.NDArray[np.float64], days: int
) -> None:
    count = max(1, round(_PRICE_CHANGES_PER_YEAR * days / _YEAR_DAYS))
    rows = []
    for sku, money in zip(skus, price.tolist(), strict=True):
        changes = np.sort(rng.choice(np.arange(1, days), count, replace=False))
        rows += [
            (sku, START + timedelta(int(day)), round(money * factor, 2))
            for day, factor in zip(changes, rng.uniform(0.9, 1.1, count), strict=True)
        ]
    _write(path, ("sku_id", "from_date", "price"), rows)


def _write_promotions(path: Path, rng: np.random.Generator, skus: list[str], days: int) -> None:
    weeks = days // 7
    count = max(1, round(_PROMOTION_WEEKS_PER_YEAR * days / _YEAR_DAYS))
    rows = [
        (sku, START + timedelta(7 * int(week)), 7, discount, "true" if featured else "false")
        for sku in skus
        for week, discount, featured in zip(
            np.sort(rng.choice(weeks, count, replace=False)),
            rng.choice([0.1, 0.2, 0.3], count).tolist(),
            (rng.random(count) < 0.5).tolist(),
            strict=True,
        )
    ]
    _write(path, ("sku_id", "start", "days", "discount", "featured"), rows)


def _write_levels(path: Path, stores: list[str], skus: list[str], rate: npt.NDArray[np.float64]) -> None:
    """(s, S): two days of mean demand with a standard deviation of safety; three days more."""
    low = np.ceil(2 * rate + np.sqrt(2 * rate)).astype(np.int64)
    high = low + np.ceil(3 * rate).astype(np.int64)
    rows = (
        (store, sku, int(low[row, column]), int(high[row, column]))
        for row, store in enumerate(stores)
        for column, sku in enumerate(skus)
    )
    _write(path, ("store_id", "sku_id", "reorder_point_units", "order_up_to_units"), rows)


def _lognormal(rng: np.random.Generator, log_sd: float, count: int) -> npt.NDArray[np.float64]:
    """Mean 1 exactly, so that mean demand is what it is said to be."""
    drawn = rng.lognormal(0.0, log_sd, count)
    return np.round(drawn / drawn.mean(), 6)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
