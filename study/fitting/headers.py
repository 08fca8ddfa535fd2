"""Which column plays which role, told from its name in English or Chinese."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from scenarios import Problem, ScenarioError
from study.fitting.reading import RawTable

ROLE_NAMES: Mapping[str, tuple[str, ...]] = {
    "closing_stock": (
        "closing stock",
        "ending stock",
        "end stock",
        "closing inventory",
        "期末库存",
        "日末库存",
    ),
    "available_stock": (
        "opening stock",
        "available stock",
        "stock available",
        "begin stock",
        "期初库存",
        "可售库存",
    ),
    "in_stock": ("in stock", "instock", "available", "availability", "on shelf", "有货", "是否有货"),
    "stock": ("stock on hand", "stock", "inventory", "on hand", "soh", "库存", "库存量", "现货"),
    "price": ("price", "unit price", "selling price", "sales price", "价格", "单价", "售价"),
    "feature": ("feature", "feat", "featured", "advertised", "flyer", "leaflet", "海报", "广告", "宣传"),
    "promotion": (
        "promotion",
        "promo",
        "deal",
        "on promotion",
        "promoted",
        "display",
        "促销",
        "活动",
        "促销标志",
    ),
    "date": (
        "date",
        "day",
        "week",
        "month",
        "period",
        "week start",
        "日期",
        "周",
        "月份",
        "日",
        "周次",
        "时间",
    ),
    "store": (
        "store",
        "store id",
        "shop",
        "outlet",
        "branch",
        "site",
        "location",
        "门店",
        "店铺",
        "分店",
        "店",
    ),
    "sku": (
        "sku",
        "sku id",
        "item",
        "product",
        "article",
        "part",
        "brand",
        "upc",
        "商品",
        "产品",
        "货号",
        "品牌",
    ),
    "category": ("category", "class", "department", "dept", "family", "class id", "品类", "类别", "分类"),
    "units": (
        "units",
        "units sold",
        "quantity",
        "qty",
        "sales",
        "sold",
        "demand",
        "volume",
        "销量",
        "数量",
        "销售量",
    ),
}
"""Role -> names it goes by; the first roles win where a name could be two."""

MONEY_WORDS = frozenset({"value", "revenue", "amount", "turnover", "profit", "margin", "cost"})


def _nearest(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known: {', '.join(known[:12])}"


def _words(name: str) -> tuple[str, ...]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return tuple(re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]+", spaced.lower()))


def _role_of(name: str, role_names: Mapping[str, tuple[str, ...]]) -> tuple[str, bool] | None:
    """The role a header names, and whether it names it exactly."""
    words = _words(name)
    joined = " ".join(words)
    for role, names in role_names.items():
        if joined in names or "".join(words) in names:
            return role, True
    if MONEY_WORDS & set(words) or "金额" in joined or "销售额" in joined:
        return None
    for role, names in role_names.items():
        for known in names:
            if " " in known or not known.isascii():
                if known in joined:
                    return role, False
            elif known in words:
                return role, False
    return None


def assign_roles(
    table: RawTable,
    explicit: Mapping[str, str] | None = None,
    role_names: Mapping[str, tuple[str, ...]] = ROLE_NAMES,
) -> dict[str, int]:
    """Find the column of every role.

    Args:
        table: the file.
        explicit: role -> header, where the caller knows better.
        role_names: role -> names it goes by; those of a sales history by default.

    Returns:
        Role -> column index; roles nobody plays are absent.

    Raises:
        ScenarioError: a named header is not there, or two headers claim one role.
    """
    problems: list[Problem] = []
    roles: dict[str, int] = {}
    for role, header in (explicit or {}).items():
        if role not in role_names:
            hint = _nearest(role, tuple(role_names))
            problems.append(table.problem("E402", -1, -1, role, "must be a known role", hint))
        elif header not in table.header:
            hint = _nearest(header, table.header)
            problems.append(table.problem("E403", -1, -1, header, f"no such column for {role}", hint))
        else:
            roles[role] = table.header.index(header)
    claims: dict[str, list[tuple[bool, int]]] = {}
    for column, name in enumerate(table.header):
        found = _role_of(name, role_names)
        if found and found[0] not in roles and column not in roles.values():
            claims.setdefault(found[0], []).append((found[1], column))
    for role, claimants in claims.items():
        exact = [column for is_exact, column in claimants if is_exact] or [column for _, column in claimants]
        if len(exact) > 1:
            names = ", ".join(f"`{table.header[column]}`" for column in exact)
            problems.append(
                table.problem(
                    "E404",
                    -1,
                    exact[1],
                    names,
                    f"one column may be the {role}",
                    f"rename one, or say which it is (columns: {role})",
                )
            )
        roles[role] = exact[0]
    if problems:
        raise ScenarioError(problems)
    return roles
