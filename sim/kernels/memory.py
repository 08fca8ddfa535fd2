"""What forecasters know: recorded sales, the days before the run, and the neighbours of a new SKU."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.demand import draw_day
from sim.kernels.layout import Array, Forecasters, Goods, Market, Process, Shelf


@kernel
def remember(
    row: int, day: int, sold: Array, on_sale: Array, forecasters: Forecasters, forecast: Array
) -> None:
    """Update the forecasts of one place from what it sold, or was asked for, on a day.

    Args:
        row: place.
        day: day of the run.
        sold: (m,) recorded units.
        on_sale: (m,) days off sale teach nothing.
        forecasters: who watches what; moving averages are changed.
        forecast: (n, m) units per day; changed.
    """
    for sku in range(sold.size):
        rule = forecasters.rule[row, sku]
        if rule < 0 or on_sale[sku] == 0:
            continue
        units = np.int64(sold[sku])
        window = forecasters.window_days[rule]
        if window == 0:
            weight = forecasters.weight[rule]
            forecast[row, sku] += np.float32(weight * (units - forecast[row, sku]))
        else:
            slot = day % window
            forecasters.total[row, sku] += units - forecasters.history[row, sku, slot]
            forecasters.history[row, sku, slot] = units
            forecast[row, sku] = np.float32(forecasters.total[row, sku] / window)


@kernel
def _forget_the_draws(row: int, shelf: Shelf) -> None:
    """Leave a store as if nobody had looked at its past: fractions of constant demand start from nothing."""
    shelf.today[row][:] = 0
    shelf.demand_carry[row if shelf.demand_carry.size > 1 else 0][:] = 0.0


@kernel
def recall(
    rows: Array,
    first_ordinal: int,
    market: Market,
    process: Process,
    forecasters: Forecasters,
    shelf: Shelf,
) -> None:
    """Let forecasters know the sales of the remembered days before the run, taken to have been fully served.

    Smoothing starts from the mean of those days; moving averages take the last days of their window.
    """
    past = market.remembered_days[0]
    for row in rows:
        forecast = shelf.forecast[row]
        forecast[:] = 0.0
        for back in range(past):
            day = back - past
            draw_day(row, day, first_ordinal, market, process, shelf)
            today = shelf.today[row]
            for sku in range(today.size):
                rule = forecasters.rule[row, sku]
                if rule < 0:
                    continue
                window = forecasters.window_days[rule]
                if window == 0:
                    forecast[sku] += np.float32(today[sku] / past)
                elif -day <= window:
                    slot = day % window
                    forecasters.total[row, sku] += today[sku] - forecasters.history[row, sku, slot]
                    forecasters.history[row, sku, slot] = today[sku]
                    forecast[sku] = np.float32(forecasters.total[row, sku] / min(window, past))
        _forget_the_draws(row, shelf)


@kernel
def introduce(
    rows: Array, day: int, market: Market, goods: Goods, forecasters: Forecasters, shelf: Shelf
) -> None:
    """Give SKUs that can be ordered for the first time the mean forecast of their category at the store."""
    for sku in range(goods.purchase_cost.size):
        if not market.orderable[day, sku] or market.orderable[day - 1, sku]:
            continue
        for row in rows:
            total, number = 0.0, 0
            for other in range(goods.category_start[sku], goods.category_stop[sku]):
                if other != sku and market.listed[row, other] and market.on_sale[day, other] == 1:
                    total += shelf.forecast[row, other]
                    number += 1
            rule = forecasters.rule[row, sku]
            if number == 0 or rule < 0 or not market.listed[row, sku]:
                continue
            mean = total / number
            shelf.forecast[row, sku] = np.float32(mean)
            window = forecasters.window_days[rule]
            if window > 0:
                units = np.int64(np.floor(mean + 0.5))
                forecasters.history[row, sku, :window] = units
                forecasters.total[row, sku] = units * window


@kernel
def remembered_units(
    rows: Array, first_ordinal: int, market: Market, process: Process, shelf: Shelf, units: Array
) -> None:
    """Add up what some stores sold in the remembered days, taken to have been fully served; into (m,) `units`."""
    past = market.remembered_days[0]
    for row in rows:
        for back in range(past):
            draw_day(row, back - past, first_ordinal, market, process, shelf)
            today = shelf.today[row]
            for sku in range(today.size):
                units[sku] += today[sku]
        _forget_the_draws(row, shelf)
