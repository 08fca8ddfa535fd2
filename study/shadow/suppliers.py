"""Laws of suppliers: lead times as drawn, defects as stated, lots rejected as the operating characteristic says."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from study.shadow.expected import Expected, World

if TYPE_CHECKING:
    from scenarios import Distribution, Supplier

FloatArray = npt.NDArray[np.float64]

_LONGEST_DAYS = 120
_MILLION = 1e6
_TO_NEAREST_CASE = 2


def suppliers(world: World) -> Iterator[Expected]:
    """Only where all goods come from suppliers with the same terms, in one way."""
    if all(centre.stock == "unlimited" for centre in world.scenario.network.distribution_centres):
        return
    used = _used(world)
    if used:
        yield from _lead_time(world, used)
        yield from _defects(world, used)
        yield from _prices(used)


def _used(world: World) -> list[Supplier]:
    """Suppliers of the SKUs, if each SKU has one source."""
    network, policy = world.scenario.network, world.scenario.policy
    if policy.sourcing.rules or policy.sourcing.scorecard or policy.sourcing.shortage_response:
        return []
    names = set(world.scenario.assortment.skus["supplier_id"])
    first = network.suppliers[0].id
    named = {name or first for name in names}
    return [supplier for supplier in network.suppliers if supplier.id in named]


def _lead_time(world: World, used: list[Supplier]) -> Iterator[Expected]:
    """Whole days as drawn; orders whose goods come after the end count nowhere, which long lead times do more often."""
    scenario = world.scenario
    depot, sourcing = scenario.depot, scenario.policy.sourcing
    terms = used[0].lead_time_days
    is_plain = (
        all(each.lead_time_days == terms for each in used)
        and not any(each.disruptions or each.capacity_units_per_day for each in used)
        and not sourcing.express
        and not sourcing.consignment
        and not sourcing.inspection
        and (depot is None or depot.goods_in is None)
    )
    if not is_plain:
        return
    days, shares = _whole_days(terms)
    left = np.maximum(world.counted_days - days, 0.0)
    if not (shares @ left) > 0.0:
        return
    value = float(shares @ (left * days) / (shares @ left))
    yield from _in_time(world, used, days, shares)
    yield Expected(
        kpi="supplier_lead_time_days",
        value=value,
        method="mean of the stated lead time in whole days, of orders spread evenly over the run",
        regime="suppliers with one lead time, never limited, disrupted or hastened; nothing is sent back",
        tolerance=abs(float(shares @ days) - value),
        is_certain=len(np.flatnonzero(shares)) == 1,
    )


def _in_time(world: World, used: list[Supplier], days: FloatArray, shares: FloatArray) -> Iterator[Expected]:
    quoted = {
        ceil(each.lead_time_days.mean()) if each.quoted_lead_time_days < 0 else each.quoted_lead_time_days
        for each in used
    }
    if len(quoted) != 1:
        return
    value = float(shares[days <= quoted.pop()].sum())
    longest = float(days[shares > 0.0].max())
    yield Expected(
        kpi="supplier_on_time_share",
        value=value,
        method="share of the stated lead times that are no longer than the quoted one",
        regime="suppliers with one lead time, never limited, disrupted or hastened; nothing is sent back",
        # Of orders placed shortly before the end only those that came early are known.
        tolerance=value * (1.0 - value) * longest / world.counted_days,
        is_certain=value in (0.0, 1.0),
    )


def _whole_days(days: Distribution) -> tuple[FloatArray, FloatArray]:
    """Days 0 to 120 and their probabilities; each draw is rounded to whole days."""
    whole = np.arange(_LONGEST_DAYS + 1, dtype=np.float64)
    upto = np.asarray(days.cdf(whole + 0.5), np.float64)
    upto[-1] = 1.0
    return whole, np.diff(upto, prepend=0.0)


def _prices(used: list[Supplier]) -> Iterator[Expected]:
    """Prices vary around the list; what is bought when does not depend on them."""
    moving = [each.price for each in used if each.price is not None]
    if moving and not any(price.trend_per_year for price in moving):
        yield Expected(
            kpi="purchase_price_index",
            value=1.0,
            method="the mean of a price that reverts is its list price (Schwartz 1997, model 1)",
            regime="prices without a trend, one source per SKU",
        )


def _defects(world: World, used: list[Supplier]) -> Iterator[Expected]:
    sourcing = world.scenario.policy.sourcing
    stated = {each.quality for each in used}
    if len(stated) != 1 or sourcing.quality_feedback or sourcing.complaint_feedback:
        return
    (quality,) = stated
    if quality is None or quality.lot_variation > 0.0 or quality.defects_per_million == 0.0:
        return
    share = quality.defects_per_million / _MILLION
    regime = "suppliers with one share of defects that hear of none"
    yield Expected("supplier_defects_ppm", quality.defects_per_million, "share of defects as stated", regime)
    if len(sourcing.inspection) != 1 or world.scenario.policy.sourcing.inspection[0].suppliers:
        return
    (plan,) = sourcing.inspection
    if _least_lot(world) < plan.sample_units:
        return
    yield Expected(
        kpi="inspection_rejected_share",
        value=_binomial_above(plan.accept_at_most, plan.sample_units, share),
        method="operating characteristic of a single sampling plan (Dodge and Romig 1929)",
        regime=regime + "; every lot and what is sent again for it is at least as large as the sample",
    )


def _least_lot(world: World) -> int:
    """Fewest units of a lot. What was found in an accepted sample is sent again, as a lot of its own."""
    levels = world.plan.centres
    (plan,) = world.scenario.policy.sourcing.inspection
    if plan.accept_at_most > 0 or levels.is_dynamic.any() or (levels.rule < 0).any():
        return 0
    if any(supplier.capacity_units_per_day for supplier in world.scenario.network.suppliers):
        return 0
    if (levels.rounding == _TO_NEAREST_CASE).any():
        return 0
    quantity = levels.order_quantity_units
    band = levels.order_up_to_units - levels.reorder_point_units
    return int(np.where(quantity > 0, quantity, np.where(levels.is_always_below[levels.rule], 1, band)).min())


def _binomial_above(most: int, size: int, share: float) -> float:
    from scipy.special import bdtrc

    return float(bdtrc(most, size, share))


__all__ = ["suppliers"]
