"""Where the extra demand of a promotion comes from: other SKUs, later days, or nowhere else (mechanism T1).

For a promoted SKU and day the extra demand is normal demand x (multiplier - 1). A share of it is taken from
the other SKUs of the category on the same day, a share from the same SKU on the days after the promotion, and
the rest is incremental: the cross-brand, cross-period and category-expansion effects of van Heerde, Leeflang
and Wittink (2004, Marketing Science 23). What is taken balances exactly, in expectation over the stores of a
group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.axes import Axes
from sim.kernels.compilation import allocating_kernel, kernel
from sim.market.calendar import Window
from sim.market.campaigns import Campaign, LineArray, Lines

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PromotionBalance:
    """Expected units, shape (groups,), that one campaign moves in its life; closures and shocks left out.

    `extra = switched + pulled_forward + pulled_forward_later + incremental`.
    """

    name: str
    start: int
    """First day, relative to day 0."""
    extra: FloatArray
    """Sold on promotion above what would have been sold without."""
    switched: FloatArray
    """Of these, taken from other SKUs of the category."""
    pulled_forward: FloatArray
    """Of these, taken from the same SKU on later days of the run."""
    pulled_forward_later: FloatArray
    """Of these, due to be taken after the last day of the run."""
    incremental: FloatArray
    """The rest."""
    clipped: FloatArray
    """Part of `incremental` that should have been taken from somewhere where there was too little demand."""


@dataclass(frozen=True, eq=False)
class LineUnits:
    """Expected units per line in one group, each of shape (lines,)."""

    extra: FloatArray
    switched: FloatArray
    pulled_forward: FloatArray
    later: FloatArray
    clipped: FloatArray


def apply_promotions(
    normal: FloatArray, line: LineArray, lines: Lines, weight: FloatArray, axes: Axes, window: Window
) -> tuple[FloatArray, LineUnits]:
    """The demand factors of one store group with its promotions, and what each promotion moved.

    Days after: the dip takes the same share of normal demand on each of the first `dip_days` days after the
    end on which the SKU is not on promotion again. Other SKUs: each loses the same share of its demand of
    that day, its own promotion and dip included. Demand never falls below zero; the rest is called clipped.

    Args:
        normal: (days + days after, skus) factors without promotions; the days after the run are at least as
            many as the longest dip has.
        line: (days, skus) line that holds, -1 = none.
        lines: of all campaigns.
        weight: (skus,) units per day at factor 1, summed over the stores of the group.
        axes: for the categories.
        window: the days, up to the last of the run.

    Returns:
        Factors (days, skus), and units per line.
    """
    factors = normal[: window.days].copy()
    units = LineUnits(*(np.zeros(len(lines)) for _ in range(5)))
    _raise_and_pull(
        normal,
        line,
        np.flatnonzero(np.bincount(line.ravel() + 1, minlength=len(lines) + 1)[1:]),
        lines.sku,
        lines.start - window.first_day,
        lines.stop - window.first_day,
        lines.multiplier,
        lines.pulled_share,
        lines.dip_days,
        factors,
        units.extra,
        units.pulled_forward,
        units.later,
        units.clipped,
    )
    weight_of_line = weight[lines.sku]
    for column in (units.extra, units.pulled_forward, units.later, units.clipped):
        column *= weight_of_line
    _switch(
        normal,
        line,
        lines.multiplier,
        lines.switched_share,
        weight,
        np.unique(axes.category_start),
        np.unique(axes.category_stop),
        factors,
        units.switched,
        units.clipped,
    )
    return factors, units


def balances(
    campaigns: tuple[Campaign, ...], lines: Lines, by_group: list[LineUnits]
) -> tuple[PromotionBalance, ...]:
    """Sum the units of lines to campaigns."""

    def total(name: str) -> FloatArray:
        rows = [np.bincount(lines.campaign, getattr(units, name), len(campaigns)) for units in by_group]
        return np.stack(rows, axis=1)

    extra, switched, clipped = total("extra"), total("switched"), total("clipped")
    pulled, later = total("pulled_forward"), total("later")
    incremental = extra - switched - pulled - later
    columns = (extra, switched, pulled, later, incremental, clipped)
    for column in columns:
        column.setflags(write=False)
    return tuple(
        PromotionBalance(campaign.name, campaign.start, *(column[number] for column in columns))
        for number, campaign in enumerate(campaigns)
    )


@kernel
def _raise_and_pull(
    normal: FloatArray,
    line: LineArray,
    active: IntArray,
    sku: IntArray,
    start_row: IntArray,
    stop_row: IntArray,
    multiplier: FloatArray,
    pulled_share: FloatArray,
    dip_days: IntArray,
    factors: FloatArray,
    extra: FloatArray,
    pulled: FloatArray,
    later: FloatArray,
    clipped: FloatArray,
) -> None:
    """Raise demand on promotion and lower it afterwards; units are per unit of base rate."""
    days = line.shape[0]
    for number in active:
        j = sku[number]
        gained = 0.0
        for t in range(max(start_row[number], 0), min(stop_row[number], days)):
            if line[t, j] == number:
                gained += normal[t, j] * (multiplier[number] - 1.0)
                factors[t, j] = normal[t, j] * multiplier[number]
        extra[number] = gained
        wanted = pulled_share[number] * gained
        if wanted <= 0.0:
            continue
        in_run, after_run, found, t = 0.0, 0.0, 0, stop_row[number]
        while t < normal.shape[0] and found < dip_days[number]:
            if t >= days:
                after_run += normal[t, j]
                found += 1
            elif line[t, j] < 0:
                in_run += normal[t, j]
                found += 1
            t += 1
        share = wanted / (in_run + after_run) if in_run + after_run > 0.0 else 0.0
        for u in range(stop_row[number], min(t, days)):
            if line[u, j] < 0:
                cut = min(share * normal[u, j], factors[u, j])
                factors[u, j] -= cut
                pulled[number] += cut
        later[number] = min(share, 1.0) * after_run
        clipped[number] = max(wanted - pulled[number] - later[number], 0.0)


@allocating_kernel
def _switch(
    normal: FloatArray,
    line: LineArray,
    multiplier: FloatArray,
    switched_share: FloatArray,
    weight: FloatArray,
    category_start: IntArray,
    category_stop: IntArray,
    factors: FloatArray,
    switched: FloatArray,
    clipped: FloatArray,
) -> None:
    """Take what promoted SKUs win from the others of the category, in proportion to the day's demand."""
    pressure = np.zeros(normal.shape[1])
    for t in range(line.shape[0]):
        for category in range(category_start.size):
            first, last = category_start[category], category_stop[category]
            together = 0.0
            for j in range(first, last):
                pressure[j] = 0.0
                number = line[t, j]
                if number < 0:
                    continue
                wanted = switched_share[number] * normal[t, j] * (multiplier[number] - 1.0) * weight[j]
                if wanted <= 0.0:
                    continue
                others = 0.0
                for k in range(first, last):
                    if k != j:
                        others += factors[t, k] * weight[k]
                if others > 0.0:
                    pressure[j] = wanted / others
                    together += pressure[j]
                    switched[number] += wanted
                else:
                    clipped[number] += wanted
            if together == 0.0:
                continue
            for k in range(first, last):
                cut = together - pressure[k]
                if cut <= 1.0:
                    factors[t, k] *= 1.0 - cut
                    continue
                missing = (cut - 1.0) * factors[t, k] * weight[k]
                factors[t, k] = 0.0
                for j in range(first, last):
                    if j != k and pressure[j] > 0.0:
                        part = missing * pressure[j] / cut
                        switched[line[t, j]] -= part
                        clipped[line[t, j]] += part
