"""From the report to the repair: where the time goes, one stage after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from study.charts import style
from study.charts.waterfall import Route, draw_waterfall
from study.evidence import FloatArray, Study
from study.service import STAGES


def _hours(study: Study) -> FloatArray:
    """(replications, stages)."""
    missing = np.full(len(STAGES), np.nan)
    return np.stack([run.service.get("stage_hours", missing) for run in study.condensed])


_ROUTE = Route(
    stages=STAGES,
    total="Report to repair",
    hours=_hours,
    unit_axis="Hours since the report",
    note="Repairs and rework reported after the warm-up and done by own technicians; between visits, first the wait"
    " for a part, then that for a technician.",
    what="repairs",
    from_to="from report to repair",
)


def has_repairs(study: Study) -> bool:
    """Whether some repair has been done."""
    return _ROUTE.is_passed(study)


@style.styled
def repair_waterfall(studies: Sequence[Study]) -> Figure:
    """Bars that begin where the stage before ends, mean hours with intervals; scenarios one below the other.

    Args:
        studies: one or more; of these the first few with repairs.
    """
    return draw_waterfall(studies, _ROUTE)
