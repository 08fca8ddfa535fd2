"""Checks of customer demand: rates, patterns, responses, fitted figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from scenarios.language.base import Model
from scenarios.language.columns import Columns
from scenarios.language.errors import Problem
from scenarios.language.level_checks import follows_forecast
from scenarios.language.places import Places
from scenarios.language.policy import DaysOfDemand
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach


def sources_of_demand(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Demand has one source, refers to listed cells and is not zero by mistake."""
    demand = scenario.demand
    if demand.mean_units_per_day is not None and demand.rates is not None:
        rule = "give either `mean_units_per_day` or `rates`, not both"
        yield places.problem("E511", "demand.rates", rule)
    if demand.mean_units_per_day is None and demand.rates is None and demand.known is None:
        rule = "one of `mean_units_per_day`, `rates` and `known` is needed"
        yield places.problem("E511", "demand", rule)
    if demand.mean_units_per_day is not None:
        sizes, popularity = scenario.network.stores["size"], scenario.assortment.skus["popularity"]
        if demand.mean_units_per_day * sizes.sum() * popularity.sum() == 0:
            rule = "nobody will ask for anything: it, all sizes or all popularities are zero"
            yield places.problem("W601", "demand.mean_units_per_day", rule, demand.mean_units_per_day)
    if demand.rates is not None:
        yield from _cells("demand.rates", demand.rates, "units_per_day", places, reach)
    if demand.known is not None:
        yield from _cells("demand.known", demand.known, "units", places, reach)
        past = scenario.initial.remembered_days
        yield from places.days_of_rows(
            "demand.known", demand.known, "date", scenario.horizon, remembered_days=past
        )


def known_past(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Where forecasters follow known demand, they know it from before the start."""
    del reach
    known, past = scenario.demand.known, scenario.initial.remembered_days
    if known is None or past == 0 or not _has_forecaster(scenario):
        return
    start = scenario.horizon.start_date
    day = np.array([(on - start).days for on in known["date"]], dtype=np.int64)
    remembered = day[(day < 0) & (day >= -past)]
    first = int(-remembered.min(initial=0))
    if first == 0:
        rule = f"tells nothing of the {past} days before the start: forecasts start from nothing"
        hint = f"add the rows of {start - timedelta(days=past)} to {start - timedelta(days=1)}"
        yield places.problem("W601", "demand.known", rule, hint=hint)
    elif first < past:
        rule = f"begins {first} days before the start: those before it count as days without demand"
        hint = f"add their rows, or set `initial.remembered_days` to {first}"
        yield places.problem("W601", "demand.known", rule, hint=hint)


def _has_forecaster(scenario: Scenario) -> bool:
    """Whether some level of a store or centre is worked out from what was sold."""
    policy = scenario.policy
    modes: list[Model] = [rule.mode for rule in policy.replenishment]
    if any(centre.stock == "limited" for centre in scenario.network.distribution_centres):
        modes += [rule.mode for rule in policy.dc_replenishment]
    urgent = [level for rule in policy.emergency_orders for level in (rule.trigger, rule.cover)]
    follows = any(map(follows_forecast, modes)) or any(isinstance(level, DaysOfDemand) for level in urgent)
    return follows and policy.knowledge == "recorded"


def _cells(path: str, table: Columns[Any], quantity: str, places: Places, reach: Reach) -> Iterator[Problem]:
    yield from places.unknown_in_column(path, table, "store_id", reach.store_index, "store")
    yield from places.unknown_in_column(path, table, "sku_id", reach.sku_index, "SKU")
    store, sku = reach.cells(table["store_id"], table["sku_id"])
    stray = (store >= 0) & (sku >= 0) & (table[quantity] > 0)
    stray &= ~reach.listed[np.maximum(store, 0), np.maximum(sku, 0)] if reach.listed.size else True
    rule = "there is demand, but the store does not list this SKU"
    hint = "list it, raise the store's size or drop the row"
    yield from places.rows("E506", path, table, stray, "sku_id", rule, hint)


def classes_of_blocks(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Patterns, responses and holidays name classes that exist; no class is claimed twice."""
    del reach
    demand = scenario.demand
    known = {item.id for item in scenario.assortment.classes}
    patterns = [block.classes for block in demand.patterns]
    responses = [block.classes for block in demand.responses]
    yield from _claims("demand.patterns", patterns, known, places)
    yield from _claims("demand.responses", responses, known, places)
    for index, holiday in enumerate(demand.holidays):
        path = f"demand.holidays[{index}]"
        yield from places.unknown_ids(f"{path}.classes", holiday.classes, known, "merchandise class")
        if bool(holiday.dates) == bool(holiday.calendar):
            yield places.problem("E511", path, "needs either `dates` or `calendar`, not both")


def _claims(path: str, claims: Sequence[Sequence[str]], known: set[str], places: Places) -> Iterator[Problem]:
    owner: dict[str, int] = {}
    for index, named in enumerate(claims):
        yield from places.unknown_ids(f"{path}[{index}].classes", named, known, "merchandise class")
        for name in named or ("",):
            if name in owner:
                who = f"class {name}" if name else "all other classes"
                rule = f"{path}[{owner[name]}] already speaks for {who}"
                yield places.problem("E502", f"{path}[{index}].classes", rule)
            owner.setdefault(name, index)


def factors(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Factors of the week and the year are not negative and not all zero."""
    del reach
    for index, pattern in enumerate(scenario.demand.patterns):
        for name in ("weekday_factors", "month_factors"):
            values, path = getattr(pattern, name), f"demand.patterns[{index}].{name}"
            for position, value in enumerate(values):
                if value < 0:
                    yield places.problem(
                        "E503", f"{path}[{position}]", "a factor must not be negative", value
                    )
            if sum(values) <= 0:
                yield places.problem("E503", path, "factors must not all be zero")


def effects(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """What a promotion takes from later days and other SKUs is at most what it brings."""
    del reach
    for index, response in enumerate(scenario.demand.responses):
        path = f"demand.responses[{index}]"
        taken = response.pulled_forward_share + response.switched_share
        if taken > 1 + 1e-9:
            rule = f"with `switched_share` {response.switched_share:g} it exceeds the whole uplift"
            yield places.problem("E510", f"{path}.pulled_forward_share", rule, response.pulled_forward_share)
        if response.price_elasticity < -8:
            rule = "is steeper than any usually measured"
            yield places.problem("W601", f"{path}.price_elasticity", rule, response.price_elasticity)
        if response.promotion_multiplier * response.feature_multiplier > 20:
            rule = "more than twentyfold demand on a featured promotion is unusual"
            yield places.problem("W601", f"{path}.promotion_multiplier", rule, response.promotion_multiplier)


def price_changes(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Price changes are for SKUs that exist, take effect, and are of the right order."""
    table, path = scenario.demand.price_changes, "demand.price_changes"
    if table is None:
        return
    yield from places.unknown_in_column(path, table, "sku_id", reach.sku_index, "SKU")
    after = scenario.horizon.start_date + timedelta(days=scenario.horizon.days)
    late = np.array([day >= after for day in table["from_date"]], dtype=bool)
    yield from places.rows("W604", path, table, late, "from_date", "lies after the horizon")
    sku = np.array([reach.sku_index.get(name, -1) for name in table["sku_id"]], dtype=np.int64)
    if len(scenario.assortment.skus):
        ratio = np.where(sku >= 0, table["price"] / scenario.assortment.skus["price"][sku], 1.0)
        rule = "is more than three times, or less than a third of, the regular price"
        yield from places.rows("W603", path, table, (ratio > 3) | (ratio < 1 / 3), "price", rule)


def fitted_figures(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Every estimate belongs to a value that the scenario states."""
    del reach
    for outer, block in enumerate(scenario.demand.fitted):
        for inner, estimate in enumerate(block.estimates):
            if not places.stated(estimate.path):
                path = f"demand.fitted[{outer}].estimates[{inner}].path"
                yield places.problem("W602", path, "the scenario states no such value", estimate.path)


CHECKS = (sources_of_demand, known_past, classes_of_blocks, factors, effects, price_changes, fitted_figures)
