"""Where the stores and centres are, who feeds whom, and how well each store serves."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from study.charts import style
from study.charts.geography import scale_bar, true_to_scale
from study.charts.placement import PointLabel, label_points
from study.charts.wrapping import wrapped
from study.evidence import FloatArray, Study

MOST_PANELS = 3
_MAP = mpl.colormaps["cividis"].with_extremes(bad="#b8bfc5")
_LABELLED_STORES = 24
_SMALLEST_AREA, _LARGEST_AREA = 20.0, 420.0
"""Square points, of up to `_CROWD` stores."""
_CROWD = 80


def has_coordinates(study: Study) -> bool:
    """Whether the stores of a study are at more than one place."""
    places = np.column_stack([study.labels.store_latitude, study.labels.store_longitude])
    return len(np.unique(places, axis=0)) > 1


@style.styled
def network_map(studies: Sequence[Study]) -> Figure:
    """One map per scenario, up to three: dots by store size and fill rate, with lines to the centre.

    Args:
        studies: one or more, with coordinates.
    """
    shown = studies[:MOST_PANELS]
    names = style.scenario_names(studies)
    fills = [100 * study.mean_store("fill_rate") for study in shown]
    finite = np.concatenate([fill[np.isfinite(fill)] for fill in fills])
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 100.0)
    norm = Normalize(low - float(high == low), high)
    left_out = len(studies) - len(shown)
    figure = style.slide(
        _title(shown[0], names, fills),
        "Dot: store, its area by size, its colour by fill rate. Square: distribution centre.",
        f"{style.replications_note(shown)}. WGS 84; east-west distances true at the middle latitude."
        + (f" {left_out} further scenarios not shown." if left_out else ""),
    )
    grid = figure.subplots(1, len(shown), squeeze=False)[0]
    for index, (axes, study, fill) in enumerate(zip(grid, shown, fills, strict=True)):
        _panel(axes, study, fill, norm)
        if len(shown) > 1:
            axes.set_title(
                "\n".join(wrapped(names[index], 10.0 / len(shown), style.LABEL_POINTS, 2)),
                color=style.text_colour(index),
            )
    grid[0].set_ylabel("Latitude (°)")
    bar = figure.colorbar(ScalarMappable(norm, _MAP), ax=list(grid), fraction=0.03, pad=0.01, aspect=30)
    bar.set_label("Fill rate (% of units demanded)", fontsize=style.SMALL_POINTS)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_locator(MaxNLocator(5))
    style.lay_out(figure)
    for axes, study in zip(grid, shown, strict=True):
        _name_places(axes, study, scale_bar(axes))
    return figure


def _centres(study: Study) -> dict[str, tuple[str, float, float]]:
    """Centre id -> name, longitude, latitude, of the centres that feed a store."""
    return {
        centre.id: (centre.name or centre.id, centre.longitude, centre.latitude)
        for centre in study.scenario.network.distribution_centres
    }


def _panel(axes: Axes, study: Study, fill: FloatArray, norm: Normalize) -> None:
    longitude, latitude = study.labels.store_longitude, study.labels.store_latitude
    centres = _centres(study)
    first = next(iter(centres))
    fed_by = [centre or first for centre in study.scenario.network.stores["dc_id"]]
    lines = [[(x, y), centres[centre][1:]] for x, y, centre in zip(longitude, latitude, fed_by, strict=True)]
    axes.add_collection(LineCollection(lines, colors="#aab3bb", linewidths=0.7, zorder=1))
    order = np.argsort(-study.labels.store_size, kind="stable")
    axes.scatter(
        longitude[order],
        latitude[order],
        s=_areas(study)[order],
        c=fill[order],
        cmap=_MAP,
        norm=norm,
        edgecolors="white",
        linewidths=0.8,
        zorder=2,
        plotnonfinite=True,
    )
    for _, x, y in centres.values():
        axes.plot([x], [y], "s", color=style.VERMILLION, markersize=13, markeredgecolor="white", zorder=3)
    true_to_scale(axes, float(np.mean(latitude)))


def _name_places(axes: Axes, study: Study, taken: list[tuple[float, float, float]]) -> None:
    """Name the centres, then the largest stores, where there is room beside `taken`."""
    found = study.labels
    radii = np.sqrt(_areas(study) / math.pi)
    wanted = [PointLabel(x, y, name, style.VERMILLION, 6.5) for name, x, y in _centres(study).values()]
    dots = list(
        zip(found.store_longitude.tolist(), found.store_latitude.tolist(), radii.tolist(), strict=True)
    )
    for store in np.argsort(-found.store_size, kind="stable")[:_LABELLED_STORES]:
        x, y, radius = dots[store]
        wanted.append(PointLabel(x, y, found.store_names[store], style.INK, radius))
    label_points(axes, wanted, size=style.SMALL_POINTS, obstacles=dots + taken)


def _areas(study: Study) -> FloatArray:
    """(stores,) area of each dot in square points, smaller where there are many."""
    size = study.labels.store_size
    shrink = min(1.0, math.sqrt(_CROWD / len(size)))
    return shrink * (_SMALLEST_AREA + (_LARGEST_AREA - _SMALLEST_AREA) * size / max(float(size.max()), 1e-12))


def _title(study: Study, names: Sequence[str], fills: Sequence[FloatArray]) -> str:
    stores, centres = len(study.labels.stores), len(study.scenario.network.distribution_centres)
    text = f"{stores:,} stores fed by {centres} distribution centre{'s' if centres > 1 else ''}"
    ranges = [
        _range(fill) + (f" ({name})" if len(fills) > 1 else "")
        for name, fill in zip(names, fills, strict=False)
        if np.isfinite(fill).any()
    ]
    return f"{text}: fill rates {', '.join(ranges)}" if ranges else text


def _range(fill: FloatArray) -> str:
    low, high = f"{np.nanmin(fill):.1f}%", f"{np.nanmax(fill):.1f}%"
    return f"of {low} everywhere" if low == high else f"from {low} to {high}"
