"""When the doors of a centre are busy: share of door time by weekday and hour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from study.charts import style
from study.charts.wrapping import wrapped
from study.evidence import FloatArray, Study

MOST_SCENARIOS = 3
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS, _SECONDS_PER_HOUR = 24, 3_600
_MAP = LinearSegmentedColormap.from_list("busy", ["#f4f7fa", "#9cc6e0", style.BLUE, "#00304d"])
_LEAST_SHOWN = 0.005
"""Smaller shares stand as empty cells."""


def has_doors(study: Study) -> bool:
    """Whether anything was done at doors."""
    return any(run.operations.get("door_busy_seconds", np.zeros(1)).any() for run in study.condensed)


@style.styled
def dock_heat_map(studies: Sequence[Study]) -> Figure:
    """Cells weekday x hour, one panel per scenario, of the centre with most trips.

    Args:
        studies: one or more; of these the first few with doors.
    """
    able = [study for study in studies if has_doors(study)]
    shown = able[:MOST_SCENARIOS]
    every = style.scenario_names(studies)
    places = [list(studies).index(study) for study in shown]
    centre = _busiest_centre(shown[0])
    shares = [_busy_share(study, centre) for study in shown]
    top = max(float(np.nanmax(share)) for share in shares)
    norm = Normalize(0.0, max(top, 0.01))
    figure = style.slide(
        _title([every[place] for place in places], shares),
        "Time at which doors are taken (%), by weekday and hour of the day, mean after the warm-up. Empty: below 0.5%.",
        f"{style.replications_note(shown)}. {_which(shown[0], centre)}."
        + (f" {len(able) - len(shown)} further scenarios not shown." if len(able) > len(shown) else ""),
    )
    grid = figure.subplots(len(shown), 1, squeeze=False, sharex=True)[:, 0]
    for axes, place, share in zip(grid, places, shares, strict=True):
        _cells(axes, share, norm)
        if len(shown) > 1:
            axes.set_title(
                wrapped(every[place], 10.0, style.LABEL_POINTS, 1)[0], color=style.text_colour(place)
            )
    grid[-1].set_xticks(np.arange(0, _HOURS + 1, 2) - 0.5, [f"{hour}:00" for hour in range(0, _HOURS + 1, 2)])
    grid[-1].set_xlabel("Hour of the day", fontsize=style.LABEL_POINTS)
    bar = figure.colorbar(ScalarMappable(norm, _MAP), ax=list(grid), fraction=0.03, pad=0.01, aspect=30)
    bar.set_label("Door time taken (%)", fontsize=style.SMALL_POINTS)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}")
    bar.outline.set_visible(False)
    return figure


def _busiest_centre(study: Study) -> int:
    """The centre with most trips, or, without trips, with most work at its doors."""
    trips = np.mean([run.operations["centre_trips"] for run in study.condensed], axis=0)
    busy = np.mean([run.operations["door_busy_seconds"] for run in study.condensed], axis=0)
    return int(np.argmax(trips if trips.any() else busy.sum(axis=(1, 2))))


def _busy_share(study: Study, centre: int) -> FloatArray:
    """(weekdays, hours) mean over replications; NaN for a weekday that the horizon does not have."""
    depot, horizon = study.scenario.depot, study.scenario.horizon
    doors = depot.docks.doors if depot is not None and depot.docks is not None else 0
    days = np.arange(horizon.warm_up_days, horizon.days)
    count = np.bincount((horizon.start_date.weekday() + days) % len(_WEEKDAYS), minlength=len(_WEEKDAYS))
    busy = np.mean([run.operations["door_busy_seconds"][centre] for run in study.condensed], axis=0)
    there = np.broadcast_to(doors * count[:, None] * float(_SECONDS_PER_HOUR), busy.shape)
    share: FloatArray = np.full(busy.shape, np.nan)
    np.divide(busy, there, out=share, where=there > 0)
    return share


def _cells(axes: Axes, share: FloatArray, norm: Normalize) -> None:
    style.quiet(axes)
    axes.set_facecolor("#e3e6e9")
    axes.pcolormesh(
        np.arange(_HOURS + 1) - 0.5,
        np.arange(len(_WEEKDAYS) + 1) - 0.5,
        np.ma.masked_invalid(share),
        cmap=_MAP,
        norm=norm,
        edgecolor="white",
        linewidth=1.0,
    )
    axes.set_ylim(len(_WEEKDAYS) - 0.5, -0.5)
    axes.set_yticks(range(len(_WEEKDAYS)), _WEEKDAYS, color=style.INK)
    for (row, column), value in np.ndenumerate(share):
        if value >= _LEAST_SHOWN:
            axes.text(
                column,
                row,
                f"{100 * value:.0f}",
                ha="center",
                va="center",
                fontsize=style.SMALL_POINTS,
                color="white" if norm(value) > 0.5 else style.INK,
            )


def _which(study: Study, centre: int) -> str:
    centres = study.scenario.network.distribution_centres
    name = centres[centre].name or centres[centre].id
    depot = study.scenario.depot
    doors = depot.docks.doors if depot is not None and depot.docks is not None else 0
    door_words = f"{name}, {doors:,} door{'s' if doors != 1 else ''}"
    return (
        f"{door_words}: of {len(centres)} centres the one with most trips" if len(centres) > 1 else door_words
    )


def _title(names: Sequence[str], shares: Sequence[FloatArray]) -> str:
    if len(shares) > 1:
        return f"When doors are busy: {style.versus(names)}"
    weekday, hour = np.unravel_index(int(np.nanargmax(shares[0])), shares[0].shape)
    return (
        f"Doors are busiest on {_WEEKDAYS[weekday]}s from {hour}:00 to {hour + 1}:00: "
        f"{100 * shares[0][weekday, hour]:.0f}% of door time"
    )
