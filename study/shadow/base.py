"""Laws of the installed base: failures against the hazards they come from."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

from scenarios import BathtubHazard, ConstantHazard, Hazard, Product, Service, WeibullHazard
from study.shadow.expected import Expected, World
from study.shadow.shifts import is_even

_DAYS_PER_YEAR, _MONTHS_PER_YEAR, _DAYS_PER_WEEK = 365.0, 12.0, 7.0
_NEVER = ConstantHazard(kind="constant", per_year=0.0)


def base(world: World) -> Iterator[Expected]:
    """Failures per unit and year, where hazards do not depend on age or nobody buys and nothing is scrapped."""
    service = world.scenario.service
    if service is None or service.base is None or not len(service.base) or not service.products:
        return
    if world.scenario.policy.service.maintenance:
        return
    reporting = service.reporting.weekday_factors
    products = {product.id: product for product in service.products}
    hazards = {product.hazard for product in products.values()}
    (first, *others) = hazards
    if isinstance(first, ConstantHazard) and not others:
        rate, regime = first.per_year, "one hazard that does not depend on age"
    elif not any(_changes(product) for product in products.values()):
        rate, regime = _ageing(world, service, products), "nobody buys, nothing is scrapped"
    else:
        return
    if rate <= 0.0:
        return
    yield Expected(
        kpi="failure_rate_per_year",
        value=rate,
        method="minimal repair: n units fail n (H(b) - H(a)) times between the ages a and b (Barlow and Hunter 1960)",
        regime=regime + ", no maintenance contracts",
        # Failures of some days are reported up to a week later.
        tolerance=_down_at_most(world, rate)
        + (0.0 if is_even(reporting) else rate * _DAYS_PER_WEEK / world.counted_days),
    )


def _changes(product: Product) -> bool:
    return bool(product.sku_ids or product.categories) or product.scrappage != _NEVER


def _ageing(world: World, service: Service, products: dict[str, Product]) -> float:
    table = service.base
    assert table is not None
    failures = units = 0.0
    for name, months, number in zip(table["product_id"], table["age_months"], table["units"], strict=True):
        age = round(int(months) * _DAYS_PER_YEAR / _MONTHS_PER_YEAR)
        hazard = products[name].hazard
        begins, ends = age + world.warm_up_days, age + world.scenario.horizon.days
        failures += int(number) * (cumulative(hazard, ends) - cumulative(hazard, begins))
        units += int(number)
    return _DAYS_PER_YEAR * failures / (units * world.counted_days)


def _down_at_most(world: World, rate: float) -> float:
    """Units under repair do not fail: at the worst, those that failed earlier in the run and were never mended."""
    days = world.warm_up_days + world.counted_days / 2.0
    return rate * (1.0 - exp(-rate * days / _DAYS_PER_YEAR))


def cumulative(hazard: Hazard, age_days: float) -> float:
    """H, expected failures of a unit up to an age."""
    years = age_days / _DAYS_PER_YEAR
    if isinstance(hazard, ConstantHazard):
        return hazard.per_year * years
    if isinstance(hazard, WeibullHazard):
        return float((years / hazard.scale_years) ** hazard.shape)
    assert isinstance(hazard, BathtubHazard)
    fades = hazard.early_months / _MONTHS_PER_YEAR
    early = hazard.early_per_year * fades * (1.0 - exp(-years / fades))
    wear_out = (years / hazard.wear_out_scale_years) ** hazard.wear_out_shape
    return float(early + hazard.chance_per_year * years + wear_out)


__all__ = ["base", "cumulative"]
