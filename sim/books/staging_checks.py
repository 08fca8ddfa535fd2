"""The staging areas of centres against the trips that take goods out of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.events import NOT_YET
from sim.records import Table


def check_staging(audit: Audit, tables: Mapping[str, Table], centres: int) -> None:
    """Every trip takes along what stood ready for it, and no area holds more than it has room for.

    A load that needs more room than there is may stand there alone.
    """
    staging, trips = tables["staging"], tables["trips"]
    of_trip = Axis("trip")
    number = 1 + max((int(column.max(initial=-1)) for column in (staging["trip"], trips["trip"])), default=-1)
    for column in ("drops", "cases", "volume_millilitres", "left_second"):
        staged = np.full(number, NOT_YET)
        staged[staging["trip"]] = staging[column]
        driven = trips["loaded_second" if column == "left_second" else column]
        audit.equal(
            f"a truck takes what stood ready for it ({column})", staged[trips["trip"]], driven, (of_trip,)
        )
    taken, left = staging["taken_second"], staging["left_second"]
    begun = taken != NOT_YET
    gone = left != NOT_YET
    audit.at_most(
        "room is wanted before it is taken", staging["wanted_second"][begun], taken[begun], (of_trip,)
    )
    audit.at_most("goods stand in the area before they leave it", taken[gone], left[gone], (of_trip,))
    audit.none_without("no goods leave the area that did not stand in it", gone, begun, (of_trip,))
    limited = begun & (staging["capacity"] >= 0)
    for centre in range(centres):
        mine = limited & (staging["centre"] == centre)
        order = np.argsort(taken[mine], kind="stable")
        room, came = staging["room"][mine][order], taken[mine][order]
        went = np.where(gone, left, np.iinfo(np.int64).max)[mine][order]
        there = np.array(
            [room[: row + 1][went[: row + 1] > second].sum() for row, second in enumerate(came.tolist())],
            np.int64,
        )
        most = np.maximum(staging["capacity"][mine][order], room)
        audit.at_most("an area holds no more than it has room for", there, most, (of_trip,))
