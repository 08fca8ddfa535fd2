"""Circles in the plane: those that can be needed to cover points, and the smallest one around some points."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray

BoolArray = npt.NDArray[np.bool_]

_EDGE = 1e-10
"""Share of the radius by which a point on the edge may seem to be outside."""
_MOST_COMPARED = 4_000


def candidate_circles(places: FloatArray, radius: float) -> tuple[FloatArray, BoolArray]:
    """Centres of circles among which a smallest cover is found.

    Args:
        places: (points, 2).
        radius: of all circles.

    Returns:
        Centres (candidates, 2), and which points each circle covers (candidates, points). No circle covers only points
        that another one covers too.
    """
    away = places[None] - places[:, None]
    distance = np.hypot(away[..., 0], away[..., 1])
    one, other = np.nonzero(np.triu((distance <= 2.0 * radius * (1.0 + _EDGE)) & (distance > 0.0), 1))
    middle = 0.5 * (places[one] + places[other])
    apart = distance[one, other]
    height = np.sqrt(np.maximum(radius**2 - 0.25 * apart**2, 0.0))[:, None]
    normal = np.stack([-away[one, other, 1], away[one, other, 0]], axis=1) / apart[:, None]
    centres = np.vstack([places, middle + height * normal, middle - height * normal])
    to_points = centres[:, None, :] - places[None]
    covers = np.hypot(to_points[..., 0], to_points[..., 1]) <= radius * (1.0 + _EDGE)
    # The two points that make a crossing are on its edge, whatever rounding says.
    crossings = np.arange(len(one))
    for start in (len(places), len(places) + len(one)):
        covers[start + crossings, one] = covers[start + crossings, other] = True
    _, first = np.unique(np.packbits(covers, axis=1), axis=0, return_index=True)
    first = np.sort(first)
    centres, covers = centres[first], covers[first]
    keep = _undominated(covers)
    return centres[keep], covers[keep]


def _undominated(covers: BoolArray) -> npt.NDArray[np.int64]:
    """Rows that are in no other row; of very many rows, all of them."""
    if len(covers) > _MOST_COMPARED:
        return np.arange(len(covers))
    table = covers.astype(np.float32)
    inside = table @ table.T >= table.sum(axis=1)[:, None] - 0.5
    np.fill_diagonal(inside, False)
    return np.flatnonzero(~inside.any(axis=1))


def enclosing_circle(places: FloatArray) -> tuple[FloatArray, float]:
    """The smallest circle around points: centre and radius.

    It is the smallest circle through two or three of the corners of their convex hull that holds all points.

    Args:
        places: (points, 2), one or more.
    """
    corners = _hull(places)
    if len(corners) == 1:
        return corners[0], 0.0
    best, radius = corners[0], np.inf
    for chosen in (*combinations(corners, 2), *combinations(corners, 3)):
        centre = 0.5 * (chosen[0] + chosen[1]) if len(chosen) == 2 else _through(*chosen)
        if centre is None:
            continue
        needed = float(np.hypot(*(corners - centre).T).max())
        if needed < radius:
            best, radius = centre, needed
    return best, radius


def _hull(places: FloatArray) -> FloatArray:
    """Corners of the convex hull (Andrew 1979), all distinct points where they lie on a line."""
    distinct = np.unique(places, axis=0)
    if len(distinct) <= 3:
        return distinct
    halves: list[list[FloatArray]] = []
    for row in (distinct, distinct[::-1]):
        half: list[FloatArray] = []
        for place in row:
            while len(half) >= 2 and _turn(half[-2], half[-1], place) <= 0.0:
                half.pop()
            half.append(place)
        halves.append(half[:-1])
    return np.array(halves[0] + halves[1])


def _turn(a: FloatArray, b: FloatArray, c: FloatArray) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _through(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray | None:
    """Centre of the circle through three points, None where they are on a line."""
    ab, ac = b - a, c - a
    area = 2.0 * (ab[0] * ac[1] - ab[1] * ac[0])
    if abs(area) <= 1e-14 * float(np.abs(ab).max() * np.abs(ac).max()):
        return None
    square_b, square_c = float(ab @ ab), float(ac @ ac)
    shift = np.array([ac[1] * square_b - ab[1] * square_c, ab[0] * square_c - ac[0] * square_b]) / area
    centre: FloatArray = a + shift
    return centre


__all__ = ["candidate_circles", "enclosing_circle"]
