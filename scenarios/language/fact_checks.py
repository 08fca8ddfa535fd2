"""Checks of places, goods and opening conditions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from scenarios.language.distribution_model import DistributionModel
from scenarios.language.errors import Problem
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach

LONGEST_LEAD_TIME_DAYS = 120
LONGEST_RETURN_DAYS = 60


def anything_there(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Stores, SKUs, listed cells and counted days exist."""
    if len(scenario.network.stores) == 0:
        yield places.problem("E512", "network.stores", "there is no store")
    if len(scenario.assortment.skus) == 0:
        yield places.problem("E512", "assortment.skus", "there is no SKU")
    elif len(scenario.network.stores) and not bool(reach.listed.any()):
        yield places.problem("E512", "assortment.skus", "no store lists any SKU")
    horizon = scenario.horizon
    if horizon.warm_up_days >= horizon.days:
        rule = f"leaves no day to count of the {horizon.days} simulated"
        yield places.problem("E512", "horizon.warm_up_days", rule, horizon.warm_up_days)


def identifiers(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Ids of suppliers, centres and classes are unique, and the tables refer to ones that exist."""
    del reach
    network, assortment = scenario.network, scenario.assortment
    centres = [centre.id for centre in network.distribution_centres]
    suppliers = [supplier.id for supplier in network.suppliers]
    classes = [item.id for item in assortment.classes]
    yield from places.given_twice("network.distribution_centres", centres)
    yield from places.given_twice("network.suppliers", suppliers)
    yield from places.given_twice("assortment.classes", classes)
    skus, stores = assortment.skus, network.stores
    yield from places.unknown_in_column(
        "network.stores", stores, "dc_id", centres, "distribution centre", blank=True
    )
    yield from places.unknown_in_column("assortment.skus", skus, "class_id", classes, "merchandise class")
    yield from places.unknown_in_column(
        "assortment.skus", skus, "supplier_id", suppliers, "supplier", blank=True
    )
    if assortment.listings is not None:
        path, table = "assortment.listings", assortment.listings
        yield from places.unknown_in_column(path, table, "store_id", stores["store_id"], "store")
        yield from places.unknown_in_column(path, table, "sku_id", skus["sku_id"], "SKU")


def opening_times(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Stores close after they open, and some demand falls into the time between."""
    del reach
    stores, profile = scenario.network.stores, np.array(scenario.network.hourly_profile)
    opens, closes = stores["opens_hour"], stores["closes_hour"]
    backwards = closes <= opens
    rule = "a store must close after it opens, on the same day"
    yield from places.rows("E504", "network.stores", stores, backwards, "closes_hour", rule)
    for hour in np.flatnonzero(profile < 0):
        path = f"network.hourly_profile[{hour}]"
        yield places.problem("E503", path, "a weight must not be negative", float(profile[hour]))
    if not bool((profile < 0).any()):
        hours = np.arange(24)
        open_share = np.clip(np.minimum(closes[:, None], hours + 1) - np.maximum(opens[:, None], hours), 0, 1)
        silent = (open_share @ profile <= 0) & ~backwards
        rule = "`network.hourly_profile` is zero for all the hours this store is open"
        yield from places.rows("E504", "network.stores", stores, silent, "opens_hour", rule)


def closures(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Closures name stores, regions and dates that exist."""
    regions = set(scenario.network.stores["region"])
    first = scenario.horizon.start_date
    last = first + timedelta(days=scenario.horizon.days - 1)
    for index, closure in enumerate(scenario.network.closures):
        path = f"network.closures[{index}]"
        yield from places.unknown_ids(f"{path}.stores", closure.stores, reach.store_index, "store")
        yield from places.unknown_ids(f"{path}.regions", closure.regions, regions, "region")
        if not closure.weekdays and not closure.dates:
            yield places.problem("W602", path, "names neither weekdays nor dates, so nothing closes")
        for number, day in enumerate(closure.dates):
            if not first <= day <= last:
                code = "E505" if min(abs((day - first).days), abs((day - last).days)) > 366 else "W604"
                rule = f"lies outside the horizon, {first} to {last}"
                yield places.problem(code, f"{path}.dates[{number}]", rule, day)


def lead_times(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Lead times and return delays are never negative and not absurdly long."""
    del reach
    for index, supplier in enumerate(scenario.network.suppliers):
        path = f"network.suppliers[{index}].lead_time_days"
        yield from duration(supplier.lead_time_days, LONGEST_LEAD_TIME_DAYS, path, places)
    for index, item in enumerate(scenario.assortment.classes):
        if item.customer_returns is not None:
            path = f"assortment.classes[{index}].customer_returns.delay_days"
            yield from duration(item.customer_returns.delay_days, LONGEST_RETURN_DAYS, path, places)


def duration(days: DistributionModel, longest: int, path: str, places: Places) -> Iterator[Problem]:
    """Check that a number of days is never negative and seldom exceeds the longest that is drawn."""
    shortest = float(days.quantile(0.0))
    if shortest < 0:
        yield places.problem("E504", path, f"days must not be negative, but can be {shortest:g}")
    elif days.mean() > longest:
        yield places.problem("E504", path, f"the mean of {days.mean():g} days exceeds the {longest} allowed")
    elif float(days.cdf(longest)) < 0.99:
        yield places.problem(
            "W601", path, f"more than one in a hundred exceeds {longest} days and is cut to it"
        )


def goods(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Prices, lives and categories of SKUs make sense together."""
    path, skus = "assortment.skus", scenario.assortment.skus
    loss = skus["purchase_cost"] > skus["price"]
    yield from places.rows("W603", path, skus, loss, "purchase_cost", "costs more than its regular price")
    pairs = zip(skus["launch_date"], skus["delist_date"], strict=True)
    backwards = np.array([bool(begin and end and end <= begin) for begin, end in pairs], dtype=bool)
    rule = "a SKU must be delisted after its launch"
    yield from places.rows("E504", path, skus, backwards, "delist_date", rule)
    after = scenario.horizon.start_date + timedelta(days=scenario.horizon.days)
    never = np.array([day is not None and day >= after for day in skus["launch_date"]], dtype=bool)
    yield from places.rows("W604", path, skus, never, "launch_date", "is launched after the horizon")
    owner: dict[str, str] = {}
    split = np.zeros(len(skus), dtype=bool)
    for row, (category, item) in enumerate(zip(reach.categories, skus["class_id"], strict=True)):
        split[row] = owner.setdefault(category, item) != item
    yield from places.rows("E514", path, skus, split, "category", "a category lies within one class")
    odd = np.asarray((skus["variance_to_mean"] > 0) & (skus["variance_to_mean"] < 1))
    rule = "must be 0 (that of demand.process) or at least 1"
    yield from places.rows("E408", path, skus, odd, "variance_to_mean", rule)
    steep = skus["price_elasticity"] < -8
    yield from places.rows(
        "W601", path, skus, steep, "price_elasticity", "is steeper than any usually measured"
    )
    if len(scenario.network.stores):
        nowhere = np.asarray(~reach.listed.any(axis=0))
        yield from places.rows("W602", path, skus, nowhere, "sku_id", "no store lists this SKU")
    used = set(skus["class_id"])
    for index, item in enumerate(scenario.assortment.classes):
        if item.id not in used:
            yield places.problem(
                "W602", f"assortment.classes[{index}].id", "no SKU belongs to this class", item.id
            )


def substitution(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """An incentive never makes fewer customers accept a substitute."""
    del reach
    for index, item in enumerate(scenario.assortment.classes):
        path = f"assortment.classes[{index}].substitution"
        plain, paid = item.substitution.acceptance, item.substitution.acceptance_with_incentive
        if paid < plain and places.stated(f"{path}.acceptance_with_incentive"):
            rule = f"must be at least `acceptance`, {plain:g}"
            yield places.problem("E503", f"{path}.acceptance_with_incentive", rule, paid)


def opening_conditions(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Opening stock refers to cells that exist and can be what it says."""
    initial, skus = scenario.initial, scenario.assortment.skus
    centres = {centre.id: centre for centre in scenario.network.distribution_centres}
    if initial.store_stock is not None:
        path, table = "initial.store_stock", initial.store_stock
        yield from places.unknown_in_column(path, table, "store_id", reach.store_index, "store")
        yield from places.unknown_in_column(path, table, "sku_id", reach.sku_index, "SKU")
        store, sku = reach.cells(table["store_id"], table["sku_id"])
        known = (store >= 0) & (sku >= 0)
        holds = table["units"] + table["on_order_units"] + table["backorder_units"] > 0
        stray = known & holds & ~reach.listed[store, sku]
        yield from places.rows("W602", path, table, stray, "sku_id", "the store does not list this SKU")
        life = np.where(sku >= 0, skus["shelf_life_days"][sku], 0)
        expired = known & (life > 0) & (table["age_days"] >= life) & (table["units"] > 0)
        yield from places.rows("E513", path, table, expired, "age_days", "these units have already expired")
        ageless = known & (life == 0) & (table["age_days"] > 0)
        yield from places.rows("W602", path, table, ageless, "age_days", "this SKU does not expire")
        waits = {item.id for item in scenario.assortment.classes if item.unmet_demand == "backorder"}
        lost = np.array([name not in waits for name in skus["class_id"]], dtype=bool)
        owed = known & lost[sku] & (table["backorder_units"] > 0)
        rule = "unmet demand of this SKU's class is lost, so nothing can be owed"
        yield from places.rows("E513", path, table, owed, "backorder_units", rule)
    if initial.dc_stock is not None:
        path, stock = "initial.dc_stock", initial.dc_stock
        yield from places.unknown_in_column(path, stock, "dc_id", centres, "distribution centre")
        yield from places.unknown_in_column(path, stock, "sku_id", reach.sku_index, "SKU")
        endless = {name for name, centre in centres.items() if centre.stock == "unlimited"}
        useless = np.array([name in endless for name in stock["dc_id"]], dtype=bool)
        yield from places.rows("W602", path, stock, useless, "dc_id", "the stock of this centre is unlimited")


CHECKS = (
    anything_there,
    identifiers,
    opening_times,
    closures,
    lead_times,
    goods,
    substitution,
    opening_conditions,
)
