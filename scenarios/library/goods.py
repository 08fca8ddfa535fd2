"""An invented assortment: categories with plausible prices, margins, cases and lives, and SKUs drawn from them.

Nothing here describes a real product or brand. Prices are in CNY; all figures are assumptions, kept in one table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import pstdev

from scenarios.library.keyed import fraction, shuffled
from scenarios.library.siting import apportion

BRANDS = ("禾甸", "云坞", "澄湖", "松隐", "稻溪", "白渚", "南陌", "石塘", "沐野", "晴岚", "远岫", "芦汀")
"""Invented brand names."""
CORE_SHARE = 0.6
"""Share of a category's SKUs, the most popular, that every store lists; the others need the sizes below."""
EXTENDED_SIZE, FULL_SIZE = 0.75, 1.05
"""Least relative store size for the next quarter of a category, and for its tail."""
CHANGING_SHARE = 0.05
"""Share of SKUs launched, and as many delisted, within the year (mechanism T5)."""


@dataclass(frozen=True)
class Category:
    """Goods among which customers switch."""

    id: str
    class_id: str
    supplier_id: str
    skus: int
    """Share of the assortment, as SKUs of a thousand."""
    popularity: float
    """Mean demand of its SKUs relative to that of the other categories."""
    price: tuple[float, float]
    """Lowest and highest price, CNY."""
    margin: float
    """Price less purchase cost, over price."""
    case_packs: tuple[int, int, int]
    """Units per case of slow, middling and fast SKUs."""
    products: tuple[str, ...]
    life_days: tuple[int, int] = (0, 0)
    """Shortest and longest shelf life in the store; 0 = does not expire."""


CATEGORIES: tuple[Category, ...] = (
    Category("leaf-vegetables", "fresh", "market-garden", 26, 2.6, (3.5, 9.9), 0.36, (6, 8, 10), ("青菜", "菠菜", "生菜", "油麦菜", "鸡毛菜", "空心菜"), (3, 4)),
    Category("root-vegetables", "fresh", "market-garden", 28, 2.2, (3.9, 15.9), 0.34, (6, 8, 12), ("番茄", "土豆", "胡萝卜", "黄瓜", "茄子", "莲藕"), (6, 10)),
    Category("fruit", "fresh", "orchard", 32, 2.0, (6.9, 49.9), 0.32, (4, 6, 8), ("苹果", "香蕉", "柑橘", "葡萄", "草莓", "梨"), (4, 12)),
    Category("pork-and-poultry", "fresh", "butchery", 26, 1.3, (15.9, 59.9), 0.22, (4, 4, 6), ("五花肉", "里脊", "排骨", "鸡腿", "鸡胸", "肉糜"), (3, 6)),
    Category("fish", "fresh", "fishery", 14, 0.7, (19.9, 89.0), 0.28, (2, 4, 4), ("鲈鱼", "带鱼", "虾仁", "鱼丸", "黄鱼"), (2, 5)),
    Category("eggs", "fresh", "dairy", 10, 1.8, (9.9, 32.9), 0.20, (6, 6, 10), ("鲜鸡蛋", "土鸡蛋", "鸭蛋", "鹌鹑蛋"), (15, 25)),
    Category("fresh-milk", "fresh", "dairy", 20, 2.4, (6.9, 24.9), 0.28, (6, 8, 12), ("鲜牛奶", "低脂牛奶", "巴氏牛奶", "豆奶"), (6, 12)),
    Category("yoghurt", "fresh", "dairy", 28, 1.7, (5.9, 29.9), 0.32, (4, 6, 12), ("原味酸奶", "果粒酸奶", "希腊酸奶", "乳酸菌饮品"), (14, 21)),
    Category("tofu", "fresh", "bean-works", 16, 1.6, (2.9, 12.9), 0.35, (6, 8, 12), ("嫩豆腐", "老豆腐", "豆干", "素鸡", "千张"), (4, 14)),
    Category("bread", "fresh", "bakery", 18, 1.4, (5.9, 25.9), 0.40, (4, 6, 8), ("吐司", "餐包", "肉松面包", "蛋糕", "馒头"), (3, 7)),
    Category("ready-meals", "fresh", "kitchen", 16, 0.8, (12.9, 39.9), 0.38, (4, 4, 6), ("便当", "寿司", "沙拉", "卤味", "凉面"), (2, 4)),
    Category("juice", "drinks", "beverages", 30, 1.3, (4.9, 29.9), 0.30, (6, 12, 12), ("橙汁", "苹果汁", "葡萄汁", "桃汁", "果蔬汁")),
    Category("tea-drinks", "drinks", "beverages", 24, 1.6, (3.5, 9.9), 0.32, (12, 15, 15), ("绿茶饮料", "乌龙茶饮料", "柠檬茶", "奶茶")),
    Category("water", "drinks", "beverages", 16, 2.0, (1.5, 24.9), 0.30, (12, 12, 24), ("矿泉水", "纯净水", "气泡水")),
    Category("soft-drinks", "drinks", "beverages", 22, 1.5, (3.0, 19.9), 0.28, (6, 12, 24), ("汽水", "可乐", "运动饮料", "椰汁")),
    Category("beer", "drinks", "brewery", 18, 1.0, (4.5, 69.0), 0.24, (6, 12, 12), ("拉格", "小麦啤酒", "黑啤", "精酿")),
    Category("rice-and-flour", "dry", "grain-mill", 28, 0.9, (9.9, 119.0), 0.16, (4, 6, 8), ("东北大米", "糯米", "小米", "面粉", "杂粮")),
    Category("noodles", "dry", "grain-mill", 34, 1.3, (3.5, 29.9), 0.26, (10, 12, 24), ("挂面", "方便面", "米线", "意面", "粉丝")),
    Category("oil", "dry", "grain-mill", 20, 0.6, (19.9, 129.0), 0.14, (2, 4, 4), ("菜籽油", "花生油", "玉米油", "葵花籽油", "香油")),
    Category("sauces", "dry", "seasonings", 40, 0.8, (3.9, 39.9), 0.32, (6, 12, 12), ("酱油", "香醋", "蚝油", "豆瓣酱", "辣酱", "料酒")),
    Category("spices", "dry", "seasonings", 26, 0.5, (2.9, 19.9), 0.40, (12, 12, 20), ("食盐", "白糖", "鸡精", "胡椒", "花椒")),
    Category("biscuits", "dry", "snacks", 38, 1.0, (4.9, 39.9), 0.34, (6, 12, 12), ("苏打饼干", "曲奇", "威化", "桃酥", "蛋卷")),
    Category("crisps-and-nuts", "dry", "snacks", 38, 1.1, (4.9, 59.9), 0.36, (6, 10, 12), ("薯片", "瓜子", "花生", "核桃", "腰果")),
    Category("sweets", "dry", "snacks", 28, 0.8, (3.9, 49.9), 0.40, (8, 12, 12), ("巧克力", "奶糖", "果冻", "酥糖", "口香糖")),
    Category("tea", "dry", "tea-house", 20, 0.25, (19.9, 299.0), 0.45, (4, 6, 10), ("龙井茶", "碧螺春", "红茶", "普洱", "茉莉花茶")),
    Category("tins", "dry", "seasonings", 26, 0.5, (5.9, 29.9), 0.32, (6, 12, 12), ("午餐肉", "鱼罐头", "水果罐头", "八宝粥", "榨菜")),
    Category("paper", "household", "paper-mill", 40, 1.3, (5.9, 69.0), 0.26, (4, 6, 8), ("抽纸", "卷纸", "厨房纸", "湿巾", "手帕纸")),
    Category("laundry", "household", "chemicals", 40, 0.7, (9.9, 99.0), 0.30, (4, 4, 6), ("洗衣液", "洗衣粉", "柔顺剂", "漂白剂", "皂液")),
    Category("cleaning", "household", "chemicals", 36, 0.6, (6.9, 49.9), 0.34, (6, 8, 12), ("洗洁精", "油污净", "洁厕液", "地板清洁剂", "玻璃水")),
    Category("hair-and-body", "household", "chemicals", 46, 0.55, (12.9, 89.0), 0.36, (4, 6, 8), ("洗发水", "沐浴露", "护发素", "香皂", "洗手液")),
    Category("teeth", "household", "chemicals", 26, 0.8, (5.9, 59.9), 0.38, (6, 12, 12), ("牙膏", "牙刷", "漱口水", "牙线")),
    Category("kitchenware", "household", "housewares", 30, 0.2, (9.9, 199.0), 0.42, (2, 4, 6), ("炒锅", "砧板", "保鲜盒", "菜刀", "保温杯")),
    Category("storage", "household", "housewares", 16, 0.2, (9.9, 129.0), 0.42, (2, 4, 6), ("收纳箱", "衣架", "垃圾袋", "挂钩")),
    Category("kitchen-appliances", "appliances", "appliance-works", 54, 0.05, (69.0, 799.0), 0.22, (1, 1, 2), ("电饭煲", "电水壶", "榨汁机", "空气炸锅", "电磁炉", "微波炉")),
    Category("home-appliances", "appliances", "appliance-works", 44, 0.03, (89.0, 2499.0), 0.21, (1, 1, 1), ("吸尘器", "电风扇", "取暖器", "空气净化器", "除湿机", "挂烫机")),
    Category("personal-appliances", "appliances", "appliance-works", 26, 0.05, (49.0, 599.0), 0.26, (1, 2, 2), ("电吹风", "剃须刀", "电动牙刷", "按摩器")),
)  # fmt: skip

SIZES_WITH_LARGE_APPLIANCES = 0.9
"""Least relative size of a store that lists appliances beyond the core."""


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
    shelf_life_days: int
    minimum_store_size: float
    variance_to_mean: float
    launch_date: date | None
    delist_date: date | None


def zipf_exponent(log_standard_deviation: float, skus: int) -> float:
    """Exponent of rank with which popularities of so many SKUs have a given spread of logarithms.

    Args:
        log_standard_deviation: of the popularities of SKUs within a category.
        skus: SKUs over which it was measured.
    """
    return log_standard_deviation / pstdev([math.log(rank) for rank in range(1, skus + 1)])


def assortment(
    number: int,
    *,
    exponent: float,
    mean_units_per_day: float,
    relative_variance: float,
    first_day: date,
    days: int,
) -> list[Item]:
    """So many SKUs over the categories, popularities with mean 1.

    Args:
        number: SKUs in all.
        exponent: popularity within a category falls as rank to this power (Zipf).
        mean_units_per_day: demand of a SKU of popularity 1, for the erratic part of its variance.
        relative_variance: variance of demand beyond Poisson over squared mean.
        first_day: first day on which SKUs may be launched or delisted.
        days: length of that period.
    """
    counts = apportion([float(category.skus) for category in CATEGORIES], number)
    ranked = [
        (category, rank, count, sku_id)
        for category, count in zip(CATEGORIES, counts, strict=True)
        for rank, sku_id in enumerate(shuffled(_ids(category, count), "rank"), start=1)
    ]
    weights = [
        category.popularity * rank**-exponent / _mean_power(count, exponent)
        for category, rank, count, _ in ranked
    ]
    mean = sum(weights) / len(weights)
    items = [
        _item(
            category,
            rank,
            count,
            sku_id,
            weight / mean,
            first_day,
            days,
            mean_units_per_day,
            relative_variance,
        )
        for (category, rank, count, sku_id), weight in zip(ranked, weights, strict=True)
    ]
    return sorted(items, key=lambda item: _order(item.category, item.sku_id))


def _ids(category: Category, count: int) -> list[str]:
    return [f"{category.id}-{index:03d}" for index in range(1, count + 1)]


def _order(category: str, sku_id: str) -> tuple[int, str]:
    return next(index for index, item in enumerate(CATEGORIES) if item.id == category), sku_id


def _mean_power(count: int, exponent: float) -> float:
    return sum(rank**-exponent for rank in range(1, count + 1)) / count


def _item(
    category: Category,
    rank: int,
    count: int,
    sku_id: str,
    popularity: float,
    first_day: date,
    days: int,
    mean_units_per_day: float,
    relative_variance: float,
) -> Item:
    place = (rank - 0.5) / count
    low, high = category.price
    price = shelf_price(low * (high / low) ** fraction("price", sku_id))
    margin = category.margin + 0.06 * (fraction("margin", sku_id) - 0.5)
    shortest, longest = category.life_days
    life = shortest + int((longest - shortest + 1) * fraction("life", sku_id))
    launch, delist = _life_dates(sku_id, first_day, days)
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
        shelf_life_days=life,
        minimum_store_size=_minimum_size(category, place),
        variance_to_mean=round(1 + relative_variance * popularity * mean_units_per_day, 3),
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
        return SIZES_WITH_LARGE_APPLIANCES
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
