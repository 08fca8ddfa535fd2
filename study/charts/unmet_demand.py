"""Why demand was not met from the shelf: the first upstream cause of every unmet unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from study.charts import style
from study.charts.stacks import Part, add_key, draw_stacks, fits_names, label_stacks
from study.evidence import DAILY, Study

CAUSES: dict[str, str] = {
    "unmet_supplier_units": style.VERMILLION,
    "unmet_centre_units": style.ORANGE,
    "unmet_in_transit_units": style.SKY,
    "unmet_calendar_units": style.BLUE,
    "unmet_level_units": style.GREEN,
}
"""Series of `DAILY` that split unmet demand by cause, and their colours."""


@style.styled
def unmet_demand(studies: Sequence[Study]) -> Figure:
    """Stacked bars of unmet demand by cause, in percent of demand.

    Args:
        studies: one or more, in the order of the bars.
    """
    names = style.scenario_names(studies)
    shares = [_shares(study) for study in studies]
    parts = [Part(cause, DAILY[cause].title, colour) for cause, colour in CAUSES.items()]
    figure = style.slide(
        _title(names, shares),
        "Units not sold as asked at once, by first upstream cause, in percent of units demanded.",
        f"{style.replications_note(studies)}. Substituted and backordered units count as unmet here.",
    )
    axes = figure.subplots()
    axes.set_ylabel("Unmet demand (% of units demanded)", fontsize=style.LABEL_POINTS)
    draw_stacks(axes, names, shares, parts, 12.0)
    named = fits_names(shares, parts, 12.0)
    if not named:
        add_key(axes, parts, 12.0)
    if not any(sum(values.values()) for values in shares):
        axes.text(
            0.5,
            0.5,
            "All demand met from the shelf",
            transform=axes.transAxes,
            ha="center",
            fontsize=style.LABEL_POINTS,
            color=style.MUTED,
        )
    style.lay_out(figure)
    label_stacks(axes, shares, parts, named=named)
    return figure


def _shares(study: Study) -> dict[str, float]:
    """Cause -> unmet units in percent of units demanded, over all replications, the warm-up left out."""
    first = study.labels.warm_up_days
    demand = float(study.daily_values("demand_units")[:, first:].sum())
    totals = {cause: float(study.daily_values(cause)[:, first:].sum()) for cause in CAUSES}
    return {cause: 100 * total / demand if demand > 0 else 0.0 for cause, total in totals.items()}


def _title(names: Sequence[str], shares: Sequence[dict[str, float]]) -> str:
    totals = [sum(values.values()) for values in shares]
    if max(totals) == 0:
        return "No demand was left unmet"
    worst = int(np.argmax(totals))
    cause = max(shares[worst], key=shares[worst].__getitem__)
    share = 100 * shares[worst][cause] / totals[worst]
    return f"{names[worst]}: {share:.0f}% of unmet demand is due to: {DAILY[cause].title.lower()}"
