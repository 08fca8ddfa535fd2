"""Checks of the promotion plan: dates, overlaps, and dips that demand can bear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from scenarios.language.demand import Response
from scenarios.language.errors import Problem
from scenarios.language.places import MAX_ROWS, Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach


@dataclass(frozen=True)
class _Offer:
    """One promotion of one or more SKUs, wherever it was written."""

    place: Problem
    """A problem at its place, to be copied with another rule."""
    name: str
    start: date
    days: int
    discount: float
    featured: bool
    stores: npt.NDArray[np.bool_]
    skus: npt.NDArray[np.int64]

    @property
    def after(self) -> date:
        """First day after the promotion."""
        return self.start + timedelta(days=self.days)


def _offers(scenario: Scenario, places: Places, reach: Reach) -> Iterator[_Offer]:
    for index, item in enumerate(scenario.policy.promotions):
        path = f"policy.promotions[{index}]"
        place = places.problem("E509", f"{path}.start", "", item.start)
        skus = np.flatnonzero(reach.skus(item.scope))
        stores = reach.stores(item.scope)
        name = item.name or path
        yield _Offer(place, name, item.start, item.days, item.discount, item.featured, stores, skus)
    table = scenario.policy.promotion_table
    if table is None:
        return
    regions = scenario.network.stores["region"]
    for row in range(len(table)):
        sku = reach.sku_index.get(table["sku_id"][row])
        if sku is None:
            continue
        (place,) = places.rows("E509", "policy.promotion_table", table, np.array([row]), "start", "")
        stores = np.array([table["region"][row] in ("", name) for name in regions], dtype=bool)
        yield _Offer(
            place,
            place.place,
            table["start"][row],
            int(table["days"][row]),
            float(table["discount"][row]),
            bool(table["featured"][row]),
            stores,
            np.array([sku]),
        )


def _say(offer: _Offer, code: str, rule: str, hint: str = "") -> Problem:
    place = offer.place
    return Problem(code, place.file, place.line, place.column, place.path, place.value, rule, hint)


def names(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """The promotion table names SKUs and regions that exist."""
    table = scenario.policy.promotion_table
    if table is not None:
        path, regions = "policy.promotion_table", set(scenario.network.stores["region"])
        yield from places.unknown_in_column(path, table, "sku_id", reach.sku_index, "SKU")
        yield from places.unknown_in_column(path, table, "region", regions, "region", blank=True)


def dates(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Promotions fall into the horizon; one a year away is a slip of the pen."""
    first = scenario.horizon.start_date
    after = first + timedelta(days=scenario.horizon.days)
    rule = f"lies outside the horizon, {first} to {after - timedelta(days=1)}"
    outside: dict[str, list[_Offer]] = {"E505": [], "W604": []}
    for offer in _offers(scenario, places, reach):
        if offer.after <= first or offer.start >= after:
            distance = (first - offer.after).days if offer.after <= first else (offer.start - after).days
            outside["E505" if distance > 366 else "W604"].append(offer)
    for code, offers in outside.items():
        yield from (_say(offer, code, rule) for offer in offers[:MAX_ROWS])
        if len(offers) > MAX_ROWS:
            yield _say(offers[MAX_ROWS], code, f"{rule}: {len(offers) - MAX_ROWS:,} more promotions")


def overlaps(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """No SKU has two promotions at one store on one day."""
    by_sku: dict[int, list[_Offer]] = defaultdict(list)
    for offer in _offers(scenario, places, reach):
        for sku in offer.skus:
            by_sku[int(sku)].append(offer)
    told: set[tuple[int, int]] = set()
    for sku, offers in by_sku.items():
        offers.sort(key=lambda offer: offer.start)
        for position, later in enumerate(offers):
            for earlier in offers[:position]:
                pair = (id(earlier), id(later))
                if (
                    earlier.after > later.start
                    and bool((earlier.stores & later.stores).any())
                    and pair not in told
                ):
                    told.add(pair)
                    name = scenario.assortment.skus["sku_id"][sku]
                    last = earlier.after - timedelta(days=1)
                    rule = f"overlaps {earlier.name}, which runs to {last}, for SKU {name}"
                    yield _say(later, "E509", rule, "end one before the other starts")


def dips(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """What customers stock up during a promotion is less than they would buy in the days after."""
    response_of = _responses(scenario)
    classes = scenario.assortment.skus["class_id"]
    for offer in _offers(scenario, places, reach):
        for name in dict.fromkeys(classes[offer.skus]):
            response = response_of.get(name)
            if response is None or response.pulled_forward_share == 0:
                continue
            lift = response.promotion_multiplier * (1 - offer.discount) ** response.price_elasticity
            lift *= response.feature_multiplier if offer.featured else 1.0
            missing = response.pulled_forward_share * (lift - 1) * offer.days
            if missing > response.dip_days:
                rule = (
                    f"customers of class {name} stock up {missing:.1f} days of demand, more than they buy "
                    f"in the {response.dip_days} days of the dip"
                )
                hint = "raise `dip_days`, or lower `pulled_forward_share` or the multipliers"
                yield _say(offer, "E510", rule, hint)


def _responses(scenario: Scenario) -> dict[str, Response]:
    """Class id -> response that speaks for it."""
    found: dict[str, Response] = {}
    for item in scenario.assortment.classes:
        general = [block for block in scenario.demand.responses if not block.classes]
        own = [block for block in scenario.demand.responses if item.id in block.classes]
        for block in [*general[:1], *own[:1]]:
            found[item.id] = block
    return found


CHECKS = (names, dates, overlaps, dips)
