"""From the order to the shelf: how long each stage takes, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from study.charts import style
from study.charts.waterfall import Route, draw_waterfall
from study.evidence import FloatArray, Study
from study.operations import STAGES


def _hours(study: Study) -> FloatArray:
    """(replications, stages)."""
    missing = np.full(len(STAGES), np.nan)
    return np.stack([run.operations.get("stage_hours", missing) for run in study.condensed])


_ROUTE = Route(
    stages=tuple(STAGES),
    total="Order to shelf",
    hours=_hours,
    unit_axis="Hours since the order was placed",
    note="Regular orders placed after the warm-up that have reached the shelf.",
    what="orders",
    from_to="from order to shelf",
)


def has_stages(study: Study) -> bool:
    """Whether some order has passed all stages."""
    return _ROUTE.is_passed(study)


@style.styled
def lead_time_waterfall(studies: Sequence[Study]) -> Figure:
    """Bars that begin where the stage before ends, mean hours with intervals; scenarios one below the other.

    Args:
        studies: one or more; of these the first few with orders that passed all stages.
    """
    return draw_waterfall(studies, _ROUTE)
