"""What a run shows of its operations, in few numbers: stages of orders, doors, reviews of partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim import EMERGENCY, Work

if TYPE_CHECKING:
    from sim import RunResult, Table
    from study.evidence import FloatArray

IntArray = npt.NDArray[np.int64]

STAGES: dict[str, tuple[str, str]] = {
    "Order desk: receiving": ("placed_second", "received_second"),
    "Order desk: assigning": ("received_second", "assigned_second"),
    "Waiting for the wave": ("assigned_second", "released_second"),
    "Picking": ("released_second", "picked_second"),
    "Waiting for the truck, loading": ("picked_second", "departed_second"),
    "On the road": ("departed_second", "arrived_second"),
    "Unloading": ("arrived_second", "unloaded_second"),
}
"""From the order to the shelf: each stage with the columns of `order_stages` at which it begins and ends."""

AT_DOORS = (Work.LOADING, Work.UNLOADING)
_DAY, _HOUR, _WEEK = 86_400, 3_600, 7
_HOURS = 24


@dataclass(frozen=True)
class ReviewTable:
    """An event table of reviews, one row per review and partner, and how its columns are read."""

    partner: str
    """Column with the partner's index."""
    dimensions: Mapping[str, tuple[str, float]]
    """Title -> column, and points of 100 per unit of the column."""
    total: tuple[str, float]
    """Column of the weighted score, and points per unit."""
    shares: tuple[str, str, float]
    """Columns of the partner's share of the business before and after, and share per unit."""
    seen: str = ""
    """Column with what was judged: where it is 0, scores by dimension say nothing. Empty: they always do."""


REVIEWS: dict[str, ReviewTable] = {
    "carriers": ReviewTable(
        partner="carrier",
        dimensions={"On time": ("on_time_ppm", 1e-4), "Speed": ("speed_points", 1.0)},
        total=("score_points", 1.0),
        shares=("share_before_ppm", "share_after_ppm", 1e-6),
        seen="drops",
    ),
    "suppliers": ReviewTable(
        partner="supplier",
        dimensions={
            "Cost": ("cost", 0.01),
            "Technology": ("technology", 0.01),
            "Delivery": ("delivery", 0.01),
            "Service": ("service", 0.01),
            "Continuity": ("continuity", 0.01),
            "Global support": ("global_support", 0.01),
            "Quality": ("quality", 0.01),
        },
        total=("score", 0.01),
        shares=("share_before", "share_after", 1e-4),
    ),
}
"""Kind of partner -> how its reviews are read: `carriers` from the table `carrier_reviews`, and so on."""


def operations(result: RunResult) -> dict[str, FloatArray]:
    """Small arrays about the work in centres and on the road; empty when the run has none.

    Returns:
        `stage_hours` (stages,): mean over regular orders placed after the warm-up and on the shelf, NaN without any.
        `centre_trips` (centres,): trips that left after the warm-up.
        `door_busy_seconds` (centres, weekdays, hours): seconds at which doors were busy after the warm-up.
        For each kind of partner that was reviewed, `carriers.partner` (partners,) indices, `carriers.day` (reviews,),
        `carriers.score` (reviews, partners, dimensions) and `carriers.total` (reviews, partners) of 100 points,
        `carriers.share` (reviews + 1, partners): before the first review and after each.
    """
    tables = result.tables
    if not any(name in tables and len(tables[name]) for name in ("tasks", "trips", "supplier_reviews")):
        return {}
    first_second = result.labels.warm_up_days * _DAY
    centres = len(result.labels.centres)
    found = {"stage_hours": _stage_hours(tables["order_stages"], first_second)}
    departed = tables["trips"]["departed_second"]
    at = tables["trips"]["centre"][departed >= first_second]
    found["centre_trips"] = np.bincount(at, minlength=centres).astype(np.float64)
    found["door_busy_seconds"] = _door_busy_seconds(result, first_second, centres)
    for kind, review in REVIEWS.items():
        rows = tables.get(f"{kind.removesuffix('s')}_reviews")
        if rows is not None and len(rows):
            found |= {f"{kind}.{name}": values for name, values in _reviews(rows, review).items()}
    return found


def _stage_hours(orders: Table, first_second: int) -> FloatArray:
    counted = (
        (orders["placed_second"] >= first_second)
        & (orders["unloaded_second"] >= 0)
        & (orders["kind"] != EMERGENCY)
    )
    if not counted.any():
        return np.full(len(STAGES), np.nan)
    return np.array(
        [
            float((orders[ends][counted] - orders[begins][counted]).mean()) / _HOUR
            for begins, ends in STAGES.values()
        ]
    )


def _door_busy_seconds(result: RunResult, first_second: int, centres: int) -> FloatArray:
    tasks = result.tables["tasks"]
    days = len(result.panels.day)
    edges = np.arange(first_second, days * _DAY + 1, _HOUR)
    busy = np.zeros((centres, _WEEK, _HOURS))
    at_door = np.isin(tasks["work"], AT_DOORS)
    weekday = (result.labels.start_date.weekday() + np.arange(first_second // _DAY, days)) % _WEEK
    for centre in np.unique(tasks["centre"][at_door]).tolist():
        mine = at_door & (tasks["centre"] == centre)
        seconds = _seconds_between(tasks["started_second"][mine], tasks["finished_second"][mine], edges)
        np.add.at(busy[centre], weekday, seconds.reshape(-1, _HOURS))
    return busy


def _seconds_between(starts: IntArray, ends: IntArray, edges: IntArray) -> IntArray:
    """(edges - 1,) seconds of all stretches that fall between one edge and the next."""

    def elapsed(moments: IntArray) -> IntArray:
        """(edges,) seconds from each moment to the edge, summed over the moments before it."""
        moments = np.sort(moments)
        before = np.searchsorted(moments, edges)
        sums = np.concatenate([[0], np.cumsum(moments)])
        return np.asarray(before * edges - sums[before], np.int64)

    return np.diff(elapsed(starts) - elapsed(ends))


def _reviews(rows: Table, review: ReviewTable) -> dict[str, FloatArray]:
    """Rows as arrays by review and partner; a partner reviewed several times at once counts with the mean."""
    seconds, at = np.unique(rows["reviewed_second"], return_inverse=True)
    partners, who = np.unique(rows[review.partner], return_inverse=True)
    shape = (len(seconds), len(partners))
    cell = at * shape[1] + who

    def table(values: FloatArray) -> FloatArray:
        known = ~np.isnan(values)
        sums = np.bincount(cell[known], weights=values[known], minlength=shape[0] * shape[1])
        counts = np.bincount(cell[known], minlength=shape[0] * shape[1])
        mean: FloatArray = np.full(sums.shape, np.nan)
        np.divide(sums, counts, out=mean, where=counts > 0)
        return mean.reshape(shape)

    seen = np.where(rows[review.seen] > 0, 1.0, np.nan) if review.seen else np.ones(len(rows))
    scores = [table(rows[column] * points * seen) for column, points in review.dimensions.values()]
    *shares, share = review.shares
    before, after = (table(rows[column] * share) for column in shares)
    column, points = review.total
    return {
        "partner": partners.astype(np.float64),
        "day": seconds / _DAY,
        "score": np.stack(scores, axis=2),
        "total": table(rows[column] * points),
        "share": np.concatenate([before[:1], after]),
    }
