"""Maps: distances as they are, and a bar that tells how long they are."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from study.charts import style

KM_PER_DEGREE = 111.32


def true_to_scale(axes: Axes, middle_latitude_degrees: float) -> None:
    """Make a kilometre east as long as one north at a latitude, and label the longitude."""
    axes.set_aspect(1 / max(math.cos(math.radians(middle_latitude_degrees)), 0.1), adjustable="datalim")
    axes.margins(0.1)
    axes.set_xlabel("Longitude (°)")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.ticklabel_format(style="plain", useOffset=False)


def scale_bar(axes: Axes) -> list[tuple[float, float, float]]:
    """A bar of a round number of kilometres, a quarter of the panel at most, in the lower left corner.

    Returns:
        Points along it that labels should keep clear of, with a radius in points.
    """
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    km_per_degree = KM_PER_DEGREE * max(math.cos(math.radians((south + north) / 2)), 0.1)
    room = 0.25 * (east - west) * km_per_degree
    power = 10 ** math.floor(math.log10(room))
    length = max(step * power for step in (1, 2, 5) if step * power <= room)
    x, y = west + 0.04 * (east - west), south + 0.03 * (north - south)
    axes.plot([x, x + length / km_per_degree], [y, y], color=style.INK, linewidth=3, solid_capstyle="butt")
    axes.annotate(
        f"{length:,.10g} km", (x, y), xytext=(0, 5), textcoords="offset points", fontsize=style.SMALL_POINTS
    )
    return [(x + step / 8 * length / km_per_degree, y, 20.0) for step in range(9)]
