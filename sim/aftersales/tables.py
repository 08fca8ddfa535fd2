"""Event tables of after-sales service; a second of -1 is still to come, or never; an index of -1 is nobody."""

from __future__ import annotations

SERVICE_TABLES: dict[str, tuple[str, ...]] = {
    "requests": (
        "request", "kind", "product", "region", "segment", "sla", "station", "origin", "stream", "channel", "urgency",
        "judged_urgency", "mode", "judged_mode", "is_warranty", "is_contract", "is_goodwill", "reported_second",
        "answered_second", "taken_second", "promised_from_second", "promised_until_second", "first_departed_second",
        "first_arrived_second", "diagnosed_second", "part_asked_second", "part_ready_second", "completed_second",
        "settled_second", "followed_up_second", "closed_second", "response_due_second", "completion_due_second",
        "outcome", "visits", "first_cause", "technician", "level", "partner", "tries", "informed", "exceptions",
        "quote_minor", "paid_minor", "manner_ppm", "driving_seconds", "work_seconds",
        "station_metres",
    ),
    "calls": (
        "request", "stream", "kind", "channel", "arrived_second", "answered_second", "ended_second", "agent",
        "is_abandoned", "priority",
    ),
    "agent_shifts": ("people", "starts_second", "ends_second"),
    "visits": (
        "request", "visit", "technician", "helper", "station", "departed_second", "arrived_second", "began_second",
        "diagnosed_second", "ended_second", "metres", "driving_seconds", "cause", "part", "part_source", "is_late",
        "is_redispatched", "overtime_seconds",
    ),
    "technician_days": (
        "technician", "station", "day", "shift_seconds", "break_seconds", "driving_seconds", "work_seconds",
        "waiting_seconds", "idle_seconds", "overtime_seconds", "visits", "fixed", "failed", "metres", "is_absent",
        "is_training", "morale_ppm", "experience_jobs",
    ),
    "workforce_events": ("second", "technician", "event", "value"),
    "technician_scores": (
        "reviewed_second", "technician", "satisfaction_points", "quality_points", "efficiency_points",
        "growth_points", "score_points",
    ),
    "inspections": ("second", "request", "technician", "is_bad", "is_found"),
    "part_moves": (
        "part", "units", "from_echelon", "from_place", "to_echelon", "to_place", "left_second", "arrived_second",
        "reason", "value_minor", "request",
    ),
    "part_demands": ("second", "echelon", "place", "part", "units", "filled_units", "request"),
    "part_requests": ("request", "part", "station", "asked_second", "ready_second", "source"),
    "part_lots": (
        "received_second", "centre", "part", "supplier", "units", "defective_units", "inspected_units",
        "defects_found", "is_sorted", "escaped_units",
    ),
    "part_counts": ("counted_second", "station", "part", "deviation", "is_miss"),
    "part_stock": (
        "echelon", "place", "part", "opening_units", "closing_units", "closing_deviation", "value_minor",
    ),
    "part_levels": ("second", "echelon", "place", "units", "value_minor", "owed_units"),
    "part_forecasts": ("second", "centre", "part", "forecast_milliunits", "used_units"),
    "partner_jobs": (
        "partner", "request", "station", "handed_second", "visited_second", "ended_second", "visits", "is_done",
        "work_seconds", "amount_minor",
    ),
    "partner_reviews": (
        "reviewed_second", "partner", "jobs", "quality_ppm", "on_time_ppm", "score_points", "share_before_ppm",
        "share_after_ppm",
    ),
    "installed_base": (
        "day", "product", "region", "units", "sold", "returned", "scrapped", "failures", "avoided", "under_contract",
    ),
}  # fmt: skip
"""Columns of each table.

`requests` is the encounter record: a row per request, written when it is closed, open ones at the end of the run.
Metres and driving of `visits` are those of both where two went; `is_late` tells of arrival after the promised window.
In `technician_days` shift + overtime = driving + work + waiting + break + idle; driving includes the way home.
`part_counts` tells of records that were put right: at a cycle count, or at a miss, when a unit on record was not found.
`part_moves` holds each unit's way between echelons (`sim.aftersales.requests.Echelon`); `part_stock` what lay where on
the first morning and at the end, when what is on its way counts where it goes; `part_levels` a row per echelon, place
and evening, vans by their station. `part_forecasts` holds, at the end of every week, what had been forecast for it and
what stations ordered, for parts of centres whose levels follow forecasts. Scores are in hundredths of a point, shares
in millionths, forecasts in thousandths.
"""
