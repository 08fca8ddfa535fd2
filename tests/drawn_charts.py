"""Charts as they reach the canvas, and what holds of every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from unittest.mock import patch

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from study.charts.style import SMALL_POINTS


@dataclass(frozen=True)
class Drawn:
    """A figure and the texts that reach its canvas, with the pixels they take."""

    figure: Figure
    texts: list[tuple[Text, Bbox]]


def watched(figure: Figure) -> Drawn:
    """Draw once more and note which texts are asked to draw themselves: ticks out of sight are not."""
    asked: dict[int, Text] = {}

    def note(text: Text, renderer: object) -> None:
        if text.get_visible() and text.get_text().strip():
            asked[id(text)] = text

    with patch.object(Text, "draw", note):
        figure.draw_without_rendering()
    return Drawn(figure, [(text, text.get_window_extent()) for text in asked.values()])


def assert_not_clipped(charts: Mapping[str, Drawn]) -> None:
    """No text leaves the figure."""
    for key, chart in charts.items():
        width, height = chart.figure.get_size_inches() * chart.figure.dpi
        for text, box in chart.texts:
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
            assert inside, f"{key}: {text.get_text()!r} leaves the figure: {box}"


def assert_not_covered(charts: Mapping[str, Drawn]) -> None:
    """No text covers another."""
    for key, chart in charts.items():
        boxes = [(text.get_text(), box.padded(-2.0)) for text, box in chart.texts]
        for (one, first), (other, second) in combinations(boxes, 2):
            assert not first.overlaps(second), f"{key}: {one!r} covers {other!r}"


def assert_legible(charts: Mapping[str, Drawn]) -> None:
    """Every chart fills a slide, and its letters are large enough."""
    for key, chart in charts.items():
        assert tuple(chart.figure.get_size_inches()) == (13.333, 7.5)
        for text, _ in chart.texts:
            assert text.get_fontsize() >= SMALL_POINTS >= 12, f"{key}: {text.get_text()!r}"


def assert_titled(charts: Mapping[str, Drawn]) -> None:
    """Every chart says what is seen."""
    for key, chart in charts.items():
        assert chart.figure.texts[0].get_text().strip(), key
