"""Reviews of partners over all replications of a study, whoever they are: carriers, suppliers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from study.evidence import FloatArray, Study
from study.operations import REVIEWS


@dataclass(frozen=True, eq=False)
class PartnerReviews:
    """Scores of 100 points and shares of the business, review by review."""

    kind: str
    """"carriers", and so on."""
    names: tuple[str, ...]
    """(partners,)"""
    dates: tuple[date, ...]
    """(reviews,)"""
    dimensions: tuple[str, ...]
    score: FloatArray
    """(replications, reviews, partners, dimensions); NaN where nothing was seen."""
    total: FloatArray
    """(replications, reviews, partners) weighted score."""
    share: FloatArray
    """(replications, reviews + 1, partners): before the first review and after each."""

    @staticmethod
    def of(study: Study, kind: str) -> PartnerReviews | None:
        """The reviews of one kind of partner; None when there are none."""
        runs = [run.operations for run in study.condensed]
        if not all(f"{kind}.partner" in run for run in runs):
            return None
        partners = runs[0][f"{kind}.partner"].astype(int).tolist()
        names = _names(study, kind)
        days = runs[0][f"{kind}.day"].tolist()

        def stacked(name: str) -> FloatArray:
            return np.stack([run[f"{kind}.{name}"] for run in runs])

        return PartnerReviews(
            kind=kind,
            names=tuple(names[partner] for partner in partners),
            dates=tuple(study.labels.start_date + timedelta(days=int(day)) for day in days),
            dimensions=tuple(REVIEWS[kind].dimensions),
            score=stacked("score"),
            total=stacked("total"),
            share=stacked("share"),
        )


def _names(study: Study, kind: str) -> list[str]:
    if kind == "carriers":
        return [carrier.id for carrier in study.scenario.fleet.carriers]
    return [supplier.name or supplier.id for supplier in study.scenario.network.suppliers]


def reviewed_kinds(study: Study) -> list[str]:
    """Kinds of partner that were reviewed."""
    return [kind for kind in REVIEWS if PartnerReviews.of(study, kind) is not None]
