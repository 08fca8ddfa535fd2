"""The KPIs that lead a report: those of after-sales service only where there is some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scenarios import MEASURES, Group, Measure

if TYPE_CHECKING:
    from study.evidence import Study

_WHERE_THERE_IS_SOME = (Group.AFTER_SALES, Group.CONTACT, Group.FIELD, Group.PARTS, Group.PEOPLE)


def headline_measures(studies: Sequence[Study]) -> list[Measure]:
    """Headline KPIs in report order.

    Args:
        studies: a KPI of after-sales service is left out when none of them has anything to count for it.
    """
    return [
        measure
        for measure in MEASURES.values()
        if measure.headline
        and (
            measure.group not in _WHERE_THERE_IS_SOME
            or any(study.intervals[measure.name].count for study in studies)
        )
    ]
