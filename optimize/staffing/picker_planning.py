"""Pickers by centre: from expected lists to people on the shifts of the policy, and what that promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.outlook import Outlook, PickingOutlook
from optimize.solving import Progress
from optimize.staffing.pickers import PickerSizing, Wave, pickers_needed
from optimize.staffing.unsolved import unsolved
from scenarios import (
    Basis,
    OptimisedCrew,
    OrderStream,
    PlanPart,
    Premise,
    Promise,
    Scenario,
    Shift,
    SolveReport,
    SolveStatus,
    Unserved,
)

FloatArray = npt.NDArray[np.float64]

PATH = "policy.optimised.pickers"

_DAY_MINUTES, _MONTH_DAYS = 1_440.0, 28
_SIZES_SCV = 0.2
"""Spread of lists by their sizes: assumption; that of the time of a list of one size comes on top."""
_LARGEST_UTILISATION = 0.9
"""Of pickers who work off order streams, which come all day long."""


@dataclass(frozen=True)
class _Window:
    """Part of a wave's time in which a shift is there."""

    minutes: float
    break_minutes: float


def plan_pickers(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Fewest pickers per centre who are done with the last wave of the day by an hour, on most days.

    Build: the work of the last wave before the hour, an equal part of the day's where there are several, as a `Wave`;
    the share of days is raised so far that a month of 28 independent days keeps it with the probability asked for.
    Solve: `pickers_needed`. Decode: they work the shift of the policy that is there longest between the release and
    the hour; other shifts keep those whom order streams need in their hours. Shift hours stay.

    Returns:
        Fields of `Decisions`, and one part with promises; no fields where no shift is there in time.
    """
    wanted, picking = scenario.policy.optimised.pickers, outlook.picking
    if wanted is None:
        return {}, ()
    if picking is None or scenario.depot is None:
        reason = "nothing is picked: there are no picking times"
        return {}, (unsolved(PATH, "wave_sizing", "pickers", reason, "give `depot.picking`"),)
    centres = [centre.id for centre in scenario.network.distribution_centres]
    shifts: list[Shift] = []
    unserved: list[Unserved] = []
    for number, name in enumerate(centres):
        progress("pickers", number, len(centres))
        mine = [shift for shift in scenario.policy.depot.pickers if shift.dc_id in ("", name)]
        windows = [_window(scenario, wanted, shift) for shift in mine]
        minutes = [window.minutes - window.break_minutes for window in windows]
        if not minutes or max(minutes) <= 0.0:
            reason = f"no shift of pickers is there between the last wave and {wanted.done_hour:g} h"
            relaxation = "a shift in `policy.depot.pickers` between the two, or a later done_hour"
            return {}, (unsolved(PATH, "wave_sizing", f"centre {name}", reason, relaxation),)
        best = int(np.argmax(minutes))
        sizing = _sizing(scenario, wanted, picking, number, name, windows[best])
        unserved += [
            item.model_copy(update={"item": f"centre {name}, {item.item}"}) for item in sizing.unserved
        ]
        streams = _streams_of(scenario, name, is_first=number == 0)
        for index, shift in enumerate(mine):
            people = _for_streams(shift, mine, streams) + (sizing.people if index == best else 0)
            shifts.append(shift.model_copy(update={"people": people, "dc_id": name}))
    progress("pickers", len(centres), len(centres))
    people = sum(shift.people for shift in shifts)
    probability = scenario.policy.optimised.month_probability
    report = SolveReport(
        solver=f"fewest people by the end of a wave, {wanted.share_of_days:.0%} of days in {probability:.0%} of months",
        status=SolveStatus.INFEASIBLE if unserved else SolveStatus.FEASIBLE,
        objective=float(people),
        unit="pickers",
        items=people,
        unserved=tuple(unserved),
    )
    part = PlanPart(
        path=PATH,
        kind="wave_sizing",
        basis=Basis.OPTIMISED,
        cells=people,
        report=report,
        promises=tuple(_promises(picking, shifts)),
    )
    return {"pickers": tuple(shifts)}, (part,)


def _sizing(
    scenario: Scenario,
    wanted: OptimisedCrew,
    picking: PickingOutlook,
    number: int,
    name: str,
    window: _Window,
) -> PickerSizing:
    """People for the last wave of a centre."""
    assert scenario.depot is not None
    streams = _streams_of(scenario, name, is_first=number == 0)
    per_day = [_DAY_MINUTES / max(stream.between_minutes.mean(), 1e-9) for stream in streams]
    other = sum(orders * stream.work_minutes.mean() for orders, stream in zip(per_day, streams, strict=True))
    waves = scenario.policy.depot.waves
    days = {day for wave in waves for day in wave.weekdays}
    # Work of days without a wave is done with the next one.
    part = (
        7.0 / max(len(days), 1) / max(round(sum(len(wave.weekdays) for wave in waves) / max(len(days), 1)), 1)
    )
    mean = max(float(picking.work_minutes_mean[number]) - other, 0.0) * part
    lists = max(float(picking.lists_per_day[number]) - sum(per_day), 0.0) * part
    spread = 0.0 if scenario.depot.picking is None else scenario.depot.picking.coefficient_of_variation**2
    wave = Wave(
        work_minutes_mean=mean,
        work_minutes_sd=float(picking.work_minutes_sd[number]) * part,
        lists=max(lists, 1.0),
        list_scv=_SIZES_SCV + spread,
    )
    probability = _of_a_day(wanted.share_of_days, scenario.policy.optimised.month_probability)
    return pickers_needed(wave, window.minutes, probability, break_minutes=window.break_minutes)


def _of_a_day(share_of_days: float, probability: float) -> float:
    """Least probability of a day with which so many of 28 independent days are kept with a probability."""
    from scipy.special import bdtri

    kept = ceil(share_of_days * _MONTH_DAYS - 1e-9)
    if kept <= 0:
        return share_of_days
    # P(at most 28 - kept days are missed) = probability, solved for the share missed of days.
    missed = float(bdtri(_MONTH_DAYS - kept, _MONTH_DAYS, probability))
    return float(np.clip(1.0 - missed, share_of_days, 0.9999))


def _window(scenario: Scenario, wanted: OptimisedCrew, shift: Shift) -> _Window:
    """Minutes of a shift, and of its break, between the last release before the hour and the hour."""
    until = 60.0 * wanted.done_hour
    released = min(
        (
            (until - 60.0 * wave.cut_off_hour) % _DAY_MINUTES or _DAY_MINUTES
            for wave in scenario.policy.depot.waves
        ),
        default=_DAY_MINUTES,
    )
    begins, ends = until - released, until
    length = 60.0 * shift.hours
    pause = min(shift.break_minutes, length)
    there = rest = 0.0
    for turn in (-2, -1, 0, 1):
        starts = 60.0 * shift.start_hour + turn * _DAY_MINUTES
        there += _overlap(starts, starts + length, begins, ends)
        pause_starts = starts + (length - pause) / 2.0
        rest += _overlap(pause_starts, pause_starts + pause, begins, ends)
    return _Window(there, rest)


def _overlap(start: float, stop: float, begins: float, ends: float) -> float:
    return max(0.0, min(stop, ends) - max(start, begins))


def _streams_of(scenario: Scenario, name: str, *, is_first: bool) -> list[OrderStream]:
    assert scenario.depot is not None
    return [
        stream
        for stream in scenario.depot.order_streams
        if stream.dc_id == name or (not stream.dc_id and is_first)
    ]


def _for_streams(shift: Shift, shifts: Sequence[Shift], streams: Sequence[OrderStream]) -> int:
    """People of a shift who keep up with order streams in its hours, shared with shifts that are there as well."""
    if not streams:
        return 0
    hours = _hours(shift)
    together = np.sum([_hours(other) for other in shifts], axis=0)
    load = np.zeros(24)
    for stream in streams:
        profile = np.array(stream.hourly_profile, np.float64)
        share = profile / profile.sum() if profile.sum() > 0.0 else np.full(24, 1.0 / 24.0)
        per_day = _DAY_MINUTES / max(stream.between_minutes.mean(), 1e-9)
        load += per_day * share * stream.work_minutes.mean() / 60.0
    # What comes while nobody is there waits for the shifts.
    load[together > 0.0] += load[together == 0.0].sum() / max(int((together > 0.0).sum()), 1)
    mine = np.where(hours > 0.0, load / np.maximum(together, 1e-9), 0.0)
    return ceil(float(mine.max()) / _LARGEST_UTILISATION - 1e-9)


def _hours(shift: Shift) -> FloatArray:
    """(24,) part of each clock hour in which a shift is there."""
    hour = np.arange(48)
    inside = np.clip(
        np.minimum(hour + 1, shift.start_hour + shift.hours) - np.maximum(hour, shift.start_hour), 0.0, 1.0
    )
    return np.asarray(inside[:24] + inside[24:])


def _promises(picking: PickingOutlook, shifts: Sequence[Shift]) -> list[Promise]:
    paid = sum(60.0 * shift.people * shift.hours * len(shift.weekdays) / 7.0 for shift in shifts)
    if paid <= 0.0:
        return []
    return [
        Promise(
            measure="picker_utilisation",
            forecast=min(float(picking.work_minutes_mean.sum()) / paid, 1.0),
            premises=(Premise.EXPECTED_LOAD,),
            method="expected work over time paid",
        )
    ]


__all__ = ["plan_pickers"]
