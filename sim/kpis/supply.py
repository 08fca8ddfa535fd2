"""Supply: how suppliers deliver, at what price and how well, from the tables of purchases and receipts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books import NOT_YET
from sim.clock import SECONDS_PER_DAY
from sim.records import Table
from sim.result import Labels

_MILLION = 1e6
_PER_POINT = 100


def supply_kpis(tables: Mapping[str, Table], labels: Labels, end_second: int) -> dict[str, float]:
    """KPIs of suppliers; orders count by the day they were placed on, the warm-up cut.

    Args:
        tables: all event tables.
        labels: quoted lead times, length of the warm-up.
        end_second: end of the run.

    Returns:
        KPI name -> value; NaN when there is nothing to count.
    """
    first = labels.warm_up_days * SECONDS_PER_DAY
    purchases, differences = tables["purchase_orders"], tables["price_differences"]
    express = tables["express_orders"]
    bought = purchases["placed_second"] >= first
    paid = purchases["value_minor"][bought].sum()
    above = differences["difference_minor"][differences["placed_second"] >= first].sum()
    hastened = express["units"][express["decided_second"] >= first].sum()
    return {
        "purchase_price_index": _ratio(paid, paid - above),
        "express_share": _ratio(hastened, purchases["units"][bought].sum()),
        **_timeliness(tables["receipts"], labels, first, end_second),
        **_quality(tables["supplier_lots"], first),
        **_answers(tables, first, end_second),
        "consigned_stock_units": _consigned(tables["consigned_stock"], first),
        "supplier_score": _mean_score(tables["supplier_reviews"], first),
    }


def _timeliness(receipts: Table, labels: Labels, first: int, end: int) -> dict[str, float]:
    """Lead times and punctuality by units; what is overdue at the end is late, what is not due yet counts nowhere."""
    placed, received, units = (receipts[name] for name in ("placed_second", "received_second", "units"))
    counts, came = placed >= first, received != NOT_YET
    quoted = np.array(labels.quoted_lead_time_days, np.int64)
    promised_day = placed // SECONDS_PER_DAY + quoted[receipts["supplier"]]
    in_time = came & (received // SECONDS_PER_DAY <= promised_day)
    is_due = came | ((promised_day + 1) * SECONDS_PER_DAY <= end)
    days = received // SECONDS_PER_DAY - placed // SECONDS_PER_DAY
    arrived = counts & came
    return {
        "supplier_lead_time_days": _ratio((days * units)[arrived].sum(), units[arrived].sum()),
        "supplier_on_time_share": _ratio(units[counts & in_time].sum(), units[counts & is_due].sum()),
    }


def _quality(lots: Table, first: int) -> dict[str, float]:
    counts = lots["received_second"] >= first

    def total(name: str) -> int:
        return int(lots[name][counts].sum())

    return {
        "supplier_fill_share": _ratio(total("first_units"), total("accepted_units")),
        "supplier_defects_ppm": _MILLION * _ratio(total("defective_units"), total("units")),
        "escaped_defects_ppm": _MILLION * _ratio(total("escaped_units"), total("accepted_units")),
        "inspection_rejected_share": _ratio(total("rejected_lots"), total("inspected_lots")),
    }


def _answers(tables: Mapping[str, Table], first: int, end: int) -> dict[str, float]:
    """What was done about shortages and told to suppliers, per day; NaN where it never was."""
    answers, complaints, days = (
        tables["shortage_responses"],
        tables["complaints"],
        (end - first) / SECONDS_PER_DAY,
    )
    shortages = answers["units"][answers["second"] >= first].sum()
    told = complaints["units"][complaints["reported_second"] >= first].sum()
    return {
        "shortage_response_units": _ratio(shortages, days if len(answers) else 0),
        "complaint_units": _ratio(told, days if len(complaints) else 0),
    }


def _consigned(counts: Table, first: int) -> float:
    """Mean over days of all centres together."""
    counted = counts["counted_second"] >= first
    days = np.unique(counts["counted_second"][counted])
    return _ratio(counts["units"][counted].sum(), len(days))


def _mean_score(reviews: Table, first: int) -> float:
    """Mean over reviews and suppliers, in points; a supplier of several rules counts once."""
    counts = reviews["reviewed_second"] >= first
    columns = [reviews[name][counts] for name in ("reviewed_second", "supplier", "score")]
    scores = np.unique(np.stack(columns), axis=1)[2]
    return _ratio(scores.sum() / _PER_POINT, len(scores))


def _ratio(numerator: float, denominator: float) -> float:
    return float(numerator) / float(denominator) if denominator else float("nan")
