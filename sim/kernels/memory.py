"""What forecasters know: recorded sales, the days before the run, and the neighbours of a new SKU."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array, Forecasters, whole


@kernel
def remember(
    day: int, sold: Array, on_sale: Array, row: int, forecasters: Forecasters, forecast: Array
) -> None:
    """Update the forecasts of one place from what it sold, or was asked for, on a day.

    Args:
        day: day of the run.
        sold: (m,) recorded units.
        on_sale: (m,) days off sale teach nothing.
        row: place.
        forecasters: who watches what; moving averages are changed.
        forecast: (m,) units per day; changed.
    """
    rules, stops = forecasters.rule[row], forecasters.run_stop[row]
    start = whole(0)
    while start < sold.size:
        rule, stop = rules[start], whole(stops[start])
        if rule >= 0:
            window = forecasters.window_days[rule]
            if window == 0:
                _smooth(sold[start:stop], on_sale[start:stop], forecasters.weight[rule], forecast[start:stop])
            else:
                slot = day % window
                for sku in range(start, stop):
                    if on_sale[sku] != 0:
                        units = whole(sold[sku])
                        forecasters.total[row, sku] += units - forecasters.history[row, sku, slot]
                        forecasters.history[row, sku, slot] = units
                        forecast[sku] = np.float32(forecasters.total[row, sku] / window)
        start = stop


@kernel
def _smooth(sold: Array, on_sale: Array, weight: float, forecast: Array) -> None:
    for i in range(sold.size):
        before = forecast[i]
        after = before + np.float32(weight * (sold[i] - before))
        forecast[i] = after if on_sale[i] != 0 else before


@kernel
def learn_past(
    rows: Array, day: int, past: int, demand: Array, lane: int, forecasters: Forecasters, forecast: Array
) -> None:
    """Let the forecasters of some stores know the sales of one remembered day, taken to have been fully served.

    Smoothing starts from the mean of those days; moving averages take the last days of their window.

    Args:
        rows: (k,) stores.
        day: day of the past, negative.
        past: number of remembered days.
        demand: (n, lanes, m) units of several days.
        lane: where that day is.
        forecasters: who watches what; moving averages are changed.
        forecast: (n, m) units per day; changed.
    """
    for row in rows:
        for sku in range(demand.shape[2]):
            rule, units = forecasters.rule[row, sku], demand[row, lane, sku]
            if rule < 0:
                continue
            window = forecasters.window_days[rule]
            if window == 0:
                forecast[row, sku] += np.float32(units / past)
            elif -day <= window:
                slot = day % window
                forecasters.total[row, sku] += units - forecasters.history[row, sku, slot]
                forecasters.history[row, sku, slot] = units
                forecast[row, sku] = np.float32(forecasters.total[row, sku] / min(window, past))


@kernel
def introduce(
    rows: Array,
    orderable: Array,
    orderable_before: Array,
    on_sale: Array,
    listed: Array,
    category_start: Array,
    category_stop: Array,
    forecasters: Forecasters,
    forecast: Array,
) -> None:
    """Give SKUs that can be ordered for the first time the mean forecast of their category at the store.

    Args:
        rows: (k,) stores.
        orderable: (m,) today.
        orderable_before: (m,) the day before.
        on_sale: (m,) today.
        listed: (n, m).
        category_start: (m,) first SKU of the category.
        category_stop: (m,) one past its last SKU.
        forecasters: moving averages are changed.
        forecast: (n, m) units per day; changed.
    """
    for sku in range(orderable.size):
        if not orderable[sku] or orderable_before[sku]:
            continue
        for row in rows:
            total, number = 0.0, 0
            for other in range(category_start[sku], category_stop[sku]):
                if other != sku and listed[row, other] and on_sale[other] == 1:
                    total += forecast[row, other]
                    number += 1
            rule = forecasters.rule[row, sku]
            if number == 0 or rule < 0 or not listed[row, sku]:
                continue
            mean = total / number
            forecast[row, sku] = np.float32(mean)
            window = forecasters.window_days[rule]
            if window > 0:
                units = whole(np.floor(mean + 0.5))
                forecasters.history[row, sku, :window] = units
                forecasters.total[row, sku] = units * window
