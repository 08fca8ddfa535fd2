"""What technicians can do: mean level by station and skill."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from study.charts import style
from study.charts.wrapping import text_width_inches, wrapped
from study.evidence import FloatArray, Study

MOST_SCENARIOS = 2
MOST_STATIONS = 20
_MAP = LinearSegmentedColormap.from_list("level", ["#fbf7f2", "#a8d8c7", style.GREEN, "#003d2c"])
_LEVELS = Normalize(0.0, 5.0)
_NAME_INCHES = 1.8
_ROWS_TO_FILL = 4
_LEAST_SHOWN = 0.05
_CLEARLY = 0.3
"""Levels by which a skill must be thinner than the others for a title to say so."""


def has_skills(study: Study) -> bool:
    """Whether anybody has a skill."""
    return bool(study.labels.service.levels.any()) and all("levels" in run.service for run in study.condensed)


def _levels(study: Study) -> FloatArray:
    """(stations, skills): mean over replications."""
    return np.asarray(np.mean([run.service["levels"] for run in study.condensed], axis=0))


@style.styled
def skill_heat_map(studies: Sequence[Study]) -> Figure:
    """Cells station x skill, one panel per scenario.

    Args:
        studies: one or more; of these the first few with skills.
    """
    able = [study for study in studies if has_skills(study)]
    shown = able[:MOST_SCENARIOS]
    every = style.scenario_names(studies)
    places = [list(studies).index(study) for study in shown]
    most = max(len(study.labels.service.stations) for study in shown)
    figure = style.slide(
        _title([every[place] for place in places], shown),
        "Mean level of a station's technicians at the end of the run, from 0, which is nobody, to 5.",
        f"{style.replications_note(shown)}."
        + (f" The {MOST_STATIONS} of {most} stations with most technicians." if most > MOST_STATIONS else "")
        + (f" {len(able) - len(shown)} further scenarios not shown." if len(able) > len(shown) else ""),
    )
    grid = figure.subplots(1, len(shown), squeeze=False)[0]
    for axes, place, study in zip(grid, places, shown, strict=True):
        _cells(axes, study, 8.5 / len(shown))
        if len(shown) > 1:
            axes.set_title(
                wrapped(every[place], 5.0, style.LABEL_POINTS, 1)[0], color=style.text_colour(place), pad=30
            )
    bar = figure.colorbar(ScalarMappable(_LEVELS, _MAP), ax=list(grid), fraction=0.03, pad=0.01, aspect=30)
    bar.set_label("Mean level", fontsize=style.SMALL_POINTS)
    bar.outline.set_visible(False)
    return figure


def _cells(axes: Axes, study: Study, inches: float) -> None:
    names = study.labels.service
    people = np.bincount(names.technician_station, minlength=len(names.stations))
    order = np.argsort(-people, kind="stable")[:MOST_STATIONS]
    levels = _levels(study)[order]
    style.quiet(axes)
    axes.pcolormesh(
        np.arange(len(names.skills) + 1) - 0.5,
        np.arange(len(order) + 1) - 0.5,
        np.ma.masked_invalid(levels),
        cmap=_MAP,
        norm=_LEVELS,
        edgecolor="white",
        linewidth=1.5,
    )
    for (row, column), value in np.ndenumerate(levels):
        axes.text(
            column,
            row,
            f"{value:.1f}" if np.isfinite(value) and value >= _LEAST_SHOWN else "–",
            ha="center",
            va="center",
            fontsize=style.SMALL_POINTS,
            color="white" if np.isfinite(value) and value > 2.7 else style.INK,
        )
    axes.set_xlim(-0.5, max(len(names.skills), 2) - 0.5)
    axes.set_ylim(max(len(order), _ROWS_TO_FILL) - 0.5, -0.5)
    axes.xaxis.tick_top()
    room = inches / max(len(names.skills), 2)
    upright = any(text_width_inches(skill, style.SMALL_POINTS) > room for skill in names.skills)
    axes.set_xticks(
        range(len(names.skills)),
        [wrapped(skill, 1.6 if upright else room, style.SMALL_POINTS, 1)[0] for skill in names.skills],
        rotation=90 if upright else 0,
        color=style.INK,
    )
    axes.set_yticks(
        range(len(order)),
        [
            f"{wrapped(names.station_names[station], _NAME_INCHES, style.SMALL_POINTS, 1)[0]} ({people[station]})"
            for station in order
        ],
        color=style.INK,
    )
    axes.set_ylabel("Station (technicians)", fontsize=style.LABEL_POINTS)


def _title(names: Sequence[str], studies: Sequence[Study]) -> str:
    if len(studies) > 1:
        return f"What technicians can do: {style.versus(names)}"
    study = studies[0]
    levels = _levels(study)
    skills = study.labels.service.skills
    by_skill = np.nanmean(levels, axis=0)
    weakest, following = np.argsort(by_skill, kind="stable")[[0, min(1, len(skills) - 1)]]
    lacking = int((levels[:, weakest] == 0).sum())
    if by_skill[following] - by_skill[weakest] < _CLEARLY:
        return f"What technicians can do: mean levels from {by_skill.min():.1f} to {by_skill.max():.1f}"
    where = f", which {lacking} of {len(levels)} stations lack" if lacking else ""
    return f"Skills are thinnest in {skills[weakest]}{where}"
