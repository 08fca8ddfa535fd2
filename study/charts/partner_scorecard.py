"""How carriers or suppliers are scored, dimension by dimension, and how their shares of the business move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from study.charts import style
from study.charts.partner_reviews import PartnerReviews
from study.charts.placement import spread
from study.charts.wrapping import text_width_inches, wrapped
from study.evidence import FloatArray, Study

MOST_SCENARIOS = 2
MOST_PARTNERS = 14
_COLOURED = 7
"""Of the largest partners; the lines of the others are grey."""
_MAP = LinearSegmentedColormap.from_list("score", ["#fbf7f2", "#a8d8c7", style.GREEN, "#003d2c"])
_POINTS = Normalize(0.0, 100.0)
_NAME_INCHES = 1.5
_BAND_SHARE = 0.8
_ROWS_TO_FILL = 4


@style.styled
def partner_scorecard(studies: Sequence[Study], kind: str) -> Figure:
    """Mean scores as a table at the left, shares over time at the right, one row of panels per scenario.

    Args:
        studies: one or more; of these the first few whose partners were reviewed.
        kind: key of `study.operations.REVIEWS`.
    """
    found = [(place, PartnerReviews.of(study, kind)) for place, study in enumerate(studies)]
    able = [(place, reviews) for place, reviews in found if reviews is not None]
    shown = able[:MOST_SCENARIOS]
    every = style.scenario_names(studies)
    names = [every[place] for place, _ in shown]
    several = any(len(reviews.share) > 1 for _, reviews in shown)
    figure = style.slide(
        _title(names, [reviews for _, reviews in shown]),
        "Left: what partners scored over all reviews, by dimension. Right: share of the business"
        + (", band: the middle 80% of replications." if several else "."),
        _note([studies[place] for place, _ in shown], [reviews for _, reviews in shown], len(able)),
    )
    style.leave_room_right(figure, _NAME_INCHES)
    grid = figure.subplots(len(shown), 2, squeeze=False, width_ratios=(5, 6))
    looks: dict[str, int] = {}
    for (left, right), (place, reviews) in zip(grid, shown, strict=True):
        order = _largest_first(reviews)
        for partner in order:
            looks.setdefault(reviews.names[partner], len(looks))
        _table(left, reviews, order)
        _shares(right, reviews, order, looks, studies[place])
        if len(shown) > 1:
            right.set_title(
                wrapped(every[place], 6.0, style.LABEL_POINTS, 1)[0], color=style.text_colour(place)
            )
    grid[-1][1].set_xlabel("Date of the review", fontsize=style.LABEL_POINTS)
    top = max(axes.get_ylim()[1] for axes in grid[:, 1])
    for axes in grid[:, 1]:
        axes.set_ylim(0, top)
    style.lay_out(figure)
    for (_, right), (_, reviews) in zip(grid, shown, strict=True):
        _name_lines(right, reviews, _largest_first(reviews), looks)
    return figure


def _largest_first(reviews: PartnerReviews) -> list[int]:
    """Partners by falling share after the last review, as many as can be shown."""
    last = np.nan_to_num(_mean(reviews.share)[-1])
    return [int(partner) for partner in np.argsort(-last, kind="stable")][:MOST_PARTNERS]


def _mean(values: FloatArray, *others: int) -> FloatArray:
    """Mean over replications, and further axes, where defined."""
    axes = (0, *others)
    known = np.isfinite(values)
    counts = known.sum(axis=axes)
    mean: FloatArray = np.full(counts.shape, np.nan)
    np.divide(np.where(known, values, 0.0).sum(axis=axes), counts, out=mean, where=counts > 0)
    return mean


def _table(axes: Axes, reviews: PartnerReviews, order: Sequence[int]) -> None:
    scores = np.column_stack([_mean(reviews.score, 1), _mean(reviews.total, 1)])[order]
    columns = [*reviews.dimensions, "Score"]
    style.quiet(axes)
    # The total stands a little apart from the dimensions it is made of.
    edges = np.array([*range(len(columns)), len(columns)], dtype=np.float64)
    for column, gap in [*((column, 0.0) for column in range(len(columns) - 1)), (len(columns) - 1, 0.15)]:
        axes.pcolormesh(
            edges[column : column + 2] + gap,
            np.arange(len(order) + 1) - 0.5,
            np.ma.masked_invalid(scores[:, column : column + 1]),
            cmap=_MAP,
            norm=_POINTS,
            edgecolor="white",
            linewidth=1.5,
        )
        for row, value in enumerate(scores[:, column]):
            axes.text(
                column + 0.5 + gap,
                row,
                f"{value:.0f}" if np.isfinite(value) else "–",
                ha="center",
                va="center",
                fontsize=style.LABEL_POINTS,
                color="white" if np.isfinite(value) and value > 55 else style.INK,
            )
    axes.set_xlim(0, len(columns) + 0.15)
    axes.set_ylim(max(len(order), _ROWS_TO_FILL) - 0.5, -0.5)
    axes.xaxis.tick_top()
    room = 3.6 / len(columns)
    upright = any(
        text_width_inches(word, style.SMALL_POINTS) > room for title in columns for word in title.split()
    )
    axes.set_xticks(
        [*(column + 0.5 for column in range(len(columns) - 1)), len(columns) - 0.35],
        ["\n".join(wrapped(title, 1.3 if upright else room, style.SMALL_POINTS, 2)) for title in columns],
        rotation=90 if upright else 0,
        color=style.INK,
        va="bottom" if upright else "baseline",
    )
    axes.set_yticks(
        range(len(order)),
        [wrapped(reviews.names[partner], _NAME_INCHES, style.SMALL_POINTS, 1)[0] for partner in order],
        color=style.INK,
    )
    axes.set_title("Mean points of 100", color=style.MUTED)


def _shares(
    axes: Axes, reviews: PartnerReviews, order: Sequence[int], looks: Mapping[str, int], study: Study
) -> None:
    """One stepped line per partner: a share holds until the next review."""
    moments = _days([study.labels.start_date, *reviews.dates])
    moments = np.append(moments, moments[0] + study.scenario.horizon.days)
    tail = (1 - _BAND_SHARE) / 2
    for partner in reversed(order):
        look = looks[reviews.names[partner]]
        share = 100 * reviews.share[:, :, partner]
        known = share[np.isfinite(share).all(axis=1)]
        if not len(known):
            continue
        stepped = np.concatenate([known, known[:, -1:]], axis=1)
        colour = style.scenario_colour(look) if look < _COLOURED else "#a9b2ba"
        if len(stepped) > 1:
            low, high = np.quantile(stepped, [tail, 1 - tail], axis=0)
            axes.fill_between(moments, low, high, step="post", color=colour, alpha=0.15, linewidth=0)
        middle = stepped.mean(axis=0)
        axes.step(moments, middle, where="post", color=colour)
        axes.plot(moments[1:-1], middle[1:-1], style.scenario_marker(look), color=colour, markersize=6)
    axes.set_ylabel("Share of the business (%)", fontsize=style.LABEL_POINTS)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlim(moments[0], moments[-1])
    locator = mdates.AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def _days(dates: Sequence[date]) -> FloatArray:
    return np.array(dates, dtype="datetime64[D]").astype(np.float64)


def _name_lines(axes: Axes, reviews: PartnerReviews, order: Sequence[int], looks: Mapping[str, int]) -> None:
    last = 100 * _mean(reviews.share)[-1]
    named = [
        (looks[reviews.names[partner]], partner)
        for partner in order
        if np.isfinite(last[partner]) and looks[reviews.names[partner]] < _COLOURED
    ]
    low, high = axes.get_ylim()
    points = axes.get_window_extent().height * 72 / axes.figure.dpi
    gap = 1.3 * style.SMALL_POINTS * (high - low) / points
    wanted = np.array([last[partner] for _, partner in named])
    for (look, partner), place in zip(named, spread(wanted, gap, low + gap / 2, high - gap / 2), strict=True):
        axes.text(
            1.015,
            place,
            wrapped(reviews.names[partner], _NAME_INCHES - 0.15, style.SMALL_POINTS, 1)[0],
            transform=axes.get_yaxis_transform(),
            va="center",
            color=style.text_colour(look),
            fontsize=style.SMALL_POINTS,
        )


def _note(studies: Sequence[Study], reviews: Sequence[PartnerReviews], able: int) -> str:
    number = len(reviews[0].names)
    left_out = f" The {MOST_PARTNERS} of {number} with the largest shares." if number > MOST_PARTNERS else ""
    more = f" {able - len(reviews)} further scenarios not shown." if able > len(reviews) else ""
    grey = " Grey lines: the others." if number > _COLOURED else ""
    return f"{style.replications_note(studies)}, {len(reviews[0].dates):,} reviews.{left_out}{grey}{more}"


def _title(names: Sequence[str], reviews: Sequence[PartnerReviews]) -> str:
    if len(reviews) > 1:
        return f"How {reviews[0].kind} are judged: {style.versus(names)}"
    share = 100 * _mean(reviews[0].share)
    moved = share[-1] - share[0]
    if not np.isfinite(moved).any() or np.nanmax(np.abs(moved)) < 0.5:
        return f"{reviews[0].kind.capitalize()}: reviews leave the shares as they are"
    most = int(np.nanargmax(np.abs(moved)))
    way = "gains" if moved[most] > 0 else "loses"
    who = f"{reviews[0].kind.removesuffix('s').capitalize()} {reviews[0].names[most]}"
    shares = f"from {share[0, most]:.0f}% to {share[-1, most]:.0f}% of the business"
    return f"{who} {way} most by the reviews: {shares}"
