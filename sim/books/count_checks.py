"""What lies in the centres against what their records say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.events import counted, event_days
from sim.books.terms import by_class
from sim.records import Centre, Closing, IntArray, Panels, Table
from sim.result import Labels


def check_counts(
    audit: Audit,
    tables: Mapping[str, Table],
    panels: Panels,
    centre_totals: IntArray,
    closing: Closing,
    labels: Labels,
) -> None:
    """Follow what vanishes and turns up unseen until a count finds it.

    Args:
        audit: collects what fails.
        tables: `cycle_counts` is read.
        panels: `centre` is read.
        centre_totals: (centres, classes, len(Centre)) the centre panel added up over all days.
        closing: the end, counted.
        labels: axes of the panels.
    """
    of_centre, of_class = Axis("centre", labels.centres), Axis("class", labels.classes)
    unseen = centre_totals[..., Centre.APPEARED] - centre_totals[..., Centre.VANISHED]
    seen = centre_totals[..., Centre.FOUND] - centre_totals[..., Centre.SHRUNK]
    audit.equal(
        "what is there and not on record = turned up - vanished - what was found of it",
        by_class(closing.centre_deviation, labels.sku_class, len(labels.classes)),
        unseen - seen,
        (of_centre, of_class),
    )
    audit.not_negative(
        "no stock that is there is negative",
        closing.centre_units + closing.centre_deviation,
        (of_centre, Axis("SKU", labels.skus)),
    )
    counts = tables["cycle_counts"]
    shape, axes = panels.centre.shape[:3], (Axis("day"), of_centre, of_class)
    index = (event_days(counts["counted_second"]), counts["centre"], labels.sku_class[counts["sku"]])
    audit.equal(
        "COUNTED_LINES = SKUs counted", panels.centre[..., Centre.COUNTED_LINES], counted(shape, index), axes
    )
    deviation = counts["deviation"]
    audit.equal(
        "FOUND = units counted above the record",
        panels.centre[..., Centre.FOUND],
        counted(shape, index, np.maximum(deviation, 0)),
        axes,
    )
    # Throwing away what expired finds units missing as well.
    audit.not_negative(
        "units that counts miss have shrunk",
        panels.centre[..., Centre.SHRUNK] - counted(shape, index, np.maximum(-deviation, 0)),
        axes,
    )
