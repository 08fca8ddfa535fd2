"""An invented assortment: categories with plausible prices, margins, cases and lives, and SKUs drawn from them.

Nothing here describes a real product or brand. Prices are in CNY; all figures are assumptions and stand in
`data/categories.csv`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import pstdev

from scenarios.library.keyed import fraction, shuffled
from scenarios.library.siting import apportion

CATEGORIES_FILE = Path(__file__).parent.parent / "data" / "categories.csv"
BRANDS = ("禾甸", "云坞", "澄湖", "松隐", "稻溪", "白渚", "南陌", "石塘", "沐野", "晴岚", "远岫", "芦汀")
"""Invented brand names."""
CORE_SHARE = 0.6
"""Share of a category's SKUs, the most popular, that every store lists; the others need the sizes below."""
EXTENDED_SIZE, FULL_SIZE = 0.75, 1.05
"""Least relative store size for the next quarter of a category, and for its tail."""
APPLIANCE_SIZE = 0.9
"""Least relative size of a store that lists appliances beyond the core."""
CHANGING_SHARE = 0.05
"""Share of SKUs launched, and as many delisted, within the year (mechanism T5)."""


PACK_SIZES = (0.6, 1.6)
"""Smallest and largest pack of a category over the middle one."""


@dataclass(frozen=True)
class Category:
    """Goods among which customers switch; one row of `data/categories.csv`."""

    id: str
    class_id: str
    supplier_id: str
    skus_per_thousand: int
    """Share of the assortment."""
    popularity: float
    """Mean demand of its SKUs relative to that of the other categories."""
    price: tuple[float, float]
    """Lowest and highest price, CNY."""
    margin: float
    """Price less purchase cost, over price."""
    case_packs: tuple[int, int, int]
    """Units per case of slow, middling and fast SKUs."""
    life_days: tuple[int, int]
    """Shortest and longest shelf life in the store; 0 = does not expire."""
    weight_kg: float
    """Of a unit, in the middle."""
    volume_litres: float
    """Of a unit on a truck, in the middle."""
    products: tuple[str, ...]


@dataclass(frozen=True)
class Market:
    """What decides how well the SKUs of an assortment sell, and when they come and go."""

    rank_exponent: float
    """Popularity within a category falls as rank to this power (Zipf)."""
    mean_units_per_day: float
    """Demand of a SKU of popularity 1 in a store of size 1."""
    relative_variance: float
    """Variance of demand beyond Poisson over squared mean."""
    first_day: date
    """First day of the year in which SKUs are launched and delisted."""
    days: int
    """Length of that year."""


@dataclass(frozen=True)
class Item:
    """One SKU, in the units and names of the SKU table."""

    sku_id: str
    name: str
    class_id: str
    category: str
    supplier_id: str
    popularity: float
    price: float
    purchase_cost: float
    case_pack: int
    weight_kg: float
    volume_litres: float
    shelf_life_days: int
    minimum_store_size: float
    variance_to_mean: float
    launch_date: date | None
    delist_date: date | None


def categories(path: Path = CATEGORIES_FILE) -> list[Category]:
    """The categories, in the order of the table.

    Args:
        path: table of categories.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Category(
                id=row["category"],
                class_id=row["class_id"],
                supplier_id=row["supplier_id"],
                skus_per_thousand=int(row["skus_per_thousand"]),
                popularity=float(row["popularity"]),
                price=(float(row["lowest_price"]), float(row["highest_price"])),
                margin=float(row["margin"]),
                case_packs=(
                    int(row["slow_case_pack"]),
                    int(row["middling_case_pack"]),
                    int(row["fast_case_pack"]),
                ),
                life_days=(int(row["shortest_life_days"]), int(row["longest_life_days"])),
                weight_kg=float(row["weight_kg"]),
                volume_litres=float(row["volume_litres"]),
                products=tuple(row["products"].split()),
            )
            for row in csv.DictReader(file)
        ]


def zipf_exponent(log_standard_deviation: float, skus: int) -> float:
    """Exponent of rank with which popularities of so many SKUs have a given spread of logarithms.

    Args:
        log_standard_deviation: of the popularities of SKUs within a category.
        skus: SKUs over which it was measured.
    """
    return log_standard_deviation / pstdev([math.log(rank) for rank in range(1, skus + 1)])


def assortment(number: int, market: Market) -> list[Item]:
    """So many SKUs over the categories, popularities with mean 1.

    Args:
        number: SKUs in all.
        market: how well they sell.
    """
    table = categories()
    counts = apportion([float(category.skus_per_thousand) for category in table], number)
    ranked = [
        (category, (rank - 0.5) / count, sku_id, _weight(category, rank, count, market.rank_exponent))
        for category, count in zip(table, counts, strict=True)
        for rank, sku_id in enumerate(shuffled(_ids(category, count), "rank"), start=1)
    ]
    mean = math.fsum(weight for *_, weight in ranked) / len(ranked)
    items = [
        _item(category, place, sku_id, weight / mean, market) for category, place, sku_id, weight in ranked
    ]
    position = {category.id: index for index, category in enumerate(table)}
    return sorted(items, key=lambda item: (position[item.category], item.sku_id))


def _ids(category: Category, count: int) -> list[str]:
    return [f"{category.id}-{index:03d}" for index in range(1, count + 1)]


def _weight(category: Category, rank: int, count: int, exponent: float) -> float:
    """Popularity of a rank; the mean over the category's ranks is the category's popularity."""
    mean = math.fsum(math.pow(other, -exponent) for other in range(1, count + 1)) / count
    return category.popularity * math.pow(rank, -exponent) / mean


def _item(category: Category, place: float, sku_id: str, popularity: float, market: Market) -> Item:
    """One SKU; its place in the category runs from 0, the best seller, to 1."""
    low, high = category.price
    price = shelf_price(low * (high / low) ** fraction("price", sku_id))
    margin = category.margin + 0.06 * (fraction("margin", sku_id) - 0.5)
    shortest, longest = category.life_days
    life = shortest + int((longest - shortest + 1) * fraction("life", sku_id))
    launch, delist = _life_dates(sku_id, market.first_day, market.days)
    pack_size = PACK_SIZES[0] * (PACK_SIZES[1] / PACK_SIZES[0]) ** fraction("pack size", sku_id)
    index = int(sku_id.rsplit("-", 1)[1]) - 1
    return Item(
        sku_id=sku_id,
        name=_name(category.products, index),
        class_id=category.class_id,
        category=category.id,
        supplier_id=category.supplier_id,
        popularity=round(popularity, 4),
        price=price,
        purchase_cost=round(price * (1 - margin), 2),
        case_pack=category.case_packs[2 if place < 1 / 3 else 1 if place < 2 / 3 else 0],
        weight_kg=round(category.weight_kg * pack_size, 2),
        volume_litres=round(category.volume_litres * pack_size, 2),
        shelf_life_days=life,
        minimum_store_size=_minimum_size(category, place),
        variance_to_mean=round(1 + market.relative_variance * popularity * market.mean_units_per_day, 3),
        launch_date=launch,
        delist_date=delist,
    )


def _name(products: Sequence[str], index: int) -> str:
    """Brand and product; once all pairs are used up they come again with a number."""
    round_, pair = divmod(index, len(products) * len(BRANDS))
    name = BRANDS[pair // len(products)] + products[pair % len(products)]
    return f"{name}{round_ + 1}号" if round_ else name


def shelf_price(price: float) -> float:
    """A price as shops write it: ending in 9, of tenths below 100 and of units above."""
    return round(math.floor(price) + 0.9, 1) if price < 100 else float(10 * math.floor(price / 10) + 9)


def _minimum_size(category: Category, place: float) -> float:
    if place < CORE_SHARE:
        return 0.0
    if category.class_id == "appliances":
        return APPLIANCE_SIZE
    return EXTENDED_SIZE if place < (1 + CORE_SHARE) / 2 else FULL_SIZE


def _life_dates(sku_id: str, first_day: date, days: int) -> tuple[date | None, date | None]:
    """Launch and delisting date of a SKU; most have neither, none has both."""
    draw = fraction("change", sku_id)
    day = first_day + timedelta(days=int((0.1 + 0.8 * fraction("change day", sku_id)) * days))
    if draw < CHANGING_SHARE:
        return day, None
    return None, day if draw < 2 * CHANGING_SHARE else None


def monthly_prices(
    items: Sequence[Item], swing: Mapping[str, float], first_day: date, months: int
) -> list[tuple[str, date, float]]:
    """New regular prices on the first of each month for goods whose price follows the market.

    Args:
        items: the assortment.
        swing: category -> largest relative change against the price in the SKU table.
        first_day: prices change from the first of the month after it.
        months: number of changes per SKU.

    Returns:
        SKU, first day, price; months whose price does not change are left out.
    """
    rows = []
    for item in items:
        if item.category not in swing:
            continue
        current = item.price
        for step in range(1, months + 1):
            year, month = divmod(first_day.month - 1 + step, 12)
            change = swing[item.category] * (2 * fraction("price of month", item.category, step) - 1)
            change += swing[item.category] / 2 * (2 * fraction("price of month", item.sku_id, step) - 1)
            price = shelf_price(item.price * (1 + change))
            if price != current:
                rows.append((item.sku_id, date(first_day.year + year, month + 1, 1), price))
                current = price
    return rows
