"""How full the staging areas of centres are, read off the table of staging."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import SECONDS_PER_HOUR
from sim.records import IntArray

if TYPE_CHECKING:
    from sim.kpis.operations import Operations, Rows

_MILLILITRES_PER_LITRE = 1_000
_NAN = float("nan")


def utilisation(o: Operations) -> float:
    """Room taken over the capacity of all areas, mean over time."""
    rows = _limited(o)
    if not rows.count:
        return _NAN
    taken = (rows["room"] * o.within(rows["taken_second"], rows["left_second"])).sum()
    areas = len(np.unique(rows["centre"]))
    return float(taken / (int(rows["capacity"][0]) * areas * (o.end_second - o.first_second)))


def peak_utilisation(o: Operations) -> float:
    """The most room taken at one time in one area over its capacity."""
    rows = _limited(o)
    return _peak(o, rows, rows["room"]) / int(rows["capacity"][0]) if rows.count else _NAN


def peak_litres(o: Operations) -> float:
    """The most goods in one area at one time, whatever the capacity is reckoned in."""
    rows = o.all_rows("staging", lambda t: t["taken_second"] >= 0)
    return _peak(o, rows, rows["volume_millilitres"]) / _MILLILITRES_PER_LITRE if rows.count else _NAN


def wait_hours(o: Operations) -> float:
    """Mean time for which picking of a trip's goods waits for room."""
    rows = o.rows("staging", "wanted_second", lambda t: t["taken_second"] >= 0)
    waits = rows["taken_second"] - rows["wanted_second"]
    return float(waits.mean() / SECONDS_PER_HOUR) if rows.count else _NAN


def _limited(o: Operations) -> Rows:
    return o.all_rows("staging", lambda t: (t["capacity"] > 0) & (t["taken_second"] >= 0))


def _peak(o: Operations, rows: Rows, amounts: IntArray) -> float:
    """The largest sum of amounts that are in one area at once, on days that count; who goes makes room first."""
    most = 0
    for centre in np.unique(rows["centre"]).tolist():
        mine = (rows["centre"] == centre) & (o.within(rows["taken_second"], rows["left_second"]) > 0)
        comes = np.maximum(rows["taken_second"][mine], o.first_second)
        goes = np.where(rows["left_second"][mine] < 0, o.end_second, rows["left_second"][mine])
        seconds = np.concatenate((comes, goes))
        change = np.concatenate((amounts[mine], -amounts[mine]))
        there = np.cumsum(change[np.lexsort((change, seconds))])
        most = max(most, int(there.max(initial=0)))
    return float(most)
