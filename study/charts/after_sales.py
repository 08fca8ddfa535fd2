"""Charts of after-sales service, where a study has any."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from study.charts.backlog_band import backlog_band, has_backlog
from study.charts.chart import Chart
from study.charts.coverage_map import coverage_map, has_stations
from study.charts.failed_visits import failed_visits, has_failures
from study.charts.job_flow import has_flow, job_flow
from study.charts.repair_waterfall import has_repairs, repair_waterfall
from study.charts.skill_heat_map import has_skills, skill_heat_map
from study.charts.station_week import station_week
from study.charts.technician_day import first_shown_week, technician_day
from study.evidence import Study


def after_sales_charts(studies: Sequence[Study], more: str) -> list[Chart]:
    """The charts for which there is data.

    Args:
        studies: one or more.
        more: what every caption ends with.
    """
    has_week = first_shown_week(studies) is not None
    listed = (
        (
            any(map(has_flow, studies)),
            job_flow,
            "What becomes of reports",
            "Follow the ribbons from the left: as thick as the share of reports that takes each way.",
        ),
        (
            any(map(has_repairs, studies)),
            repair_waterfall,
            "From report to repair",
            "Each bar begins where the stage before ends, so the longest bar is where a repair spends most time.",
        ),
        (
            any(map(has_failures, studies)),
            failed_visits,
            "Why visits were not enough",
            "The first bar is the reason to work on first: reasons for another visit, most frequent first.",
        ),
        (
            any(map(has_backlog, studies)),
            backlog_band,
            "Backlog",
            "Requests that are open at the end of each day: a line that rises for long means too few people or parts.",
        ),
        (
            has_week,
            technician_day,
            "A day of technicians",
            "Read a row from left to right: driving, diagnosis and repair, one visit after the other.",
        ),
        (
            has_week,
            station_week,
            "A week of a station",
            "Each lane is a technician, each column a day; gaps are breaks and time without a job.",
        ),
        (
            any(map(has_stations, studies)),
            coverage_map,
            "Stations and their service radius",
            "Stores outside every circle have customers farther from a station than the radius.",
        ),
        (
            any(map(has_skills, studies)),
            skill_heat_map,
            "Skills by station",
            "The darker a cell, the higher the mean level of that skill at that station.",
        ),
    )
    return [
        Chart(draw.__name__, title, caption + more, partial(draw, studies), is_after_sales=True)
        for is_there, draw, title, caption in listed
        if is_there
    ]
