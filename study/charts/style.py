"""The look of every chart: slide size, colours told apart by colour-blind readers, fonts, header, footer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from study.charts.typefaces import font_families
from study.charts.wrapping import text_width_inches, wrapped
from study.evidence import Study

Parameters = ParamSpec("Parameters")

SLIDE_INCHES = (13.333, 7.5)
"""Width and height of a 16:9 slide."""
DOTS_PER_INCH = 150
_SVG_METADATA = {"Date": None, "Creator": "dualedge"}
_COMPRESS_LEVEL = 3
"""Half the time of the usual level 6 for files a tenth larger."""

INK = "#1b2530"
MUTED = "#56616c"
RULE = "#d5dade"
BACKGROUND_BAND = "#eef1f3"

BLUE, VERMILLION, GREEN = "#0072b2", "#d55e00", "#009e73"
PURPLE, ORANGE, SKY, YELLOW, BLACK = "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000"
"""Palette of Okabe and Ito (2008), "Color Universal Design"."""

SCENARIO_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
SCENARIO_TEXT_COLOURS = (BLUE, "#b74f00", "#007a59", "#a1487c", "#946600", "#1c78a8", BLACK)
"""The same hues, dark enough for letters on white (contrast of 4.5 or more)."""
SCENARIO_MARKERS = ("o", "s", "D", "^", "v", "P", "X")
"""Colour is never the only sign that tells scenarios apart."""

TITLE_POINTS, SUBTITLE_POINTS, LABEL_POINTS, SMALL_POINTS = 20.0, 13.5, 13.0, 12.0
_MARGIN_INCHES = 0.3
_LINE_HEIGHT = 1.3
_POSITION_DECIMALS = 6
"""Of a slide's width: far below a pixel."""


def house_parameters() -> dict[Any, Any]:
    """Matplotlib parameters under which charts are drawn and saved."""
    return {
        "font.family": list(font_families()),
        "font.size": SMALL_POINTS,
        "text.color": INK,
        "text.hinting": "none",
        "text.parse_math": False,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": MUTED,
        "axes.labelsize": SMALL_POINTS,
        "axes.titlesize": LABEL_POINTS,
        "axes.titlelocation": "left",
        "axes.titlecolor": INK,
        "axes.titlepad": 8.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": RULE,
        "grid.linewidth": 0.8,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelsize": SMALL_POINTS,
        "ytick.labelsize": SMALL_POINTS,
        "lines.linewidth": 2.0,
        "svg.fonttype": "path",
        "svg.hashsalt": "dualedge",
    }


def styled(draw: Callable[Parameters, Figure]) -> Callable[Parameters, Figure]:
    """Draw under the house parameters without touching the caller's; the returned figure is laid out."""

    @wraps(draw)
    def drawn(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Figure:
        with mpl.rc_context(house_parameters()):
            figure = draw(*args, **kwargs)
            lay_out(figure)
            return figure

    return drawn


def lay_out(figure: Figure) -> None:
    """Place axes and make ticks now, then keep them where they are; a second call changes nothing."""
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.execute(figure)
        figure.set_layout_engine("none")
        # The solver sums in the order of memory addresses: without rounding, last digits differ between runs.
        for axes in figure.axes:
            axes.set_position(np.round(axes.get_position(original=True).bounds, _POSITION_DECIMALS))


def slide(title: str, subtitle: str = "", note: str = "") -> Figure:
    """An empty slide: what is seen in large type, how to read it below, the conditions at the foot.

    Args:
        title: what the chart shows, in words.
        subtitle: how to read it.
        note: replications, intervals, what was left out.
    """
    width, height = SLIDE_INCHES
    inner = width - 2 * _MARGIN_INCHES
    engine = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06, wspace=0.03, hspace=0.04)
    figure = Figure(figsize=SLIDE_INCHES, facecolor="white", layout=engine, dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    left = _MARGIN_INCHES / width
    top = height - 0.22
    for text, points, colour in ((title, TITLE_POINTS, INK), (subtitle, SUBTITLE_POINTS, MUTED)):
        if text:
            lines = wrapped(text, inner, points)
            figure.text(
                left,
                top / height,
                "\n".join(lines),
                fontsize=points,
                color=colour,
                ha="left",
                va="top",
                linespacing=_LINE_HEIGHT,
            ).set_in_layout(False)
            top -= len(lines) * points * _LINE_HEIGHT / 72 + 0.06
    bottom = 0.15
    if note:
        lines = wrapped(note, inner, SMALL_POINTS)
        figure.text(
            left,
            bottom / height,
            "\n".join(lines),
            fontsize=SMALL_POINTS,
            color=MUTED,
            ha="left",
            va="bottom",
            linespacing=_LINE_HEIGHT,
        ).set_in_layout(False)
        bottom += len(lines) * SMALL_POINTS * _LINE_HEIGHT / 72 + 0.08
    top -= 0.08
    engine.set(rect=(left, bottom / height, 1 - 2 * left, (top - bottom) / height))
    return figure


def leave_room_right(figure: Figure, inches: float) -> None:
    """Keep the axes of a slide that far away from its right margin."""
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        left, bottom, width, height = engine.get()["rect"]
        engine.set(rect=(left, bottom, width - inches / SLIDE_INCHES[0], height))


def scenario_names(studies: Sequence[Study]) -> list[str]:
    """Titles where they tell the studies apart, else names."""
    titles = [study.title for study in studies]
    return titles if len(set(titles)) == len(titles) else [study.name for study in studies]


def versus(names: Sequence[str]) -> str:
    """The scenarios in a title: one name, two against each other, or how many."""
    return " against ".join(names) if len(names) < 3 else f"{len(names)} scenarios"


def class_names(study: Study) -> dict[str, str]:
    """Merchandise class id -> its name."""
    named = {group.id: group.name or group.id for group in study.scenario.assortment.classes}
    return {group: named.get(group, group) for group in study.labels.classes}


def scenario_colour(index: int) -> str:
    """Colour of the scenario at `index`; repeats after seven."""
    return SCENARIO_COLOURS[index % len(SCENARIO_COLOURS)]


def text_colour(index: int) -> str:
    """Colour of letters about the scenario at `index`."""
    return SCENARIO_TEXT_COLOURS[index % len(SCENARIO_TEXT_COLOURS)]


def with_separators(value: float, _: object = None) -> str:
    """A tick label with thousands separators, for `Axis.set_major_formatter`."""
    return f"{value:,.10g}".replace("-", "−")


def no_share_above_100(axes: Axes) -> None:
    """End the y axis of percentages at 100 with a little room, and label no tick beyond."""
    low, high = axes.get_ylim()
    if high > 100:
        axes.set_ylim(low, 100 + 0.06 * (100 - low))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.10g}" if value <= 100 else "")


def scenario_marker(index: int) -> str:
    """Marker of the scenario at `index`; repeats after seven."""
    return SCENARIO_MARKERS[index % len(SCENARIO_MARKERS)]


def replications_note(studies: Sequence[Study]) -> str:
    """How many replications stand behind a chart."""
    counts = sorted({len(study.condensed) for study in studies})
    number = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    return f"{number} replication{'' if counts == [1] else 's'}"


def key_above(
    axes: Axes, handles: Sequence[Artist], inches: float, *, coloured: bool = False, right: bool = False
) -> None:
    """A key in as few rows as fit, above the axes, where it covers nothing.

    Args:
        axes: where.
        handles: labelled artists.
        inches: width of the axes, about.
        coloured: whether names take the colours of the scenarios.
        right: whether it stands at the right end, for axes that have a title.
    """
    colours = [text_colour(index) for index in range(len(handles))] if coloured else INK
    widest = max(text_width_inches(str(handle.get_label()), SMALL_POINTS) for handle in handles) + 0.55
    axes.legend(
        handles=list(handles),
        loc="lower right" if right else "lower left",
        bbox_to_anchor=(float(right), 1.0),
        borderaxespad=0.3,
        borderpad=0.0,
        ncols=max(1, min(len(handles), int(inches / widest))),
        frameon=False,
        fontsize=SMALL_POINTS,
        handlelength=1.2,
        handletextpad=0.5,
        columnspacing=1.6,
        labelcolor=colours,
    )


def quiet(axes: Axes) -> None:
    """Take away grid, ticks and spines, for panels that hold text or a picture."""
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def save(figure: Figure, path: Path) -> None:
    """Write a laid-out figure as .svg or .png, the same bytes each time for the same figure.

    The canvases are asked directly: `Figure.savefig` would draw everything twice.
    """
    with mpl.rc_context(house_parameters()):
        if path.suffix == ".svg":
            FigureCanvasSVG(figure).print_svg(path, metadata=_SVG_METADATA)  # type: ignore[no-untyped-call]
        else:
            _write_png(figure, path)


def _write_png(figure: Figure, path: Path) -> None:
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    dots = figure.dpi
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba()))  # type: ignore[no-untyped-call]
    # The white slide hides nothing: a fourth channel would only take a fifth more time to compress.
    software = PngInfo()
    software.add_text("Software", "dualedge")
    picture.convert("RGB").save(
        path, "png", compress_level=_COMPRESS_LEVEL, dpi=(dots, dots), pnginfo=software
    )
