"""Spare parts, people and partners of after-sales service."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sim.aftersales.requests import Cause, Echelon, MoveReason, Outcome, PartSource, WorkforceEvent
from sim.books import MINOR_PER_MAJOR
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.kpis.aftersales.records import NAN, ServiceRecords, mean, over, part_of

_DAYS_PER_YEAR, _DAYS_PER_WEEK = 365, 7
_MILLION = 1e6
_PER_POINT = 100
_MILLI = 1000

FloatArray = npt.NDArray[np.float64]


def _fill(echelon: Echelon) -> Callable[[ServiceRecords], float]:
    def formula(s: ServiceRecords) -> float:
        asked = s.rows("part_demands", "second", lambda t: t["echelon"] == echelon)
        return over(int(asked["filled_units"].sum()), int(asked["units"].sum()))

    return formula


def _part_wait(s: ServiceRecords) -> float:
    asked = s.rows("part_requests", "asked_second", lambda t: t["ready_second"] >= 0)
    return mean((asked["ready_second"] - asked["asked_second"]) / SECONDS_PER_HOUR)


def _per_evening(column: str, per_unit: float) -> Callable[[ServiceRecords], float]:
    def formula(s: ServiceRecords) -> float:
        levels = s.rows("part_levels", "second")
        return over(float(levels[column].sum()) / per_unit, len(np.unique(levels["second"])))

    return formula


def _emergencies(s: ServiceRecords) -> float:
    if not s.all_rows("part_stock").count:
        return NAN
    moved = s.rows(
        "part_moves",
        "left_second",
        lambda t: np.isin(t["reason"], (MoveReason.TRANSFER, MoveReason.COURIER)),
    )
    return float(moved["units"].sum()) / s.days


def _escapes(s: ServiceRecords) -> float:
    put_in = part_of(s.visits, s.visits["part_source"] != PartSource.NONE)
    return mean(put_in["cause"] == Cause.DEFECTIVE_PART)


def _record_accuracy(s: ServiceRecords) -> float:
    counted = s.rows("part_counts", "counted_second", lambda t: t["is_miss"] == 0)
    return mean(counted["deviation"] == 0)


def _forecast(of_errors: Callable[[FloatArray], FloatArray]) -> Callable[[ServiceRecords], float]:
    def formula(s: ServiceRecords) -> float:
        weeks = s.rows("part_forecasts", "second")
        errors = weeks["forecast_milliunits"] / _MILLI - weeks["used_units"]
        return over(float(of_errors(errors).sum()), int(weeks["used_units"].sum()))

    return formula


PARTS: dict[str, Callable[[ServiceRecords], float]] = {
    "part_fill_van": _fill(Echelon.VAN),
    "part_fill_station": _fill(Echelon.STATION),
    "part_fill_dc": _fill(Echelon.CENTRE),
    "part_wait_hours": _part_wait,
    "parts_value": _per_evening("value_minor", MINOR_PER_MAJOR),
    "parts_owed_units": _per_evening("owed_units", 1.0),
    "emergency_parts": _emergencies,
    "part_escape_share": _escapes,
    "part_record_accuracy": _record_accuracy,
    "part_forecast_error": _forecast(np.abs),
    "part_forecast_bias": _forecast(np.positive),
}
"""KPIs of spare parts; demands count by the day on which they arose."""


def _position_years(s: ServiceRecords) -> float:
    """0 where nobody works."""
    if not s.all_rows("technician_days").count:
        return 0.0
    return len(s.names.technicians) * s.days / _DAYS_PER_YEAR


def _attrition(s: ServiceRecords) -> float:
    left = s.rows("workforce_events", "second", lambda t: t["event"] == WorkforceEvent.LEFT)
    return over(left.count, _position_years(s))


def _training(s: ServiceRecords) -> float:
    return over(int(s.rows_of_days("technician_days")["is_training"].sum()), _position_years(s))


def _cover_met(s: ServiceRecords) -> float:
    """A shift counts on the day on which it begins."""
    days = np.arange(s.labels.warm_up_days, s.end_second // SECONDS_PER_DAY)
    if not len(s.names.cover):
        return NAN
    wanted = s.names.cover[:, (s.labels.start_date.weekday() + days) % _DAYS_PER_WEEK]
    there = np.zeros_like(wanted)
    worked = s.worked_days
    np.add.at(there, (worked["station"], worked["day"] - s.labels.warm_up_days), 1)
    return mean((there >= wanted)[wanted > 0])


def _weekly_duty_hours(s: ServiceRecords) -> FloatArray:
    """(positions,) of shifts worked."""
    hours = np.zeros(len(s.names.technicians))
    np.add.at(hours, s.worked_days["technician"], s.worked_days["shift_seconds"] / SECONDS_PER_HOUR)
    return hours * _DAYS_PER_WEEK / s.days


def _duty_hours_spread(s: ServiceRecords) -> float:
    return float(np.ptp(_weekly_duty_hours(s))) if s.worked_days.count else NAN


def _skill_level(s: ServiceRecords) -> float:
    """Jobs of no particular skill have level 0 and do not count."""
    done = s.requests_where(lambda r: (r["outcome"] == Outcome.DONE) & (r["level"] > 0))
    return mean(done["level"])


def _score(table: str) -> Callable[[ServiceRecords], float]:
    return lambda s: mean(s.rows(table, "reviewed_second")["score_points"] / _PER_POINT)


PEOPLE: dict[str, Callable[[ServiceRecords], float]] = {
    "morale": lambda s: mean(s.rows_of_days("technician_days")["morale_ppm"] / _MILLION),
    "attrition_per_year": _attrition,
    "absence_share": lambda s: mean(s.rows_of_days("technician_days")["is_absent"] != 0),
    "cover_met_share": _cover_met,
    "duty_hours_per_week": lambda s: mean(_weekly_duty_hours(s)) if s.worked_days.count else NAN,
    "duty_hours_spread": _duty_hours_spread,
    "training_days_per_year": _training,
    "skill_level": _skill_level,
    "technician_score": _score("technician_scores"),
    "repair_pass_share": lambda s: mean(s.rows("inspections", "second")["is_found"] == 0),
    "partner_score": _score("partner_reviews"),
}
"""KPIs of people and partners."""
