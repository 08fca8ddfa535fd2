"""Charts of work in centres and on the road, where a study has such work."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from study.charts.chart import Chart
from study.charts.dc_shift import dc_shift
from study.charts.dock_heat_map import dock_heat_map, has_doors
from study.charts.lead_time_waterfall import has_stages, lead_time_waterfall
from study.charts.network_map import has_coordinates
from study.charts.partner_reviews import reviewed_kinds
from study.charts.partner_scorecard import partner_scorecard
from study.charts.route_map import route_map
from study.charts.truck_day import first_shown, truck_day
from study.evidence import Study


def operations_charts(studies: Sequence[Study], more: str) -> list[Chart]:
    """The charts for which there is data.

    Args:
        studies: one or more.
        more: what every caption ends with.
    """
    trips = first_shown(studies, "trips")
    listed = (
        (
            trips is not None and has_coordinates(trips[0]),
            route_map,
            "Where trucks drive",
            "Follow a line from the square, the centre, by its stops and back: one colour and marker per truck.",
        ),
        (
            trips is not None,
            truck_day,
            "A day of the trucks",
            "Read a row from left to right: loading, driving, unloading at each stop and the way back of one truck.",
        ),
        (
            first_shown(studies, "tasks") is not None,
            dc_shift,
            "A day in the centre",
            "Each row is a person or a door; coloured bars are work, and grey without a bar is time on shift and idle.",
        ),
        (
            any(map(has_stages, studies)),
            lead_time_waterfall,
            "From order to shelf",
            "Each bar begins where the stage before ends, so the longest bar is where an order spends most time.",
        ),
        (
            any(map(has_doors, studies)),
            dock_heat_map,
            "When doors are taken",
            "The darker a cell, the more of that hour's door time is taken on that weekday.",
        ),
    )
    charts = [
        Chart(draw.__name__, title, caption + more, partial(draw, studies), is_operations=True)
        for is_there, draw, title, caption in listed
        if is_there
    ]
    kinds = sorted({kind for study in studies for kind in reviewed_kinds(study)})
    for kind in kinds:
        key = f"partner_scorecard_{kind}" if len(kinds) > 1 else "partner_scorecard"
        caption = (
            f"Left, what {kind} score and for what; right, how reviews move their shares of the business."
        )
        draw = partial(partner_scorecard, studies, kind)
        charts.append(Chart(key, f"Scorecard of {kind}", caption + more, draw, is_operations=True))
    return charts
