"""Checks of suppliers and of how centres buy from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from scenarios.language.errors import Problem
from scenarios.language.fact_checks import LONGEST_LEAD_TIME_DAYS, duration
from scenarios.language.level_checks import follows_forecast
from scenarios.language.places import Places
from scenarios.language.policy import MinMax
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Mask, Reach
from scenarios.language.sourcing import ScorecardSources, SingleSource, SplitSources, SupplierShare


def suppliers(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Express is faster than regular, durations are possible, price breaks rise, the defect floor is one."""
    del reach
    for index, supplier in enumerate(scenario.network.suppliers):
        path = f"network.suppliers[{index}]"
        if supplier.express is not None:
            days = supplier.express.lead_time_days
            yield from duration(days, LONGEST_LEAD_TIME_DAYS, f"{path}.express.lead_time_days", places)
            if days.mean() >= supplier.lead_time_days.mean():
                rule = f"must be shorter on average than regular delivery, {supplier.lead_time_days.mean():g} days"
                yield places.problem("E504", f"{path}.express.lead_time_days", rule, f"{days.mean():g}")
        if supplier.disruptions is not None:
            where = f"{path}.disruptions.length_days"
            yield from duration(supplier.disruptions.length_days, LONGEST_LEAD_TIME_DAYS, where, places)
        for number, (step, next_step) in enumerate(pairwise(supplier.volume_discounts), start=1):
            if next_step.units <= step.units or next_step.discount_share <= step.discount_share:
                rule = "must ask for more units, and give more, than the one before"
                yield places.problem("E503", f"{path}.volume_discounts[{number}]", rule)
        quality = supplier.quality
        if quality is not None and quality.floor_per_million > quality.defects_per_million:
            rule = f"must not exceed `defects_per_million`, {quality.defects_per_million:g}"
            where = f"{path}.quality.floor_per_million"
            yield places.problem("E503", where, rule, quality.floor_per_million)


def supply(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Offers name SKUs and suppliers that exist, and not the supplier that a SKU has anyway."""
    table = scenario.network.supply
    if table is None:
        return
    path, known = "network.supply", [supplier.id for supplier in scenario.network.suppliers]
    yield from places.unknown_in_column(path, table, "sku_id", reach.sku_index, "SKU")
    yield from places.unknown_in_column(path, table, "supplier_id", known, "supplier")
    own = _own_suppliers(scenario)
    row = np.array([reach.sku_index.get(name, -1) for name in table["sku_id"]], dtype=np.int64)
    again = np.array(
        [at >= 0 and own[at] == name for at, name in zip(row, table["supplier_id"], strict=True)], dtype=bool
    )
    rule = "is the SKU's own supplier, whose price stands in the SKU table"
    yield from places.rows("E502", path, table, again, "supplier_id", rule)


def rules(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Rules name suppliers that exist and that sell something of what the rule is about."""
    sourcing = scenario.policy.sourcing
    known = [supplier.id for supplier in scenario.network.suppliers]
    left = np.ones(len(scenario.assortment.skus), dtype=bool)
    for index, rule in enumerate(sourcing.rules):
        path, mode = f"policy.sourcing.rules[{index}]", rule.mode
        mine = reach.skus(rule.scope) & left
        left &= ~mine
        if not bool(mine.any()):
            yield places.problem("W602", path, "matches no SKU that an earlier rule has left")
        if isinstance(mode, SingleSource):
            named: Sequence[str] = (mode.supplier,) if mode.supplier else ()
            yield from places.unknown_ids(f"{path}.mode.supplier", named, known, "supplier")
            if mode.supplier in known and not bool((_sold_by(scenario, reach, named) & mine).any()):
                yield places.problem("W602", path, "this supplier sells none of these SKUs")
        else:
            yield from _shares(mode.shares, f"{path}.mode.shares", places, known)
        if isinstance(mode, SplitSources):
            without = mine & ~_sold_by(scenario, reach, [share.supplier for share in mode.shares])
            if bool(without.any()) and all(share.supplier in known for share in mode.shares):
                example = scenario.assortment.skus["sku_id"][int(np.flatnonzero(without)[0])]
                text = (
                    f"none of these suppliers sells {int(without.sum()):,} SKUs of the rule, e.g. {example}"
                )
                yield places.problem("E507", f"{path}.mode.shares", text)
        if isinstance(mode, ScorecardSources):
            if sourcing.scorecard is None:
                hint = "add `scorecard: {}` to policy.sourcing"
                text = "shares follow a scorecard, but `policy.sourcing.scorecard` is missing"
                yield places.problem("E511", f"{path}.mode", text, hint=hint)
            if mode.maximum_share < mode.minimum_share:
                text = f"must be at least `minimum_share`, {mode.minimum_share:g}"
                yield places.problem("E503", f"{path}.mode.maximum_share", text, mode.maximum_share)


def _shares(
    shares: Sequence[SupplierShare], path: str, places: Places, known: Sequence[str]
) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, share in enumerate(shares):
        where = f"{path}[{index}].supplier"
        yield from places.unknown_ids(where, (share.supplier,), known, "supplier")
        if share.supplier in seen:
            yield places.problem("E502", where, "has a share already", share.supplier)
        seen.add(share.supplier)


def plans(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Sampling plans can reject, weights count something, and nothing is asked for that nobody offers."""
    del reach
    sourcing, network = scenario.policy.sourcing, scenario.network
    known = [supplier.id for supplier in network.suppliers]
    for index, rule in enumerate(sourcing.inspection):
        path = f"policy.sourcing.inspection[{index}]"
        yield from places.unknown_ids(f"{path}.suppliers", rule.suppliers, known, "supplier")
        if rule.accept_at_most >= rule.sample_units:
            text = f"no sample of {rule.sample_units} can hold more, so no lot is ever rejected"
            yield places.problem("E503", f"{path}.accept_at_most", text, rule.accept_at_most)
    card = sourcing.scorecard
    if card is not None and not any(
        getattr(card.weights, name) > 0 for name in type(card.weights).model_fields
    ):
        yield places.problem("E503", "policy.sourcing.scorecard.weights", "all weights are zero")
    steps = sourcing.shortage_response
    if len(set(steps)) < len(steps):
        yield places.problem("E502", "policy.sourcing.shortage_response", "names a step twice")
    if network.supply is None and "ask_others" in steps:
        text = "no SKU has another supplier: `network.supply` is missing"
        yield places.problem("W602", "policy.sourcing.shortage_response", text)
    if all(supplier.express is None for supplier in network.suppliers):
        for path, is_used in (
            ("express", bool(sourcing.express)),
            ("shortage_response", "expedite" in steps),
        ):
            if is_used:
                yield places.problem("W602", f"policy.sourcing.{path}", "no supplier delivers express")
    if "steer" in steps and not scenario.policy.substitution_incentives:
        text = "there is no incentive to steer with: `policy.substitution_incentives` is empty"
        yield places.problem("W602", "policy.sourcing.shortage_response", text)
    if sourcing.shared_sales and not any(
        follows_forecast(rule.mode) for rule in scenario.policy.dc_replenishment
    ):
        text = "no level of a centre follows a forecast"
        yield places.problem("W602", "policy.sourcing.shared_sales", text)
    if sourcing.quality_feedback and not sourcing.inspection:
        text = "nothing is reported without an inspection"
        yield places.problem("W602", "policy.sourcing.quality_feedback", text)
    if sourcing.complaint_feedback:
        path = "policy.sourcing.complaint_feedback"
        if not any(item.customer_returns for item in scenario.assortment.classes):
            yield places.problem(
                "W602", path, "customers bring nothing back: no class has `customer_returns`"
            )
        elif not any(s.quality and s.quality.defects_per_million for s in scenario.network.suppliers):
            yield places.problem("W602", path, "no supplier sends defective units")


def consignment(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Suppliers keep consigned stock within a band of least and most."""
    left = np.ones(len(scenario.assortment.skus), dtype=bool)
    has_band = np.zeros(len(left), dtype=bool)
    for rule in scenario.policy.dc_replenishment:
        mine = reach.skus(rule.scope) & left
        left &= ~mine
        has_band |= mine & isinstance(rule.mode, MinMax)
    for index, consigned in enumerate(scenario.policy.sourcing.consignment):
        without = reach.skus(consigned.scope) & ~has_band
        if bool(without.any()):
            example = scenario.assortment.skus["sku_id"][int(np.flatnonzero(without)[0])]
            text = f"{int(without.sum()):,} SKUs have no band of least and most stock, e.g. {example}"
            hint = "give them a rule of kind `min_max` in policy.dc_replenishment"
            yield places.problem("W601", f"policy.sourcing.consignment[{index}]", text, hint=hint)


def _own_suppliers(scenario: Scenario) -> list[str]:
    first = scenario.network.suppliers[0].id
    return [name or first for name in scenario.assortment.skus["supplier_id"]]


def _sold_by(scenario: Scenario, reach: Reach, wanted: Sequence[str]) -> Mask:
    """(SKUs,) whether one of some suppliers sells the SKU."""
    sold = np.array([name in wanted for name in _own_suppliers(scenario)], dtype=bool)
    table = scenario.network.supply
    if table is not None:
        for sku, name in zip(table["sku_id"], table["supplier_id"], strict=True):
            if name in wanted and sku in reach.sku_index:
                sold[reach.sku_index[sku]] = True
    return sold


def owned_by_one(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Consigned goods are none that centres take back, give away, lose or let expire, as nobody says who pays."""
    policy, skus = scenario.policy, scenario.assortment.skus
    consigned = np.zeros(len(skus), dtype=bool)
    for rule in policy.sourcing.consignment:
        consigned |= reach.skus(rule.scope)
    gifts = {gift.gift_sku_id for gift in policy.gifts}
    returned = {item.id for item in scenario.assortment.classes if item.customer_returns is not None}
    for touched, what in (
        (np.full(len(skus), scenario.network.record_error is not None), "records of centres may be wrong"),
        (np.isin(skus["sku_id"], list(gifts)), "it is given away as a gift"),
        (
            np.isin(skus["class_id"], list(returned)) & (policy.returns == "to_centre"),
            "returned units go back to the centre",
        ),
        (skus["total_shelf_life_days"] > 0, "it ages in the centre"),
    ):
        both = np.flatnonzero(consigned & touched)
        if both.size:
            text = f"SKU {skus['sku_id'][both[0]]} belongs to its supplier until it is shipped, but {what}"
            yield places.problem(
                "E511", "policy.sourcing.consignment", text, hint="leave it out of the scope"
            )


CHECKS = (suppliers, supply, rules, plans, consignment, owned_by_one)
