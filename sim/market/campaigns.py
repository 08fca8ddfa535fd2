"""The promotion plan as campaigns, the store groups that see the same plan, and who is on promotion when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.axes import Axes, BoolArray, IntArray, frozen, positions, sku_mask, store_mask
from sim.kernels.elementary import power
from sim.market.calendar import Window
from sim.market.prices import class_responses

FloatArray = npt.NDArray[np.float64]
LineArray = npt.NDArray[np.int32]

NOT_PROMOTED = -1


@dataclass(frozen=True, eq=False)
class Campaign:
    """Some SKUs at one price cut in some stores over consecutive days."""

    name: str
    start: int
    """First day, relative to day 0."""
    stop: int
    """One past the last day."""
    discount: float
    featured: bool
    skus: IntArray
    """Indices of the SKUs, ascending."""
    stores: BoolArray
    """(stores,) where it holds."""


@dataclass(frozen=True, eq=False)
class Lines:
    """The promoted SKUs of all campaigns, one after the other, as columns."""

    campaign: IntArray
    sku: IntArray
    start: IntArray
    stop: IntArray
    discount: FloatArray
    featured: BoolArray
    multiplier: FloatArray
    """Demand on promotion over demand without."""
    switched_share: FloatArray
    """Share of the extra demand taken from other SKUs of the category."""
    pulled_share: FloatArray
    """Share of the extra demand taken from the days after."""
    dip_days: IntArray

    def __len__(self) -> int:
        return self.sku.size


def campaigns_of(scenario: Scenario, axes: Axes) -> tuple[Campaign, ...]:
    """All campaigns in the order of the plan, first `policy.promotions`, then the table.

    Table rows that differ only in their SKU become one campaign; campaigns that differ only in their stores
    become one that holds in all of them; campaigns without a store or a SKU are left out.
    """
    day_zero = scenario.horizon.start_date
    planned = []
    for promotion in scenario.policy.promotions:
        start = (promotion.start - day_zero).days
        skus = np.flatnonzero(sku_mask(promotion.scope, axes))
        stores = store_mask(promotion.scope, axes)
        stop = start + promotion.days
        planned.append(
            Campaign(promotion.name, start, stop, promotion.discount, promotion.featured, skus, stores)
        )
    return _merged([*planned, *_table_campaigns(scenario, axes)])


def _table_campaigns(scenario: Scenario, axes: Axes) -> Iterable[Campaign]:
    table = scenario.policy.promotion_table
    if table is None:
        return
    index = positions(axes.sku_ids)
    regions = np.array(axes.store_regions, dtype=object)
    members: dict[tuple[str, date, int, float, bool], list[int]] = {}
    columns = (table[name] for name in ("sku_id", "region", "start", "days", "discount", "featured"))
    for sku_id, region, start, days, discount, featured in zip(*columns, strict=True):
        terms = region, start, int(days), float(discount), bool(featured)
        members.setdefault(terms, []).append(index[sku_id])
    for (region, start, days, discount, featured), skus in members.items():
        first = (start - scenario.horizon.start_date).days
        where = np.asarray(regions == region) if region else np.ones(axes.stores, dtype=np.bool_)
        name = f"{start} {region}".rstrip()
        yield Campaign(name, first, first + days, discount, featured, np.unique(skus), where)


def _merged(planned: Iterable[Campaign]) -> tuple[Campaign, ...]:
    together: dict[tuple[object, ...], Campaign] = {}
    for campaign in planned:
        if campaign.skus.size == 0 or not campaign.stores.any():
            continue
        terms = (campaign.start, campaign.stop, campaign.discount, campaign.featured, campaign.skus.tobytes())
        known = together.get(terms, campaign)
        name = known.name if campaign.name == known.name else f"{known.name}, {campaign.name}"
        stores = known.stores | campaign.stores
        together[terms] = Campaign(
            name, known.start, known.stop, known.discount, known.featured, known.skus, stores
        )
    return tuple(together.values())


def relevant(
    campaigns: Iterable[Campaign], first_day: int, stop_day: int, reach_days: int
) -> tuple[Campaign, ...]:
    """The campaigns that can move demand between two days, up to `reach_days` after their end."""
    return tuple(item for item in campaigns if item.start < stop_day and item.stop + reach_days > first_day)


def store_groups(campaigns: tuple[Campaign, ...], stores: int) -> IntArray:
    """Group per store, shape (stores,): the same campaigns, the same group; numbered as they appear."""
    seen = np.zeros((stores, len(campaigns)), dtype=np.bool_)
    for column, campaign in enumerate(campaigns):
        seen[:, column] = campaign.stores
    numbers: dict[bytes, int] = {}
    groups = [numbers.setdefault(row.tobytes(), len(numbers)) for row in seen]
    return np.array(groups, dtype=np.int64)


def lines_of(
    campaigns: tuple[Campaign, ...], scenario: Scenario, axes: Axes, elasticity: FloatArray
) -> Lines:
    """The promoted SKUs of campaigns with the response of their classes.

    The multiplier is (1 - discount) ** elasticity x promotion multiplier x feature multiplier (if featured),
    the multiplicative response of the SCAN*PRO model (Wittink, Addona, Hawkes and Porter, 1988).

    Args:
        campaigns: in the order of the plan.
        scenario: for the responses.
        axes: for the classes of SKUs.
        elasticity: (skus,).
    """
    sizes = [campaign.skus.size for campaign in campaigns]
    of_campaign = np.repeat(np.arange(len(campaigns)), sizes)
    skus = np.concatenate([np.zeros(0, dtype=np.int64), *(campaign.skus for campaign in campaigns)])
    by_class = class_responses(scenario, axes)
    responses = [by_class[index] for index in axes.class_of_sku[skus]]
    multipliers = np.empty(skus.size)
    for line, (number, sku, response) in enumerate(zip(of_campaign, skus, responses, strict=True)):
        campaign = campaigns[number]
        feature = response.feature_multiplier if campaign.featured else 1.0
        price = power(1.0 - campaign.discount, float(elasticity[sku]))
        multipliers[line] = price * response.promotion_multiplier * feature

    def spread(values: list[float]) -> FloatArray:
        return frozen(np.array(values, dtype=np.float64)[of_campaign])

    return Lines(
        campaign=frozen(of_campaign),
        sku=frozen(skus),
        start=spread([campaign.start for campaign in campaigns]).astype(np.int64),
        stop=spread([campaign.stop for campaign in campaigns]).astype(np.int64),
        discount=spread([campaign.discount for campaign in campaigns]),
        featured=spread([campaign.featured for campaign in campaigns]).astype(np.bool_),
        multiplier=frozen(multipliers),
        switched_share=frozen(
            np.array([response.switched_share for response in responses], dtype=np.float64)
        ),
        pulled_share=frozen(
            np.array([response.pulled_forward_share for response in responses], dtype=np.float64)
        ),
        dip_days=frozen(np.array([response.dip_days for response in responses], dtype=np.int64)),
    )


def line_on_day(
    campaigns: tuple[Campaign, ...], lines: Lines, store: int, window: Window, can_promote: BoolArray
) -> LineArray:
    """Which line holds, shape (days, skus), -1 = not on promotion, for the group that a store stands for.

    One campaign at a time holds for a SKU: the deepest cut; of equal ones a featured one, then the first of
    the plan.

    Args:
        campaigns: in the order of the plan.
        lines: of these campaigns.
        store: a store of the group.
        window: days.
        can_promote: (days, skus) whether the SKU is regularly on sale.
    """
    on_day = np.full(can_promote.shape, NOT_PROMOTED, dtype=np.int32)
    first_line = np.searchsorted(lines.campaign, np.arange(len(campaigns)))
    weakest_first = sorted(
        (number for number, campaign in enumerate(campaigns) if campaign.stores[store]),
        key=lambda number: (campaigns[number].discount, campaigns[number].featured, -number),
    )
    for number in weakest_first:
        campaign = campaigns[number]
        rows = slice(window.row(campaign.start), window.row(campaign.stop))
        on_day[rows, campaign.skus] = first_line[number] + np.arange(campaign.skus.size)
    on_day[~can_promote] = NOT_PROMOTED
    return on_day
