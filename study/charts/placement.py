"""Where labels go so that they do not cover one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from study.evidence import FloatArray


def spread(wanted: FloatArray, gap: float, low: float, high: float) -> FloatArray:
    """Positions nearest to `wanted` in least squares that keep their order, `gap` apart, within [low, high].

    With z_i = x_i - i * gap this is a clipped isotonic regression (Best and Chakravarti, 1990).

    Args:
        wanted: (labels,) positions in any order.
        gap: least distance between neighbours; narrowed when the labels do not fit.
        low: least position.
        high: largest position.

    Returns:
        (labels,) positions in the order given.
    """
    count = len(wanted)
    if count == 0:
        return wanted.copy()
    if count > 1:
        gap = min(gap, (high - low) / (count - 1))
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(count)
    shifted = _isotonic(wanted[order] - steps)
    placed = np.empty(count)
    placed[order] = np.clip(shifted, low, high - steps[-1]) + steps
    return placed


def _isotonic(values: FloatArray) -> FloatArray:
    """The non-decreasing sequence nearest to `values`, by pooling adjacent violators.

    `scipy.optimize` has it, too, but takes longer to import than most charts take to draw.
    """
    means: list[float] = []
    sizes: list[int] = []
    for value in values.tolist():
        mean, size = value, 1
        while means and means[-1] >= mean:
            size += sizes[-1]
            mean += (means.pop() - mean) * sizes.pop() / size
        means.append(mean)
        sizes.append(size)
    return np.repeat(means, sizes)


_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_ALIGNMENT_X = {1: "left", 0: "center", -1: "right"}
_ALIGNMENT_Y = {1: "bottom", 0: "center", -1: "top"}
_DIAGONAL = 0.75
_BACKING = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
"""Dims lines and grid under a text."""


@dataclass(frozen=True)
class PointLabel:
    """A text that wants to stand beside a point."""

    x: float
    y: float
    """Data coordinates."""
    text: str
    colour: str
    radius_points: float
    """Of the marker at the point."""


def label_points(
    axes: Axes,
    labels: Sequence[PointLabel],
    *,
    size: float,
    obstacles: Sequence[tuple[float, float, float]] = (),
) -> list[str]:
    """Write each text beside its point where it covers no other text, no marker and no edge.

    Earlier labels choose first; a text that finds no free place is left out. The axes must be laid out.

    Args:
        axes: where the points are drawn.
        labels: most important first.
        size: font size in points.
        obstacles: further markers that no text may cover: (x, y) in data coordinates, radius in points.

    Returns:
        The texts that were written.
    """
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    pixel = axes.figure.dpi / 72
    frame = axes.get_window_extent(renderer)
    markers = [_around(axes, label.x, label.y, label.radius_points * pixel) for label in labels]
    markers += [_around(axes, x, y, radius * pixel) for x, y, radius in obstacles]
    written: list[Bbox] = []
    texts = []
    for label, own in zip(labels, markers, strict=False):
        note = axes.annotate(
            label.text,
            (label.x, label.y),
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=size,
            color=label.colour,
            bbox=_BACKING,
            zorder=5,
        )
        note.set_in_layout(False)
        taken = [*written, *(box for box in markers if box is not own and not _inside(own, box))]
        for dx, dy in _DIRECTIONS:
            reach = (label.radius_points + 2.5) * (_DIAGONAL if dx and dy else 1.0)
            note.set(ha=_ALIGNMENT_X[dx], va=_ALIGNMENT_Y[dy])
            note.xyann = (dx * reach, dy * reach)
            box = note.get_window_extent(renderer)
            if _inside(box, frame) and not any(box.overlaps(other) for other in taken):
                written.append(box)
                texts.append(label.text)
                break
        else:
            note.remove()
    return texts


def _around(axes: Axes, x: float, y: float, radius: float) -> Bbox:
    """The square around a marker, in pixels; a little less, since markers are round."""
    across, up = axes.transData.transform((x, y))
    half = 0.85 * radius
    return Bbox.from_extents(across - half, up - half, across + half, up + half)


def _inside(inner: Bbox, outer: Bbox) -> bool:
    return bool(
        outer.x0 <= inner.x0 and inner.x1 <= outer.x1 and outer.y0 <= inner.y0 and inner.y1 <= outer.y1
    )
