"""Checks of appliances, their failures and job streams: who is named exists, shares are shares, something follows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.language.appliances import Hazard
from scenarios.language.distributions import Distribution
from scenarios.language.errors import Problem
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach
from scenarios.language.service import Service

_POLICY = "policy.service"


def names(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """SKUs, categories, products, regions, parts, stations and segments that are named exist; ids are given once."""
    service, opened = scenario.service, scenario.policy.service.open_stations
    stations: set[str] = set()
    if service is not None and service.stations is not None:
        stations = set(service.stations["station_id"])
    yield from places.unknown_ids(f"{_POLICY}.open_stations", opened, stations, "station")
    territories = scenario.policy.service.territories
    if territories is not None:
        path = f"{_POLICY}.territories"
        yield from places.unknown_in_column(path, territories, "store_id", reach.store_index, "store")
        yield from places.unknown_in_column(path, territories, "station_id", stations, "station")
        closed = np.array(
            [bool(opened) and name not in opened for name in territories["station_id"]], np.bool_
        )
        yield from places.rows("E511", path, territories, closed, "station_id", "this station is not open")
    if service is None:
        return
    products = [product.id for product in service.products]
    segments = [segment.id for segment in service.segments]
    yield from places.given_twice("service.products", products)
    yield from places.given_twice("service.failure_modes", [mode.id for mode in service.failure_modes])
    yield from places.given_twice("service.segments", segments)
    yield from places.given_twice("service.job_streams", [stream.id for stream in service.job_streams])
    for index, product in enumerate(service.products):
        path = f"service.products[{index}]"
        yield from places.unknown_ids(f"{path}.sku_ids", product.sku_ids, reach.sku_index, "SKU")
        yield from places.unknown_ids(
            f"{path}.categories", product.categories, set(reach.categories), "category"
        )
    parts = set() if service.parts is None else set(service.parts.parts["part_id"])
    for index, mode in enumerate(service.failure_modes):
        path = f"service.failure_modes[{index}]"
        yield from places.unknown_ids(f"{path}.product_id", [mode.product_id], products, "product")
        yield from places.unknown_ids(f"{path}.part_id", [mode.part_id], parts, "part", blank=True)
    if service.base is not None:
        regions = set(scenario.network.stores["region"])
        yield from places.unknown_in_column("service.base", service.base, "product_id", products, "product")
        yield from places.unknown_in_column(
            "service.base", service.base, "region", regions, "region", blank=True
        )
    for index, promise in enumerate(scenario.policy.service.sla):
        path = f"{_POLICY}.sla[{index}].segments"
        yield from places.unknown_ids(path, promise.segments, segments, "segment")
    for index, stream in enumerate(service.job_streams):
        path = f"service.job_streams[{index}].station_id"
        yield from places.unknown_ids(path, [stream.station_id], stations, "station")
    yield from _stations(scenario, service, places, reach)


def _stations(scenario: Scenario, service: Service, places: Places, reach: Reach) -> Iterator[Problem]:
    if service.stations is not None:
        centres = [centre.id for centre in scenario.network.distribution_centres]
        for column, known, noun in (
            ("dc_id", centres, "distribution centre"), ("store_id", list(reach.store_index), "store"),
        ):  # fmt: skip
            yield from places.unknown_in_column(
                "service.stations", service.stations, column, known, noun, blank=True
            )


def one_product_each(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """A SKU is one appliance, and no other."""
    if scenario.service is None:
        return
    owner: dict[str, int] = {}
    for index, product in enumerate(scenario.service.products):
        categories = set(product.categories)
        own = [
            sku
            for sku, category in zip(reach.sku_index, reach.categories, strict=True)
            if sku in product.sku_ids or category in categories
        ]
        shared = [sku for sku in own if sku in owner]
        if shared:
            other = owner[shared[0]]
            rule = f"SKU {shared[0]} already belongs to service.products[{other}]"
            key = "sku_ids" if shared[0] in product.sku_ids else "categories"
            yield places.problem("E502", f"service.products[{index}].{key}", rule)
        owner |= dict.fromkeys(own, index)


def times(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Work does not take negative time, and jobs come one after the other."""
    del reach
    if scenario.service is None:
        return
    for path, minutes in _durations(scenario.service):
        if float(minutes.quantile(0.0)) < 0:
            yield places.problem("E504", path, "a time must not be negative")
    for index, stream in enumerate(scenario.service.job_streams):
        if stream.between_minutes.mean() <= 0 or float(stream.between_minutes.quantile(0.0)) < 0:
            path = f"service.job_streams[{index}].between_minutes"
            yield places.problem("E504", path, "jobs must come one after the other")


def _durations(service: Service) -> Iterator[tuple[str, Distribution]]:
    for index, product in enumerate(service.products):
        for name, block in (("installation", product.installation), ("maintenance", product.maintenance)):
            if block is not None:
                yield f"service.products[{index}].{name}.minutes", block.minutes
    for index, mode in enumerate(service.failure_modes):
        yield f"service.failure_modes[{index}].diagnosis_minutes", mode.diagnosis_minutes
        yield f"service.failure_modes[{index}].repair_minutes", mode.repair_minutes
    for index, stream in enumerate(service.job_streams):
        yield f"service.job_streams[{index}].minutes", stream.minutes


def weights(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Relative shares are not negative, and not all zero."""
    del reach
    service = scenario.service
    if service is None:
        return
    named: list[tuple[str, tuple[float, ...]]] = [
        ("service.segments", tuple(segment.share for segment in service.segments))
    ]
    named += [
        (f"service.failure_modes[{index}].urgency_shares", mode.urgency_shares)
        for index, mode in enumerate(service.failure_modes)
    ]
    named += [
        (f"service.job_streams[{index}].hourly_profile", stream.hourly_profile)
        for index, stream in enumerate(service.job_streams)
    ]
    for product in service.products:
        own = [index for index, mode in enumerate(service.failure_modes) if mode.product_id == product.id]
        if own:
            path = f"service.failure_modes[{own[0]}].weight"
            named.append((path, tuple(service.failure_modes[index].weight for index in own)))
    for path, values in named:
        if min(values) < 0 or sum(values) <= 0:
            yield places.problem("E503", path, "weights must not be negative, and some above 0")


def something_follows(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Products that fail have failure modes and somebody who comes; nothing stands idle."""
    del reach
    service, policy = scenario.service, scenario.policy.service
    if service is None:
        return
    described = {mode.product_id for mode in service.failure_modes}
    failing = {product.id for product in service.products if fails(product.hazard)}
    kept = set() if service.base is None else set(service.base["product_id"][service.base["units"] > 0])
    for index, product in enumerate(service.products):
        path = f"service.products[{index}]"
        if product.id in failing and product.id not in described:
            rule = "this product fails, but no failure mode says how"
            yield places.problem("E511", f"{path}.hazard", rule, hint="add one to `service.failure_modes`")
        if not product.sku_ids and not product.categories and product.id not in kept:
            yield places.problem("W602", path, "nobody has one and nobody buys one", product.id)
        if product.maintenance is not None and policy.maintenance and not product.maintenance.contract_share:
            rule = "nobody takes the contract"
            yield places.problem("W602", f"{path}.maintenance.contract_share", rule, 0.0)
    for index, mode in enumerate(service.failure_modes):
        if mode.product_id in {product.id for product in service.products} - failing:
            path = f"service.failure_modes[{index}]"
            yield places.problem("W602", path, f"{mode.product_id} never fails", mode.id)
    work = bool(failing or service.job_streams) or any(
        product.installation is not None or (product.maintenance is not None and policy.maintenance)
        for product in service.products
    )
    if work and (service.stations is None or not len(service.stations)):
        yield places.problem("W601", "service.stations", "there is no station: nobody visits customers")
    if not work and service.stations is not None:
        yield places.problem("W602", "service.stations", "there is nothing to do for them")
    if policy.maintenance and all(product.maintenance is None for product in service.products):
        yield places.problem("W602", f"{_POLICY}.maintenance", "no product has a block `maintenance`")
    if bool(policy.goodwill_months) != bool(policy.goodwill_share):
        missing, given = (
            ("goodwill_share", "goodwill_months")
            if policy.goodwill_months
            else ("goodwill_months", "goodwill_share")
        )
        yield places.problem("W602", f"{_POLICY}.{given}", f"`{missing}` is 0", getattr(policy, given))
    opened = set(policy.open_stations)
    for index, stream in enumerate(service.job_streams):
        if opened and stream.station_id not in opened:
            path = f"service.job_streams[{index}]"
            yield places.problem("W602", path, "its station is closed: the stream never comes", stream.id)


def fails(hazard: Hazard) -> bool:
    """Whether a hazard is ever above 0."""
    if hazard.kind == "constant":
        return hazard.per_year > 0
    return True


CHECKS = (names, one_product_each, times, weights, something_follows)
